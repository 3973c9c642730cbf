"""Records by name: one id, DOI or URL, or a whole list of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from zenodo_harvest.display import count, html_facts
from zenodo_harvest.engine.fetch import Fetch
from zenodo_harvest.engine.receipt import Account, Asked, Brought, Receipt
from zenodo_harvest.engine.remote_records import Miss, Outcome, RemoteRecords, provenance_of
from zenodo_harvest.engine.route import Route, params_for
from zenodo_harvest.engine.totals import count_rows
from zenodo_harvest.errors import (
    BadAnswer,
    Deleted,
    MissingWarning,
    NotAllowed,
    NotFound,
    TooManyResults,
    UsageError,
)
from zenodo_harvest.http import NATIVE_JSON, Context
from zenodo_harvest.ids import RecordRef, parse_record_ref, shown
from zenodo_harvest.query import BATCH_REFS, recid_query
from zenodo_harvest.raw_records import RawRecord
from zenodo_harvest.records import Provenance, Record, read_record
from zenodo_harvest.sites import SANDBOX, Site

_NAMED = 5
_PLAIN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
ASKED_SINGLY = 20
"""How many ids that a search does not find are asked for one by one, to learn why."""


class References(RemoteRecords):
    """The records of a list of references, in the order of the list, fetched when they are iterated over.

    Each reference is looked up once, however often and in whatever spelling it is in the list. A concept
    and an address that ends in ``/latest`` lead to the latest version. What leads nowhere is in `missing`.

    Args:
        context: Asks.
        refs: The references.
        unread: Values of the list that should name a record and do not; the receipt holds them against it.

    Raises:
        UsageError: A reference cannot be read (when the object is made).
    """

    tells_missing = True
    """Whether the end of a walk warns (`MissingWarning`) of what led to no record."""

    def __init__(
        self, context: Context, refs: Iterable[str | int] | int, *, unread: Sequence[str] = ()
    ) -> None:
        super().__init__(context.progress)
        typed = [str(ref) for ref in ((refs,) if isinstance(refs, str | int) else refs)]
        unique: dict[RecordRef, str] = {}
        for text in typed:
            unique.setdefault(ref_on(context.transport.site, text), text)
        self.refs: Mapping[RecordRef, str] = unique
        """The references, each once, with its first spelling."""
        self.repeated = len(typed) - len(unique)
        """How many references were in the list before."""
        self._unread = tuple(unread)
        self._asked_singly = 0
        self._context = context

    def __repr__(self) -> str:
        missing = f", {len(self.missing):,} of them missing" if self.missing else ""
        return f"<References: {self.total:,} on {self._context.transport.site.name}{missing}>"

    def _repr_html_(self) -> str:
        return html_facts(
            "References",
            {"site": self._context.transport.site.name, "references": self.total}
            | ({"missing": self.missed().message} if self.missing else {}),
        )

    @property
    def missing(self) -> tuple[Miss, ...]:
        """What the latest walk did not find."""
        return self._outcome.missing

    @property
    def total(self) -> int:
        """How many different references there are."""
        return len(self.refs)

    def _walk(self, *, keep_raw: bool) -> Iterator[Record]:
        """Yield the record of each reference, in the order of the list."""
        context, account = self._context, Account(self._context)
        provenance = provenance_of(context, account.started_at, keep_raw=keep_raw)
        self._outcome = Outcome()
        missing: list[Miss] = []
        rows = 0
        self._asked_singly = 0
        if self.repeated:
            context.progress.note(f"{count(self.repeated, 'reference')} came more than once and count once.")
        context.progress.start("references", len(self.refs))
        try:
            for batch in _batches(self.refs):
                found = self._look_up(batch, provenance)
                for ref in batch:
                    if isinstance(record := found[ref], Record):
                        rows += 1
                        yield record
                    else:
                        missing.append(Miss(self.refs[ref], record))
                    context.progress.advance()
        finally:
            context.progress.finish()
        self._end(rows, tuple(missing), account)

    def _look_up(self, refs: tuple[RecordRef, ...], provenance: Provenance) -> dict[RecordRef, Record | str]:
        """Return the record of each reference, or the reason why there is none."""
        index = self._found([replace(ref, latest=False) for ref in refs], provenance)
        found = {ref: index.get((ref.kind, ref.value)) for ref in refs}
        # a search finds the version that was named; its concept leads to the latest one
        concepts = {
            ref: RecordRef("id", _plain(record.concept_id) or record.id or "")
            for ref, record in found.items()
            if ref.latest and record and not record.is_latest
        }
        latest = self._found(list(concepts.values()), provenance)
        found |= {ref: latest.get((concept.kind, concept.value)) for ref, concept in concepts.items()}
        return {ref: record or self._ask_singly(ref, provenance) for ref, record in found.items()}

    def _found(self, refs: Sequence[RecordRef], provenance: Provenance) -> dict[tuple[str, str], Record]:
        """Return what a search finds, by all names."""
        return _index(read_record(raw.body, provenance) for raw in self._raw_records(refs))

    def _raw_records(self, refs: Sequence[RecordRef]) -> Iterator[RawRecord]:
        """Yield what a search finds; too many versions at once are asked for in halves, then singly."""
        for q in recid_query(refs):
            try:
                yield from Fetch(self._context, _all_versions(self._context, q)).records()
            except TooManyResults:
                if len(refs) == 1:
                    return
                half = len(refs) // 2
                yield from self._raw_records(refs[:half])
                yield from self._raw_records(refs[half:])
                return

    def _ask_singly(self, ref: RecordRef, provenance: Provenance) -> Record | str:
        """Ask for what the search did not find: it may be too new for the index, or deleted with a reason."""
        if ref.kind == "doi" or self._asked_singly >= ASKED_SINGLY:
            return f"{self._context.site.name} has no such record, or it was deleted"
        self._asked_singly += 1
        try:
            return _record_by_id(self._context, ref, provenance)
        except (NotFound, BadAnswer) as error:
            return error.message.rstrip(".")

    @property
    def refusal(self) -> NotFound | None:
        """Why what the latest walk brought is not to be written: no reference led to a record."""
        return self.missed() if self.missing and len(self.missing) == self.total else None

    def missed(self) -> NotFound:
        """Return the error that says which references led to no record, and why."""
        missing = self.missing
        some = "; ".join(f"{miss.ref} ({miss.reason})" for miss in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
        found = self.total - len(missing)
        return NotFound(
            f"{len(missing):,} of {count(self.total, 'reference')} led to no record: {some}{more}.",
            hint=f"The other {found:,} are complete. Check these, and the site."
            if found
            else "Check the references, and the site.",
        )

    def _end(self, rows: int, missing: tuple[Miss, ...], account: Account) -> None:
        missed, unread = len(missing), len(self._unread)
        said = [f"{count(missed, 'reference')} led to no record."] if missed else []
        if unread:
            said.append(f"{count(unread, 'value')} of the list named none.")
        brought = Brought(
            rows=rows,
            total_start=len(self.refs),
            total_end=len(self.refs),
            duplicates=self.repeated,
            missed=(*(miss.ref for miss in missing), *self._unread),
            remark=" ".join(said) or None,
        )
        self._outcome = Outcome(account.receipt(Receipt, Asked(), brought), missing)
        if missing and self.tells_missing:
            self._context.tell([self.missed().message], MissingWarning)


def record_by_ref(context: Context, ref: str, *, keep_raw: bool = False) -> Record:
    """Return the record of an id, concept id, DOI or URL; of an address that ends in ``/latest`` the latest.

    An id is read from the database, so it is current even while the index lags; a concept id leads to the
    latest version (zenodo-api.md §4.1, read 2026-08-20). A DOI that Zenodo did not mint is searched for.

    Raises:
        NotFound: There is no such record.
        Deleted: It was deleted; the sentence says when and why, where the server does.
        BadAnswer: The server gave another record, or none at all.
    """
    parsed = ref_on(context.transport.site, ref)
    provenance = provenance_of(context, keep_raw=keep_raw)
    return (_record_by_doi if parsed.kind == "doi" else _record_by_id)(context, parsed, provenance)


def _record_by_id(context: Context, ref: RecordRef, provenance: Provenance) -> Record:
    path = f"/api/records/{ref}{'/versions/latest' if ref.latest else ''}"
    try:
        answer = context.transport.get(path, accept=NATIVE_JSON)
    except Deleted as error:
        named = "The latest version of record" if ref.latest else "Record"
        raise Deleted(
            f"{named} {ref} was deleted{_reason(error.tombstone)}.",
            hint="A concept id or DOI leads to the newest version that is left, if there is one.",
            url=error.url,
            status=error.status,
            tombstone=error.tombstone,
        ) from None
    except (NotFound, NotAllowed) as error:
        _check_token(context)
        if isinstance(error, NotAllowed):
            raise
        raise NotFound(
            f"{context.site.name} has no record {ref}.",
            hint="Check the number, and the site: Zenodo and its sandbox number records apart."
            if context.site.speaks.has_numbers_in_dois
            else "Check the id, and the site.",
            url=error.url,
            status=error.status,
        ) from None
    record = read_record(answer.content, provenance)
    if not (_is_named(record, ref) or (ref.latest and _is_newer(context, record, ref, provenance))):
        raise _another(context, record, ref, answer.url)
    if record.id and record.id != ref.value:
        concept = "" if ref.latest else f"{ref} is a concept; "
        whose = f"the latest version of {ref}" if ref.latest else "its latest version"
        context.progress.note(f"{concept}{record.id} is {whose}.")
    return record


def _is_named(record: Record, ref: RecordRef) -> bool:
    """Tell whether a record is the one that an id names, or a version of the concept that it names."""
    if record.id and record.id.lower() == ref.value.lower():
        return True
    is_version = bool(record.concept_id) and (record.concept_id or "").lower() == ref.value.lower()
    return is_version and (record.id is None or _plain(record.id) is not None)


def _is_newer(context: Context, record: Record, ref: RecordRef, provenance: Provenance) -> bool:
    """Tell whether a record is a version of the one that an id names, which is asked for its concept."""
    if not (_plain(record.id) and record.concept_id):
        return False
    try:
        named = _record_by_id(context, replace(ref, latest=False), provenance)
    except Deleted:
        return True  # a tombstone does not tell the concept
    return named.concept_id == record.concept_id


def _another(context: Context, record: Record, ref: RecordRef, url: str) -> BadAnswer:
    given = f"record {shown(record.id)}" if record.id else "what is no record"
    return BadAnswer(
        f"{context.site.name} was asked for record {ref} and gave {given}.",
        hint="A cache or a proxy before it may mix up answers. Try again later, or ask the site's operators.",
        url=url,
    )


def _plain(record_id: str | None) -> str | None:
    """Return an id from outside if it has the letters of one."""
    return record_id if record_id and _PLAIN_ID.fullmatch(record_id) else None


def _record_by_doi(context: Context, ref: RecordRef, provenance: Provenance) -> Record:
    (q,) = recid_query([ref])
    found = _index(
        read_record(raw.body, provenance) for raw in Fetch(context, _all_versions(context, q)).records()
    )
    if record := found.get(("doi", ref.value)):
        return record
    raise NotFound(
        f"{context.site.name} has no record with the DOI {ref}.",
        hint="Check the DOI; a DOI of another repository is found only if the record carries it as its own.",
    )


def ref_on(site: Site, text: str) -> RecordRef:
    """Return the record that `text` names on a site.

    Raises:
        UsageError: It names none, or one of another site: each numbers its records for itself.
    """
    ref = parse_record_ref(text)
    prefix = ref.doi.partition("/")[0]
    is_elsewhere = ref.port is not None and ref.port != site.origin.port
    if ref.host and (ref.host not in site.hosts or is_elsewhere):
        port = "" if ref.port is None else f":{ref.port}"
        raise UsageError(
            f"{shown(text)!r} names a record of {ref.host}{port}, and {site.name} is asked.",
            hint=f"Choose it with --site https://{ref.host}{port} (in Python site=), "
            "or give the id alone if this site is meant.",
        )
    if prefix and not site.speaks.has_numbers_in_dois:
        return RecordRef("doi", ref.doi)
    if prefix and prefix != site.doi_prefix:
        raise UsageError(
            f"{text!r} names a record of {'the sandbox' if prefix == SANDBOX.doi_prefix else 'Zenodo'}, "
            f"and {site.name} is asked.",
            hint="Choose the site with --site (in Python site=), or give the id alone if this one is meant.",
        )
    return ref


def _check_token(context: Context) -> None:
    """Make sure that a record is not hidden because the token counts as none.

    Raises:
        BadToken: The server does not know the token.
    """
    if context.transport.has_token:
        count_rows(context, Route("/api/records"))


def _all_versions(context: Context, q: str) -> Route:
    return Route("/api/records", params_for(context.site, (("q", q), ("all_versions", "true"))))


def _index(records: Iterable[Record]) -> dict[tuple[str, str], Record]:
    """Return the records by all names they have; a concept means its latest version."""
    index: dict[tuple[str, str], Record] = {}
    plain = (record for record in records if record.id is None or _plain(record.id))
    ranked = sorted(plain, key=lambda record: (record.is_latest is True, record.version_index or 0))
    for record in ranked:
        for kind, value in (("id", record.concept_id), ("doi", record.concept_doi)):
            if value:
                index[(kind, value.lower())] = record
    for record in ranked:
        for kind, value in (("id", record.id), ("doi", record.doi)):
            if value:
                index[(kind, value.lower())] = record
    return index


def _reason(tombstone: Mapping[str, Any]) -> str:
    """Say when and why, as far as the tombstone does (zenodo-api.md §4.2, read 2026-08-20)."""
    day = str(tombstone.get("removal_date") or "")[:10]
    reason = tombstone.get("removal_reason")
    why = str(reason.get("id") or "") if isinstance(reason, Mapping) else ""
    note = str(tombstone.get("note") or "").strip().rstrip(".")
    return (f" on {day}" if day else "") + (f" ({why})" if why else "") + (f": {note}" if note else "")


def _batches(refs: Iterable[RecordRef]) -> Iterator[tuple[RecordRef, ...]]:
    stream = iter(refs)
    while batch := tuple(islice(stream, BATCH_REFS)):
        yield batch
