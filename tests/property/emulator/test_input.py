"""Whatever metadata is sent, the emulator keeps what it can, or refuses in JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

OWNER = {"Authorization": "Bearer emulator-token"}
NATIVE = OWNER | {"Accept": "application/vnd.inveniordm.v1+json"}
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3000),
    st.sampled_from(
        """
        dataset publication article cc-by-4.0 mit 2024 2024-13-40 2020/2019 2020-01-01/2021 eng de Collected
        10.5281/zenodo.1 10.1234/x https://example.org/ 0000-0002-1825-0097 Moreau,\u00a0Ada isSupplementTo
        open embargoed 2099-01-01 enes-data-space 10.13039/501100000780::777541 personal organizational Point
        """.split()
    ),
    st.text(max_size=4),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                """
                id name type title scheme identifier relation relation_type person_or_org family_name role
                affiliations affiliation orcid gnd date start end description place lat lon geometry features
                coordinates funder award number subject reference lang rights props url link term identifiers
                given_name resource_type
                """.split()
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=6,
)
_CLASSIC = """
    title upload_type publication_type publication_date creators description access_right embargo_date
    license doi keywords notes method references related_identifiers contributors thesis_supervisors
    communities grants subjects version language locations dates journal_title conference_url
    imprint_publisher imprint_isbn partof_title thesis_university custom alternate_identifiers
""".split()
_FIELDS = """
    resource_type creators title additional_titles publisher publication_date subjects contributors dates
    languages identifiers related_identifiers sizes formats version rights copyright description
    additional_descriptions locations funding references
""".split()


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Emulator(limits="off").app)


def readable(client: Client, url: str) -> None:
    """Assert that what was kept can be shown in every form."""
    for target, headers in ((f"/api/records/{url}/draft", NATIVE), (f"/api/records/{url}/draft", OWNER)):
        assert client.get(target, headers=headers).status_code == 200
    assert client.get(f"/api/deposit/depositions/{url}", headers=OWNER).status_code == 200
    publish = client.post(f"/api/deposit/depositions/{url}/actions/publish", headers=OWNER)
    assert publish.status_code in (202, 400)
    if publish.status_code == 400:
        client.delete(f"/api/deposit/depositions/{url}", headers=OWNER)


def filed(client: Client, record_id: str) -> None:
    deposit = client.get(f"/api/deposit/depositions/{record_id}", headers=OWNER).get_json()
    bucket = deposit["links"]["bucket"].removeprefix("http://localhost")
    client.put(f"{bucket}/a.txt", data=b"a", headers=OWNER)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(_CLASSIC), _VALUES, max_size=5))
def test_classic_metadata_of_any_shape_is_kept_or_refused(client: Client, metadata: dict[str, Any]) -> None:
    answer = client.post("/api/deposit/depositions", json={"metadata": metadata}, headers=OWNER)
    assert answer.status_code in (201, 400, 500)
    assert answer.is_json
    if answer.status_code == 201:
        record_id = str(answer.get_json()["id"])
        filed(client, record_id)
        readable(client, record_id)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=5),
    st.dictionaries(
        st.sampled_from(("access", "pids", "files", "custom_fields", "odd")), _VALUES, max_size=2
    ),
)
def test_native_metadata_of_any_shape_is_kept_or_refused(
    client: Client, metadata: dict[str, Any], more: dict[str, Any]
) -> None:
    answer = client.post("/api/records", json={"metadata": metadata, **more}, headers=NATIVE)
    assert answer.status_code in (201, 400, 500)
    assert answer.is_json
    if answer.status_code == 201:
        record_id = str(answer.get_json()["id"])
        filed(client, record_id)
        readable(client, record_id)
