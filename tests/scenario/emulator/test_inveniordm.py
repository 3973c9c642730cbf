"""The emulator as an InvenioRDM that is not Zenodo: what it has, and what it lacks (zenodo-api.md §10)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug.test import Client as Browser

from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import UsageError

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{3}[0-9]{2}")
NATIVE = "application/vnd.inveniordm.v1+json"
OWNER = {"Authorization": "Bearer emulator-token"}


@pytest.fixture(scope="module")
def server() -> Browser:
    return Browser(Emulator(limits="off", flavour="inveniordm").app)


def found(server: Browser, q: str, **params: Any) -> int:
    total = server.get("/api/records", query_string={"q": q, "size": 1, **params}).get_json()["hits"]["total"]
    return int(total)


def test_plain_json_of_records_is_native_and_pages_have_no_cap(server: Browser) -> None:
    answer = server.get("/api/records?size=300")
    page = answer.get_json()
    assert answer.mimetype == "application/json"
    assert len(page["hits"]["hits"]) == page["hits"]["total"] > 100
    assert page["sortBy"] == "newest"
    for record in page["hits"]["hits"]:
        assert {"parent", "pids"} <= record.keys()
        assert not {"conceptrecid", "ui", "swh"} & record.keys()
    named = server.get("/api/records?size=1", headers={"Accept": NATIVE})
    assert (named.mimetype, "ui" in named.get_json()["hits"]["hits"][0]) == (NATIVE, True)
    legacy = server.get("/api/records", headers={"Accept": "application/vnd.zenodo.v1+json"})
    assert legacy.status_code == 406


def test_ids_and_dois_are_of_its_own(server: Browser) -> None:
    for record in server.get("/api/records?size=300").get_json()["hits"]["hits"]:
        assert ID.fullmatch(record["id"])
        assert ID.fullmatch(record["parent"]["id"])
        assert record["pids"]["doi"]["identifier"] == f"10.1234/{record['id']}"
        assert record["pids"]["oai"]["identifier"] == f"oai:repository.example.org:{record['id']}"
        assert "10.5281/zenodo" not in str(record)


def test_queries_name_fields_of_the_index_alone(server: Browser) -> None:
    assert found(server, "metadata.title:index") > 0
    assert found(server, "title:index") == found(server, "communities:enes-data-space") == 0
    assert found(server, 'parent.communities.entries.slug:"enes-data-space"') > 0


def test_what_zenodo_added_is_idle_or_refused(server: Browser) -> None:
    whole = found(server, "")
    assert found(server, "", type="software") == found(server, "", communities="alpine-hydrology") == whole
    assert found(server, "", all_versions="true") == whole < found(server, "", allversions="true")
    assert server.get("/api/records?sort=publication-desc").status_code == 400
    counted = server.get("/api/records?size=1").get_json()["aggregations"]
    assert set(counted) == {"publication_date", "access_status", "resource_type", "file_type"}
    for path in ("exporter", "deposit/depositions", "files/x", "licenses", "records/"):
        assert server.get(f"/api/{path}", headers=OWNER).status_code == 404


def test_its_lists_of_oai_pmh_are_shorter_and_its_sets_called_otherwise(server: Browser) -> None:
    asked = "/oai2d?verb=ListRecords&metadataPrefix=oai_datacite&set="
    page = etree.fromstring(server.get(f"{asked}community-enes-data-space").data)
    assert len(page.findall(".//{*}header")) == 10
    assert "community-enes-data-space" in {each.text for each in page.iterfind(".//{*}setSpec")}
    assert server.get(f"{asked}user-enes-data-space").status_code == 422


def test_searches_count_like_other_requests() -> None:
    server = Browser(Emulator(flavour="inveniordm").app)
    for path, left in (("/api/records", "499"), ("/api/communities", "498")):
        answer = server.get(path)
        assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("500", left)


def test_a_draft_is_published_under_an_id_of_its_own() -> None:
    server = Browser(Emulator(limits="off", flavour="inveniordm").app)
    person = {"type": "personal", "family_name": "Novak", "given_name": "Iva"}
    metadata = {
        "title": "Kept zyxwv",
        "publisher": "P",
        "publication_date": "2026-11-01",
        "resource_type": {"id": "dataset"},
        "creators": [{"person_or_org": person}],
    }
    made = server.post("/api/records", json={"metadata": metadata, "files": {"enabled": True}}, headers=OWNER)
    draft = f"/api/records/{made.get_json()['id']}/draft"
    server.post(f"{draft}/files", json=[{"key": "a.txt"}], headers=OWNER)
    body = {"Content-Type": "application/octet-stream", **OWNER}
    server.put(f"{draft}/files/a.txt/content", data=b"a", headers=body)
    server.post(f"{draft}/files/a.txt/commit", headers=OWNER)
    answer = server.post(f"{draft}/actions/publish", headers=OWNER)
    record = answer.get_json()
    assert answer.status_code == 202
    assert ID.fullmatch(record["id"])
    assert record["pids"]["doi"]["identifier"] == f"10.1234/{record['id']}"
    assert found(server, "zyxwv") == 1


def test_a_folder_of_one_flavour_is_no_other_s(tmp_path: Path) -> None:
    kept = Emulator(state=tmp_path / "kept")
    kept.add({"id": "5"})
    kept.close()
    with pytest.raises(UsageError, match="seed"):
        Emulator(state=tmp_path / "kept", flavour="inveniordm")
    with pytest.raises(UsageError, match="There is no flavour 'dspace'"):
        Emulator(flavour="dspace")
