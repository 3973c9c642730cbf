"""Zenodo as data: search, harvest and normalise records into tables.

The public names are imported when they are first used, so that ``import zenodo_harvest``
stays cheap.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
