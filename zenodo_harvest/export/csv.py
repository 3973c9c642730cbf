"""CSV for people and spreadsheets: lists joined, structs spread, and no cell that runs as a formula.

The file is UTF-8, quoted as RFC 4180 says, with CRLF between rows and one row of
column names. Cells with a semicolon or a tab are quoted as well, since some spreadsheets split there. Null
and empty text are both an empty cell. Times are ISO 8601 with ``Z``. NUL and text that is not valid Unicode
become U+FFFD.

* A list is one cell: its items joined by the separator (``"; "``), a backslash before each backslash and
  before each first character of the separator inside an item. `split_list` undoes it.
* A list of structs is joined the same way from one short text for each; the child tables hold the whole.
* A struct becomes one column for each of its fields: ``journal_title``, ``journal_volume`` and so on.
* Text that a spreadsheet would run (``=``, ``+``, ``-``, ``@`` also in full width, also after blanks, or
  a leading tab or line break) gets an apostrophe in front. So does text that already begins with
  apostrophes followed by one of these, so that `unguard` gives back every text. Numbers are left alone.
* CSV for a spreadsheet begins with a byte order mark, without which some take it for another encoding, and
  text that would become a number, a date, a truth value or nothing (``1.0``, ``3-4``, ``NA``) gets an
  apostrophe as well. So programs that guess types leave a version ``1.0`` as it is.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import partial
from typing import Any, BinaryIO

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export.column_types import ListOf, Scalar, Shape, StructOf
from zenodo_harvest.export.tables import Column, Field, Table, records_table
from zenodo_harvest.export.text import REPLACEMENT, clean_text
from zenodo_harvest.records import Record

SEPARATOR = "; "

_BLANK = r"[\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]"
_SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_RUNS = re.compile(rf"'*(?:{_BLANK}*{_SIGN}|[\t\r\n])")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_CHANGES = re.compile(
    rf"'*+(?:(?=.*[\d\u00bc-\u00be])(?:[\d\s.,:/%$€£¥e()+'\u2019\u2212\u00bc-\u00be-]|(?<=\d)t(?=\d))+(?:[ap]m?|z)?"
    rf"|(?=.*\d)[\d\s.,/-]*{_MONTH}[\d\s.,/-]*"
    r"|\s*(?:true|false|[-+]?nan|[-+]?inf(?:inity)?|none|null|#?<?n/?a>?)\s*)",
    re.IGNORECASE,
)

Fill = Callable[[Iterable[Any]], list[str]]
"""Makes the cells of a column of its values."""


def guard(text: str, *, spreadsheet: bool = False) -> str:
    """Return `text` with an apostrophe in front if a spreadsheet would run it.

    With `spreadsheet` also if it would make it a number, a date, a truth value or nothing.
    """
    is_guarded = _RUNS.match(text) or (spreadsheet and _CHANGES.fullmatch(text))
    return f"'{text}" if is_guarded else text


def unguard(text: str, *, spreadsheet: bool = False) -> str:
    """Return the text that `guard` was given, with the same `spreadsheet`."""
    is_guarded = text.startswith("'") and guard(text, spreadsheet=spreadsheet) != text
    return text[1:] if is_guarded else text


def join_list(values: Iterable[str], separator: str = SEPARATOR) -> str:
    """Return the values as one cell; `split_list` gives them back."""
    return _joined(list(values), check_separator(separator))


def _joined(values: Sequence[str], separator: str) -> str:
    mark = separator[0]
    together = "".join(values)
    if mark in together or "\\" in together:
        values = [value.replace("\\", "\\\\").replace(mark, f"\\{mark}") for value in values]
    return separator.join(values)


def split_list(cell: str, separator: str = SEPARATOR) -> list[str]:
    """Return the values that `join_list` joined; an empty cell is an empty list."""
    check_separator(separator)
    if not cell:
        return []
    values = [""]
    tokens = re.finditer(rf"(?s)\\(.)|({re.escape(separator)})|(.)", cell)
    for token in tokens:
        escaped, separates, plain = token.groups()
        if separates:
            values.append("")
        else:
            values[-1] += escaped or plain
    return values


def check_separator(separator: str) -> str:
    """Return `separator` if lists can be joined by it and split again.

    Raises:
        UsageError: It is empty, begins with a backslash, or holds a line break, a quote or a NUL.
    """
    if not separator or separator.startswith("\\") or set(separator) & set('\r\n"\0'):
        raise UsageError(
            f"Lists cannot be joined by {separator!r}.", hint="Use a short text such as '; ' or '|'."
        )
    return separator


class CsvWriter:
    """Writes the rows of one table to a binary stream as CSV, as they come.

    Args:
        stream: Where the bytes go; it is not closed.
        table: The table to write.
        separator: What stands between the items of a list.
        raw: Write text as it is: no apostrophe before what a spreadsheet would run.
        spreadsheet: Begin with a byte order mark, and keep text from becoming a number or a date.
    """

    def __init__(
        self,
        stream: BinaryIO,
        table: Table,
        *,
        separator: str = SEPARATOR,
        raw: bool = False,
        spreadsheet: bool = False,
    ) -> None:
        guard_text = str if raw else partial(guard, spreadsheet=True) if spreadsheet else guard
        usual = _Cells(check_separator(separator), guard_text)
        mending = _Cells(separator, lambda text: guard_text(plain_text(text)))
        self._table = table
        self._usual = [usual.columns(field) for field in table.fields]
        self._mending = [mending.columns(field) for field in table.fields]
        self._stream = stream
        if spreadsheet:
            stream.write(BOM_UTF8)
        stream.write(_lines([[_quoted(name)] for columns in self._usual for name, _ in columns]))

    def write(self, records: Sequence[Any]) -> None:
        """Append the rows that `records` make."""
        values = self._table.columns(records)
        try:
            lines = _lines(_filled(self._usual, values))
        except UnicodeEncodeError:
            lines = None
        if lines is None or b"\0" in lines:
            lines = _lines(_filled(self._mending, values))
        self._stream.write(lines)

    def close(self) -> None:
        """Nothing is held back, so there is nothing to do."""

    def abort(self) -> None:
        """Nothing is held back, so there is nothing to do."""


def _filled(columns: Sequence[list[tuple[str, Fill]]], values: Sequence[Column]) -> list[list[str]]:
    """Return the cells of each column that the values of the fields become."""
    pairs = zip(columns, values, strict=True)
    return [fill(column) for parts, column in pairs for _, fill in parts]


def _lines(columns: Sequence[list[str]]) -> bytes:
    """Return the rows; a lone empty cell is quoted, since an empty line is no row."""
    if len(columns) == 1:
        columns = [[cell or '""' for cell in columns[0]]]
    return b"".join([f"{','.join(row)}\r\n".encode() for row in zip(*columns, strict=True)])


def _quoted(cell: str) -> str:
    """Return a cell, in quotes if it needs them; six looks for one letter are faster than one for six."""
    if "," in cell or ";" in cell or '"' in cell or "\n" in cell or "\r" in cell or "\t" in cell:
        doubled = cell.replace('"', '""')
        return f'"{doubled}"'
    return cell


def write_csv(
    stream: BinaryIO,
    records: Iterable[Record],
    columns: Sequence[str] | None = None,
    *,
    raw: bool = False,
    raw_csv: bool = False,
    spreadsheet: bool = False,
    separator: str = SEPARATOR,
) -> None:
    """Write records to an open binary stream as CSV, row by row; the stream stays open.

    Raises:
        UsageError: A name in `columns` is no column, or `separator` cannot be used.
    """
    table = records_table(columns, raw=raw)
    writer = CsvWriter(stream, table, separator=separator, raw=raw_csv, spreadsheet=spreadsheet)
    for record in records:
        writer.write((record,))
    writer.close()


class _Cells:
    """Makes, for a field, the columns it becomes and the function that fills each."""

    def __init__(self, separator: str, guard_text: Callable[[str], str]) -> None:
        self._separator = separator
        self._guard = guard_text

    def columns(self, field: Field) -> list[tuple[str, Fill]]:
        """Return the names and the functions of the columns that `field` becomes."""
        if isinstance(field.shape, StructOf):
            return [(name, _of_part(name, self._fill(inner))) for name, inner in field.shape.fields]
        return [(field.name, self._fill(field.shape))]

    def _fill(self, shape: Shape) -> Fill:
        if isinstance(shape, Scalar):
            if shape.name == "string":
                return self._texts
            spell = _SCALARS[shape.name]
            return lambda values: ["" if value is None else spell(value) for value in values]
        if not isinstance(shape, ListOf):
            raise TypeError("A struct inside a struct has no place in a CSV file.")
        separator = self._separator
        short = _SHORT[shape.item.name] if isinstance(shape.item, StructOf) else _text
        return lambda lists: self._texts(
            _joined([short(value) for value in values], separator) if values else "" for values in lists
        )

    def _texts(self, texts: Iterable[str | None]) -> list[str]:
        return [_quoted(self._guard(text)) if text else "" for text in texts]


def plain_text(text: str) -> str:
    """Return `text` as a CSV file may hold it: valid Unicode without NUL."""
    return clean_text(text).replace("\0", REPLACEMENT)


def _of_part(name: str, fill: Fill) -> Fill:
    return lambda structs: fill(None if struct is None else getattr(struct, name) for struct in structs)


_SCALARS: dict[str, Callable[[Any], str]] = {
    "int64": str,
    "float64": repr,
    "bool": lambda value: str(value).lower(),
    "timestamp": lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    "date": lambda value: value.isoformat(),
}


def _text(value: str | None) -> str:
    return value or ""


def _known(between: str, *texts: str | None) -> str:
    """Return the texts that there are, joined."""
    return between.join(filter(None, texts))


def _with(main: str | None, *details: str | None) -> str:
    """Return the main text with whatever else is known in parentheses."""
    known = _known(", ", *details)
    return _known(" ", main, f"({known})" if known else "")


def _person(person: Any) -> str:
    return person.name or _known(", ", person.family_name, person.given_name) or _text(person.orcid)


def _place(place: Any) -> str:
    has_point = place.latitude is not None and place.longitude is not None
    point = f"{place.latitude}, {place.longitude}" if has_point else None
    return _with(place.place, point, place.description, place.geometry)


_SHORT: dict[str, Callable[[Any], str]] = {
    "Person": _person,
    "Subject": lambda subject: subject.subject or _text(subject.subject_id),
    "Related": lambda link: _known(" ", link.relation, link.identifier),
    "Funding": lambda funding: _known(
        ": ",
        funding.funder_name or funding.funder_id,
        funding.award_title or funding.award_number or funding.award_id,
    ),
    "File": lambda file: file.key or _text(file.file_id),
    "Alternate": lambda other: _with(other.identifier, other.scheme),
    "RecordDate": lambda day: _with(day.date, day.type, day.description),
    "Title": lambda title: _with(title.additional_title, title.type, title.language),
    "Description": lambda text: _with(text.description, text.type, text.language),
    "Location": _place,
}
