"""Publishing: metadata, drafts, files, communities and requests of one's own deposits.

Importing the room is cheap: its modules are imported when a name is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
