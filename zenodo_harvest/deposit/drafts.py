"""The life of a deposit: create, update, publish, edit, discard, new version, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from zenodo_harvest.deposit.api import Api, segment
from zenodo_harvest.deposit.deposit import Deposit, read_native
from zenodo_harvest.deposit.kept import differences, not_kept
from zenodo_harvest.deposit.reading import list_in, object_in, text_in
from zenodo_harvest.deposit.refs import Ref, draft_path, find_deposit, find_draft, find_published, record_path
from zenodo_harvest.errors import Incomplete, NotFound, Refused, ServerError, UsageError
from zenodo_harvest.http import moment_of

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Makes of a draft in native JSON the body that is to take its place."""

_SLACK_S = 1.0
_TRIES = 3
_WAIT_S = 5.0
_LONGEST_WAIT_S = 600.0


def create(api: Api, body: Mapping[str, Any]) -> Deposit:
    """Make a deposit of a native body and return it, its soft errors as notes.

    Raises:
        UsageError: The server refuses the metadata.
        Incomplete: The answer was lost, and there are several drafts that it may have made.
    """
    begun = api.clock.now()
    sent = {"files": {"enabled": True}, **body}

    def act() -> Deposit:
        return _answered(sent, api.write("POST", "/api/records", sent).json())

    made = api.surely(act, lambda: _made_since(api, begun, sent))
    api.made.add(made.id)
    return made


def update(api: Api, ref: Ref, change: Change) -> Deposit:
    """Change the metadata of a draft; what `change` leaves alone stays as it is.

    The server is told which revision was changed; if another one is there by then, the change is made to
    that one.

    Raises:
        UsageError: There is no draft, the server refuses the metadata, or others keep changing the draft.
    """
    for _ in range(_TRIES):
        draft = find_draft(api, ref, to="change")
        try:
            return _put(api, draft, change(draft.native))
        except _Moved:
            api.progress.note(f"{draft.id} was changed meanwhile: the change is made to what is there now.")
    raise UsageError(f"{draft.id} is changed by others again and again.", hint="Try again later.")


class _Moved(Exception):
    """A draft is no longer the one that was read."""


def _put(api: Api, draft: Deposit, body: Mapping[str, Any]) -> Deposit:
    """Replace a draft.

    Raises:
        _Moved: It is no longer the one that was read.
    """

    def act() -> Deposit:
        answer = api.write("PUT", draft_path(draft.id), body, if_match=draft.revision, also=(412,))
        if answer.status == 412:
            raise _Moved
        return _answered(body, answer.json())

    def look() -> Deposit | None:
        now = read_native(api.read(draft_path(draft.id)))
        if now.revision == draft.revision:
            return None
        if differences(body, now.native):  # by somebody else, or by us and altered: both want another try
            raise _Moved
        return _answered(body, now.native)

    return api.surely(act, look)


def _answered(sent: Mapping[str, Any], native: Any) -> Deposit:
    """Return the deposit that an answer holds, with what is not as it was sent."""
    return read_native(native).noting(*not_kept(sent, native))


def publish(api: Api, draft: Deposit) -> Deposit:
    """Publish a draft, or the open edit of a published record.

    On Zenodo it is published as the classic API does, which asks the communities of the metadata as well,
    and says nothing of what became of that (zenodo-api.md §9.5, read 2026-08-20).

    Raises:
        UsageError: The server names what is missing or wrong.
    """
    path = f"{draft_path(draft.id)}/actions/publish"
    if api.is_zenodo:
        path = f"/api/deposit/depositions/{segment(draft.id)}/actions/publish"

    def act() -> Deposit:
        try:
            api.write("POST", path)
        except UsageError as error:
            raise _unready(draft, error) from None
        except NotFound:
            # somebody else may have published it a moment ago
            if (published := look()) is None:
                raise
            return published
        return read_native(api.read(record_path(draft.id)))

    def look() -> Deposit | None:
        if api.find(draft_path(draft.id)) is not None:
            return None
        record = api.find(record_path(draft.id))
        return record and read_native(record)

    return api.surely(act, look)


