from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zenodo_harvest.errors import UsageError
from zenodo_harvest.ids import RecordRef, normal_doi, parse_record_ref

PARTS = [
    *(
        "10.5281/zenodo.",
        "10.",
        "doi:",
        "doi",
        "info:",
        "urn:",
        "https://",
        "//",
        "doi.org/",
        "http%3A%2F%2F",
    ),
    *(
        "/records/",
        "/record/",
        "123",
        "/latest",
        "/versions",
        "/badge/",
        "/doi/",
        "latestdoi/",
        ".svg",
        "oai:",
    ),
    *(
        "](",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        'href="',
        ":target:",
        "image::",
        "?token=",
        "&amp;token=",
        "%2F",
        "%",
    ),
    *(" ", "\n", ".", ",", "/", "?", "#", ":", "@", "\udc80", "\x00", "\u200b", "\u0663", "\u2100"),
]
texts = st.one_of(
    st.text(max_size=2_000),
    st.text(st.characters(), max_size=200),
    st.lists(st.sampled_from(PARTS), max_size=200).map("".join).map(lambda text: text[:2_000]),
)


@settings(deadline=None, max_examples=300)
@given(texts)
@example("http://[/records/1")
@example("https://zenodo.org\u2100/records/1")
def test_any_text_names_a_record_or_is_refused_in_words(text: str) -> None:
    with suppress(UsageError):
        ref = parse_record_ref(text)
        assert isinstance(ref, RecordRef)
        assert ref.value.isprintable() or ref.kind == "doi"
        ref.value.encode()


@settings(deadline=None)
@given(
    st.from_regex(r"\A10\.[1-9][0-9]{3,5}/[a-z0-9][a-z0-9._/-]{0,30}[a-z0-9]\Z"),
    st.sampled_from(
        ["{}", "doi:{}", "DOI: {}", "info:doi/{}", "https://doi.org/{}", "<https://doi.org/{}>", "({})."]
    ),
)
def test_a_doi_is_the_same_in_every_spelling(doi: str, spelling: str) -> None:
    assert normal_doi(spelling.format(doi)) == doi
    assert normal_doi(spelling.format(doi.replace("/", "%2F"))) == doi


def cost_s(text: str) -> float:
    """Return the time that reading takes: the least of some, so that what else runs does not count."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        with suppress(UsageError):
            parse_record_ref(text)
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize(
    "part", [*PARTS, "doi://doi.org/", "/records/1", "/doi/10.", "https://doi.org/doi:", "10.1"]
)
@pytest.mark.parametrize("end", ["", "\n!", "x"])
def test_reading_takes_time_in_proportion_to_the_text(part: str, end: str) -> None:
    size = 30_000
    assert cost_s((part * (size // len(part)))[:size] + end) < 0.3
