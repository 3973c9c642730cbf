from __future__ import annotations

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.query import SORTS, check_sort


@pytest.mark.parametrize("name", SORTS)
def test_every_order_of_the_server_is_accepted(name: str) -> None:
    assert check_sort(name) == name
    assert SORTS[name].endswith(("first", "pages"))


def test_the_table_is_complete() -> None:
    assert len(SORTS) == 23


@pytest.mark.parametrize(
    ("name", "reason", "near"),
    [
        ("-bestmatch", "500", "bestmatch"),
        ("newestactivity", "400", "updated-desc"),
        ("oldestactivity", "400", "updated-asc"),
        ("-newest", "no such order", "oldest"),
        ("-updated-desc", "no such order", "updated-asc"),
        ("newst", "no such order", "newest"),
        ("Newest", "no such order", "newest"),
        ("nosuch", "no such order", "bestmatch"),
    ],
)
def test_an_order_the_server_cannot_do_is_refused_with_the_reason_and_the_nearest(
    name: str, reason: str, near: str
) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        check_sort(name)
    assert near in caught.value.hint
    assert caught.value.exit_code == 2
