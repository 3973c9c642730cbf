"""The only room that knows the HTTP library: transport, budget, retries, answers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
