"""Data frames: the types on which everyday pandas code works, and a view that is short."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import Any, Literal, get_args

import pandas as pd
import pyarrow as pa

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export.tables import check_columns

DtypeBackend = Literal["numpy_nullable", "pyarrow"]
SHOWN_ROWS = 10
SHOWN_CREATORS = 3
SHOWN_CHARACTERS = 100


class RecordFrame(pd.DataFrame):
    """A data frame of records that shows itself in a notebook as a short table; all else is pandas.

    The view has id, title, type, date and the first creators of the first rows, and says how many rows
    and columns there are. A frame with chosen columns, and whatever is made from a frame, shows itself as
    pandas would.
    """

    _is_changed = False

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self._is_changed = True

    def _repr_html_(self) -> Any:
        whole = (check_columns(None), check_columns(None, raw=True))
        with suppress(KeyError, TypeError):  # somebody may have written other values into it
            is_whole = tuple(self.columns) in whole and isinstance(self.index, pd.RangeIndex)
            if is_whole and not self._is_changed:
                return self._view()
        return super()._repr_html_()  # type: ignore[misc]

    def _view(self) -> str:
        rows = zip(*(self[name].head(SHOWN_ROWS).tolist() for name in _VIEWS), strict=True)
        head = "".join(f"<th>{escape(name)}</th>" for name in _VIEWS)
        views = list(_VIEWS.values())
        body = "".join(
            f"<tr>{''.join(_cell(view(value)) for view, value in zip(views, row, strict=True))}</tr>"
            for row in rows
        )
        table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'<table class="dataframe">{table}</table><p>{self._size()}</p>'

    def _size(self) -> str:
        rows = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        first = f", the first {SHOWN_ROWS} shown" if len(self) > SHOWN_ROWS else ""
        return f"{rows}, {len(self.columns)} columns{first}"


def check_dtype_backend(name: DtypeBackend) -> DtypeBackend:
    """Return `name` if `to_frame` knows it.

    Raises:
        UsageError: It does not.
    """
    if name not in get_args(DtypeBackend):
        raise UsageError(f"There is no dtype_backend {name!r}.", hint="Use 'numpy_nullable' or 'pyarrow'.")
    return name


def to_frame(table: Any, dtype_backend: DtypeBackend = "numpy_nullable") -> RecordFrame:
    """Return an Arrow table as a data frame in which integers stay integers, also beside missing ones.

    Args:
        table: With the schema of `arrow_schema`.
        dtype_backend: What pandas calls so. With ``"numpy_nullable"`` times and dates are ``datetime64``
            in UTC, and lists are lists: on these most pandas code works, and `pandas.read_parquet` gives
            the same types (with arrays for lists). With ``"pyarrow"`` all types are Arrow's.

    Raises:
        UsageError: There is no such backend.
    """
    if check_dtype_backend(dtype_backend) == "pyarrow":
        return RecordFrame(table.to_pandas(types_mapper=pd.ArrowDtype))
    frame = table.to_pandas()
    for field in table.schema:
        if pa.types.is_list(field.type):
            is_nested = pa.types.is_struct(field.type.value_type)  # pandas makes arrays of lists within
            column = table[field.name]
            lists = column.to_pylist() if is_nested else frame[field.name].map(list)
            frame[field.name] = pd.Series(lists, index=frame.index, dtype=object)
    return RecordFrame(frame)


def _cell(text: str) -> str:
    cut = text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
    return f"<td>{escape(cut)}</td>"


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA else str(value)


def _names(people: Sequence[Mapping[str, Any]]) -> str:
    names = [_text(person["name"]) for person in people[:SHOWN_CREATORS]]
    more = len(people) - len(names)
    return "; ".join(names) + (f" and {more} more" if more > 0 else "")


_VIEWS: dict[str, Callable[[Any], str]] = {
    "id": _text,
    "title": _text,
    "resource_type": _text,
    "publication_date": _text,
    "creators": _names,
}
