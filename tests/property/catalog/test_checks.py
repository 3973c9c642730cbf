from __future__ import annotations

import csv
import io
import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from made_records import RECORDS, TEXT
from zenodo_harvest.catalog import RULES, Finding, check, write_checks_csv
from zenodo_harvest.export import write_jsonl
from zenodo_harvest.records import Record

FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from([rule.id for rule in RULES]),
    level=st.sampled_from(["error", "warning", "note"]),
    id=TEXT,
    title=st.none() | TEXT,
    url=st.none() | TEXT,
    detail=TEXT,
)


SCHEMES = st.sampled_from(["doi", "url", "orcid", "ark", "isbn", "arxiv", "swh", "unheard-of"])
ODD_RECORDS = st.builds(
    lambda record, scheme, **changed: replace(
        record, related=tuple(replace(each, scheme=scheme) for each in record.related), **changed
    ),
    RECORDS,
    SCHEMES,
    title=st.sampled_from(["Frost days", "Frost days v1.2"]) | TEXT,
    access_status=st.sampled_from(["open", "embargoed", "restricted", "metadata-only", None]),
    resource_type=st.sampled_from(["software", "publication-article", "dataset", None]),
    embargo_until=st.sampled_from([date.min, date.max]) | st.none() | st.dates(),
    licenses=st.lists(st.sampled_from(["MIT", "CC-BY-4.0", "other-open"]) | TEXT, max_size=2).map(tuple),
)


@settings(max_examples=50)  # of up to five records each
@given(st.lists(ODD_RECORDS, max_size=5), st.dates())
def test_any_record_can_be_checked(records: list[Record], today: date) -> None:
    stream = io.BytesIO()
    write_jsonl(stream, records)
    rows = [json.loads(line) for line in stream.getvalue().splitlines()]
    findings = check(rows, doi_prefix="10.5281", site_url="https://zenodo.org", today=today)
    assert {each.id for each in findings} <= {record.id or "" for record in records}
    assert all(each.detail for each in findings)
    if len({record.id or "" for record in records}) == len(records):
        assert len({(each.rule, each.id) for each in findings}) == len(findings)


@given(st.lists(FINDINGS, max_size=4))
def test_whatever_was_found_no_cell_runs(findings: list[Finding]) -> None:
    stream = io.BytesIO()
    write_checks_csv(stream, findings)
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline="")))
    assert len(rows) == len(findings) + 1
    assert not any(cell.lstrip().startswith(tuple("=+-@＝＋－＠")) for row in rows for cell in row)
