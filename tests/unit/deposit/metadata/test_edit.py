"""An edit changes the named fields of a draft; a replacement everything but access, DOI and files."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata import Metadata, edit, parse_set, replace, sendable, to_native
from zenodo_harvest.errors import UsageError

TERM = {"id": "eng", "title": {"en": "English", "de": "Englisch"}}
DRAFT: dict[str, Any] = {
    "id": "14000001",
    "revision_id": 4,
    "links": {"self": "https://zenodo.org/api/records/14000001/draft"},
    "parent": {"id": "14000000", "communities": {"entries": [{"slug": "snow"}]}},
    "pids": {"doi": {"identifier": "10.5281/zenodo.14000001", "provider": "datacite", "client": "datacite"}},
    "metadata": {
        "resource_type": {"id": "dataset", "title": {"en": "Dataset"}},
        "creators": [
            {
                "person_or_org": {
                    "type": "personal",
                    "name": "Okoro, Nkem",
                    "family_name": "Okoro",
                    "given_name": "Nkem",
                },
                "affiliations": [{"id": "04wxnsj81", "name": "Institute", "identifiers": []}],
                "role": {"id": "editor", "title": {"en": "Editor"}},
                "of_tomorrow": 1,
            },
            {
                "person_or_org": {
                    "type": "personal",
                    "name": "Lind, Tove",
                    "family_name": "Lind",
                    "given_name": "Tove",
                }
            },
        ],
        "title": "Snow",
        "languages": [TERM],
        "rights": [
            {"id": "cc-by-4.0", "title": {"en": "…"}, "icon": "cc-by-icon", "props": {"scheme": "spdx"}}
        ],
        "subjects": [{"subject": "snow"}, {"id": "x", "subject": "X", "scheme": "Y"}, {"subject": "ice"}],
        "of_tomorrow": {"type": {"id": "x", "title": {"en": "X"}}, "number": 1.0},
    },
    "custom_fields": {
        "code:programmingLanguage": [{"id": "python", "title": {"en": "Python"}, "props": {}}],
        "journal:journal": {"title": "Annals", "of_tomorrow": "x"},
        "legacy:communities": ["snow"],
    },
    "access": {
        "record": "public",
        "files": "restricted",
        "embargo": {"active": True, "until": "2099-01-01", "reason": None},
        "status": "embargoed",
    },
    "files": {
        "enabled": True,
        "order": [],
        "default_preview": "a.csv",
        "count": 1,
        "entries": {},
        "total_bytes": 5,
    },
    "media_files": {"enabled": False, "order": []},
    "of_tomorrow": [1],
    "ui": {},
    "expires_at": "2026-11-28 00:00:00",
}


def test_terms_go_back_by_id_and_what_the_server_computes_stays_away() -> None:
    body = sendable(DRAFT)
    assert body["metadata"]["rights"] == [{"id": "cc-by-4.0"}]
    assert body["metadata"]["languages"] == [{"id": "eng"}]
    assert body["metadata"]["creators"][0]["role"] == {"id": "editor"}
    assert body["metadata"]["creators"][0]["affiliations"] == [{"id": "04wxnsj81"}]
    assert body["metadata"]["subjects"][1] == {"id": "x"}
    assert body["custom_fields"]["code:programmingLanguage"] == [{"id": "python"}]
    assert set(body) == {"pids", "metadata", "custom_fields", "access", "files", "media_files", "of_tomorrow"}
    assert body["files"] == {"enabled": True, "order": [], "default_preview": "a.csv"}
    assert "status" not in body["access"]


def test_fields_that_we_do_not_know_stay_as_they_are() -> None:
    before = copy.deepcopy(DRAFT)
    body = edit(DRAFT, parse_set(["title=Ice", "creators.0.orcid=0000-0002-1825-0097", "journal_title=Acta"]))
    assert before == DRAFT
    assert body["metadata"]["of_tomorrow"] == DRAFT["metadata"]["of_tomorrow"]
    assert body["metadata"]["creators"][0]["of_tomorrow"] == 1
    assert body["custom_fields"]["journal:journal"] == {"title": "Acta", "of_tomorrow": "x"}
    assert body["custom_fields"]["legacy:communities"] == ["snow"]
    assert body["metadata"]["title"] == "Ice"
    assert list(body["metadata"]) == list(DRAFT["metadata"])


def test_one_item_of_a_list_is_changed_and_the_others_are_left() -> None:
    body = edit(DRAFT, parse_set((), ["creators.1"]))
    assert body["metadata"]["creators"] == sendable(DRAFT)["metadata"]["creators"][:1]
    body = edit(DRAFT, parse_set(["keywords.1=frost"]))
    assert body["metadata"]["subjects"] == [{"subject": "snow"}, {"subject": "frost"}, {"id": "x"}]


def test_a_creator_in_front_takes_nothing_from_those_behind() -> None:
    people = [{"name": "Kim, Jun"}, *Metadata.from_document({"creators": PEOPLE}).as_document()["creators"]]
    body = edit(DRAFT, parse_set([f"creators={people}".replace("'", '"')]))
    assert body["metadata"]["creators"][1:] == sendable(DRAFT)["metadata"]["creators"]


PEOPLE = [
    {"name": "Okoro, Nkem", "role": "Editor", "affiliations": [{"id": "04wxnsj81", "name": "Institute"}]},
    {"name": "Lind, Tove"},
]


def test_a_lifted_embargo_leaves_no_date_that_the_server_refuses() -> None:
    access = edit(DRAFT, parse_set(["access_right=open"]))["access"]
    assert access == {"record": "public", "files": "public"}


def test_an_embargo_is_prolonged_by_its_date() -> None:
    access = edit(DRAFT, parse_set(["embargo_date=2100-01-01"]))["access"]
    assert access["embargo"] == {"active": True, "until": "2100-01-01", "reason": None}
    assert access["files"] == "restricted"


@pytest.mark.parametrize("key", ["access_right", "embargo_date"])
def test_files_are_never_opened_by_removing_a_field(key: str) -> None:
    with pytest.raises(UsageError):
        edit(DRAFT, parse_set((), [key]))


def test_a_replacement_keeps_access_doi_and_files_that_are_not_named() -> None:
    said = Metadata.from_document(
        {"title": "New", "upload_type": "software", "creators": [{"name": "Kim, Jun"}]}
    )
    body = replace(DRAFT, said)
    assert body["metadata"] == to_native(said)["metadata"]
    assert body["custom_fields"] == {"legacy:communities": ["snow"]}
    kept = sendable(DRAFT)
    assert [body[key] for key in ("access", "pids", "files")] == [
        kept[key] for key in ("access", "pids", "files")
    ]


def test_a_replacement_says_what_it_names() -> None:
    said = Metadata.from_document(
        {"title": "New", "access_right": "open", "default_preview": "b.csv", "doi": "10.1234/x"}
    )
    body = replace(DRAFT, said)
    assert body["access"] == {"record": "public", "files": "public"}
    assert body["files"]["default_preview"] == "b.csv"
    assert body["pids"] == {"doi": {"identifier": "10.1234/x", "provider": "external"}}


def test_a_field_of_another_type_than_ours_is_left_alone() -> None:
    draft = {"metadata": {"title": 5, "version": "1", "publisher": ["x"]}}
    assert edit(draft, parse_set(["version=2"])) == {
        "metadata": {"title": 5, "version": "2", "publisher": ["x"]}
    }
