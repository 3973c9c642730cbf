"""`list_dumps`: which dumps a server offers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from zenodo_harvest.errors import BadAnswer, NotFound
from zenodo_harvest.http import PLAIN_JSON, Answer, Transport
from zenodo_harvest.ids import shown
from zenodo_harvest.origins import Origin
from zenodo_harvest.progress import Progress

PATH = "/api/exporter"
_NAMED = 5
_PLAIN = r"^[^\x00-\x1f\x7f]*\Z"


@dataclass(frozen=True, slots=True)
class Dump:
    """One version of one dump (zenodo-api.md §8, read 2026-08-20).

    Attributes:
        key: Its name: ``records-json.tar.gz``, or with a community ``biosyslit/records-json.tar.gz``.
        version_id: The id of this version.
        created: When it was made (UTC); what changed in the hours before may be missing.
        size_bytes: Its size.
        md5: Its md5, in hexadecimal.
        is_head: Whether it is the newest of its key.
        url: Where this version is.
    """

    key: str
    version_id: str
    created: datetime
    size_bytes: int
    md5: str
    is_head: bool
    url: str


def list_dumps(transport: Transport, progress: Progress | None = None) -> tuple[Dump, ...]:
    """Return the dumps that a server offers, by key and the newest first; odd ones are left out.

    Args:
        transport: Talks to the site.
        progress: Is told which are left out.

    Raises:
        NotFound: The server offers none.
        BadAnswer: Its list, or everything in it, is not as foreseen.
    """
    answer = transport.get(PATH, accept=PLAIN_JSON, also=(404,))
    if answer.status == 404:
        raise NotFound(
            f"{transport.site.url} offers no dumps.",
            hint="Zenodo does; from other servers fetch the records with `harvest`.",
            url=answer.url,
            status=404,
        )
    listed = answer.json()
    if not isinstance(listed, dict):
        raise _strange(answer)
    found: list[Dump] = []
    odd: list[str] = []
    for key, versions in listed.items():
        for version in versions if isinstance(versions, list) else [versions]:
            try:
                found.append(_dump(key, version, transport.site.url))
            except (msgspec.ValidationError, ValueError, OverflowError):
                odd.append(key)
    if odd and not found:
        raise _strange(answer)
    if odd and progress:
        names = ", ".join(shown(key) for key in dict.fromkeys(odd[:_NAMED]))
        progress.note(f"{len(odd):,} of the dumps at {answer.url} are not as foreseen and left out: {names}.")
    return tuple(sorted(found, key=lambda dump: (dump.key, not dump.is_head, -dump.created.timestamp())))


def find_dump(dumps: Iterable[Dump], key: str, version_id: str | None = None) -> Dump:
    """Return the newest version of `key`, or the one of this id.

    Raises:
        NotFound: There is none; the nearest keys are named.
    """
    dumps = tuple(dumps)
    versions = [dump for dump in dumps if dump.key == key]
    if not versions:
        keys = sorted({dump.key for dump in dumps})
        near = get_close_matches(key, keys, n=3, cutoff=0.5) or keys
        raise NotFound(
            f"There is no dump {key!r}.",
            hint=f"Did you mean {' or '.join(near)}?" if near else "The server offers none at the moment.",
        )
    for dump in versions:
        if dump.version_id == version_id or (version_id is None and dump.is_head):
            return dump
    if version_id is None:
        return max(versions, key=lambda dump: dump.created)
    raise NotFound(
        f"The dump {key!r} has no version {version_id!r}.",
        hint=f"The server keeps {', '.join(dump.version_id for dump in versions)}.",
    )


class _Version(msgspec.Struct):
    version_id: Annotated[str, msgspec.Meta(pattern=_PLAIN)]
    created: datetime
    size: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    checksum: Annotated[str, msgspec.Meta(pattern=r"^(md5:)?[^:]*\Z")]
    is_head: bool | None = None
    links: dict[str, str] | None = None


def _dump(key: str, version: Any, site_url: str) -> Dump:
    """Return one version of a dump.

    Raises:
        ValueError: It is not as foreseen, by other errors as well.
    """
    told = msgspec.convert(version, _Version, strict=False)
    if not key or not re.search(_PLAIN, key):
        raise ValueError(key)
    address = (told.links or {}).get("self")
    if address:
        Origin.of(address)
    return Dump(
        key=key,
        version_id=told.version_id,
        created=told.created.replace(tzinfo=told.created.tzinfo or UTC).astimezone(UTC),
        size_bytes=told.size,
        md5=told.checksum.rpartition(":")[2].lower(),
        is_head=bool(told.is_head),
        url=address or f"{site_url}{PATH}/{quote(key)}/{quote(told.version_id)}",
    )


def _strange(answer: Answer) -> BadAnswer:
    return BadAnswer(
        f"The list of dumps at {answer.url} is not as foreseen.",
        hint="Report it; a newer version of zenodo-harvest may know it.",
        url=answer.url,
        status=answer.status,
    )
