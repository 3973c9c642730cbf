"""What a site finds: communities, pages, counts, records by reference, receipts.

Importing the room is cheap: msgspec and the readers are imported when a name is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
