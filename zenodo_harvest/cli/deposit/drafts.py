"""`deposit list|create|get|update|delete|reserve-doi|publish|edit|discard|new-version`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from typer import Option

from zenodo_harvest.cli.deposit.consent import Yes, make_sure
from zenodo_harvest.cli.deposit.shown import DEPOSITS, Ref, deposit_fields, show_thing
from zenodo_harvest.cli.options import Query
from zenodo_harvest.cli.output import show_facts
from zenodo_harvest.cli.rows import RowOutputs, deliver_rows
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import count
from zenodo_harvest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Fields:
    """Metadata, from files and single values."""

    metadata: Annotated[
        list[Path],
        Option(
            "--metadata",
            "-m",
            metavar="FILE",
            help="zenodo.yaml, .zenodo.json, CITATION.cff or codemeta.json; repeat to merge: of two kinds "
            "the one named first here wins.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    set: Annotated[
        list[str],
        Option(
            "--set",
            metavar="KEY=VALUE",
            help="One field, as text or JSON: title='Frost days', creators.0.orcid=…; repeat for more.",
            show_default=False,
        ),
    ] = field(default_factory=list)


def list_(
    session: Session,
    outputs: RowOutputs,
    query: Query = "",
    drafts: Annotated[
        bool, Option("--drafts", metavar="", help="Only those that can be changed now.")
    ] = False,
    published: Annotated[bool, Option("--published", metavar="", help="Only published ones.")] = False,
    sort: Annotated[
        str | None,
        Option("--sort", metavar="ORDER", help="newest, oldest, updated-desc…", show_default=False),
    ] = None,
) -> None:
    """List your own deposits, all versions of them.

    An open edit of a published record shows as the state inprogress. What was just
    made or published may not be listed yet.

    Examples:
      zenodo-harvest deposit list
      zenodo-harvest deposit list 'title:frost' --published
      zenodo-harvest deposit list --drafts -o drafts.csv
    """
    if drafts and published:
        raise UsageError("--drafts and --published contradict each other.", hint="Give one of them.")
    which: Any = "drafts" if drafts else "published" if published else "all"
    with session.client() as client:
        found = client.deposits.list(query, which=which, sort=sort)
        rows = (deposit.facts() for deposit in found)
        number = deliver_rows(rows, "deposits", deposit_fields(), DEPOSITS, outputs, session)
    session.progress.note(f"{count(number, 'deposit')}.")


def create(session: Session, fields: Fields) -> None:
    """Make a deposit; a pipe gets its number alone.

    Examples:
      zenodo-harvest deposit create --metadata zenodo.yaml
      ID=$(zenodo-harvest deposit create --set title='Frost days')
    """
    with session.client() as client:
        metadata = client.deposits.read(fields.metadata, fields.set)
        show_thing(client.deposits.create(metadata), session, for_scripts="id")


def get(session: Session, ref: Ref) -> None:
    """Show a deposit: its draft if there is one, else the published record.

    Example:
      zenodo-harvest deposit get 7078768
    """
    with session.client() as client:
        deposit = client.deposits.get(ref)
        show_facts({**deposit.facts(), "metadata": client.deposits.metadata(deposit).as_document()}, session)


def update(
    session: Session,
    ref: Ref,
    fields: Fields,
    unset: Annotated[
        list[str] | None,
        Option("--unset", metavar="KEY", help="Remove a field; repeat for more.", show_default=False),
    ] = None,
    replace: Annotated[
        bool, Option("--replace", metavar="", help="Remove every field not named, save access and DOI.")
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", metavar="", help="Show what would be sent, and change nothing.")
    ] = False,
) -> None:
    """Change the metadata of a draft; what is not named stays as it is.

    Examples:
      zenodo-harvest deposit update 7078768 --set title='Frost days' --unset notes
      zenodo-harvest deposit update 7078768 --metadata zenodo.yaml --dry-run
    """
    if not (fields.metadata or fields.set or unset or replace):
        raise UsageError(
            "There is nothing to change.", hint="Name a field with --set, --unset or --metadata."
        )
    with session.client() as client:
        metadata = client.deposits.read(fields.metadata, fields.set)
        options: Any = {"unset": unset or (), "replace": replace}
        if dry_run:
            show_facts(client.deposits.preview(ref, metadata, **options), session)
            session.progress.note("Nothing was changed.")
        else:
            show_thing(client.deposits.update(ref, metadata, **options), session)


def delete(session: Session, ref: Ref, yes: Yes = False) -> None:
    """Delete a deposit that was never published, with its files.

    Example:
      zenodo-harvest deposit delete 7078768 --yes
    """
    with session.client() as client:
        deposit = client.deposits.get(ref)
        if not deposit.is_published:
            make_sure(f"{_named(deposit)} would be deleted with its files for good.", session, yes=yes)
        client.deposits.delete(deposit.id)
    session.progress.note(f"{_named(deposit)} was deleted.")


def reserve_doi(session: Session, ref: Ref) -> None:
    """Reserve the DOI that a draft will have; a pipe gets it alone.

    Example:
      zenodo-harvest deposit reserve-doi 7078768
    """
    with session.client() as client:
        show_thing(client.deposits.reserve_doi(ref), session, for_scripts="doi")


def publish(
    session: Session,
    ref: Ref,
    yes: Yes = False,
    wait: Annotated[bool, Option("--wait", metavar="", help="Return when a search finds it.")] = False,
) -> None:
    """Publish a draft, or an open edit, for good; a pipe gets the DOI alone.

    The communities that the metadata names are asked then; what became of that is
    said on stderr.

    Example:
      zenodo-harvest deposit publish 7078768 --yes --wait
    """
    with session.client() as client:
        deposit = client.deposits.get(ref)
        if deposit.has_draft:
            make_sure(f"{_named(deposit)} would be published, which cannot be undone.", session, yes=yes)
        published = client.deposits.publish(deposit.id if deposit.has_draft else ref)
        show_thing(published, session, for_scripts="doi")
        if wait:
            client.deposits.wait(published)


def edit(session: Session, ref: Ref) -> None:
    """Open an edit of a published record: its metadata can be changed then, its files cannot.

    Example:
      zenodo-harvest deposit edit 7078768
    """
    with session.client() as client:
        show_thing(client.deposits.edit(ref), session)


def discard(session: Session, ref: Ref, yes: Yes = False) -> None:
    """Drop the open edit of a published record, which stays as it is.

    Example:
      zenodo-harvest deposit discard 7078768 --yes
    """
    with session.client() as client:
        deposit = client.deposits.get(ref)
        if deposit.state == "inprogress":
            make_sure(f"The open edit of {_named(deposit)} would be dropped for good.", session, yes=yes)
        show_thing(client.deposits.discard(deposit.id), session)


def new_version(session: Session, ref: Ref) -> None:
    """Make the draft of the next version, with the files of the one before; a pipe gets its number alone.

    The draft that is there already is returned; there is never a second one.

    Example:
      NEXT=$(zenodo-harvest deposit new-version 7078768)
    """
    with session.client() as client:
        show_thing(client.deposits.new_version(ref), session, for_scripts="id")


def _named(deposit: Any) -> str:
    return f"{deposit.id} ({deposit.title})" if deposit.title else str(deposit.id)
