"""Work shared between the threads or processes of this machine; importing it starts none."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
