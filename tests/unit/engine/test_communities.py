from __future__ import annotations

from typing import Any

import pytest

from zenodo_harvest.engine import Community, count_records, find_communities, resolve_community
from zenodo_harvest.errors import BadAnswer, Deleted, FieldError, UnknownCommunity, UsageError

SLUGS = ("empty-room", "frost-index-lab", "enes-data-space", "software-shelf", "enes-old-data")


def shelf(kit: Any, *, by_slug: bool = True) -> dict[str, Any]:
    """Six communities that are found when a word of the query is part of their slug, the newest first."""
    items = [kit.community(slug, number) for number, slug in enumerate(SLUGS, 1)]

    def search(params: dict[str, str]) -> object:
        words = params.get("q", "").split()
        hits = [item for item in items if not words or any(word in item["slug"].split("-") for word in words)]
        return {"hits": {"hits": hits[: int(params["size"])], "total": len(hits)}}

    routes: dict[str, Any] = {"/api/communities": search}
    for item in items if by_slug else ():
        routes[f"/api/communities/{item['slug']}"] = lambda _, item=item: item
        routes[f"/api/communities/{item['id']}"] = lambda _, item=item: item
    return routes


def test_a_slug_is_verified_with_one_request(kit: Any) -> None:
    transport = kit.transport(shelf(kit))
    found = resolve_community(transport, "enes-data-space")
    assert (found.slug, found.id) == ("enes-data-space", "00000000-0000-4000-8000-000000000003")
    assert [path for path, *_ in transport.log] == ["/api/communities/enes-data-space"]


@pytest.mark.parametrize(
    "text",
    [
        "ENES-Data-Space",
        " enes-data-space ",
        "https://zenodo.org/communities/enes-data-space/records?q=x",
        "00000000-0000-4000-8000-000000000003",
        "ENES Data Space",
    ],
)
def test_any_spelling_of_a_community_leads_to_it(kit: Any, text: str) -> None:
    assert resolve_community(kit.transport(shelf(kit)), text).slug == "enes-data-space"


def test_an_unknown_community_is_refused_with_the_nearest_slugs(kit: Any) -> None:
    with pytest.raises(UnknownCommunity) as caught:
        resolve_community(kit.transport(shelf(kit)), "enes-data-spaces")
    assert caught.value.nearest[0] == "enes-data-space"
    assert str(caught.value).count(".") == 1
    assert "'enes-data-spaces' on zenodo" in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_slug_that_shares_no_word_with_any_community_still_gets_suggestions(kit: Any) -> None:
    with pytest.raises(UnknownCommunity) as caught:
        resolve_community(kit.transport(shelf(kit)), "softwareshelf")
    assert caught.value.nearest[0] == "software-shelf"


def test_a_single_suggestion_is_a_sentence_too(kit: Any) -> None:
    only = kit.community("software-shelf")
    transport = kit.transport({"/api/communities": lambda _: {"hits": {"hits": [only], "total": 1}}})
    with pytest.raises(UnknownCommunity, match="'soft-shelf' on zenodo; the nearest is software-shelf"):
        resolve_community(transport, "soft-shelf")


def test_nothing_is_suggested_that_resembles_nothing(kit: Any) -> None:
    with pytest.raises(UnknownCommunity) as caught:
        resolve_community(kit.transport(shelf(kit)), "zyxwv")
    assert caught.value.nearest == ()
    assert "communities find" in caught.value.hint


def test_an_unknown_uuid_is_refused_without_looking_for_anything_like_it(kit: Any) -> None:
    transport = kit.transport(shelf(kit))
    with pytest.raises(UnknownCommunity):
        resolve_community(transport, "00000000-0000-4000-8000-0000000000ff")
    assert len(transport.log) == 1


def test_a_miss_is_told_even_if_no_suggestion_can_be_had(kit: Any) -> None:
    transport = kit.transport({"/api/communities": lambda _: UsageError("Invalid query string syntax.")})
    with pytest.raises(UnknownCommunity) as caught:
        resolve_community(transport, "no-such")
    assert caught.value.nearest == ()
    assert "communities find" in caught.value.hint


def test_free_text_that_fits_several_communities_is_refused_with_the_candidates(kit: Any) -> None:
    with pytest.raises(UnknownCommunity) as caught:
        resolve_community(kit.transport(shelf(kit)), "enes data")
    assert set(caught.value.nearest) == {"enes-data-space", "enes-old-data"}
    assert "fits 2 communities" in str(caught.value)


def test_free_text_that_fits_one_community_means_it(kit: Any) -> None:
    assert resolve_community(kit.transport(shelf(kit)), "the frost people").slug == "frost-index-lab"


