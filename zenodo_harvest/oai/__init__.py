"""OAI-PMH: lists walked whole, the answers of its other verbs, and its errors."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
