"""The reference lists: whole, found by words, at their addresses, and with what only the records use."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

USER = {"Authorization": "Bearer emulator-token"}
LISTS = {
    "vocabularies/communitytypes": 4,
    "vocabularies/contributorsroles": 22,
    "vocabularies/creatorsroles": 22,
    "vocabularies/datetypes": 12,
    "vocabularies/descriptiontypes": 7,
    "vocabularies/languages": 190,
    "vocabularies/licenses": 444,
    "vocabularies/relationtypes": 39,
    "vocabularies/removalreasons": 12,
    "vocabularies/resourcetypes": 47,
    "vocabularies/titletypes": 4,
    "affiliations": 90,
    "awards": 10,
    "funders": 2,
}
RECORD: dict[str, Any] = {
    "id": "1",
    "metadata": {
        "title": "Frost",
        "creators": [
            {
                "person_or_org": {
                    "type": "personal",
                    "name": "Doe, Jo",
                    "identifiers": [{"identifier": "0000-0002-1825-0097", "scheme": "orcid"}],
                },
                "affiliations": [{"id": "05dxps055", "name": "Caltech"}],
            }
        ],
        "rights": [{"title": {"en": "A text of our own"}}, {"id": "ours-1.0", "title": {"en": "Ours"}}],
        "subjects": [{"id": "euroscivoc:353", "subject": "Climatology", "scheme": "EuroSciVoc"}],
    },
}


@pytest.fixture(scope="module")
def client() -> Client:
    emulator = Emulator(limits="off")
    emulator.add(RECORD)
    return Client(emulator.app)


def ids(client: Client, target: str) -> list[str]:
    answer = client.get(f"/api/{target}", headers=USER)
    assert answer.status_code == 200, answer.get_data()
    return [item["id"] for item in answer.get_json()["hits"]["hits"]]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_whole_and_each_of_its_items_stands_where_its_link_leads(client: Client, name: str) -> None:
    body = client.get(f"/api/{name}?size=1000").get_json()
    items = body["hits"]["hits"]
    assert len({item["id"] for item in items}) == body["hits"]["total"] >= LISTS[name]
    for item in (items[0], items[-1]):
        assert client.get(item["links"]["self"]).get_json() == item


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("vocabularies/licenses?q=id:apache*&sort=oldest", ["apache-1.0", "apache-1.1", "apache-2.0"]),
        ("vocabularies/licenses?q=european+AND+union&sort=title", ["eupl-1.0", "eupl-1.1", "eupl-1.2"]),
        ("vocabularies/licenses?tags=recommended&q=commons", ["cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0"]),
        ("vocabularies/languages?q=title.en:german&sort=title", ["deu", "gsw"]),
        ("vocabularies/resourcetypes?q=Datensatz", ["dataset"]),
        ("funders?q=euro", ["00k4n6c32"]),
        ("awards?q=EVERSE", ["00k4n6c32::101129744"]),
        ("affiliations?q=nucl&sort=name", ["01ggx4157", "005ta0471"]),
    ],
)
def test_items_are_found_by_words_ids_and_tags(client: Client, target: str, found: list[str]) -> None:
    assert ids(client, target) == found


def test_choosing_a_funder_narrows_the_awards_but_not_their_counts(client: Client) -> None:
    body = client.get("/api/awards?funders=01cwqze88").get_json()
    assert [award["funder"]["name"] for award in body["hits"]["hits"]] == ["National Institutes of Health"]
    assert [
        (bucket["label"], bucket["doc_count"], bucket["is_selected"])
        for bucket in body["aggregations"]["funders"]["buckets"]
    ] == [("European Commission (BE)", 9, False), ("National Institutes of Health (US)", 1, True)]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("vocabularies/licenses", "ours-1.0"),
        ("affiliations", "05dxps055"),
        ("subjects", "euroscivoc:353"),
        ("names", "0000-0002-1825-0097"),
    ],
)
def test_what_only_a_record_uses_is_listed_too(client: Client, name: str, id_: str) -> None:
    assert id_ in ids(client, f"{name}?size=1000")
    assert client.get(f"/api/{name}/{id_}", headers=USER).get_json()["id"] == id_


@pytest.mark.parametrize("target", ["names", "names/0000-0002-1825-0097"])
def test_guests_see_no_names(client: Client, target: str) -> None:
    answer = client.get(f"/api/{target}")
    assert (answer.status_code, answer.get_json()["message"]) == (403, "Permission denied.")


@pytest.mark.parametrize("target", ["vocabularies/funders", "vocabularies/nosuch", "languages"])
def test_a_list_is_at_one_address_only(client: Client, target: str) -> None:
    assert client.get(f"/api/{target}").status_code == 404


@pytest.mark.parametrize(
    "target", ["vocabularies/licenses/nosuch", "vocabularies/nosuch/a", "funders/nosuch"]
)
def test_an_unknown_item_is_not_found(client: Client, target: str) -> None:
    answer = client.get(f"/api/{target}")
    assert (answer.status_code, answer.get_json()["message"]) == (
        404,
        "The persistent identifier does not exist.",
    )


@pytest.mark.parametrize(
    "target", ["funders?sort=title", "vocabularies/licenses?sort=name", "awards?sort=title"]
)
def test_a_list_knows_only_its_own_orders(client: Client, target: str) -> None:
    assert client.get(f"/api/{target}").status_code == 400


def test_a_query_the_engine_cannot_run_is_refused_as_in_a_search_for_records(client: Client) -> None:
    refused, expected = (
        client.get(f"/api/{name}?q=created:[x TO y]") for name in ("vocabularies/licenses", "records")
    )
    assert refused.status_code == expected.status_code == 500
    assert refused.get_data() == expected.get_data()
