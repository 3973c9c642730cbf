"""Which deposit a person means: a number, a DOI or an address of the site."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.deposit.api import Api, segment
from zenodo_harvest.deposit.deposit import Deposit, read_native
from zenodo_harvest.engine import ref_on
from zenodo_harvest.errors import NotAllowed, NotFound, UsageError

Ref = str | int | Deposit
"""A number, a DOI or an address; or a deposit that was returned before, which stands for its number."""


def find_deposit(api: Api, ref: Ref) -> Deposit:
    """Return the deposit of a reference: its draft if there is one, else the published record.

    Raises:
        UsageError: The reference cannot be read, or names a concept: all versions, and none of them.
        NotFound: There is none.
        NotAllowed: It is somebody else's draft.
    """
    id_, ref = id_of(api, ref), ref.id if isinstance(ref, Deposit) else str(ref)
    refused: NotAllowed | None = None
    try:
        if (draft := api.find(draft_path(id_))) is not None:
            return read_native(draft)
    except NotAllowed as error:
        refused = error
    return _published(api, id_, ref, refused)


def find_draft(api: Api, ref: Ref, *, to: str) -> Deposit:
    """Return the deposit of a reference that has a draft, as it must to be changed.

    Args:
        api: Asks.
        ref: The reference.
        to: What is to be done, for the error.

    Raises:
        UsageError: It is published and no edit is open; or as `find_deposit`.
        NotFound: There is none.
        NotAllowed: It is somebody else's.
    """
    deposit = find_deposit(api, ref)
    if not deposit.has_draft:
        raise UsageError(
            f"{deposit.id} is published: there is no draft to {to}.",
            hint=f"Open one with `deposit edit {deposit.id}`, or make the next version with "
            f"`deposit new-version {deposit.id}`.",
        )
    return deposit


def find_published(api: Api, ref: Ref, *, to: str) -> Deposit:
    """Return the deposit of a reference that was published.

    Raises:
        UsageError: It was never published; or as `find_deposit`.
    """
    deposit = find_deposit(api, ref)
    if not deposit.is_published:
        raise UsageError(
            f"{deposit.id} was never published: there is nothing to {to}.",
            hint=f"Publish it first with `deposit publish {deposit.id}`.",
        )
    return deposit


def id_of(api: Api, ref: Ref) -> str:
    """Return the number that a reference names, or of the one deposit that has this DOI."""
    read = ref_on(api.transport.site, ref.id if isinstance(ref, Deposit) else str(ref))
    if read.kind == "id":
        return read.value
    for hit in api.hits("/api/user/records", {"q": f'doi:"{read.value}"', "allversions": "true"}):
        if _pid(hit) == read.value:
            return str(hit["id"])
    raise NotFound(
        f"None of your deposits has the DOI {read.value}.",
        hint="`deposit list` shows them; give the number.",
    )


def draft_path(id_: str) -> str:
    """Return the address of a draft."""
    return f"/api/records/{segment(id_)}/draft"


def record_path(id_: str) -> str:
    """Return the address of a published record."""
    return f"/api/records/{segment(id_)}"


def _published(api: Api, id_: str, ref: str, refused: NotAllowed | None) -> Deposit:
    try:
        record = api.read(record_path(id_))
    except NotFound as error:
        if refused is not None:
            raise NotAllowed(
                f"{ref} is somebody else's draft, or your token is not valid.",
                hint="Check the number and the token.",
                url=refused.url,
                status=refused.status,
            ) from None
        if type(error) is not NotFound:
            raise
        raise NotFound(
            f"There is no deposit {ref} on {api.transport.site.name}.",
            hint="`deposit list` shows yours.",
            url=error.url,
            status=error.status,
        ) from None
    deposit = read_native(record)
    if deposit.id != id_:
        raise UsageError(
            f"{ref} stands for all versions of a record, which cannot be changed together.",
            hint=f"Its latest version is {deposit.id}.",
        )
    return deposit


def _pid(hit: Any) -> str:
    found = read_native(hit).doi
    return (found or "").lower()
