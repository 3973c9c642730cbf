"""An embedded Zenodo that answers as the real server does, for trying things out and for tests."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
