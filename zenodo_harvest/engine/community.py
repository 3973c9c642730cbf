"""Communities: found by words, and verified before anything is searched in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import quote

from zenodo_harvest.display import cut, html_facts
from zenodo_harvest.engine.page_sizes import named_cap
from zenodo_harvest.errors import (
    BadAnswer,
    Deleted,
    NotAllowed,
    NotFound,
    ServerError,
    UnknownCommunity,
    UsageError,
)
from zenodo_harvest.http import PLAIN_JSON, Context, Transport
from zenodo_harvest.ids import CommunityRef, parse_community_ref

_WORD = re.compile(r"\w+")
_SUGGESTED = 3
_ALIKE = 0.6
"""From here on a slug that no search found resembles what was typed."""
_LOOKED_THROUGH = 100


@dataclass(frozen=True, slots=True, repr=False)
class Community:
    """One community, as the server shows it (zenodo-api.md §5, read 2026-08-20).

    Attributes:
        id: Its UUID, which never changes.
        slug: Its name in URLs, lower case.
        title: Its title.
        description: A short description, if it has one.
        type: ``organization``, ``event``, ``topic`` or ``project``, if set.
        website: Its own website, if set.
        record_policy: Who may submit records: ``open``, ``closed`` or ``members``.
        review_policy: Whether submissions are reviewed.
        created: When it was founded.
        updated: When it was last edited.
        raw: The server's JSON.
    """

    id: str
    slug: str
    title: str
    description: str | None = None
    type: str | None = None
    website: str | None = None
    record_policy: str | None = None
    review_policy: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Community {self.slug}: {cut(self.title, 100)}>"

    def _repr_html_(self) -> str:
        facts = {
            one.name: getattr(self, one.name) for one in fields(self) if one.repr and one.name != "title"
        }
        return html_facts(self.title, facts)

    @classmethod
    def read(cls, raw: Any) -> Community:
        """Read the server's JSON of one community.

        Raises:
            BadAnswer: It has no id or no slug.
        """
        found = _mapping(raw)
        metadata, access = _mapping(found.get("metadata")), _mapping(found.get("access"))
        id_, slug = _text(found.get("id")), _text(found.get("slug"))
        if not id_ or not slug:
            raise BadAnswer(
                "The server's answer is not a community.",
                hint="Try again later; if it stays, check the address of the site.",
            )
        return cls(
            id=id_,
            slug=slug,
            title=_text(metadata.get("title")) or slug,
            description=_text(metadata.get("description")),
            type=_text(_mapping(metadata.get("type")).get("id")),
            website=_text(metadata.get("website")),
            record_policy=_text(access.get("record_submission_policy")),
            review_policy=_text(access.get("review_policy")),
            created=_time(found.get("created")),
            updated=_time(found.get("updated")),
            raw=found,
        )


def resolve_communities(context: Context, texts: Iterable[str]) -> tuple[Community, ...]:
    """Return the communities meant, each verified with one request and named once.

    Raises:
        UnknownCommunity: One of them does not exist.
    """
    found = []
    for text in texts:
        community = resolve_community(context.transport, text)
        if parse_community_ref(text).kind == "text":
            context.progress.note(f"{text!r} is taken for {community.slug}: {community.title}.")
        found.append(community)
    return tuple({community.id: community for community in found}.values())


def find_communities(transport: Transport, text: str, limit: int = 25) -> tuple[Community, ...]:
    """Return the communities that the words of `text` find, those named exactly so first.

    The server puts verified communities first, whatever the sort (zenodo-api.md §5, read 2026-08-20), so
    an exact slug or title is moved to the top here. Blank text lists communities.

    Raises:
        UsageError: `limit` is less than 1.
    """
    if not isinstance(limit, int) or limit < 1:
        raise UsageError(f"The limit is {limit!r}.", hint="Give a whole number of at least 1.")
    found = _search(transport, text, limit)[0]
    return tuple(sorted(found, key=lambda community: not _is_named(community, text)))


def resolve_community(transport: Transport, text: str) -> Community:
    """Return the one community meant by a slug, UUID, URL or its exact title, after asking the server.

    Raises:
        UnknownCommunity: There is none; `nearest` are the slugs most like it. Or free text fits several.
        Deleted: The community was deleted.
        BadAnswer: The server answered with another community than the one asked for.
    """
    ref = parse_community_ref(text)
    if ref.kind == "text":
        return _the_one(transport, ref.value)
    try:
        answer = transport.get(f"/api/communities/{quote(ref.value, safe='')}", accept=PLAIN_JSON)
    except Deleted as error:
        raise Deleted(
            f"The community {ref} was deleted.",
            hint="Search without it, or find another with `communities find`.",
            url=error.url,
            status=error.status,
            tombstone=error.tombstone,
        ) from None
    except NotFound as error:
        raise _unknown(transport, ref, error.url) from None
    community = Community.read(answer.json())
    if ref.value not in (community.slug.lower(), community.id.lower()):
        raise BadAnswer(
            f"The server was asked for the community {ref} and answered with {community.slug}.",
            hint="Try again later, or name the community by its UUID.",
            url=answer.url,
        )
    return community


def count_records(transport: Transport, community: Community, *, all_versions: bool = False) -> int:
    """Return how many records are in the community now; it costs one search.

    A community does not say it by itself (zenodo-api.md §5, read 2026-08-20).
    """
    from zenodo_harvest.engine.pages import read_page

    params = [("size", "1"), *([(transport.site.speaks.all_versions, "true")] if all_versions else [])]
    return read_page(transport.get(records_path(community), params).content).total


def records_path(community: Community) -> str:
    """Return the route that searches this community alone, in true order (zenodo-api.md §1.5)."""
    return f"/api/communities/{quote(community.id, safe='')}/records"


def _the_one(transport: Transport, text: str) -> Community:
    """Return the only community called so, or the only one that the words find."""
    found, total = _search(transport, text, _LOOKED_THROUGH)
    named = [community for community in found if _is_named(community, text)]
    if len(named) == 1:
        return named[0]
    if total == 1 and len(found) == 1:
        return found[0]
    nearest = _nearest(text, found)
    if not found:
        raise UnknownCommunity(
            f"No community is found by {text!r}.",
            hint="Look with `communities find` and other words, then use the slug.",
        )
    raise UnknownCommunity(
        f"{text!r} fits {total:,} communities, among them {_listed(nearest)}.",
        hint="Use the slug of the one that is meant.",
        nearest=nearest,
    )


def _unknown(transport: Transport, ref: CommunityRef, url: str) -> UnknownCommunity:
    """Return the error for a miss, with what is most like it."""
    nearest = _like(transport, ref.value) if ref.kind == "slug" else ()
    says = f"; the nearest {'is' if len(nearest) == 1 else 'are'} {_listed(nearest)}" if nearest else ""
    return UnknownCommunity(
        f"There is no community {ref.value!r} on {transport.site.name}{says}.",
        hint="" if nearest else "Look for it with `communities find`.",
        nearest=nearest,
        url=url,
        status=404,
    )


def _like(transport: Transport, slug: str) -> tuple[str, ...]:
    """Return the slugs most like `slug` among what its words find, or else among the first communities."""
    try:
        found, _ = _search(transport, slug, _LOOKED_THROUGH)
        if len(found) < _SUGGESTED:
            others, _ = _search(transport, "", _LOOKED_THROUGH)
            found += tuple(
                other for other in others if other not in found and _likeness(slug, other) >= _ALIKE
            )
    except (UsageError, NotFound, NotAllowed, ServerError):
        return ()
    return _nearest(slug, found)


def _search(transport: Transport, text: str, limit: int) -> tuple[tuple[Community, ...], int]:
    """Return the first communities that the words find, and how many there are.

    Only words are sent: the text goes to a query parser, where signs would mean something. Community
    search of Zenodo has no 25/100 page cap (zenodo-api.md §5, read 2026-08-20); one that another server
    names is heeded, page by page.
    """
    words = " ".join(word.lower() for word in _WORD.findall(text))
    params = [("q", words)] if words else []
    try:
        return _page(transport, [*params, ("size", str(limit))])
    except UsageError as error:
        size = named_cap(error) or limit
        if size >= limit:
            raise
    found: tuple[Community, ...] = ()
    total, page = limit, 0
    while page * size < min(limit, total):
        page += 1
        more, total = _page(transport, [*params, ("size", str(size)), ("page", str(page))])
        found += more
    return found[:limit], total


def _page(transport: Transport, params: Sequence[tuple[str, str]]) -> tuple[tuple[Community, ...], int]:
    """Return the communities of one page, and how many there are."""
    answer = transport.get("/api/communities", params, accept=PLAIN_JSON).json()
    hits = _mapping(_mapping(answer).get("hits"))
    rows, total = hits.get("hits"), hits.get("total")
    if not isinstance(rows, list):
        raise BadAnswer(
            "The server's answer is not a list of communities.",
            hint="Try again later; if it stays, check the address of the site.",
        )
    found = tuple(_readable(rows))
    return found, total if isinstance(total, int) else len(rows)


def _readable(rows: Iterable[Any]) -> Iterator[Community]:
    """Yield the communities of a list; one that cannot be read must not hide the others."""
    for row in rows:
        with suppress(BadAnswer):
            yield Community.read(row)


def _is_named(community: Community, text: str) -> bool:
    wanted = _WORD.findall(text.casefold())
    return wanted in (_WORD.findall(community.slug.casefold()), _WORD.findall(community.title.casefold()))


def _likeness(text: str, community: Community) -> float:
    wanted = "-".join(_WORD.findall(text.lower()))
    return SequenceMatcher(None, wanted, community.slug.lower()).ratio()


def _nearest(text: str, candidates: Iterable[Community]) -> tuple[str, ...]:
    ranked = sorted(candidates, key=lambda each: _likeness(text, each), reverse=True)
    return tuple(community.slug for community in ranked[:_SUGGESTED])


def _listed(slugs: Sequence[str]) -> str:
    return slugs[0] if len(slugs) == 1 else f"{', '.join(slugs[:-1])} and {slugs[-1]}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
