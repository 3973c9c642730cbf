"""`keep_pandas_out`: a process that makes no data frames does not wait for the library of data frames."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _WithoutPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("This process makes no data frames.", name=fullname)


def keep_pandas_out() -> None:
    """Have pandas count as absent from now on: pyarrow imports it for its first array, half a second long.

    This is for processes of our own alone, in which nobody else's code asks for a data frame.
    """
    sys.meta_path.insert(0, _WithoutPandas())
