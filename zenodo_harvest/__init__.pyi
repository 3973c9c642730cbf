from ._version import __version__ as __version__
from .client import Client as Client
from .client import search as search
from .errors import ZenodoHarvestError as ZenodoHarvestError
from .records import Record as Record
