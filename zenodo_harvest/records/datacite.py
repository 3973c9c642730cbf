"""Reads DataCite XML: a resource, Zenodo's ``oai_datacite`` wrapper or an OAI-PMH record.

The dialect carries less than JSON does: no files, no statistics, no place among the versions
(zenodo-api.md §7 and §8, read 2026-08-20, and recordings). What no column holds is left in the layout of
the XML: attributes are ``@name``, text beside them is ``#text``.
"""

from __future__ import annotations

from typing import Any

from zenodo_harvest.json_values import as_text, encode
from zenodo_harvest.records.datacite_links import read_links
from zenodo_harvest.records.datacite_resource import read_resource
from zenodo_harvest.records.dates import read_time
from zenodo_harvest.records.derived import check_id
from zenodo_harvest.records.elements import Element, around, name_of, parse, put, tree, unwrapped

_COMMUNITY_SETS = ("user-", "community-")
"""What precedes a slug on Zenodo, and on other servers (zenodo-api.md §10, read 2026-08-20)."""
_WITHIN = {"record": "metadata", "metadata": "", "oai_datacite": "payload", "payload": ""}


def read_datacite(raw: bytes | str, base_url: str, problems: list[str]) -> dict[str, Any]:
    """Return all columns of a record in DataCite XML, `extra` included; never raises.

    Args:
        raw: The XML. Of text that is not well-formed, `extra` keeps all.
        base_url: Address of the server, by which its own links are known.
        problems: Takes the reports.
    """
    columns: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    root = parse(raw, problems)
    if problems:
        rest["text"] = as_text(raw)
    if root is not None:
        resource, header = unwrapped(root, _WITHIN, rest, problems)
        if header is not None:
            _header(header, columns, rest, problems)
        if resource is not None:
            read_resource(resource, columns, rest, problems, base_url)
        else:
            read_links(None, None, columns, rest, base_url)
            check_id(columns["id"], problems)
    columns["extra"] = encode(rest).decode() if rest else None
    return columns


def _header(header: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str]) -> None:
    """Take the identifier, the time of the last edit and the communities of an OAI-PMH record."""
    columns["dialect"] = "datacite"
    kept = around(header)
    slugs, specs = [], []
    for child in header:
        name, text = name_of(child.tag), child.text
        if text is None or len(child) or name not in ("identifier", "datestamp", "setSpec"):
            put(kept, name, tree(child))
        elif name == "identifier":
            columns["oai_id"] = text.strip()
        elif name == "datestamp":
            columns["updated"] = read_time(text.strip())
            if columns["updated"] is None:
                problems.append("header.datestamp: no ISO 8601 time")
                put(kept, name, text.strip())
        elif text.startswith(_COMMUNITY_SETS):
            slugs.append(text.partition("-")[2])
        else:
            specs.append(text)
    columns["communities"] = tuple(slugs)
    put(kept, "setSpec", specs or None)
    put(rest, "header", kept or None)
