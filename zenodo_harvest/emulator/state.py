"""What the emulated repository holds: records, communities, users and file contents."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from zenodo_harvest.emulator.contents import Contents, Opener
from zenodo_harvest.emulator.defaults import Json, complete, complete_community, is_deleted
from zenodo_harvest.emulator.flavours import ZENODO, Flavour
from zenodo_harvest.emulator.vault import Vault
from zenodo_harvest.errors import UsageError

_RECORD = "record"


@dataclass(frozen=True, slots=True)
class User:
    """An account; records of verified owners come first in a search (zenodo-api.md §1.3, read 2026-08-20).

    Of the communities in `owner_of`, by slug, it is the curator.
    """

    id: str
    token: str | None = None
    is_verified: bool = True
    owner_of: tuple[str, ...] = ()


DEFAULT_USER = User("1", "emulator-token", owner_of=("enes-data-space",))


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

    Records are kept as packed JSON, in a small part of the memory that dictionaries take. What comes, changes
    or goes after the seed lies in the vault as well, and what others write there is taken in by `refresh`.
    """

    def __init__(self, seed: Seed, vault: Vault | None = None, flavour: Flavour = ZENODO) -> None:
        self.vault = vault or Vault(None)
        self.flavour = flavour
        self._records: dict[str, bytes] = {}
        self._families: dict[str, list[_Version]] = {}
        self._communities = {str(item["id"]): complete_community(item) for item in seed.communities}
        self._users = {user.id: user for user in (DEFAULT_USER, *seed.users)}
        self.contents = Contents(seed.contents, self.vault)
        self._changes: list[str] = []
        self._read = 0
        self._slugs = {item["slug"]: id_ for id_, item in self._communities.items()}
        self.origin: State | None = None
        """What this one began as; its own changes are `changes`."""
        for record in seed.records:
            self._take(record)
        self.refresh()

    def begin(self, vault: Vault) -> State:
        """Return a state that begins as this one is, over a vault of its own."""
        other = copy(self)
        other.origin, other.vault, other.contents = self, vault, self.contents.over(vault)
        for name in ("_records", "_families", "_communities", "_changes", "_slugs"):
            setattr(other, name, copy(getattr(self, name)))
        other.refresh()
        return other

    def refresh(self) -> None:
        """Take in what others wrote to the vault since the last time."""
        with self.vault.alone():
            for sequence, _, record_id, record in self.vault.since(self._read, _RECORD):
                self._read = sequence
                if record is not None and self.record(record_id) != record:
                    self._take(record)
                    self._changes.append(record_id)

    def add(self, record: Json) -> None:
        """Store a record that is new; older versions of its concept are no longer the latest."""
        taken = self._take(record)
        self._keep(taken)
        if taken["versions"]["is_latest"]:
            for version in self._families[taken["parent"]["id"]]:
                if version.record_id != taken["id"]:
                    self._mark_latest(version.record_id, is_latest=False)
        self._changes.append(taken["id"])

    def edit(self, record_id: str, change: Callable[[Json], object]) -> None:
        """Let `change` alter a record that is there."""
        record = self._present(record_id)
        change(record)
        self._keep(complete(record, self._communities, self.flavour))
        self._changes.append(record_id)

    def delete(self, record_id: str, tombstone: Callable[[Json], Json]) -> None:
        """Leave a tombstone in place of a record; the version before the latest becomes the latest again."""
        record = self._present(record_id)
        was_latest, concept_id = record["versions"]["is_latest"], record["parent"]["id"]
        record["deletion_status"] = {"is_deleted": True, "status": "D"}
        record["versions"]["is_latest"] = False
        record["tombstone"] = stone = tombstone(record)
        self._keep(record)
        self._families[concept_id] = [
            replace(version, is_deleted=True) if version.record_id == record_id else version
            for version in self._families[concept_id]
        ]
        self._changes.append(record_id)
        heir = self.latest_id(concept_id)
        if was_latest and heir and heir != record_id:
            self._mark_latest(heir, is_latest=True, updated=stone["removal_date"])

    def changes(self) -> list[str]:
        """Return the ids of the records that came, changed or went since the start, in that order."""
        return self._changes.copy()

    def _take(self, record: Json) -> Json:
        """Store a record beside the other versions of its concept, and the communities only it names."""
        for entry in record.get("parent", {}).get("communities", {}).get("entries", ()):
            if "id" in entry and entry["id"] not in self._communities:
                community = self._communities[entry["id"]] = complete_community(entry)
                self._slugs[community["slug"]] = entry["id"]
        record = complete(record, self._communities, self.flavour)
        self._store(record)
        others = self._families.get(record["parent"]["id"], ())
        family = [version for version in others if version.record_id != record["id"]]
        family.append(_Version(int(record["versions"]["index"]), record["id"], is_deleted(record)))
        family.sort(key=lambda version: version.index)
        self._families[record["parent"]["id"]] = family
        return record

    def _keep(self, record: Json) -> None:
        """Store a record here and in the vault."""
        self._store(record)
        self.vault.put(_RECORD, record["id"], record)

    def _store(self, record: Json) -> None:
        self._records[record["id"]] = zlib.compress(msgspec.json.encode(record), 1)

    def _present(self, record_id: str) -> Json:
        record = self.record(record_id)
        if record is None or is_deleted(record):
            raise UsageError(f"There is no record {record_id!r}.", hint="Add it first.")
        return record

    def _mark_latest(self, record_id: str, *, is_latest: bool, updated: str | None = None) -> None:
        """Say whether a version is the latest; that alone moves neither date nor revision.

        A version that is the latest again, as the newer one was deleted, does move (zenodo-api.md §13).
        """
        record = self.record(record_id)
        if record is None or record["versions"]["is_latest"] == is_latest:
            return
        record["versions"]["is_latest"] = is_latest
        if updated is not None:
            record |= {"updated": updated, "revision_id": record["revision_id"] + 4}
        self._keep(record)
        self._changes.append(record_id)

    def records(self) -> Iterator[Json]:
        """Yield every record as it stands now, deleted ones as well, whatever changes in the meantime."""
        return (_unpacked(packed) for packed in list(self._records.values()))

    def record(self, record_id: str) -> Json | None:
        """Return the record with this id, not its concept."""
        packed = self._records.get(record_id)
        return _unpacked(packed) if packed else None

    def frozen(self, record_id: str) -> Callable[[], Json]:
        """Return what gives the record as it is now, whatever happens to it later."""
        return partial(_unpacked, self._records[record_id])

    def ids(self) -> list[str]:
        """Return the ids of all records, deleted ones as well."""
        return list(self._records)

    def family(self, concept_id: str) -> list[str]:
        """Return the ids of a concept's versions that are not deleted, the oldest first."""
        return [one.record_id for one in self._families.get(concept_id, ()) if not one.is_deleted]

    def next_index(self, concept_id: str) -> int:
        """Return the number of the next version of a concept."""
        return max((one.index for one in self._families.get(concept_id, ())), default=0) + 1

    def concept_ids(self) -> list[str]:
        """Return the ids of all concepts."""
        return list(self._families)

    def is_reserved(self, record_id: str) -> bool:
        """Tell whether this is the id of a draft."""
        return self.vault.get("deposit", record_id) is not None

    def is_prepared(self, concept_id: str) -> bool:
        """Tell whether a new version of a concept is being prepared."""
        return self.vault.get("next", concept_id) is not None

    def is_concept(self, concept_id: str) -> bool:
        """Tell whether this is the id of a concept."""
        return concept_id in self._families

    def latest_id(self, concept_id: str) -> str | None:
        """Return the id of the newest version that is not deleted, or of the newest when none survives."""
        family = self._families.get(concept_id, [])
        alive = [version for version in family if not version.is_deleted]
        return (alive or family)[-1].record_id if family else None

    def communities(self) -> Iterable[Json]:
        """Return every community there is now."""
        return list(self._communities.values())

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

    def users(self) -> Iterable[User]:
        """Return all accounts."""
        return self._users.values()

    def curates(self, user: User | None, community_id: str) -> bool:
        """Tell whether the user decides what goes into a community."""
        community = self._communities.get(community_id)
        return user is not None and community is not None and community["slug"] in user.owner_of

    def verified_owners(self) -> frozenset[str]:
        """Return the ids of the verified accounts."""
        return frozenset(user.id for user in self._users.values() if user.is_verified)

    def content(self, checksum: str) -> Opener | None:
        """Return what opens a file by its checksum (``md5:…``), or None if there is none."""
        return self.contents.find(checksum)


def _unpacked(packed: bytes) -> Json:
    record: Json = msgspec.json.decode(zlib.decompress(packed))
    return record
