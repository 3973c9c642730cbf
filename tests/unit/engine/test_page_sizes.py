"""How many rows a page has: what a token proves, what a server's caps and our bounds allow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zenodo_harvest.engine import Results
from zenodo_harvest.errors import BadToken, FieldError, TooLarge, UsageError
from zenodo_harvest.query import Search
from zenodo_harvest.sites import ZENODO

ROUTE = "/api/records"


def sizes(context: Any) -> list[int]:
    return [int(dict(params)["size"]) for _, params, _ in context.transport.log]


def refusal(cap: int) -> UsageError:
    message = f"Page size cannot be greater than {cap}."
    return UsageError(
        "A validation error occurred.", status=400, field_errors=[FieldError("size", (message,))]
    )


def test_a_token_is_proved_once_and_counts_then_ask_for_one_row(kit: Any) -> None:
    rows = [kit.record(number) for number in range(60)]
    context = kit.context({ROUTE: kit.list_route(rows, cap=100)}, has_token=True)
    assert [Results(context, Search(q=q)).total for q in ("frost", "snow", "ice")] == [60, 60, 60]
    assert sizes(context) == [26, 1, 1, 1]
    assert dict(context.transport.log[0][1])["q"] == 'id:"-"'


def test_a_page_larger_than_a_guests_proves_the_token(kit: Any) -> None:
    rows = [kit.record(number) for number in range(60)]
    context = kit.context({ROUTE: kit.list_route(rows, cap=100)}, has_token=True)
    list(Results(context, Search()))
    assert Results(context, Search(q="frost")).total == 60
    assert len(list(Results(context, Search(limit=3)))) == 3
    assert sizes(context) == [100, 1, 3]


def test_a_first_page_that_is_small_proves_the_token_by_one_row_more_than_a_guest_may_have(kit: Any) -> None:
    rows = [kit.record(number) for number in range(60)]
    context = kit.context({ROUTE: kit.list_route(rows, cap=100)}, has_token=True)
    assert len(list(Results(context, Search(limit=3)))) == 3
    assert sizes(context) == [26]


def test_without_a_token_nothing_is_proved(kit: Any) -> None:
    context = kit.context({ROUTE: kit.list_route([])})
    assert Results(context, Search()).total == 0
    assert sizes(context) == [1]


def test_a_cap_of_users_that_was_lowered_is_heeded_and_the_token_proved_again(kit: Any) -> None:
    rows = [kit.record(number) for number in range(130)]
    cap = 100

    def answer(params: Any) -> object:
        return refusal(cap) if int(params["size"]) > cap else kit.list_route(rows, cap=cap)(params)

    context = kit.context({ROUTE: answer}, has_token=True)
    assert Results(context, Search()).total == 130
    cap = 50
    assert len(list(Results(context, Search(q="frost")))) == 130
    assert Results(context, Search(q="snow")).total == 130
    assert sizes(context) == [26, 1, 100, 50, 50, 50, 1]


def test_a_cap_of_guests_that_was_lowered_is_heeded(kit: Any) -> None:
    rows = [kit.record(number) for number in range(25)]

    def answer(params: Any) -> object:
        return refusal(10) if int(params["size"]) > 10 else kit.list_route(rows)(params)

    context = kit.context({ROUTE: answer})
    assert len(list(Results(context, Search()))) == 25
    assert sizes(context) == [25, 10, 10, 10]


def test_a_token_that_is_revoked_during_a_walk_is_said(kit: Any) -> None:
    rows = [kit.record(number) for number in range(250)]
    asked = 0

    def answer(params: Any) -> object:
        nonlocal asked
        asked += 1
        return kit.list_route(rows, cap=100 if asked == 1 else 25)(params)

    context = kit.context({ROUTE: answer}, has_token=True)
    with pytest.raises(BadToken):
        list(Results(context, Search()))


def test_a_cap_of_guests_without_a_word_of_tokens_is_no_proof_of_one(kit: Any) -> None:
    context = kit.context({ROUTE: lambda _: refusal(25)}, has_token=True)
    with pytest.raises(BadToken):
        list(Results(context, Search()))


def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones_and_no_row_is_lost(kit: Any) -> None:
    """The rows from 30 to 40 are so large that no more than four of them fit into an answer."""
    rows = [kit.record(number) for number in range(1, 101)]

    def answer(params: Any) -> object:
        size, page = int(params["size"]), int(params["page"])
        places = range((page - 1) * size, page * size)
        if sum(30 <= place < 40 for place in places) > 4:
            return TooLarge("The answer is larger than 32 MB.")
        return kit.list_route(rows)(params)

    context = kit.context({ROUTE: answer})
    found = Results(context, Search())
    assert isinstance(found, Results)
    assert [record.id for record in found] == [str(number) for number in range(1, 101)]
    assert found.receipt is not None
    assert found.receipt.complete
    assert sizes(context) == [25, 25, 5, 5, *[2] * 35]
    assert kit.progress.notes == [
        "The answer is larger than 32 MB. Asking for 5 records at a time.",
        "The answer is larger than 32 MB. Asking for 2 records at a time.",
    ]


def test_a_record_that_is_too_large_by_itself_is_said(kit: Any) -> None:
    context = kit.context({ROUTE: lambda _: TooLarge("The answer is larger than 32 MB.")})
    with pytest.raises(TooLarge):
        list(Results(context, Search()))
    assert sizes(context) == [25, 12, 6, 3, 1]


@pytest.mark.parametrize(
    "message",
    [
        "Page size cannot be greater than 40.",
        "Must be greater than or equal to 1 and less than or equal to 40.",
        "The size may be at most 40.",
    ],
)
@pytest.mark.parametrize("is_in_field", [True, False])
def test_a_cap_that_another_server_names_is_heeded(kit: Any, message: str, is_in_field: bool) -> None:
    rows = [kit.record(number) for number in range(90)]

    def answer(params: Any) -> object:
        if int(params["size"]) > 40:
            fields = [FieldError("size", (message,))] if is_in_field else []
            text = "A validation error occurred." if is_in_field else f"Bad page size. {message}"
            return UsageError(text, status=400, field_errors=fields)
        return kit.list_route(rows, cap=40)(params)

    context = kit.context({ROUTE: answer}, site=replace(ZENODO, flavour="inveniordm"))
    assert len(list(Results(context, Search()))) == 90
    assert sizes(context) == [100, 40, 40, 40]
