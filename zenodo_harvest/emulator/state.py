"""What the emulated repository holds: records, communities, users and file contents."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from zenodo_harvest.emulator.shape import Json, complete, complete_community, is_deleted


@dataclass(frozen=True, slots=True)
class User:
    """An account; records of verified owners come first in a search (zenodo-api.md §1.3, read 2026-08-20)."""

    id: str
    token: str | None = None
    is_verified: bool = True


DEFAULT_USER = User("1", "emulator-token")


@dataclass(frozen=True, slots=True)
class Seed:
    """What a repository starts with; `contents` is by md5, `now` is where the clock of searches stands."""

    records: Iterable[Json]
    communities: tuple[Json, ...] = ()
    users: tuple[User, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Version:
    """A record's place among the versions of its concept."""

    index: int
    record_id: str
    is_deleted: bool


class State:
    """The records, communities, users and file contents, looked up as the endpoints need them.

    Records are kept as packed JSON, in a small part of the memory that dictionaries take.
    """

    def __init__(self, seed: Seed) -> None:
        self._records: dict[str, bytes] = {}
        self._families: dict[str, list[_Version]] = {}
        self._communities = {str(item["id"]): complete_community(item) for item in seed.communities}
        self._users = {user.id: user for user in (DEFAULT_USER, *seed.users)}
        self._contents = seed.contents
        for record in seed.records:
            self.add(record)
        self._slugs = {item["slug"]: id_ for id_, item in self._communities.items()}

    def add(self, record: Json) -> None:
        """Store a record beside the other versions of its concept, and the communities only it names."""
        for entry in record.get("parent", {}).get("communities", {}).get("entries", ()):
            if "id" in entry and entry["id"] not in self._communities:
                self._communities[entry["id"]] = complete_community(entry)
        record = complete(record, self._communities)
        self._records[record["id"]] = zlib.compress(msgspec.json.encode(record), 1)
        family = self._families.setdefault(record["parent"]["id"], [])
        family.append(_Version(int(record["versions"]["index"]), record["id"], is_deleted(record)))
        family.sort(key=lambda version: version.index)

    def records(self) -> Iterator[Json]:
        """Yield every record, deleted ones as well."""
        return (_unpacked(packed) for packed in self._records.values())

    def ids(self) -> list[str]:
        """Return the ids of all records in the order they came."""
        return list(self._records)

    def record(self, record_id: str) -> Json | None:
        """Return the record with this id, not its concept."""
        packed = self._records.get(record_id)
        return _unpacked(packed) if packed else None

    def is_concept(self, concept_id: str) -> bool:
        """Tell whether this is the id of a concept."""
        return concept_id in self._families

    def latest_id(self, concept_id: str) -> str | None:
        """Return the id of the newest version that is not deleted, or of the newest when none survives."""
        family = self._families.get(concept_id, [])
        alive = [version for version in family if not version.is_deleted]
        return (alive or family)[-1].record_id if family else None

    def communities(self) -> Iterable[Json]:
        """Return every community."""
        return self._communities.values()

    def community(self, ref: str) -> Json | None:
        """Return the community with this exact slug or UUID (zenodo-api.md §1.5, read 2026-08-20)."""
        try:
            key = str(UUID(ref))
        except ValueError:
            key = self._slugs.get(ref, "")
        return self._communities.get(key)

    def user(self, token: str | None) -> User | None:
        """Return who the token is of; an unknown token is nobody, as on the real server."""
        return next((user for user in self._users.values() if token and user.token == token), None)

    def verified_owners(self) -> frozenset[str]:
        """Return the ids of the verified accounts."""
        return frozenset(user.id for user in self._users.values() if user.is_verified)

    def content(self, checksum: str) -> bytes | None:
        """Return the bytes of a file by its checksum (``md5:…``), or None if the seed brought none."""
        return self._contents.get(checksum.removeprefix("md5:"))


def _unpacked(packed: bytes) -> Json:
    record: Json = msgspec.json.decode(zlib.decompress(packed))
    return record
