"""The emulator over real sockets, as clients meet it."""

from __future__ import annotations

import http.client
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator import Emulator, launch
from zenodo_harvest.emulator.sample import sample
from zenodo_harvest.errors import LocalError

NATIVE = {"Accept": "application/vnd.inveniordm.v1+json"}
USER = {"Authorization": "Bearer emulator-token"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(limits="off") as running:
        yield running


class Caller:
    """One connection that stays open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

    def __call__(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request(method, path, headers=headers or {})
        answer = self.connection.getresponse()
        return answer, answer.read()


@pytest.fixture
def call(emulator: Emulator) -> Iterator[Caller]:
    caller = Caller(emulator.url)
    yield caller
    caller.connection.close()


def test_many_requests_share_one_connection(call: Caller) -> None:
    call("/api/communities")
    socket = call.connection.sock
    for path in (
        "/api/records?size=1",
        "/api/records/nosuch",
        "/nowhere",
        "/api/communities/enes-data-space",
    ):
        call(path)
    assert call.connection.sock is socket


def test_the_log_has_every_request_as_it_was_received_and_no_token(emulator: Emulator, call: Caller) -> None:
    target = "/api/records?q=frost+AND+%28index%29&communities=a&communities=b"
    call(target, {"User-Agent": "reader/1", "Accept": "*/*", **USER})
    logged = emulator.log[-1]
    assert (logged.method, logged.target, logged.status) == ("GET", target, 200)
    assert (logged.has_token, logged.user_agent, logged.accept) == (True, "reader/1", "*/*")
    assert "emulator-token" not in repr(logged)


def test_head_has_the_headers_of_get_and_no_body(call: Caller) -> None:
    got, body = call("/api/records?size=1")
    head, nothing = call("/api/records?size=1", method="HEAD")
    assert (head.status, nothing) == (200, b"")
    assert head.getheader("Content-Length") == got.getheader("Content-Length") == str(len(body))


def test_options_says_what_is_allowed_and_patch_is_refused(call: Caller) -> None:
    assert call("/api/records", method="OPTIONS")[0].getheader("Allow") == "GET, HEAD, POST, OPTIONS"
    record = call("/api/records/900000002", method="OPTIONS")[0]
    assert record.getheader("Allow") == "GET, HEAD, PUT, DELETE, OPTIONS"
    refused, body = call("/api/records", method="PATCH")
    assert refused.status == 405
    assert json.loads(body) == {"message": "The method is not allowed for the requested URL.", "status": 405}


def test_a_doi_as_an_id_gets_the_404_of_the_router(call: Caller) -> None:
    answer, body = call("/api/records/10.5281/zenodo.1")
    assert answer.status == 404
    assert json.loads(body)["message"].startswith("The requested URL was not found on the server.")


def test_the_same_budget_counts_searches_and_community_searches_and_tells_it_on_every_answer() -> None:
    with Emulator(limits="3/60s") as emulator:
        call = Caller(emulator.url)
        rests = [
            call(path, {"User-Agent": "one"})[0].getheader("X-RateLimit-Remaining")
            for path in (
                "/api/records?size=1",
                "/api/communities/enes-data-space/records?size=1",
                "/api/records?size=99",
            )
        ]
        refused, body = call("/api/records", {"User-Agent": "one"})
        other, _ = call("/api/records", {"User-Agent": "two"})
        call.connection.close()
    assert rests == ["2", "1", "0"]
    assert refused.status == 429
    assert json.loads(body) == {"message": "3 per 60 second", "status": 429}
    assert refused.getheader("Retry-After") is not None
    assert other.status == 200
    assert other.getheader("Retry-After") is not None


def test_an_unknown_token_is_anonymous_and_gets_the_guests_cap(call: Caller) -> None:
    assert call("/api/records?size=100", USER)[0].status == 200
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "emulator-token"}):
        answer, body = call("/api/records?size=100", headers)
        assert answer.status == 400
        assert b"greater than 25" in body


def test_links_lead_back_to_this_server(emulator: Emulator, call: Caller) -> None:
    page = json.loads(call("/api/records?size=5", NATIVE)[1])
    assert page["links"]["next"].startswith(f"{emulator.url}/api/records?page=2")
    assert all(hit["links"]["self"].startswith(emulator.url) for hit in page["hits"]["hits"])


def test_an_unknown_community_is_silently_dropped_and_a_list_of_one_too(call: Caller) -> None:
    def total(query: str) -> int:
        return int(json.loads(call(f"/api/records?size=1{query}")[1])["hits"]["total"])

    everything, one = total(""), total("&communities=enes-data-space")
    assert 0 < one < everything
    assert total("&communities=no-such") == everything
    assert total("&communities=ENES-Data-Space") == everything
    assert total("&communities=no-such&communities=enes-data-space") == one


def test_the_slash_form_redirects_json_and_refuses_native_json(call: Caller) -> None:
    answer, _ = call("/api/records/?q=a&communities=x&communities=y")
    assert (answer.status, answer.getheader("Location")) == (301, "/api/records?q=a&communities=x")
    assert call("/api/records/", NATIVE)[0].status == 406


def test_every_file_of_an_odd_name_can_be_downloaded_by_its_link(emulator: Emulator, call: Caller) -> None:
    seed = sample()
    odd = [
        record
        for record in seed.records
        if any(set(key) & set("#%?; /+&=ï霜") for key in record["files"]["entries"])
    ]
    tried = 0
    for record in odd:
        if record["access"]["status"] != "open" or record["deletion_status"]["is_deleted"]:
            continue
        legacy = json.loads(call(f"/api/records/{record['id']}")[1])
        for file in legacy["files"]:
            if file["checksum"].removeprefix("md5:") not in seed.contents:
                continue  # the file of 1.5 GiB, of which the sample has no content
            answer, data = call(file["links"]["self"].removeprefix(emulator.url))
            assert (answer.status, len(data)) == (200, file["size"]), file["key"]
            tried += 1
    assert tried > 20


def test_the_archive_is_a_stored_zip_without_a_length(call: Caller) -> None:
    record = next(
        item
        for item in sample().records
        if len(item["files"]["entries"]) > 2 and item["access"]["status"] == "open"
    )
    answer, data = call(f"/api/records/{record['id']}/files-archive")
    assert answer.getheader("Content-Length") is None
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert set(bundle.namelist()) == set(record["files"]["entries"])
        assert all(item.compress_type == zipfile.ZIP_STORED for item in bundle.infolist())


def test_two_emulators_run_side_by_side_and_closing_frees_the_port() -> None:
    with launch() as first, Emulator() as second:
        assert first.url != second.url
        port = urlsplit(first.url).port or 0
    with Emulator(port=port) as again:
        assert urlsplit(again.url).port == port
    again.close()
    with pytest.raises(RuntimeError, match="not running"):
        _ = again.url


def test_eight_threads_at_once_get_whole_answers(emulator: Emulator) -> None:
    sizes: list[int] = []

    def ask() -> None:
        caller = Caller(emulator.url)
        pages = (json.loads(caller(f"/api/records?size=20&page={page}")[1]) for page in range(1, 6))
        sizes.extend(len(page["hits"]["hits"]) for page in pages)
        caller.connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [20] * 40
    assert len({(logged.user_agent, logged.status) for logged in emulator.log[-40:]}) == 1


class Breakdown:
    """Answers the first request itself and marks every other answer."""

    def __init__(self) -> None:
        self.is_first = True

    def before(self, request: Request) -> Response | None:
        assert request.method == "GET"
        broken, self.is_first = self.is_first, False
        return Response("<h1>Gateway</h1>", status=502, content_type="text/html") if broken else None

    def after(self, request: Request, answer: Response) -> Response:
        answer.headers["X-Marked"] = request.path
        return answer


def test_faults_may_stand_before_and_after_the_work() -> None:
    with Emulator(faults=Breakdown()) as emulator:
        call = Caller(emulator.url)
        assert call("/api/records")[0].status == 502
        answer, _ = call("/api/communities")
        call.connection.close()
    assert (answer.status, answer.getheader("X-Marked")) == (200, "/api/communities")
    assert [logged.status for logged in emulator.log] == [502, 200]


def test_file_names_are_found_encoded_and_with_slashes(call: Caller) -> None:
    key = "plots/winter 2021.png"
    record = next(item for item in sample().records if key in item["files"]["entries"])
    for written in (quote(key), quote(key, safe="")):
        assert call(f"/api/records/{record['id']}/files/{written}")[0].status == 200
        assert call(f"/api/records/{record['id']}/files/{written}/content")[0].status == 200


def test_a_taken_port_is_one_clear_sentence() -> None:
    with Emulator() as first, pytest.raises(LocalError, match=r"cannot listen on port \d+"):
        Emulator(port=urlsplit(first.url).port or 0).start()
