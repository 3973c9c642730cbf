"""Files of deposits: names that survive byte for byte, transfers, locks."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from zenodo_harvest.emulator import Emulator

TOKEN = {"Authorization": "Bearer emulator-token"}
BYTES = TOKEN | {"Content-Type": "application/octet-stream"}
DEPOSITS = "/api/deposit/depositions"
NAMES = (
    "a b.txt",
    "table#2.csv",
    "100%.txt",
    "50%25.txt",
    "what?.txt",
    "plus+plus.txt",
    'it\'s "quoted".txt',
    "semi;colon&amp=.txt",
    "na\u00efve.txt",
    "nai\u0308ve.txt",
    "\u0434\u0430\u043d\u043d\u044b\u0435.csv",
    "\U0001f9ca.bin",
    "x" * 255,
    ".hidden",
    "back\\slash",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(limits="off") as emulator:
        yield emulator


def send(
    server: Emulator, method: str, target: str, data: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    try:
        connection.request(method, target, data, TOKEN if headers is None else headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def begun(server: Emulator) -> tuple[str, str]:
    """Begin a deposit that may be published once it has a file; return its id and the path of its bucket."""
    metadata = {"title": "Files", "upload_type": "dataset", "creators": [{"name": "Moreau, Ada"}]}
    body = json.dumps({"metadata": metadata}).encode()
    headers = TOKEN | {"Content-Type": "application/json"}
    status, answer = send(server, "POST", DEPOSITS, body, headers)
    assert status == 201
    deposit = json.loads(answer)
    return str(deposit["id"]), urlsplit(deposit["links"]["bucket"]).path


def listed(server: Emulator, record_id: str) -> dict[str, Any]:
    _, answer = send(server, "GET", f"{DEPOSITS}/{record_id}/files")
    return {one["filename"]: one for one in json.loads(answer)}


def test_names_survive_byte_for_byte_from_the_bucket_to_the_record(server: Emulator) -> None:
    record_id, bucket = begun(server)
    for name in NAMES:
        status, answer = send(server, "PUT", f"{bucket}/{quote(name, safe='')}", name.encode(), BYTES)
        assert (status, json.loads(answer)["key"]) == (201, name)
    assert list(listed(server, record_id)) == list(NAMES)
    status, _ = send(server, "POST", f"{DEPOSITS}/{record_id}/actions/publish")
    assert status == 202
    _, answer = send(server, "GET", f"/api/records/{record_id}/files")
    entries = json.loads(answer)["entries"]
    assert [one["key"] for one in entries] == list(NAMES)
    for entry in entries:
        link = entry["links"]["content"].removeprefix(server.url)
        assert send(server, "GET", link) == (200, entry["key"].encode())
        own = f"/api/records/{record_id}/files/{quote(entry['key'], safe='')}/content"
        assert send(server, "GET", own) == (200, entry["key"].encode())


def test_a_name_with_slashes_goes_through_the_native_routes_alone(server: Emulator) -> None:
    record_id, bucket = begun(server)
    assert send(server, "PUT", f"{bucket}/dir%2Fa.txt", b"x", BYTES)[0] == 404
    files = f"/api/records/{record_id}/draft/files"
    headers = TOKEN | {"Content-Type": "application/json"}
    assert send(server, "POST", files, b'[{"key": "dir/a.txt"}, {"key": "../up.txt"}]', headers)[0] == 201
    for name in ("dir/a.txt", "..%2Fup.txt"):
        assert send(server, "PUT", f"{files}/{name}/content", b"x", BYTES)[0] == 200
        assert send(server, "POST", f"{files}/{name}/commit")[0] == 200
    assert send(server, "POST", f"{DEPOSITS}/{record_id}/actions/publish")[0] == 202
    for name in ("dir/a.txt", "dir%2Fa.txt", "..%2Fup.txt"):
        assert send(server, "GET", f"/api/records/{record_id}/files/{name}/content") == (200, b"x")


def test_an_upload_is_kept_whole_and_its_checksum_is_right(server: Emulator) -> None:
    record_id, bucket = begun(server)
    data = bytes(range(256)) * 40_000  # some ten pieces of a megabyte, the last of them not whole
    status, answer = send(server, "PUT", f"{bucket}/big.bin", data, BYTES)
    entry = json.loads(answer)
    assert (status, entry["size"]) == (201, len(data))
    assert entry["checksum"] == f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}"
    assert send(server, "GET", f"{bucket}/big.bin") == (200, data)
    assert send(server, "PUT", f"{bucket}/big.bin", b"shorter", BYTES)[0] == 201
    assert send(server, "GET", f"{bucket}/big.bin") == (200, b"shorter")
    assert listed(server, record_id)["big.bin"]["filesize"] == 7.0


@pytest.mark.parametrize(
    ("data", "headers", "refusal"),
    [
        (b"", BYTES, (400, "Empty files are not accepted.")),
        (b"x", BYTES | {"Content-Type": "text/plain"}, (415, "Invalid 'Content-Type' header.")),
        (b"x", {"Content-Type": "application/octet-stream"}, (403, "Permission denied.")),
        (b"x", BYTES | {"Authorization": "Bearer emulator-token-2"}, (403, "Permission denied.")),
    ],
)
def test_an_upload_that_is_refused_leaves_nothing(
    server: Emulator, data: bytes, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    record_id, bucket = begun(server)
    status, answer = send(server, "PUT", f"{bucket}/a.txt", data, headers)
    assert (status, json.loads(answer)["message"][: len(refusal[1])]) == refusal
    assert listed(server, record_id) == {}


def test_an_upload_that_ends_early_leaves_nothing(server: Emulator) -> None:
    record_id, bucket = begun(server)
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    connection.putrequest("PUT", f"{bucket}/half.bin")
    for name, value in (BYTES | {"Content-Length": "1000"}).items():
        connection.putheader(name, value)
    connection.endheaders(b"only a part")
    connection.close()
    assert listed(server, record_id) == {}


def test_the_bucket_deletes_a_file_and_fails_all_the_same(server: Emulator) -> None:
    record_id, bucket = begun(server)
    send(server, "PUT", f"{bucket}/a.txt", b"x", BYTES)
    assert send(server, "DELETE", f"{bucket}/a.txt")[0] == 500
    assert listed(server, record_id) == {}
    assert send(server, "GET", bucket)[0] == 500
    assert send(server, "GET", "/api/files/not-a-uuid/a.txt")[0] == 500


def test_a_declared_file_stops_publishing_and_breaks_the_classic_list(server: Emulator) -> None:
    record_id, bucket = begun(server)
    files = f"/api/records/{record_id}/draft/files"
    send(server, "POST", files, b'[{"key": "a.txt"}]', TOKEN | {"Content-Type": "application/json"})
    assert send(server, "POST", f"{files}/a.txt/commit")[0] == 500
    assert send(server, "GET", f"{DEPOSITS}/{record_id}/files")[0] == 500
    status, answer = send(server, "POST", f"{DEPOSITS}/{record_id}/actions/publish")
    assert (status, json.loads(answer)["errors"][0]["field"]) == (400, "files")
    assert send(server, "PUT", f"{bucket}/a.txt", b"x", BYTES)[0] == 201
    assert send(server, "POST", f"{DEPOSITS}/{record_id}/actions/publish")[0] == 202


def test_a_second_content_after_the_commit_removes_the_file(server: Emulator) -> None:
    record_id, bucket = begun(server)
    send(server, "PUT", f"{bucket}/a.txt", b"x", BYTES)
    content = f"/api/records/{record_id}/draft/files/a.txt/content"
    assert send(server, "PUT", content, b"y", BYTES)[0] == 200
    assert listed(server, record_id) == {}


def test_the_files_of_an_edit_are_locked_until_their_owner_asks(server: Emulator) -> None:
    record_id, bucket = begun(server)
    send(server, "PUT", f"{bucket}/a.txt", b"old", BYTES)
    send(server, "POST", f"{DEPOSITS}/{record_id}/actions/publish")
    assert send(server, "PUT", f"{bucket}/a.txt", b"new", BYTES)[0] == 403
    assert send(server, "PUT", f"{bucket}/b.txt", b"new", BYTES)[0] == 404
    _, answer = send(server, "POST", f"{DEPOSITS}/{record_id}/actions/edit")
    opened = urlsplit(json.loads(answer)["links"]["bucket"]).path
    status, answer = send(server, "PUT", f"{opened}/a.txt", b"new", BYTES)
    assert (status, json.loads(answer)["message"]) == (403, "Bucket is locked for modifications.")
    headers = TOKEN | {"Content-Type": "application/json"}
    assert send(server, "POST", f"/api/records/{record_id}/file-modification", b"{}", headers)[0] == 200
    assert send(server, "PUT", f"{opened}/a.txt", b"new", BYTES)[0] == 201
    assert send(server, "GET", f"/api/records/{record_id}/files/a.txt/content") == (200, b"old")
    assert send(server, "POST", f"{DEPOSITS}/{record_id}/actions/publish")[0] == 202
    assert send(server, "GET", f"/api/records/{record_id}/files/a.txt/content") == (200, b"new")


def test_a_hundred_files_are_the_most(server: Emulator) -> None:
    record_id, _ = begun(server)
    headers = TOKEN | {"Content-Type": "application/json"}
    files = f"/api/records/{record_id}/draft/files"
    keys = json.dumps([{"key": f"{number}.txt"} for number in range(100)]).encode()
    assert send(server, "POST", files, keys, headers)[0] == 201
    status, answer = send(server, "POST", files, b'[{"key": "one more"}]', headers)
    assert status == 400
    assert json.loads(answer)["message"].startswith("Uploading selected files will result in exceeding")


def test_a_form_renames_the_file_and_says_so(server: Emulator) -> None:
    record_id, _ = begun(server)
    form = (
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n../m\xc3\xbcll (1).txt\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="local.txt"\r\n\r\nbody\r\n--b--\r\n'
    )
    headers = TOKEN | {"Content-Type": "multipart/form-data; boundary=b"}
    target = f"{DEPOSITS}/{record_id}/files"
    status, answer = send(server, "POST", target, form, headers)
    assert (status, json.loads(answer)["filename"]) == (201, "mull_1.txt")
    status, answer = send(server, "POST", target, form, headers)
    message = "File with key mull_1.txt already exists."
    assert (status, json.loads(answer)["message"]) == (400, message)


def test_extra_formats_are_closed_to_ordinary_users(server: Emulator) -> None:
    record_id, _ = begun(server)
    target = f"{DEPOSITS}/{record_id}/formats"
    assert send(server, "PUT", target, b"x", TOKEN | {"Content-Type": "application/xml"})[0] == 403
    assert send(server, "DELETE", target, b"", TOKEN | {"Content-Type": "application/xml"})[0] == 403


def test_many_uploads_at_once_are_all_kept(server: Emulator) -> None:
    record_id, bucket = begun(server)
    with ThreadPoolExecutor(8) as pool:
        names = [f"{number}.bin" for number in range(16)]
        answers = pool.map(
            lambda name: send(server, "PUT", f"{bucket}/{name}", name.encode() * 9999, BYTES), names
        )
        assert {status for status, _ in answers} == {201}
    assert set(listed(server, record_id)) == set(names)


def test_of_publications_at_once_one_makes_the_record(server: Emulator) -> None:
    record_id, bucket = begun(server)
    send(server, "PUT", f"{bucket}/a.txt", b"x", BYTES)
    publish = f"{DEPOSITS}/{record_id}/actions/publish"
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(status for status, _ in pool.map(lambda _: send(server, "POST", publish), range(4)))
    assert statuses[0] == 202
    assert set(statuses[1:]) <= {404, 500}


def test_an_upload_in_chunks_without_a_length_is_taken(server: Emulator) -> None:
    record_id, bucket = begun(server)
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    pieces = iter([b"one, ", b"two, ", b"three"])
    connection.request("PUT", f"{bucket}/a.txt", pieces, BYTES, encode_chunked=True)
    assert connection.getresponse().status == 201
    connection.close()
    assert listed(server, record_id)["a.txt"]["filesize"] == 15.0
