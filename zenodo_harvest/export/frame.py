"""Data frames for notebooks: Arrow types kept, and a view that is short."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

SHOWN_ROWS = 10
SHOWN_CREATORS = 3
SHOWN_CHARACTERS = 100


class RecordFrame(pd.DataFrame):
    """A data frame of records that shows itself in a notebook as a short table; all else is pandas.

    The view has id, title, type, date and the first creators of the first rows, and says how many rows
    and columns there are. A frame without the columns ``id`` and ``title`` shows itself as pandas would.
    """

    @property
    def _constructor(self) -> Callable[..., RecordFrame]:
        return RecordFrame

    def _repr_html_(self) -> str:
        if not {"id", "title"} <= set(self.columns):
            return pd.DataFrame(self).to_html(max_rows=SHOWN_ROWS, show_dimensions=True, notebook=True)
        shown = [name for name in _VIEWS if name in self.columns]
        rows = zip(*(self[name].head(SHOWN_ROWS).tolist() for name in shown), strict=True)
        head = "".join(f"<th>{escape(name)}</th>" for name in shown)
        body = "".join(
            f"<tr>{''.join(_cell(_VIEWS[name](value)) for name, value in zip(shown, row, strict=True))}</tr>"
            for row in rows
        )
        table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'<table class="dataframe">{table}</table><p>{self._size()}</p>'

    def _size(self) -> str:
        rows = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        first = f", the first {SHOWN_ROWS} shown" if len(self) > SHOWN_ROWS else ""
        return f"{rows}, {len(self.columns)} columns{first}"


def to_frame(table: Any) -> RecordFrame:
    """Return an Arrow table as a data frame with Arrow types: integers stay integers, lists stay lists."""
    return RecordFrame(table.to_pandas(types_mapper=pd.ArrowDtype))


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
