"""What is in ``latest/`` of a catalogue besides its rows: what people and programs look at first."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from zenodo_harvest.catalog.about import About
from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.changes_csv import write_changes_csv
from zenodo_harvest.catalog.checks import RULES, write_checks_csv
from zenodo_harvest.catalog.datapackage import data_package
from zenodo_harvest.catalog.dictionary import catalog_dictionary
from zenodo_harvest.catalog.feed import atom_feed
from zenodo_harvest.catalog.finding import Finding
from zenodo_harvest.catalog.markdown import changes_markdown
from zenodo_harvest.catalog.page import PagePart, UsePoint, page_pieces
from zenodo_harvest.catalog.readme import catalog_readme
from zenodo_harvest.export import Output, describe_output

LATEST = "latest"
LINES, CSV = "records.jsonl", "records.csv"
ROWS = ("records.parquet", CSV, LINES)
DOCUMENTS = (
    "CHANGES.md", "changes.csv", "feed.atom", "checks.csv", "index.html", "dictionary.md", "README.md",
    "datapackage.json", "receipt.json",
)  # fmt: skip


def write_documents(
    folder: Path,
    about: About,
    records: PagePart,
    *,
    changes: Sequence[Change],
    findings: Sequence[Finding],
    totals: Sequence[UsePoint],
    rows: Callable[[], Sequence[Output]],
) -> list[Output]:
    """Write all documents into a folder that holds the rows already; the same values give the same bytes.

    Args:
        folder: The folder, which nobody reads yet.
        about: The catalogue as a whole.
        records: What the page shows of its records.
        changes: All changes, the newest first.
        findings: What a curator would mend.
        totals: The statistics over time, the earliest first.
        rows: Returns the files of the rows.

    Returns:
        All files of the folder, by name.
    """
    (folder / "CHANGES.md").write_text(changes_markdown(changes, about), "utf-8")
    with (folder / "changes.csv").open("wb") as stream:
        write_changes_csv(stream, changes)
    (folder / "feed.atom").write_bytes(atom_feed(changes, about))
    with (folder / "checks.csv").open("wb") as stream:
        write_checks_csv(stream, findings)
    page = page_pieces(
        about,
        records,
        changes=changes,
        findings=findings,
        rule_titles={rule.id: rule.title for rule in RULES},
        totals=totals,
    )
    with (folder / "index.html").open("wb") as stream:
        stream.writelines(piece.encode() for piece in page)
    (folder / "dictionary.md").write_text(catalog_dictionary(), "utf-8")
    (folder / "README.md").write_text(catalog_readme(about, _types(folder / ROWS[0])), "utf-8")
    tables = [*rows(), *(describe_output(folder / name) for name in ("changes.csv", "checks.csv"))]
    (folder / "datapackage.json").write_text(data_package(about, tables), "utf-8")
    known = {each.path.name: each for each in tables}
    return [known.get(path.name) or describe_output(path) for path in sorted(folder.iterdir())]


def _types(rows: Path) -> dict[str, int]:
    """Return how many records there are of each general type."""
    import pyarrow.parquet as pq

    name = "resource_type_general"
    return Counter(kind or "unknown" for kind in pq.read_table(rows, columns=[name])[name].to_pylist())


def keep_strangers(former: Path, folder: Path) -> None:
    """Copy what people have put into the former folder, such as a ``CNAME``, to what replaces it."""
    for path in former.iterdir() if former.is_dir() else ():
        if path.name not in (*ROWS, *DOCUMENTS):
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, folder / path.name, symlinks=True)
            else:
                shutil.copy2(path, folder / path.name, follow_symlinks=False)
