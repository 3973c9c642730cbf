"""Hosts of source code, and which links of a record lead to the code of the work."""

from __future__ import annotations

import re
from itertools import takewhile

_RELATIONS = {"IsSupplementTo", "IsSupplementedBy", "IsCompiledBy", "IsDerivedFrom"}
_RELATIONS |= {"IsIdenticalTo", "IsVersionOf", "HasPart", "IsPartOf"}
"""Zenodo writes the first for a release on GitHub, people write the others (corpus, read 2026-11-28)."""
_ADDRESS = re.compile(
    r"https?://(?:www\.)?"
    r"(?i:github\.com|gitee\.com|bitbucket\.org|codeberg\.org|git(?:lab)?\.[a-z0-9.-]+)/([^?#\s]+)"
)
_BELOW = frozenset("- archive blob branch commit commits issues pull raw releases src tags tree wiki".split())
"""What follows the name of a repository in the address of something in it."""


def code_repository(relation: str | None, identifier: str | None) -> str | None:
    """Return the address of the repository that a related work lies in, None if it is no code of the work.

    Args:
        relation: DataCite's name of the relation.
        identifier: The address of the related work, such as ``https://github.com/owner/name/tree/v1``.
    """
    found = _ADDRESS.match(identifier or "") if relation in _RELATIONS else None
    if found is None:
        return None
    names = list(takewhile(lambda name: name not in _BELOW, found[1].strip("/").split("/")))
    if len(names) < 2:
        return None
    return (found[0][: found.start(1)] + "/".join(names)).removesuffix(".git")