def _unready(draft: Deposit, error: UsageError) -> UsageError:
    """Return why the server does not publish a draft."""
    said = "; ".join(f"{each.field}: {' '.join(each.messages)}".rstrip(".") for each in error.field_errors)
    said = said or error.message.removeprefix("The server refused the request: ").rstrip(".")
    hint = "Mend it with `deposit update` and `deposit upload`; nothing was published."
    if "open review" in said:
        hint = f"Take it back with `deposit withdraw {draft.id} SLUG`; `deposit communities` shows of which."
    return UsageError(
        f"{draft.id} cannot be published: {said}.",
        hint=hint,
        url=error.url,
        status=error.status,
        field_errors=error.field_errors,
    )


def wait_until_found(api: Api, deposit: Deposit, *, longest_s: float = _LONGEST_WAIT_S) -> None:
    """Wait until a search finds a published record.

    Raises:
        Incomplete: It does not within `longest_s`.
    """
    q = f"{'recid' if api.is_zenodo else 'id'}:{deposit.id}"
    begun, told = api.clock.now(), False
    while not any(True for _ in api.hits("/api/records", {"q": q, "allversions": "true"})):
        if api.clock.now() - begun >= longest_s:
            raise Incomplete(
                f"{deposit.id} is published, and no search finds it after {longest_s:.0f} s.",
                hint="It will be found later; nothing has to be done.",
            )
        if not told:
            api.progress.note(f"Waiting until a search finds {deposit.id}.")
            told = True
        api.clock.sleep(_WAIT_S)


def edit(api: Api, ref: Ref) -> Deposit:
    """Open an edit of a published record: its metadata can be changed, its files cannot.

    Raises:
        UsageError: It was never published: it can be changed as it is.
    """
    deposit = find_published(api, ref, to="edit")
    if deposit.has_draft:
        return deposit.noting("An edit was open already.")
    path = draft_path(deposit.id)

    def look() -> Deposit | None:
        draft = api.find(path)
        return draft and read_native(draft)

    return api.surely(lambda: read_native(api.write("POST", path).json()), look)


def discard(api: Api, ref: Ref) -> Deposit:
    """Drop the open edit of a published record, which stays as it is.

    Raises:
        Refused: It was never published: the server would destroy it.
        UsageError: No edit is open.
    """
    deposit = find_deposit(api, ref)
    if not deposit.is_published:
        raise Refused(
            f"{deposit.id} was never published: discarding would destroy it with its files.",
            hint=f"If that is meant, use `deposit delete {deposit.id}`.",
        )
    if not deposit.has_draft:
        raise UsageError(f"{deposit.id} has no open edit.", hint="There is nothing to discard.")
    _drop(api, deposit)
    return read_native(api.read(record_path(deposit.id)))


def delete(api: Api, ref: Ref) -> Deposit:
    """Delete a deposit that was never published, with its files; return what it was.

    Raises:
        Refused: It is published.
    """
    deposit = find_deposit(api, ref)
    if deposit.is_published:
        raise _undeletable(deposit)
    if not _drop(api, deposit) and api.find(record_path(deposit.id)) is not None:
        raise _undeletable(deposit)  # it was published while we asked
    return deposit


def _undeletable(deposit: Deposit) -> Refused:
    return Refused(
        f"{deposit.id} is published and cannot be deleted.",
        hint=f"Drop an open edit with `deposit discard {deposit.id}`; ask for the record to be removed "
        f"with `deposit request-deletion {deposit.id}`.",
    )


def _drop(api: Api, deposit: Deposit) -> bool:
    """Delete a draft; return False if there was none any more."""
    path = draft_path(deposit.id)
    return api.erase(path, lambda: api.find(path) is None)


