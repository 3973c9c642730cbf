"""`communities find|show|records`."""

from __future__ import annotations

from typing import Annotated, Any

from typer import Argument, Option

from zenodo_harvest.cli.findings import pointing_at
from zenodo_harvest.cli.option_groups import JOINED
from zenodo_harvest.cli.options import Extent, Filters, Outputs, Query, search_options
from zenodo_harvest.cli.output import deliver, show_facts, show_rows
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import Column

_FACTS = (
    "slug",
    "id",
    "title",
    "description",
    "type",
    "website",
    "record_policy",
    "review_policy",
    "created",
    "updated",
)
_COLUMNS = (
    Column("Slug", lambda row: row["slug"], keeps_width=True),
    Column("Id", lambda row: row["id"], from_width=76, keeps_width=True),
    Column("Title", lambda row: row["title"]),
)

Ref = Annotated[str, Argument(metavar="REF", help="Slug, UUID, address or exact title of the community.")]


def find(
    session: Session,
    text: Annotated[str, Argument(metavar="TEXT", help="Words of the title or description."), JOINED],
    limit: Annotated[int, Option("--limit", "-n", metavar="N", min=1, help="At most so many.")] = 25,
) -> None:
    """Find communities by words of their name.

    Example:
      zenodo-harvest communities find 'ENES data'
    """
    with session.client() as client:
        found = client.communities.find(text, limit=limit)
    show_rows([_facts(community) for community in found], _COLUMNS, session)
    if not found:
        session.progress.note(f"No community is found by {text!r}.")


def show(session: Session, ref: Ref) -> None:
    """Show one community: its id, title and policies.

    Example:
      zenodo-harvest communities show enes-data-space
    """
    with session.client() as client:
        show_facts(_facts(client.communities.show(ref)), session)


def records(
    session: Session, ref: Ref, filters: Filters, extent: Extent, outputs: Outputs, query: Query = ""
) -> None:
    """List the records of one community.

    Examples:
      zenodo-harvest communities records enes-data-space
      zenodo-harvest communities records enes-data-space index --columns doi,title
    """
    outputs.check(extent)
    with session.client() as client, pointing_at(query, session):
        results = client.communities.records(ref, query, **search_options(filters, extent))
        deliver(results, outputs, extent, session)


def _facts(community: Any) -> dict[str, Any]:
    return {name: getattr(community, name) for name in _FACTS}
