"""`convert`: saved JSON of records into a table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from typer import Argument

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.cli.options import Outputs
from zenodo_harvest.cli.output import show_records, tell_files, tell_problems
from zenodo_harvest.cli.session import Session
from zenodo_harvest.client import PREVIEW_ROWS
from zenodo_harvest.errors import LocalError

if TYPE_CHECKING:
    from zenodo_harvest.records import Provenance, Record

STDIN = Path("-")


def convert(
    session: Session,
    outputs: Outputs,
    sources: Annotated[
        list[Path], Argument(metavar="FILE...", help="JSON or JSON Lines, gzip or not; - is stdin.")
    ],
) -> None:
    """Turn saved JSON of records into a table.

    A file may hold one record, one on each line, a list of them or the answer
    to a search, in any of Zenodo's dialects, or rows that were saved as JSON
    Lines. Without -o it is shown.

    Examples:
      zenodo-harvest convert records.jsonl.gz -o records.parquet
      curl -s https://zenodo.org/api/records/7078768 | zenodo-harvest convert - -o one.csv
    """
    outputs.check()
    outputs.check_sources(sources)
    documents = _documents(sources, Bounds.from_environment(session.outside.environ), session.progress.note)
    provenance = _provenance(session, outputs)
    if outputs.output:
        _write(documents, sources, provenance, outputs, session)
        return

    from zenodo_harvest.records import read_record

    odd = 0

    def counted() -> Iterator[Record]:
        nonlocal odd
        for document in documents:
            record = read_record(document, provenance)
            odd += bool(record.problems)
            yield record

    records = counted()
    if session.outside.shows_tables:
        shown = list(islice(records, PREVIEW_ROWS + 1))
        show_records(shown[:PREVIEW_ROWS], outputs, session)
        if len(shown) > PREVIEW_ROWS:
            session.progress.note(f"The first {PREVIEW_ROWS}. Add -o FILE to write all of them to a file.")
    else:
        show_records(records, outputs, session)
    tell_problems(odd, session)


def _write(
    documents: Iterator[bytes],
    sources: Sequence[Path],
    provenance: Provenance,
    outputs: Outputs,
    session: Session,
) -> None:
    from zenodo_harvest.export import (
        TableReceipt,
        document_size,
        in_batches,
        open_sinks,
        write_documents,
        write_receipt,
    )

    odd, left = 0, None
    with open_sinks(outputs.output, **outputs.save_options()) as sink:
        session.progress.start("records")
        for batch in in_batches(documents, document_size):
            written = write_documents(sink, batch, provenance)
            odd += written.rows_with_problems
            if written.left_to_python is not None:
                left = (left or 0) + written.left_to_python
            session.progress.advance(len(batch))
        session.progress.finish()
        receipt = TableReceipt(
            site=provenance.site,
            sources=tuple(map(str, sources)),
            retrieved_at=provenance.retrieved_at,
            rows=sink.rows,
            rows_with_problems=odd,
            left_to_python=left,
        )
        receipt = write_receipt(receipt, sink)
    tell_files(receipt, outputs.folder, session)
    tell_problems(odd, session)


def _documents(sources: Sequence[Path], bounds: Bounds, tell: Callable[[str], None]) -> Iterator[bytes]:
    """Yield the JSON of each record in files, one at a time."""
    from zenodo_harvest.dumps import read_documents

    for source in sources:
        try:
            with sys.stdin.buffer if source == STDIN else source.open("rb") as stream:
                name = "stdin" if source == STDIN else str(source)
                yield from read_documents(stream, name, tell, bounds=bounds)
        except OSError as error:
            raise LocalError(
                f"{str(source)!r} cannot be read: {error.strerror or error}.",
                hint="Check its path and permissions.",
            ) from error


def _provenance(session: Session, outputs: Outputs) -> Provenance:
    from zenodo_harvest.records import Provenance

    address = urlsplit(session.site_name)
    return Provenance(
        site=address.netloc or session.site_name,
        source="file",
        retrieved_at=session.outside.now(),
        base_url=session.site_name.rstrip("/") if address.netloc else "",
        keep_raw=outputs.raw,
    )
