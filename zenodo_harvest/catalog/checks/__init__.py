"""What a curator would mend: rules, what they find in a catalogue, and how that is told."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
