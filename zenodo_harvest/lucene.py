"""Lucene's query syntax, read with luqum: the parser that the server uses.

Nothing else imports luqum's parser: PLY, on which it is built, may make its tables anew at an import, tell
so on stderr and write them among the installed packages.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from luqum.exceptions import ParseError
from ply import yacc

__all__ = ["ParseError", "parse"]


class _Grammar(str):
    """The grammar that tables were made for; the same in other blanks is equal.

    A PLY grammar stands in docstrings, whose indentation Python keeps up to 3.12 and strips from 3.13 on.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.split() == other.split()


def _import_parser() -> Any:
    """Import luqum's parser with the tables that come with it; where they do not fit, PLY makes its own.

    Those are made in memory and in silence. It happens while this module is imported, and Python lets no
    second thread do that.
    """
    with suppress(ImportError):
        from luqum import parsetab

        parsetab._lr_signature = _Grammar(parsetab._lr_signature)  # noqa: SLF001  (PLY looks for it there)
    make = yacc.yacc
    # A partial, for PLY takes the grammar from whatever Python code calls it.
    yacc.yacc = partial(make, debug=False, write_tables=False, errorlog=yacc.NullLogger())
    try:
        from luqum.thread import parse
    finally:
        yacc.yacc = make
    return parse


parse = _import_parser()
"""Return luqum's tree of a query; safe in threads. What it cannot read is a `ParseError`."""
