"""The sample collection the emulator starts with: about 300 records in six communities, always the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from zenodo_harvest.emulator import sample_words as words
from zenodo_harvest.emulator.defaults import Json, complete, complete_community
from zenodo_harvest.emulator.sample_parts import (
    Plan,
    cite,
    community,
    custom_fields,
    delete,
    description,
    extras,
    license_of,
    named,
    numbered,
    organisation,
    person,
    publication_date,
    stamp,
)
from zenodo_harvest.emulator.state import DEFAULT_USER, Seed, User

_FIRST_ID = 900_000_001
_START, _DAYS = datetime(2018, 3, 1, 8, tzinfo=UTC), 3100
_END = datetime(2026, 10, 30, tzinfo=UTC)
_CURATOR = User(
    "2",
    "emulator-token-2",
    owner_of=tuple(row[0] for row in words.COMMUNITIES if row[0] not in DEFAULT_USER.owner_of),
)
_NEWCOMER = User("3", is_verified=False)
_OWNERS = (DEFAULT_USER, _CURATOR, _CURATOR, _CURATOR, _NEWCOMER)
_VERSIONS = (1, 1, 1, 1, 1, 2, 1, 1, 3, 1)
_EMBARGO = {"active": True, "until": "2035-03-01", "reason": "Waiting for the paper."}
_REMOVALS = ("duplicate", "retracted", "test-record", "copyright", "out-of-scope", "spam", "spam")
_SUBJECT = {"id": "euroscivoc:353", "subject": "Climatology", "scheme": "EuroSciVoc"}
_MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0", "pdf": b"%PDF-1.7\n", "wav": b"RIFF"}
_HEAVY = 153
_ALL_TAKES = {"size": 3 << 29, "checksum": "md5:0123456789abcdef0123456789abcdef"}
"""A file of 1.5 GiB in the lists, of which there is no content."""
_DASH = "\N{EN DASH}"


@cache
def sample() -> Seed:
    """Return the sample: the same records, ids and file contents on every machine; it is built once."""
    return _Sample().build()


@dataclass(slots=True)
class _Version:
    """One version on its way to a record: ids and totals come when all of them are known."""

    created: datetime
    family: int
    index: int
    body: Json
    stats: dict[str, float]


class _Sample:
    """Builds the collection in two passes over one random source: bodies first, then ids in order of time."""

    def __init__(self) -> None:
        self._random = Random(1871)  # noqa: S311 - the same sample every time, nothing secret
        self._contents: dict[str, bytes] = {}
        self._versions: list[_Version] = []
        self._titles: set[str] = set()
        self._ids = {slug: str(uuid5(NAMESPACE_URL, f"emulator/{slug}")) for slug, *_ in words.COMMUNITIES}

    def build(self) -> Seed:
        """Return the whole collection."""
        wanted = [(theme, None) for theme in words.THEMES for _ in range(theme.count)]
        odd = [(self._pick(words.THEMES), row) for row in words.ODD]
        for number, (theme, row) in enumerate((*wanted, *odd), 1):
            self._add_family(number, theme, row)
        communities = [
            complete_community(community(self._ids[row[0]], row, _START)) for row in words.COMMUNITIES
        ]
        known = {item["id"]: item for item in communities}
        records = tuple(complete(record, known) for record in self._records())
        return Seed(records, tuple(communities), (_CURATOR, _NEWCOMER), self._contents)

    def _pick(self, options: Sequence[Any]) -> Any:
        return self._random.choice(options)

    def _add_family(self, number: int, theme: words.Theme, odd: tuple[str, str, str] | None) -> None:
        created = _START + timedelta(
            seconds=self._random.randrange(_DAYS * 86400), microseconds=number * 1009
        )
        plan = self._plan(number, theme, created.year, odd)
        chosen = self._random.sample(range(len(words.PEOPLE)), self._pick((1, 2, 2, 3, 3, 4, 6)))
        people = [person(index) for index in chosen]
        if number % 12 == 0:
            people.append(organisation(self._pick(words.ORGANISATIONS)))
        for index in range(1, _VERSIONS[number % len(_VERSIONS)] + 1):
            if created < _END:
                body = self._body(plan, created, index, people)
                self._versions.append(_Version(created, number, index, body, self._stats(created)))
            created += timedelta(days=self._random.randrange(30, 400), seconds=self._random.randrange(40000))

    def _plan(self, number: int, theme: words.Theme, year: int, odd: tuple[str, str, str] | None) -> Plan:
        while True:
            topic, _, what = str(self._pick(theme.topics)).partition(": ")
            place, city = self._pick(words.PLACES), self._pick(words.CITIES)
            template = self._pick(theme.titles)
            past = (year - self._pick((11, 21, 31, 51)), year - 1)
            first, last = (2021, 2100) if "Projected" in template else past
            title = template.format(
                topic=topic,
                topic_=topic[0].lower() + topic[1:],
                what=what,
                place=place,
                city=city,
                years=f"{first}{_DASH}{last}",
                first=first,
                last=last,
                version=f"{self._random.randrange(1, 4)}.{self._random.randrange(10)}",
            )
            if title not in self._titles:
                break
        self._titles.add(title)
        telling = (kind for text, kind in words.KINDS_BY_TITLE.items() if text in title)
        kind = next(telling, None) or self._pick(theme.kinds)
        language = self._pick((None, None, "eng", "eng", "eng", "deu", "fra", "swe"))
        files: tuple[str, ...] = theme.files[: self._random.randrange(1, len(theme.files) + 1)]
        if odd:
            title, language, files = odd[0], odd[1], (odd[2], *files[:1])
        return Plan(number, theme, kind, title, topic, what, place, (first, last), language, files)

    def _body(self, plan: Plan, created: datetime, index: int, people: list[Json]) -> Json:
        status = "embargoed" if plan.number % 16 == 4 else "restricted" if plan.number % 19 == 6 else "open"
        access: Json = {"record": "public", "files": "public", "status": status}
        if status != "open":
            access["files"] = "restricted"
        if status == "embargoed":
            access["embargo"] = _EMBARGO
        slugs = {plan.theme.community: None, "research-software-shelf" if plan.number % 14 == 0 else "": None}
        ids = [self._ids[slug] for slug in slugs if slug]
        updated = created + timedelta(seconds=self._random.randrange(1, 90))
        return {
            "created": stamp(created),
            "updated": stamp(updated),
            "parent": {
                "access": {"owned_by": {"user": _OWNERS[plan.number % len(_OWNERS)].id}},
                "communities": {"ids": ids, "default": ids[0]} if ids else {},
            },
            "metadata": self._metadata(plan, created, index, people),
            "custom_fields": custom_fields(plan, created),
            "access": access,
            "files": {"entries": self._files(plan, index)},
        }

    def _metadata(self, plan: Plan, created: datetime, index: int, people: list[Json]) -> Json:
        keywords = self._random.sample(plan.theme.keywords, self._random.randrange(2, 4))
        subjects: list[Json] = [{"subject": word} for word in keywords]
        metadata: Json = {
            "resource_type": named(plan.kind, words.TYPES[plan.kind]),
            "title": plan.title,
            "creators": people,
            "publisher": "Zenodo",
            "publication_date": publication_date(plan.number, created),
            "description": description(plan),
            "subjects": [*subjects, _SUBJECT] if plan.number % 9 == 0 else subjects,
            "rights": [license_of(self._pick(plan.theme.licenses))],
            **extras(plan, (round(self._random.uniform(-9, 25), 4), 47.25)),
        }
        if index > 1 or plan.kind == "software":
            metadata["version"] = f"1.{index - 1}"
        if plan.language:
            metadata["languages"] = [named(plan.language, words.LANGUAGES[plan.language])]
        return metadata

    def _files(self, plan: Plan, index: int) -> dict[str, Json]:
        contents = {}
        for name in plan.files:
            key = name.format(slug=plan.slug, number=1000 + plan.number, version=f"1.{index - 1}")
            contents[key] = self._content(plan, key, index)
        if index > 1:
            contents["changes.txt"] = f"Version {index}: corrected values, new files.\n".encode()
        entries = {}
        for key, data in contents.items():
            digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
            self._contents[digest] = data
            entries[key] = {"size": len(data), "checksum": f"md5:{digest}"}
        if plan.number == _HEAVY:
            entries["all takes.zip"] = _ALL_TAKES
        return entries

    def _content(self, plan: Plan, key: str, index: int) -> bytes:
        extension = key.rpartition(".")[2].lower()
        first, last = plan.years
        if extension == "csv":
            rows = (f"{year},{self._random.randrange(120)}" for year in range(first, last + 1))
            return "\n".join((f"year,{plan.slug}", *rows, "")).encode()
        if extension in {"json", "geojson"}:
            values = {"title": plan.title, "place": plan.place, "version": index}
            return json.dumps(values, ensure_ascii=False).encode()
        if extension in {"txt", "md", "cff", "license"}:
            return (
                f"# {plan.title}\n\n{plan.topic}: {plan.what}.\n{plan.place}, {first} to {last}.\n".encode()
            )
        return _MAGIC.get(extension, b"CDF\x01") + self._random.randbytes(self._random.randrange(300, 2500))

    def _stats(self, created: datetime) -> dict[str, float]:
        views = int(self._random.paretovariate(0.9) * 12) % 9000 + (_END - created).days // 30
        downloads = int(views * self._random.uniform(0.05, 0.8)) + 1
        return {
            "views": views,
            "unique_views": max(1, int(views * 0.82)),
            "downloads": downloads,
            "unique_downloads": max(1, int(downloads * 0.7)),
            "data_volume": float(downloads * self._random.randrange(400, 9000)),
        }

    def _records(self) -> list[Json]:
        """Give ids, DOIs, version numbers and totals in order of time; delete some at the end."""
        self._versions.sort(key=lambda version: version.created)
        families: dict[int, list[_Version]] = {}
        for version in self._versions:
            families.setdefault(version.family, []).append(version)
        next_id, concepts = _FIRST_ID, dict[int, str]()
        records: list[Json] = []
        for version in self._versions:
            if version.family not in concepts:
                concepts[version.family] = str(next_id)
                next_id += 1
            family = families[version.family]
            record = numbered(version.body, str(next_id), concepts[version.family])
            next_id += 1
            record["versions"] = {"index": version.index, "is_latest": version is family[-1]}
            totals = {name: sum(item.stats[name] for item in family) for name in version.stats}
            record["stats"] = {"this_version": version.stats, "all_versions": totals}
            if records and version.family % 5 == 0:
                cite(record, records[-1])
            records.append(record)
        single = [record for record in records if record["versions"] == {"index": 1, "is_latest": True}]
        for position, reason in enumerate(_REMOVALS):
            delete(single[9 + 29 * position], reason)
        return records
