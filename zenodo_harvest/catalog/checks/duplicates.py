"""Rules about records that are one work: the same title and creators, or the same files."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

import msgspec

from zenodo_harvest.catalog.checks.identifiers import doi_of
from zenodo_harvest.catalog.checks.rule import Rule, listed
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.catalog.finding import Finding
from zenodo_harvest.display import cut

DUPLICATE = Rule(
    "duplicate-work",
    "warning",
    "The same work twice",
    "Another record that is no version of this one has the same title, type, language and creators. Ask the "
    "owner which one counts, have the other deleted or taken out of the community, or relate them to each "
    "other.",
)
APART = Rule(
    "versions-apart",
    "warning",
    "Records where versions were meant",
    "Records of the same title and type, and of the same creators or owner, carry different versions, yet "
    "are no versions of one record: readers of one do not learn of the other. Publish the next one by `New "
    "version`, and relate these to each other.",
)
SAME_FILES = Rule(
    "duplicate-files",
    "warning",
    "The same files twice",
    "Every file of the record is in another record as well, by its checksum. Ask the owner which one counts.",
)
SHARED_FILE = Rule(
    "file-shared",
    "note",
    "File that is in another record",
    "A file with the same checksum is in a record that is no version of this one. Where one work uses the "
    "other, relate them to each other instead of keeping a copy. A file that is in very many records is "
    "left alone.",
)
DUPLICATES = (DUPLICATE, APART, SAME_FILES, SHARED_FILE)

_LINKS = (
    "IsNewVersionOf IsPreviousVersionOf IsVersionOf HasVersion IsIdenticalTo IsVariantFormOf "
    "IsOriginalFormOf IsTranslationOf HasTranslation IsObsoletedBy Obsoletes IsContinuedBy Continues "
    "IsPartOf HasPart IsDerivedFrom IsSourceOf IsSupplementTo IsSupplementedBy"
).split()
"""Relations by which the owner says that two records belong together."""
_MARKUP = re.compile(r"<[^<>]*>")
_VERSION = re.compile(r"\b(?:v\.?|vers[i\u0131]on|ver\.?|release)\s?(\d+(?:[.-]\w+)*)")
"""In a text without capitals, of which a dotless i is none."""
_BETWEEN = re.compile(r"[\s()\[\],;:]+")
_COMMON = re.compile(
    r"(?:.*/)?(?:(?:licen[cs]e|copying|notice|readme|authors|change|contributing|citation|codemeta|\.)[^/]*"
    r"|[^/]*\.(?:bib|ris))",
    re.IGNORECASE | re.DOTALL,
).fullmatch
"""Files that are alike in many records of one maker."""
_LONGEST_TITLE = 5000
_LONGEST_DETAIL = 400
_MOST_RECORDS = 20
"""A file that is in more of them is taken for one that comes with everything."""
_LOOKS_BACK = 50
"""With how many of the older records of its group a record is compared."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a record is kept until all of them were seen.

    Attributes:
        label: Its version.
        files: How many it has that are its own.
        names: The DOIs of the record.
        links: What it says to belong to.
    """

    id: str
    concept: str
    title: str | None
    url: str | None
    created: str
    label: str
    files: int
    names: tuple[str | None, ...]
    links: tuple[str | None, ...]

    def is_unlinked_to(self, other: _Seen) -> bool:
        """Whether neither names the other."""
        return not (self._links_to(other) or other._links_to(self))

    def _links_to(self, other: _Seen) -> bool:
        return bool(self.links) and not _dois(self.links).isdisjoint(_dois(other.names))


@dataclass(frozen=True, slots=True)
class Sight:
    """What tells whether a record is like another one.

    Attributes:
        seen: What is kept of it.
        works: Numbers that works of the same title have in common, if they have the same makers or owner.
        files: The names of its files, by a number that files with the same checksum have in common.
    """

    seen: _Seen
    works: tuple[int | None, int | None]
    files: dict[int, str]


def sight_of(row: CatalogRow) -> Sight:
    """Return what tells whether a record is like another one."""
    title, label = _title_and_label(row["title"] or "", row["version_label"] or "")
    makers = (sorted(set(map(_maker, row["creators"]))), row["owner_id"]) if title else (None, None)
    what = title, row["resource_type"], row["languages"]
    files = {
        _number(file["checksum"].lower()): file["key"] or ""
        for file in row["files"]
        if file["checksum"] and file["size_bytes"] != 0 and not _COMMON(file["key"] or "")
    }
    by_creators, by_owner = (_number(what, maker) if maker else None for maker in makers)
    seen = _Seen(
        id=str(row["id"] or ""),
        concept=str(row["concept_id"] or row["id"] or ""),
        title=row["title"],
        url=row["url"],
        created=row["created"] or "",
        label=label,
        files=len(files),
        names=(row["doi"], row["concept_doi"]),
        links=tuple(each["identifier"] for each in row["related"] if each["relation"] in _LINKS),
    )
    return Sight(seen, (by_creators, by_owner), files)


def _number(*values: Any) -> int:
    """Return a number that equal values have in common, in any process."""
    return int.from_bytes(blake2b(msgspec.json.encode(values), digest_size=8).digest(), "big")


class Duplicates:
    """Sees each record once, and tells then which of them are alike."""

    def __init__(self) -> None:
        self._seen: list[_Seen] = []
        self._by_creators: dict[int, list[int]] = defaultdict(list)
        self._by_owner: dict[int, list[int]] = defaultdict(list)
        self._holder: dict[int, int] = {}
        self._holders: dict[int, tuple[str, list[int]]] = {}

    def see(self, sight: Sight) -> None:
        """Take note of a record."""
        place = len(self._seen)
        self._seen.append(sight.seen)
        for groups, work in zip((self._by_creators, self._by_owner), sight.works, strict=True):
            if work is not None:
                groups[work].append(place)
        for checksum, key in sight.files.items():
            first = self._holder.setdefault(checksum, place)
            if first != place:
                self._holders.setdefault(checksum, (key, [first]))[1].append(place)

    def findings(self) -> Iterator[Finding]:
        """Yield what is alike; it is said of each record but the oldest, by each rule once."""
        told: dict[str, str] = {}
        for groups, also_of_one_version in ((self._by_creators, True), (self._by_owner, False)):
            for this, other in self._pairs(groups.values()):
                are_versions = bool(this.label and other.label and this.label != other.label)
                if this.id in told or not (are_versions or also_of_one_version):
                    continue
                told[this.id] = other.id
                labels = f"{this.label} here, {other.label} in " if are_versions else "as "
                yield _finding(APART if are_versions else DUPLICATE, this, other, labels)
        yield from self._same_files(told)

    def _same_files(self, told: Mapping[str, str]) -> Iterator[Finding]:
        shared: dict[str, dict[str, tuple[_Seen, _Seen, list[str]]]] = defaultdict(dict)
        for key, places in self._holders.values():
            if len(places) <= _MOST_RECORDS:
                for this, other in self._pairs([places], every=True):
                    if told.get(this.id) != other.id:
                        shared[this.id].setdefault(other.id, (this, other, []))[2].append(key)
        for others in shared.values():
            this, other, keys = max(others.values(), key=lambda each: len(each[2]))
            rule = SAME_FILES if len(keys) == this.files else SHARED_FILE
            yield _finding(rule, this, other, f"{listed(keys)} in ")

    def _pairs(self, groups: Iterable[list[int]], *, every: bool = False) -> Iterator[tuple[_Seen, _Seen]]:
        """Yield each record of a group that has an older one unlinked to it, and that one, or every such."""
        for group in groups:
            if len(group) == 1:
                continue
            seen = sorted((self._seen[place] for place in group), key=lambda each: (each.created, each.id))
            records = list({each.concept: each for each in seen}.values())
            for place, this in enumerate(records):
                older = (each for each in records[: min(place, _LOOKS_BACK)] if this.is_unlinked_to(each))
                yield from ((this, other) for other in (older if every else islice(older, 1)))


def _finding(rule: Rule, this: _Seen, other: _Seen, before: str) -> Finding:
    where = f"{other.id} ({other.created[:10]})" if other.created else other.id
    return Finding(
        rule.id, rule.level, this.id, this.title, this.url, cut(f"{before}{where}", _LONGEST_DETAIL)
    )


def _dois(texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(doi for text in texts if text and (doi := doi_of(text)))


def _title_and_label(title: str, label: str) -> tuple[str, str]:
    """Return a title as it is compared, without the version that is in it, and that version."""
    text = _even(_MARKUP.sub(" ", title[:_LONGEST_TITLE]))
    version = _even(label.strip()).removeprefix("v")
    if version:
        text = " ".join(word for word in _BETWEEN.split(text) if word.removeprefix("v") != version)
    if found := _VERSION.search(text):
        version = version or found[1]
        text = _VERSION.sub(" ", text)
    return _letters(text), version


def _maker(person: Mapping[str, Any]) -> str:
    """Return a name as it is compared: family name and first initial."""
    family, comma, given = _even(person["name"] or "").partition(",")
    initial = next(filter(str.isalnum, given), "")
    return f"{_letters(family)}{comma}{initial}"


def _even(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _letters(text: str) -> str:
    return text if text.isalnum() else "".join(filter(str.isalnum, text))
