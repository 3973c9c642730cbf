"""Hosts of source code, and which links of a record lead to the code of the work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

_TO_CODE = {"IsSupplementTo", "IsSupplementedBy", "IsCompiledBy", "IsDerivedFrom"}
_TO_CODE |= {"IsIdenticalTo", "IsVersionOf", "HasPart", "IsPartOf"}
"""Zenodo writes the first for a release on GitHub, people write the others (corpus, read 2026-11-28)."""
_CODE_HOST = re.compile(
    r"https?://(?:www\.)?"
    r"(?i:github\.com|gitee\.com|bitbucket\.org|codeberg\.org|git(?:lab)?\.[a-z0-9.-]+)/([^?#\s]+)"
)
_IN_REPOSITORY = frozenset(
    "- archive blob branch commit commits issues pull raw releases src tags tree wiki".split()
)
"""What follows the name of a repository in the address of something in it."""


def linked_repository(related: Iterable[Any]) -> str | None:
    """Return the repository of the first related work that is the code of this one."""
    return next(filter(None, (code_repository(each.relation, each.identifier) for each in related)), None)


def code_repository(relation: str | None, identifier: str | None) -> str | None:
    """Return the address of the repository that a related work lies in, None if it is no code of the work.

    Args:
        relation: DataCite's name of the relation.
        identifier: The address of the related work, such as ``https://github.com/owner/name/tree/v1``.
    """
    found = _CODE_HOST.match(identifier or "") if relation in _TO_CODE else None
    if found is None:
        return None
    names = list(takewhile(lambda name: name not in _IN_REPOSITORY, found[1].strip("/").split("/")))
    if len(names) < 2:
        return None
    return (found[0][: found.start(1)] + "/".join(names)).removesuffix(".git")
