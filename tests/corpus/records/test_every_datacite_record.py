"""Every record in DataCite XML, of the corpus (in place) and of our recordings (copied)."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from zenodo_harvest.records import Provenance, Record, read_record

_ROOT = Path(__file__).parents[3]
_CORPUS = (_ROOT / "../shared/corpus").resolve()
_DUMP = _ROOT / "tests/data/recordings/dumps/records-xml.tar.gz"
_RECORD = "{http://www.openarchives.org/OAI/2.0/}record"
_TOLERANT = etree.XMLParser(recover=True, remove_comments=True, remove_pis=True)

Lost = Callable[[Any, Record], set[str]]


def test_every_record_of_the_recorded_dump_becomes_a_row_and_no_text_is_lost(
    provenance: Provenance, lost_texts: Lost
) -> None:
    with tarfile.open(_DUMP) as archive:
        contents = [file.read() for member in archive if (file := archive.extractfile(member)) is not None]
    assert len(contents) == 383
    for content in contents:
        record = read_record(content, provenance)
        assert (record.dialect, record.problems) == ("datacite", ())
        assert record.id is not None
        assert lost_texts(etree.fromstring(content), record) == set(), f"lost of {record.id}"


@pytest.mark.corpus
def test_every_record_of_the_corpus_becomes_a_row_and_no_text_is_lost(
    provenance: Provenance, lost_texts: Lost
) -> None:
    contents = _corpus()
    records = [read_record(content, provenance) for content in contents]
    for content, record in zip(contents, records, strict=True):
        assert record.id or record.problems
        assert lost_texts(etree.fromstring(content, _TOLERANT), record) == set(), f"lost of {record.id}"
    assert sum(record.dialect == "datacite" for record in records) > 600


def _corpus() -> list[bytes]:
    """Return the records of the corpus, one by one, a few of them in other formats than DataCite."""
    if not _CORPUS.is_dir():
        pytest.skip("../shared/corpus is absent")
    paths = [*_CORPUS.glob("oai/*.xml*"), *_CORPUS.glob("datacite/*.xml")]
    contents = []
    for path in sorted(paths):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        records = list(etree.fromstring(content, _TOLERANT).iter(_RECORD))
        contents += [etree.tostring(each) for each in records] if len(records) != 1 else [content]
    return contents
