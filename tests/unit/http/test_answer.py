"""What an answer that is none means, and what to do then."""

from __future__ import annotations

import pytest

from zenodo_harvest.errors import BadAnswer
from zenodo_harvest.http.answer import Answer, error_of

STATUS_PAGE = "status.zenodo.org"


@pytest.mark.parametrize(
    ("url", "is_zenodo"),
    [
        ("https://zenodo.org/api/records", True),
        ("https://sandbox.zenodo.org/api/records", True),
        ("https://repo.example.edu/api/records", False),
        ("https://zenodo.org.example.edu/api/records", False),
        ("https://repo.example.edu/zenodo.org/", False),
    ],
)
def test_the_page_of_outages_is_named_for_zenodo_alone(url: str, is_zenodo: bool) -> None:
    assert (STATUS_PAGE in error_of(Answer(503, {}, b"", url)).hint) is is_zenodo
    with pytest.raises(BadAnswer) as caught:
        Answer(200, {}, b"<html>", url).json()
    assert (STATUS_PAGE in caught.value.hint) is is_zenodo
