"""Count the trips of one chunk of work: the calls by which it enters another file of the package.

They say how many places somebody stops at who follows the work in the source. A file that is left and entered
again counts again, a property like any call; what is called within a file counts nothing.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import requests

import zenodo_harvest
from zenodo_harvest import Client
from zenodo_harvest.dumps.archive import Member
from zenodo_harvest.dumps.chunks import Recipe, make_chunk
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.engine import Community
from zenodo_harvest.export.parquet import ParquetWriter
from zenodo_harvest.export.tables import records_table
from zenodo_harvest.oai.answers import read_page
from zenodo_harvest.records import Provenance, read_records

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"
FROM = Provenance("zenodo", "file", datetime(2026, 11, 23, tzinfo=UTC), base_url="http://127.0.0.1:5000")

PACKAGE = str(Path(zenodo_harvest.__file__).parent)
EMULATOR = str(Path(PACKAGE) / "emulator")
TRANSPORT = str(Path(PACKAGE) / "http" / "transport.py")


@dataclass(frozen=True, slots=True)
class Line:
    """One chunk of work: its name, what it does, how many trips are promised, and the file it ends at."""

    name: str
    work: Callable[[], object]
    promised: int
    ends_at: str = ""


class Asked(Exception):
    """The transport was asked; nothing is sent."""


class NoRequests:
    """A budget that lets no request go."""

    def acquire(self, *_: object) -> NoReturn:
        raise Asked

    def settle(self, *_: object) -> None:
        pass


def trips(line: Line) -> Counter[str]:
    """Return how often each file is entered, the second time: the first imports and fills caches."""
    entered: Counter[str] = Counter()
    is_over = False

    def hook(frame: FrameType, event: str, _: Any) -> None:
        nonlocal is_over
        name = frame.f_code.co_filename
        if event != "call" or is_over or not is_ours(name):
            return
        is_over = name == line.ends_at
        if not is_over and name != caller(frame):
            entered[name] += 1

    line.work()
    sys.setprofile(hook)
    try:
        line.work()
    finally:
        sys.setprofile(None)
    return entered


def is_ours(name: str) -> bool:
    """Tell whether a file is one of the package."""
    return name.startswith(PACKAGE) and not name.startswith(EMULATOR)


def caller(frame: FrameType) -> str:
    """Return the file of the nearest frame of ours that led to this one; empty if none did."""
    above = frame.f_back
    while above is not None and not is_ours(above.f_code.co_filename):
        above = above.f_back
    return above.f_code.co_filename if above else ""


def query_to_request() -> Line:
    """Return the way of a search, its community resolved, up to the transport asked for the first page."""
    client = Client("zenodo", token="", budget=NoRequests())
    frost = Community("00000000-0000-4000-8000-000000000000", "frost", "Frost")

    def work() -> None:
        results = client.search("frost climate", type="dataset", community=frost.slug)
        results.communities = (frost,)
        with suppress(Asked):
            next(iter(results))

    return Line("query -> request", work, 60, TRANSPORT)


def native_to_parquet(
    name: str = "native row -> Parquet", promised: int = 25, *, is_new: bool = False
) -> Line:
    """Return the way of one native record into Parquet, perhaps with a member that nobody foresaw."""
    row = json.loads(gzip.decompress((RECORDINGS / "records-native.jsonl.gz").read_bytes()).splitlines()[0])
    row["metadata"] |= {"new_member": {"a": [1, "x"]}} if is_new else {}
    return Line(name, lambda: to_parquet([json.dumps(row).encode()]), promised)


def new_member_to_parquet() -> Line:
    """Return the same for a record with a member that nobody foresaw."""
    return native_to_parquet("the same, unknown member", 35, is_new=True)


def oai_to_parquet() -> Line:
    """Return the way of one record of an OAI-PMH list into Parquet."""
    with Emulator(limits="off") as emulator:
        found = requests.get(f"{emulator.url}/api/records?q=frost&size=1", timeout=10).json()
        edited = f"{found['hits']['hits'][0]['updated'][:19]}Z"
        params = {"verb": "ListRecords", "metadataPrefix": "oai_datacite", "from": edited, "until": edited}
        page = requests.get(f"{emulator.url}/oai2d", params, timeout=10)
    if len(read_page(page.content, page.url).records) != 1:
        raise RuntimeError("another record was edited at the same second")
    return Line("OAI record -> Parquet", lambda: to_parquet(read_page(page.content, page.url).records), 50)


def member_to_parquet() -> Line:
    """Return the way of one member of a dump into the batch that becomes Parquet."""
    row = gzip.decompress((RECORDINGS / "records-native.jsonl.gz").read_bytes()).splitlines()[0]
    member = Member(f"{json.loads(row)['id']}.json", row)
    recipe = Recipe(FROM)
    return Line("dump member -> Parquet", lambda: make_chunk(recipe, [member]), 35)


def to_parquet(rows: Sequence[bytes]) -> None:
    """Read records and write them."""
    writer = ParquetWriter(io.BytesIO(), records_table())
    writer.write(read_records(rows, FROM))
    writer.close()


LINES: tuple[Callable[[], Line], ...] = (
    query_to_request,
    native_to_parquet,
    new_member_to_parquet,
    oai_to_parquet,
    member_to_parquet,
)


def main() -> None:
    """Print each line; with ``-v`` also the files."""
    for make in LINES:
        line = make()
        entered = trips(line)
        print(f"{line.name:24} {entered.total():4}   (promised: at most {line.promised})")
        if "-v" in sys.argv[1:]:
            for name, times in entered.most_common():
                print(f"    {times:4} {Path(name).relative_to(PACKAGE)}")


if __name__ == "__main__":
    main()
