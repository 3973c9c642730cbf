"""Time the readers against `orjson.loads` and `pandas.json_normalize`, turn by turn on the same records."""

from __future__ import annotations

import gc
import gzip
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from zenodo_harvest.export import arrow_schema, read_batch, reads_in_threads, to_batch
from zenodo_harvest.records import Provenance, read_record, read_records

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"
ROUNDS = 9
FROM = Provenance(
    site="zenodo",
    source="search",
    retrieved_at=datetime(2026, 11, 23, tzinfo=UTC),
    base_url="http://127.0.0.1:5000",
)

PARSER, KEPT = "orjson.loads alone", "orjson.loads, all kept"
IN_PYTHON = "Python reader + Arrow"
TO_ARROW, TO_PARQUET, NORMALIZE = "reader + Arrow", "reader + Arrow + Parquet", "pandas.json_normalize"

Work = Callable[[list[bytes]], object]


def each(read: Callable[[bytes], object]) -> Work:
    """Return the work of reading the lines one by one, keeping nothing."""
    return lambda lines: [None for line in lines if read(line) is None]


def to_parquet(lines: list[bytes]) -> None:
    with pq.ParquetWriter(pa.BufferOutputStream(), arrow_schema(), compression="zstd") as writer:
        writer.write_batch(read_batch(lines, FROM).batch)


STEPS: dict[str, Work] = {
    PARSER: each(orjson.loads),
    KEPT: lambda lines: list(map(orjson.loads, lines)),
    "Python reader": each(lambda line: read_record(line, FROM)),
    IN_PYTHON: lambda lines: to_batch(read_records(lines, FROM)),
    TO_ARROW: lambda lines: read_batch(lines, FROM).batch,
    TO_PARQUET: to_parquet,
    NORMALIZE: lambda lines: pd.json_normalize([orjson.loads(line) for line in lines]),
}
NEW_STEPS = {name: STEPS[name] for name in (PARSER, IN_PYTHON, TO_ARROW, NORMALIZE)}


def cpu_s(work: Work, lines: list[bytes]) -> float:
    """Return the CPU time of one run."""
    gc.collect()
    start = time.process_time()
    work(lines)
    return time.process_time() - start


def measure(lines: list[bytes], steps: dict[str, Work]) -> dict[str, list[float]]:
    """Return the CPU seconds of every step by round; the first round warms up and is dropped."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range((ROUNDS + 1) * len(steps)):
        name = tuple(steps)[turn % len(steps)]
        # other names every time: what a reader remembers of earlier turns must not help it
        fresh = [line.replace(b'"name": "', b'"name": "%d ' % turn) for line in lines]
        times[name].append(cpu_s(steps[name], fresh))
    return {name: taken[1:] for name, taken in times.items()}


def ratio(times: dict[str, list[float]], ours: str, theirs: str) -> float:
    """Return how many times as fast as `theirs` `ours` is, by the best round of each."""
    return min(times[theirs]) / min(times[ours])


def report(title: str, lines: list[bytes], steps: dict[str, Work]) -> dict[str, list[float]]:
    """Print records/s of each step, at best and in the median; return the times."""
    times = measure(lines, steps)
    print(f"{title}: {len(lines)} records, {sum(map(len, lines)) / len(lines) / 1000:.1f} kB each")
    print(f"  {'records/s of CPU time':<28}{'best':>10}{'median':>10}{'x orjson':>10}{'x normalize':>13}")
    for name, taken in times.items():
        best, median = len(lines) / min(taken), len(lines) / statistics.median(taken)
        parser, frame = ratio(times, name, PARSER), ratio(times, name, NORMALIZE)
        print(f"  {name:<28}{best:>10,.0f}{median:>10,.0f}{parser:>10.2f}{frame:>13.1f}")
    return times


def named_apart(line: bytes) -> bytes:
    """Return the record with file names of its own, as most have; json_normalize makes columns of them."""
    record = orjson.loads(line)
    entries = record["files"].get("entries", {})
    record["files"]["entries"] = {f"{record['id']}_{name}": entry for name, entry in entries.items()}
    return json.dumps(record, ensure_ascii=False).encode()


def with_a_new_member(line: bytes) -> bytes:
    """Return the record with a member that nobody foresaw, in its metadata and in each file."""
    record = orjson.loads(line)
    for place in (record["metadata"], *record["files"].get("entries", {}).values()):
        place["zz_new"] = {"a": [1, "x"]}
    return json.dumps(record, ensure_ascii=False).encode()


def compare(
    title: str, as_known: dict[str, list[float]], with_new: dict[str, list[float]], name: str
) -> None:
    """Print how a step does against the parser on the records as they are and with an unknown key."""
    print(f"  {title:<46}{ratio(as_known, name, PARSER):10.2f}{ratio(with_new, name, PARSER):18.2f}")


def main() -> None:
    """Print both dialects, then what is promised of native JSON."""
    legacy, native = (
        gzip.decompress((RECORDINGS / f"records-{dialect}.jsonl.gz").read_bytes()).splitlines()
        for dialect in ("legacy", "native")
    )
    report("legacy JSON", legacy, STEPS)
    times = report("native JSON", native, STEPS)
    names_apart = [named_apart(line) for line in native]
    apart = report("native JSON, file names of their own", names_apart, STEPS)
    news = [with_a_new_member(line) for line in native]
    new = report("native JSON with an unknown key", news, NEW_STEPS)
    print(
        "with the compiled reader"
        if reads_in_threads()
        else "without the compiled reader: `make fast` builds it"
    )
    print(f"x {PARSER:<46}{'as it is':>10}{'an unknown key':>18}")
    compare(IN_PYTHON, times, new, IN_PYTHON)
    compare("the same, by the compiled reader where it is", times, new, TO_ARROW)
    print("native JSON to Arrow against")
    print(f"  {PARSER:<46}{ratio(times, TO_ARROW, PARSER):6.2f}   (promised: at least 0.50; goal 0.80)")
    print(f"  {KEPT:<46}{ratio(times, TO_ARROW, KEPT):6.2f}")
    print(f"  {NORMALIZE:<46}{ratio(times, TO_ARROW, NORMALIZE):6.2f}   (promised: at least 8.00)")
    print(f"  {NORMALIZE + ', file names of their own':<46}{ratio(apart, TO_ARROW, NORMALIZE):6.2f}")


if __name__ == "__main__":
    main()
