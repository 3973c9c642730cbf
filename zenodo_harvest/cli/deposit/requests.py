"""`deposit communities|submit|review|withdraw`, `deposit requests …`, and what is asked of the site."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from zenodo_harvest.cli.deposit.consent import Yes, make_sure
from zenodo_harvest.cli.deposit.shown import (
    MEMBERSHIPS,
    REQUESTS,
    Ref,
    membership_fields,
    request_fields,
    show_thing,
)
from zenodo_harvest.cli.rows import RowOutputs, deliver_rows
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import count

Slug = Annotated[str, Argument(metavar="SLUG", help="Slug, UUID, address or exact title of the community.")]
RequestId = Annotated[
    str, Argument(metavar="REQUEST", help="Id of the request, as `deposit requests list` shows it.")
]
Comment = Annotated[str, Option("--comment", metavar="TEXT", help="Words with it.", show_default=False)]


def communities(session: Session, ref: Ref, outputs: RowOutputs) -> None:
    """List the communities that a deposit is in, was submitted to, or names.

    Example:
      zenodo-harvest deposit communities 7078768
    """
    with session.client() as client:
        rows = [each.facts() for each in client.deposits.communities(ref)]
    deliver_rows(rows, "communities", membership_fields(), MEMBERSHIPS, outputs, session)
    if not rows:
        session.progress.note("It is in no community.")


def submit(session: Session, ref: Ref, community: Slug) -> None:
    """Submit a published record to a community.

    Whether it is in or waits for a curator is what `status` says.

    Example:
      zenodo-harvest deposit submit 7078768 enes-data-space
    """
    with session.client() as client:
        show_thing(client.deposits.submit(ref, community), session)


def review(session: Session, ref: Ref, community: Slug, comment: Comment = "", yes: Yes = False) -> None:
    """Submit a draft to a community, whose acceptance publishes it.

    A community of yours may accept it at once.

    Example:
      zenodo-harvest deposit review 7078768 enes-data-space --yes
    """
    with session.client() as client:
        make_sure(
            f"When {community} accepts {ref}, it is published, which cannot be undone.", session, yes=yes
        )
        show_thing(client.deposits.review(ref, community, comment=comment), session)


def withdraw(session: Session, ref: Ref, community: Slug) -> None:
    """Take a deposit out of a community, or take back what was asked of it.

    Example:
      zenodo-harvest deposit withdraw 7078768 enes-data-space
    """
    with session.client() as client:
        show_thing(client.deposits.withdraw(ref, community), session)


def list_requests(
    session: Session,
    outputs: RowOutputs,
    community: Annotated[
        str | None,
        Option("--community", "-c", metavar="REF", help="Those to a community of yours.", show_default=False),
    ] = None,
    everything: Annotated[bool, Option("--all", metavar="", help="Closed ones as well.")] = False,
) -> None:
    """List the requests that concern you: yours, and those that you may decide.

    Example:
      zenodo-harvest deposit requests list --community enes-data-space
    """
    with session.client() as client:
        found = client.deposits.requests(community=community, everything=everything)
        rows = (each.facts() for each in found)
        number = deliver_rows(rows, "requests", request_fields(), REQUESTS, outputs, session)
    session.progress.note(f"{count(number, 'request')}.")


def accept(session: Session, request_id: RequestId, comment: Comment = "", yes: Yes = False) -> None:
    """Accept a request; where that publishes a draft it needs --yes.

    Example:
      zenodo-harvest deposit requests accept 5d213734-f4c6-4966-92db-b7e749b22210
    """
    with session.client() as client:
        request = client.deposits.request(request_id)
        if request.publishes:
            make_sure(
                f"Accepting publishes {request.record_id} ({request.title}), which cannot be undone.",
                session,
                yes=yes,
            )
        show_thing(client.deposits.accept(request_id, comment=comment), session)


def decline(session: Session, request_id: RequestId, comment: Comment = "") -> None:
    """Decline a request.

    Example:
      zenodo-harvest deposit requests decline 5d213734-f4c6-4966-92db-b7e749b22210 --comment 'Not ours.'
    """
    with session.client() as client:
        show_thing(client.deposits.decline(request_id, comment=comment), session)


def request_deletion(
    session: Session,
    ref: Ref,
    reason: Annotated[
        str, Option("--reason", metavar="ID", help="Why, by its id at the site: test-record, retracted…")
    ],
    comment: Comment = "",
    yes: Yes = False,
) -> None:
    """Ask for a published record to be removed; within 30 days of publication that is done at once.

    Example:
      zenodo-harvest deposit request-deletion 7078768 --reason test-record --yes
    """
    with session.client() as client:
        deposit = client.deposits.get(ref)
        if deposit.is_published:
            make_sure(f"{deposit.id} ({deposit.title}) may be removed at once, for good.", session, yes=yes)
        show_thing(client.deposits.request_deletion(deposit.id, reason=reason, comment=comment), session)


def unlock_files(session: Session, ref: Ref, comment: Comment = "") -> None:
    """Ask for the files of a published record to be unlocked; the site decides for how long.

    Example:
      zenodo-harvest deposit unlock-files 7078768
    """
    with session.client() as client:
        show_thing(client.deposits.unlock_files(ref, comment=comment), session)


def raise_quota(
    session: Session,
    ref: Ref,
    to_gb: Annotated[int, Option("--to-gb", metavar="GB", min=1, help="The room wanted, in GB.")],
) -> None:
    """Ask for more room for the files of a deposit.

    Example:
      zenodo-harvest deposit raise-quota 7078768 --to-gb 100
    """
    with session.client() as client:
        show_thing(client.deposits.raise_quota(ref, to_gb), session)