def test_free_text_that_fits_none_is_refused(kit: Any) -> None:
    with pytest.raises(UnknownCommunity, match="found by 'so long'"):
        resolve_community(kit.transport(shelf(kit)), "so long")


def test_a_deleted_community_is_named_as_deleted(kit: Any) -> None:
    gone = Deleted("The record has been deleted.", status=410, url="u")
    transport = kit.transport({"/api/communities/old-room": lambda _: gone})
    with pytest.raises(Deleted, match="The community old-room was deleted") as caught:
        resolve_community(transport, "old-room")
    assert caught.value.exit_code == 3


def test_an_answer_about_another_community_is_not_believed(kit: Any) -> None:
    transport = kit.transport({"/api/communities/enes": lambda _: kit.community("eu")})
    with pytest.raises(BadAnswer, match="answered with eu"):
        resolve_community(transport, "enes")


@pytest.mark.parametrize("answer", [{}, [], "text", {"id": "x"}, {"id": 3, "slug": "eu"}, None])
def test_an_answer_that_is_no_community_is_refused(kit: Any, answer: object) -> None:
    with pytest.raises(BadAnswer, match="not a community"):
        resolve_community(kit.transport({"/api/communities/eu": lambda _: answer}), "eu")


def test_the_community_that_is_named_exactly_comes_first_though_verified_ones_come_first_on_the_server(
    kit: Any,
) -> None:
    found = find_communities(kit.transport(shelf(kit)), "enes old data")
    assert [community.slug for community in found] == ["enes-old-data", "enes-data-space"]


def test_signs_of_the_query_language_are_not_sent_to_the_community_search(kit: Any) -> None:
    transport = kit.transport(shelf(kit))
    find_communities(transport, 'frost: AND ("lab/2" OR *)', limit=7)
    assert transport.log[0][1] == (("q", "frost and lab 2 or"), ("size", "7"))


def test_finding_less_than_one_community_is_refused(kit: Any) -> None:
    with pytest.raises(UsageError):
        find_communities(kit.transport(shelf(kit)), "enes", limit=0)


def test_records_are_counted_on_the_community_s_own_route(kit: Any) -> None:
    place = "/api/communities/00000000-0000-4000-8000-000000000001/records"
    transport = kit.transport({place: kit.list_route([kit.record(number) for number in range(40)])})
    community = Community.read(kit.community("enes"))
    assert count_records(transport, community) == 40
    assert count_records(transport, community, all_versions=True) == 40
    assert transport.log[0][1] == (("size", "1"),)
    assert ("all_versions", "true") in transport.log[1][1]


def test_what_the_server_says_about_a_community_is_read() -> None:
    found = Community.read(
        {
            "id": "u",
            "slug": "eu",
            "created": "2026-11-23T03:30:07.433792+00:00",
            "updated": "soon",
            "metadata": {
                "title": "European Union",
                "type": {"id": "organization"},
                "website": "https://example.org",
                "description": " ",
            },
            "access": {"record_submission_policy": "open", "review_policy": "closed"},
            "more": 1,
        }
    )
    assert (found.title, found.type, found.website) == (
        "European Union",
        "organization",
        "https://example.org",
    )
    assert (found.record_policy, found.review_policy) == ("open", "closed")
    assert found.created is not None
    assert found.created.year == 2026
    assert found.updated is None
    assert found.description is None
    assert found.raw["more"] == 1


def test_a_community_shows_itself(kit: Any) -> None:
    found = Community.read(
        kit.community("frost", title="<script>Frost</script>", access={"record_submission_policy": "open"})
    )
    assert repr(found) == "<Community frost: <script>Frost</script>>"
    assert "<script" not in found._repr_html_()
    assert "open" in found._repr_html_()
    assert "metadata" not in found._repr_html_(), "the JSON as it came is not shown"


def test_a_cap_that_the_server_names_is_heeded_page_by_page(kit: Any) -> None:
    shelf = [kit.community(f"frost-{number}", number) for number in range(25)]

    def answer(params: Any) -> object:
        size, page = int(params["size"]), int(params.get("page", 1))
        if size > 10:
            told = [FieldError("size", ("Page size cannot be greater than 10.",))]
            return UsageError("A validation error occurred.", status=400, field_errors=told)
        return {"hits": {"hits": shelf[(page - 1) * size : page * size], "total": len(shelf)}}

    transport = kit.transport({"/api/communities": answer})
    assert [one.slug for one in find_communities(transport, "", limit=40)] == [one["slug"] for one in shelf]
    assert len(find_communities(transport, "", limit=12)) == 12
