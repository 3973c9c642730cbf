"""Metadata dumps of a server: list them, fetch one, turn it into a table.

The room may start worker processes; importing it imports neither pyarrow nor requests.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
