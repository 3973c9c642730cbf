"""Readers: the JSON of any dialect becomes one `Record`. The room is pure."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
