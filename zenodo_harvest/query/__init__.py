"""What is asked, checked and made into what is sent: pure, nothing here talks to a server."""

from __future__ import annotations

from zenodo_harvest.query.compile import Query, compile_search
from zenodo_harvest.query.findings import Finding, Level, Linted
from zenodo_harvest.query.lint import lint
from zenodo_harvest.query.refs import BATCH_REFS, recid_query
from zenodo_harvest.query.sorts import DEFAULT_SORT, REFUSED_SORTS, SORTS, check_sort
from zenodo_harvest.query.spec import Search
from zenodo_harvest.query.windows import BEGINNING, Counted, Window, deaf, divide, joined, within

__all__ = [
    "BATCH_REFS",
    "BEGINNING",
    "DEFAULT_SORT",
    "REFUSED_SORTS",
    "SORTS",
    "Counted",
    "Finding",
    "Level",
    "Linted",
    "Query",
    "Search",
    "Window",
    "check_sort",
    "compile_search",
    "deaf",
    "divide",
    "joined",
    "lint",
    "recid_query",
    "within",
]
