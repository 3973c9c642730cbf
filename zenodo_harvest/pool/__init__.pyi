from .pool import AHEAD as AHEAD
from .pool import ahead as ahead
from .pool import cores as cores
from .pool import in_order as in_order
from .pool import processes as processes
from .pool import threads as threads
from .workers import Workers as Workers