def new_version(api: Api, ref: Ref) -> Deposit:
    """Return the draft of the next version: the open one if there is, else a new one with the same files.

    The native call returns the draft that is there, where the classic one fails or makes a second one
    (zenodo-api.md §13, run 2026-11-23).

    Raises:
        UsageError: The record was never published.
        NotAllowed: It is somebody else's, or its DOI is not of this site.
    """
    published = find_published(api, ref, to="make a new version of")
    # two requests at the same moment would make two drafts (zenodo-api.md §13, run 2026-11-23)
    with api.alone(f"new version of {published.concept_id}"):
        open_before = _has_next(api, published)
        draft = api.surely(lambda: _ask_next(api, published), lambda: _next_version(api, published))
        if not open_before:
            return _with_files(api, draft)
    there = draft.noting("The draft of the next version was there already.")
    if list_in(api.read(f"{draft_path(draft.id)}/files"), "entries"):
        return there
    return there.noting("It has no files: they were removed, or never taken over from the version before.")


def _ask_next(api: Api, published: Deposit) -> Deposit:
    return read_native(api.write("POST", f"{record_path(published.id)}/versions").json())


def _has_next(api: Api, published: Deposit) -> bool:
    """Tell whether a draft of the next version is open, as the latest version tells its owner."""
    latest = api.read(f"{record_path(published.id)}/versions/latest")
    return object_in(latest, "versions").get("is_latest_draft") is False


def _next_version(api: Api, published: Deposit) -> Deposit | None:
    """Return the draft of the next version, None if there is none; the server tells, and makes none twice."""
    if not _has_next(api, published):
        return None
    return _ask_next(api, published)


def _with_files(api: Api, draft: Deposit) -> Deposit:
    """Take over the files of the version before."""
    files = f"{draft_path(draft.id)}/files"

    def has_files() -> bool | None:
        return bool(list_in(api.read(files), "entries")) or None

    if not has_files():
        path = f"{draft_path(draft.id)}/actions/files-import"
        api.surely(lambda: bool(api.write("POST", path)), has_files)
    return read_native(api.read(draft_path(draft.id)))


def reserve_doi(api: Api, ref: Ref) -> Deposit:
    """Reserve the DOI that a draft will have.

    Raises:
        UsageError: There is no draft.
    """
    draft = find_draft(api, ref, to="reserve a DOI for")
    if draft.doi:
        return draft.noting("It has a DOI already.")

    def look() -> Deposit | None:
        now = read_native(api.read(draft_path(draft.id)))
        return now if now.doi else None

    def act() -> Deposit | None:
        api.write("POST", f"{draft_path(draft.id)}/pids/doi")
        return look()

    reserved = api.surely(act, look)
    if reserved is None:
        raise ServerError(f"No DOI was reserved for {draft.id}.", hint="Try again later.")
    return reserved


def _made_since(api: Api, begun: float, sent: Mapping[str, Any]) -> Deposit | None:
    """Return the draft that a lost request has made; the server's clock says which are new enough."""
    answer = api.transport.get("/api/user/records", [("q", "is_published:false"), ("sort", "newest")])
    now = moment_of(answer.headers.get("Date", ""))
    if now is None:
        now = api.clock.now()
    first = datetime.fromtimestamp(now - (api.clock.now() - begun) - _SLACK_S, UTC)
    title = (text_in(object_in(sent, "metadata"), "title") or "").strip()
    rows = list_in(object_in(answer.json(), "hits"), "hits")
    drafts = [
        draft
        for draft in map(read_native, rows)
        if draft.title.strip() == title and draft.id not in api.made and _is_since(draft, first)
        # one that has files was not made by a request that has just been sent
        if not list_in(api.read(f"{draft_path(draft.id)}/files"), "entries")
    ]
    if len(drafts) > 1:
        raise Incomplete(
            "A deposit was made and the answer was lost; several drafts may be it: "
            f"{', '.join(draft.id for draft in drafts)}.",
            hint="Look at them with `deposit get`, and go on with the right one.",
        )
    return read_native(api.read(draft_path(drafts[0].id))) if drafts else None


def _is_since(draft: Deposit, first: datetime) -> bool:
    try:
        return datetime.fromisoformat(draft.created) >= first
    except (ValueError, TypeError):
        return False
