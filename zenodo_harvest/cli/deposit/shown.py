"""What the deposit commands show: their tables, cards, and the one value that a script wants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument

from zenodo_harvest.cli.output import show_facts, write_text
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import Column
from zenodo_harvest.display import size

if TYPE_CHECKING:
    from zenodo_harvest.export import Field

Ref = Annotated[
    str, Argument(metavar="ID", help="Number of a deposit or record, DOI, or address of the site.")
]
Key = Annotated[str, Argument(metavar="KEY", help="Name of the file in the deposit.")]

DEPOSITS = (
    Column("Id", lambda row: row["id"], keeps_width=True),
    Column("State", lambda row: row["state"], keeps_width=True),
    Column("Title", lambda row: row["title"]),
    Column("DOI", lambda row: row["doi"], from_width=80, keeps_width=True),
    Column("Changed", lambda row: row["updated"][:16].replace("T", " "), from_width=110),
)
FILES = (
    Column("File", lambda row: row["key"]),
    Column("Size", lambda row: "" if row["size_bytes"] is None else size(row["size_bytes"]), is_number=True),
    Column("md5", lambda row: row["checksum"], from_width=80),
    Column("Whole", lambda row: row["is_complete"], from_width=110),
)
MEMBERSHIPS = (
    Column("Slug", lambda row: row["slug"], keeps_width=True),
    Column("Status", lambda row: row["status"], keeps_width=True),
    Column("Title", lambda row: row["title"]),
    Column("Request", lambda row: row["request_id"], from_width=110),
)
REQUESTS = (
    Column("Id", lambda row: row["id"], keeps_width=True),
    Column("Type", lambda row: row["type"], from_width=80),
    Column("Status", lambda row: row["status"], keeps_width=True),
    Column("Title", lambda row: row["title"]),
    Column("Record", lambda row: row["record_id"], from_width=100),
)


def deposit_fields() -> tuple[Field, ...]:
    """Return the columns of a table of deposits."""
    return _fields(
        id="Number of the deposit, the same before and after it is published.",
        concept_id="Number that stands for all versions.",
        state="unsubmitted (never published), inprogress (published, with an open edit) or done.",
        title="Title.",
        doi="DOI, once there is one.",
        concept_doi="DOI of all versions.",
        url="Where people see it.",
        created="When the draft was made; of a published one when it was published.",
        updated="When it was last changed.",
    )


def file_fields() -> tuple[Field, ...]:
    """Return the columns of a table of files."""
    from zenodo_harvest.export import Field, Scalar

    key, checksum, url = _fields(key="Name of the file.", checksum="md5, in hexadecimal.", url="Its content.")
    return (
        key,
        Field("size_bytes", Scalar("int64"), "Size in bytes."),
        checksum,
        Field("is_complete", Scalar("bool"), "Whether all of it was sent."),
        url,
    )


def membership_fields() -> tuple[Field, ...]:
    """Return the columns of a table of communities of a deposit."""
    return _fields(
        slug="Slug of the community.",
        community_id="UUID of the community.",
        title="Title of the community.",
        status="member, submitted, named (asked when it is published), declined …",
        request_id="UUID of the request.",
    )


def request_fields() -> tuple[Field, ...]:
    """Return the columns of a table of requests."""
    from zenodo_harvest.export import Field, ListOf, Scalar

    texts = _fields(
        id="UUID of the request.",
        type="community-inclusion, community-submission …",
        status="submitted, accepted, declined, cancelled …",
        title="What it is about.",
        record_id="The record or draft.",
        community_id="UUID of the community that is asked.",
        created_by="Number of the user who asks.",
        created="When it was made.",
        url="Where people see it.",
    )
    return (
        *texts[:3],
        Field("is_open", Scalar("bool"), "Whether somebody has yet to decide."),
        *texts[3:8],
        Field("actions", ListOf(Scalar("string")), "What you may do with it."),
        texts[8],
    )


def show_thing(thing: Any, session: Session, *, for_scripts: str | None = None) -> None:
    """Show one thing with its notes: a card on a terminal; in a pipe JSON, or the one value a script wants.

    Args:
        thing: A deposit, a request, a file.
        session: The command's session.
        for_scripts: The attribute that a pipe gets alone.
    """
    tell_notes(getattr(thing, "notes", ()), session)
    if for_scripts is not None and not session.outside.shows_tables:
        write_text(f"{getattr(thing, for_scripts)}\n")
    else:
        show_facts(thing.facts(), session)


def tell_notes(notes: Iterable[str], session: Session) -> None:
    """Tell people what they have to know of what was done."""
    for note in notes:
        session.progress.note(note)


def _fields(**descriptions: str) -> tuple[Field, ...]:
    from zenodo_harvest.export import Field, Scalar

    return tuple(Field(name, Scalar("string"), description) for name, description in descriptions.items())
