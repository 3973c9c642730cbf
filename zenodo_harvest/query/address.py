"""The address of a search page, as a browser shows it, read as the query and the filters that it holds."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from zenodo_harvest.errors import UsageError

_PAGE = re.compile(
    r"https?://[^/\s]+/(?:api/)?(?:(?:search|records)/?(?=\?)|communities/(?P<community>[^/?#\s]+)(?:/records|/search)?/?)"
    r"(?:\?(?P<held>[^#\s]*))?(?:#\S*)?",
    re.IGNORECASE,
)
_OPTIONS = {
    "communities": "community",
    "type": "type",
    "subtype": "subtype",
    "resource_type": "type",
    "access_status": "access",
    "file_type": "filetype",
    "subject": "keyword",
    "publication_date": "published",
}
_OF_THE_PAGE = frozenset({"page", "size", "l", "p", "s", "layout", "ln", "locale", "expand"})
"""What says how results are laid out, and not which."""


def read_address(text: str) -> dict[str, Any] | None:
    """Return the options of the search that an address shows, None if it is not that of a search page.

    Facets stand in it as ``f=name:value``, a resource type below another as ``f=resource_type:publication
    inner:publication-article``; the API has a parameter for each (zenodo-api.md §1.1 and §1.2).

    Raises:
        UsageError: It narrows the search by something that no option stands for.
    """
    found = _PAGE.fullmatch(text.strip())
    if found is None:
        return None
    options: dict[str, Any] = {"q": ""}
    if found["community"]:
        options["community"] = [found["community"]]
    for parameter, text_of in parse_qsl(found["held"] or ""):
        name, _, value = text_of.partition(":") if parameter == "f" else (parameter, "", text_of)
        if name in ("q", "sort"):
            options[name] = value
        elif name in ("allversions", "all_versions"):
            options["all_versions"] = value.lower() in ("true", "1")
        elif option := _OPTIONS.get(name):
            options.setdefault(option, []).append(re.split(r"::|[+ ]inner:", value)[-1])
        elif name not in _OF_THE_PAGE:
            shown = f"{name} ({value})" if parameter == "f" else name  # others may be secrets
            raise UsageError(
                f"The address narrows the search by {shown}, which no filter stands for.",
                hint="Leave that out of it, or give the query and the filters themselves.",
            )
    return options
