"""Rows out: Parquet, CSV, JSON Lines, data frames, child tables and the data dictionary.

The room knows no network. Importing it imports neither pandas, pyarrow nor msgspec; writing CSV and
JSON Lines never needs pandas or pyarrow.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
