"""A lost answer, or a 5xx before and after the work, at every write: each thing is done once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from depositing import CLOSED, OWN, SECOND, Asked, Begin, Make, Meddling, Write, writes
from doubles import Notes, StillClock
from zenodo_harvest.deposit import Deposits
from zenodo_harvest.emulator import Emulator, Fault
from zenodo_harvest.errors import Incomplete, ServerError, UsageError

DEPOSIT = "/api/deposit/depositions"


@dataclass(frozen=True)
class World:
    """What an operation needs."""

    deposits: Deposits
    curator: Deposits
    asked: Asked
    begin: Begin
    release: Begin
    write: Write


@dataclass(frozen=True)
class Operation:
    """One write of one operation.

    Attributes:
        method: The method of the write.
        path: The pattern of its path.
        prepare: Makes what is changed.
        act: Changes it.
        check: Looks at the server, and at what was returned.
    """

    method: str
    path: str
    prepare: Callable[[World], Any]
    act: Callable[[World, Any], Any]
    check: Callable[[World, Any, Any], bool]


def _created(world: World, before: Any, deposit: Any) -> bool:
    new = {each["id"] for each in world.asked.own()} - before
    return new == {int(deposit.id)}


def _one_next(world: World, id_: str, deposit: Any) -> bool:
    concept = world.asked.record(id_)["parent"]["id"]
    family = [each for each in world.asked.own() if each["conceptrecid"] == concept]
    drafts = [str(each["id"]) for each in family if each["state"] == "unsubmitted"]
    return drafts == [deposit.id] and world.asked.keys(deposit.id) == ["frost.csv"]


def _held(world: World, id_: str, key: str, content: bytes) -> bool:
    (entry,) = (
        each
        for each in world.asked("GET", f"/api/records/{id_}/draft/files")["entries"]
        if each["key"] == key
    )
    return entry["status"] == "completed" and entry["size"] == len(content)


def _of_record(world: World, id_: str, kind: str) -> list[Any]:
    found = world.asked("GET", f"/api/records/{id_}/requests?size=100")["hits"]["hits"]
    return [each for each in found if each["type"] == kind]


def _submitted(world: World) -> tuple[str, str]:
    id_ = world.release()
    return id_, str(world.deposits.submit(id_, CLOSED).request_id)


def _edited(world: World) -> str:
    id_ = world.release()
    world.asked("POST", f"/api/records/{id_}/draft")
    return id_


CONTENT = b"1,2\n" * 1000
OPERATIONS = {
    "create": Operation(
        "POST",
        "/api/records",
        lambda world: {each["id"] for each in world.asked.own()},
        lambda world, before: world.deposits.create({"title": f"Frost days {len(before)}"}),
        _created,
    ),
    "update": Operation(
        "PUT",
        "/api/records/*/draft",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.update(id_, {"version": "7"}),
        lambda world, id_, deposit: (
            world.asked.draft(id_)["metadata"]["version"] == "7" and deposit.notes == ()
        ),
    ),
    "delete": Operation(
        "DELETE",
        "/api/records/*/draft",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.delete(id_),
        lambda world, id_, _: world.asked.status("GET", f"/api/records/{id_}/draft")[0] == 404,
    ),
    "discard": Operation(
        "DELETE",
        "/api/records/*/draft",
        _edited,
        lambda world, id_: world.deposits.discard(id_),
        lambda world, id_, deposit: (
            deposit.state == "done" and world.asked.status("GET", f"/api/records/{id_}")[0] == 200
        ),
    ),
    "edit": Operation(
        "POST",
        "/api/records/*/draft",
        lambda world: world.release(),
        lambda world, id_: world.deposits.edit(id_),
        lambda world, id_, deposit: deposit.state == "inprogress" and bool(world.asked.draft(id_)),
    ),
    "publish": Operation(
        "POST",
        "*/actions/publish",
        lambda world: world.begin(communities=[{"identifier": OWN}]),
        lambda world, id_: world.deposits.publish(id_),
        lambda world, id_, deposit: (
            deposit.doi == f"10.5281/zenodo.{id_}"
            and deposit.notes == (f"It is in {OWN}.",)
            and len(_of_record(world, id_, "community-inclusion")) == 1
        ),
    ),
    "publish an edit": Operation(
        "POST",
        "*/actions/publish",
        _edited,
        lambda world, id_: world.deposits.publish(id_),
        lambda world, id_, deposit: deposit.state == "done" and world.asked.record(id_)["revision_id"] == 6,
    ),
    "new version": Operation(
        "POST",
        "/api/records/*/versions",
        lambda world: world.release(),
        lambda world, id_: world.deposits.new_version(id_),
        _one_next,
    ),
    "files of a new version": Operation(
        "POST",
        "*/actions/files-import",
        lambda world: world.release(),
        lambda world, id_: world.deposits.new_version(id_),
        _one_next,
    ),
    "reserve a DOI": Operation(
        "POST",
        "*/pids/doi",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.reserve_doi(id_),
        lambda world, id_, deposit: deposit.doi == world.asked.draft(id_)["pids"]["doi"]["identifier"],
    ),
    "upload to a bucket": Operation(
        "PUT",
        "/api/files/*",
        lambda world: world.begin(keys=()),
        lambda world, id_: world.deposits.upload(id_, world.write("one.csv", CONTENT)),
        lambda world, id_, _: _held(world, id_, "one.csv", CONTENT),
    ),
    "upload by a form": Operation(
        "POST",
        f"{DEPOSIT}/*/files",
        lambda world: world.begin(keys=()),
        lambda world, id_: world.deposits.upload(id_, world.write("one.csv", CONTENT), multipart=True),
        lambda world, id_, _: _held(world, id_, "one.csv", CONTENT),
    ),
    "declare a file": Operation(
        "POST",
        "/api/records/*/draft/files",
        lambda world: world.begin(keys=()),
        lambda world, id_: world.deposits.upload(id_, world.write("one.csv", CONTENT), key="a/b"),
        lambda world, id_, _: _held(world, id_, "a/b", CONTENT),
    ),
    "content of a file": Operation(
        "PUT",
        "/api/records/*/content",
        lambda world: world.begin(keys=()),
        lambda world, id_: world.deposits.upload(id_, world.write("one.csv", CONTENT), key="a/b"),
        lambda world, id_, _: _held(world, id_, "a/b", CONTENT),
    ),
    "commit a file": Operation(
        "POST",
        "/api/records/*/commit",
        lambda world: world.begin(keys=()),
        lambda world, id_: world.deposits.upload(id_, world.write("one.csv", CONTENT), key="a/b"),
        lambda world, id_, _: _held(world, id_, "a/b", CONTENT),
    ),
    "remove a file": Operation(
        "DELETE",
        "/api/records/*/draft/files/*",
        lambda world: world.begin(keys=("frost.csv", "two.csv")),
        lambda world, id_: world.deposits.remove(id_, "two.csv"),
        lambda world, id_, _: world.asked.keys(id_) == ["frost.csv"],
    ),
    "submit": Operation(
        "POST",
        "/api/records/*/communities",
        lambda world: world.release(),
        lambda world, id_: world.deposits.submit(id_, CLOSED),
        lambda world, id_, membership: (
            [each["id"] for each in _of_record(world, id_, "community-inclusion")] == [membership.request_id]
            and membership.status == "submitted"
        ),
    ),
    "leave a community": Operation(
        "DELETE",
        "/api/records/*/communities",
        lambda world: world.release(communities=[{"identifier": OWN}]),
        lambda world, id_: world.deposits.withdraw(id_, OWN),
        lambda world, id_, _: world.asked("GET", f"/api/records/{id_}/communities")["hits"]["total"] == 0,
    ),
    "choose a review": Operation(
        "PUT",
        "/api/records/*/draft/review",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.review(id_, CLOSED),
        lambda world, id_, request: (
            [each["id"] for each in _of_record(world, id_, "community-submission")] == [request.id]
        ),
    ),
    "submit a review": Operation(
        "POST",
        "*/actions/submit-review",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.review(id_, CLOSED),
        lambda world, id_, request: (
            request.is_open
            and [each["id"] for each in _of_record(world, id_, "community-submission")] == [request.id]
        ),
    ),
    "submit a review that publishes": Operation(
        "POST",
        "*/actions/submit-review",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.review(id_, OWN),
        lambda world, id_, request: request.status == "accepted" and world.asked.record(id_)["is_published"],
    ),
    "cancel": Operation(
        "POST",
        "/api/requests/*/actions/cancel",
        _submitted,
        lambda world, made: world.deposits.withdraw(made[0], CLOSED),
        lambda world, made, _: world.asked("GET", f"/api/requests/{made[1]}")["status"] == "cancelled",
    ),
    "accept": Operation(
        "POST",
        "/api/requests/*/actions/accept",
        _submitted,
        lambda world, made: world.curator.accept(made[1]),
        lambda world, made, request: (
            request.status == "accepted"
            and world.asked("GET", f"/api/records/{made[0]}/communities")["hits"]["total"] == 1
        ),
    ),
    "decline": Operation(
        "POST",
        "/api/requests/*/actions/decline",
        _submitted,
        lambda world, made: world.curator.decline(made[1], comment="No."),
        lambda world, made, request: (
            world.asked("GET", f"/api/requests/{made[1]}")["status"] == request.status == "declined"
        ),
    ),
    "request a deletion": Operation(
        "POST",
        "*/request-deletion",
        lambda world: world.release(),
        lambda world, id_: world.deposits.request_deletion(id_, reason="test-record"),
        lambda world, id_, request: (
            request.status == "accepted" and world.asked.status("GET", f"/api/records/{id_}")[0] == 410
        ),
    ),
    "unlock files": Operation(
        "POST",
        "*/file-modification",
        lambda world: world.release(),
        lambda world, id_: world.deposits.unlock_files(id_),
        lambda world, id_, request: (
            [each["id"] for each in _of_record(world, id_, "file-modification")] == [request.id]
        ),
    ),
    "raise a quota": Operation(
        "POST",
        "*/quota-increase",
        lambda world: world.begin(),
        lambda world, id_: world.deposits.raise_quota(id_, 100),
        lambda world, id_, request: (
            [each["id"] for each in _of_record(world, id_, "quota-increase")] == [request.id]
        ),
    ),
}
TWICE = {
    "new version",  # once there is one, the same request returns it (zenodo-api.md §13)
    "declare a file",  # what has no content is removed and declared anew
    "content of a file",
}
"""What is asked for again even where it was done: the server was looked at, and nothing comes twice."""
UNDONE = ("server-error-before",)
DONE = ("server-error-after", "lost-answer", "reset")


@pytest.fixture
def world(make: Make, asked: Asked, begin: Begin, release: Begin, write: Write) -> World:
    return World(make().deposits, make(SECOND).deposits, asked, begin, release, write)


@pytest.mark.parametrize("fault", [*UNDONE, *DONE])
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_write_is_done_once(name: str, fault: Any, world: World, emulator: Emulator) -> None:
    operation = OPERATIONS[name]
    made = operation.prepare(world)
    emulator.log.clear()
    emulator.faults.add(Fault(fault, path=operation.path, method=operation.method))
    done = operation.act(world, made)
    emulator.faults.clear()
    tries = 1 if fault in DONE and name not in TWICE else 2
    assert len(_struck(operation, emulator)) == tries, writes(emulator)
    assert operation.check(world, made, done)


def _struck(operation: Operation, emulator: Emulator) -> list[Any]:
    from fnmatch import fnmatchcase

    return [
        each
        for each in writes(emulator)
        if each[0] == operation.method and fnmatchcase(each[1], operation.path)
    ]


@pytest.mark.parametrize("fault", ["cut-upload", "pending-upload"])
@pytest.mark.parametrize("replaces", [False, True])
def test_an_upload_that_breaks_off_is_sent_again_and_leaves_nothing_broken(
    fault: Any, replaces: bool, world: World, emulator: Emulator, asked: Asked
) -> None:
    id_ = world.begin(keys=("one.csv",) if replaces else ())
    emulator.faults.add(Fault(fault, path="/api/files/*", method="PUT"))
    (done,) = world.deposits.upload(id_, world.write("one.csv", CONTENT), replace=replaces)
    assert done.file.is_complete
    assert _held(world, id_, "one.csv", CONTENT)
    assert world.deposits.publish(id_).is_published


@pytest.mark.parametrize("fault", ["cut-upload", "pending-upload", "server-error-before", "lost-answer"])
def test_an_upload_that_never_succeeds_leaves_nothing_broken(
    fault: Any, world: World, emulator: Emulator
) -> None:
    id_ = world.begin()
    emulator.faults.add(Fault(fault, path="/api/files/*", method="PUT", times=None))
    if fault == "lost-answer":
        assert world.deposits.upload(id_, world.write("one.csv", CONTENT))
    else:
        with pytest.raises(ServerError):
            world.deposits.upload(id_, world.write("one.csv", CONTENT))
        assert world.asked.keys(id_) == ["frost.csv"]
    assert len([each for each in writes(emulator) if each[1].startswith("/api/files")]) <= 5
    assert world.deposits.publish(id_).is_published


def test_a_publication_that_goes_on_behind_an_early_gateway_is_not_asked_for_twice(
    world: World, emulator: Emulator, notes: Notes
) -> None:
    """The gateway gives up at once; the server publishes only when it was looked at three times."""
    id_ = world.begin()

    class Early(Meddling):
        looks = 0

        def before(self, request: Request) -> Response | None:
            if request.path.endswith("/actions/publish"):
                return Response("<h1>Gateway Timeout</h1>", 504, content_type="text/html")
            if request.method == "GET" and request.path.endswith(f"{id_}/draft"):
                self.looks += 1
                if self.looks == 4:  # one of them before the request
                    emulator.faults.clear()
                    world.asked("POST", f"{DEPOSIT}/{id_}/actions/publish")
            return None

    emulator.faults.add(Early())
    assert world.deposits.publish(id_).is_published
    assert len([each for each in writes(emulator) if each[1].endswith("publish")]) == 1
    assert any("Looking whether it was done" in note for note in notes.notes)


def test_an_outage_ends_in_a_sentence_and_repeats_nothing(world: World, emulator: Emulator) -> None:
    id_ = world.begin()
    emulator.faults.add(Fault("server-error-before", path="*", times=None, first=2))
    with pytest.raises(ServerError) as caught:
        world.deposits.publish(id_)
    assert "not known" in caught.value.message
    assert "deposit get" in caught.value.hint
    assert len([each for each in writes(emulator) if each[1].endswith("publish")]) == 1


def test_nobody_waits_for_long(make: Make, begin: Begin, emulator: Emulator) -> None:
    clock = StillClock(time.time())
    deposits = make(clock=clock).deposits
    emulator.faults.add(Fault("server-error-before", path="*/actions/publish", method="POST"))
    deposits.publish(begin())
    assert 1 <= sum(clock.slept) < 30


def test_an_index_that_lags_makes_no_second_deposit(world: World, emulator: Emulator, asked: Asked) -> None:
    """The list of one's own drafts does not hold the new one at first."""
    before = {each["id"] for each in asked.own()}

    class Lag(Meddling):
        seen = 0

        def before(self, request: Request) -> Response | None:
            if request.path == "/api/user/records":
                self.seen += 1
                if self.seen < 4:
                    return Response(
                        json.dumps({"hits": {"hits": [], "total": 0}}), content_type="application/json"
                    )
            return None

    emulator.faults.add(Lag(), Fault("lost-answer", path="/api/records", method="POST"))
    deposit = world.deposits.create({"title": "Frost"})
    assert {each["id"] for each in asked.own()} - before == {int(deposit.id)}


def test_two_drafts_that_may_be_it_are_named_and_none_is_chosen(
    world: World, emulator: Emulator, asked: Asked
) -> None:
    twin = asked("POST", DEPOSIT, {"metadata": {"title": "Twins"}})["id"]
    emulator.faults.add(Fault("lost-answer", path="/api/records", method="POST"))
    with pytest.raises(Incomplete, match=str(twin)):
        world.deposits.create({"title": "Twins"})
    assert len([each for each in asked.own() if each["title"] == "Twins"]) == 2


class Meeting(Meddling):
    """Holds the first write of each of two callers until both are there."""

    def __init__(self, ending: str) -> None:
        self._ending = ending
        self._barrier = Barrier(2)
        self._left = 2
        self._lock = Lock()

    def before(self, request: Request) -> Response | None:
        if request.method == "POST" and request.path.endswith(self._ending):
            with self._lock:
                self._left -= 1
                is_held = self._left >= 0
            if is_held:
                self._barrier.wait(10)
        return None


def test_publishing_twice_at_the_same_moment_publishes_once(
    make: Make, begin: Begin, emulator: Emulator, asked: Asked
) -> None:
    id_ = begin()
    emulator.faults.add(Meeting("/actions/publish"))
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(make().deposits.publish, id_) for _ in range(2)]
        published = [each.result(timeout=30) for each in both]
    assert [each.doi for each in published] == [f"10.5281/zenodo.{id_}"] * 2
    assert asked.record(id_)["revision_id"] == 4
    assert sorted(each[2] for each in writes(emulator))[0] == 202


class Watch(Meddling):
    """Notes how many requests of a kind are under way at once."""

    def __init__(self, ending: str) -> None:
        self._ending = ending
        self._lock = Lock()
        self._now = 0
        self.most = 0

    def before(self, request: Request) -> Response | None:
        if self._is_it(request):
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            time.sleep(0.1)
        return None

    def after(self, request: Request, answer: Response) -> Response:
        if self._is_it(request):
            with self._lock:
                self._now -= 1
        return answer

    def _is_it(self, request: Request) -> bool:
        return request.method == "POST" and request.path.endswith(self._ending)


def test_two_new_versions_at_the_same_moment_are_one(
    make: Make, release: Begin, emulator: Emulator, asked: Asked
) -> None:
    """The server makes two of two requests at once, so they must not be sent at once."""
    id_ = release()
    watch = Watch("/versions")
    emulator.faults.add(watch)
    clients = [make(clock=None) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        made = [
            each.result(timeout=30)
            for each in [pool.submit(client.deposits.new_version, id_) for client in clients]
        ]
    assert watch.most == 1
    assert len({each.id for each in made}) == 1
    assert asked.keys(made[0].id) == ["frost.csv"]
    assert not list(Path.cwd().parent.rglob("*.lock"))


def test_a_change_by_somebody_else_in_between_is_kept(
    world: World, emulator: Emulator, asked: Asked, notes: Notes
) -> None:
    id_ = world.begin()

    class Between(Meddling):
        """Changes the draft once, just before our change comes in."""

        is_done = False

        def before(self, request: Request) -> Response | None:
            if request.method == "PUT" and not self.is_done:
                self.is_done = True
                emulator.faults.clear()
                body = asked.draft(id_)
                body["metadata"]["version"] = "theirs"
                asked("PUT", f"/api/records/{id_}/draft", body)
            return None

    emulator.faults.add(Between())
    world.deposits.update(id_, {"title": "Ours"})
    metadata = asked.draft(id_)["metadata"]
    assert (metadata["title"], metadata["version"]) == ("Ours", "theirs")
    assert any("changed meanwhile" in note for note in notes.notes)


def test_a_change_by_somebody_else_is_not_taken_for_ours_when_the_answer_is_lost(
    world: World, emulator: Emulator, asked: Asked
) -> None:
    id_ = world.begin()

    class Instead(Meddling):
        """Refuses our change at the gateway, while somebody else's goes through."""

        def before(self, request: Request) -> Response | None:
            if request.method != "PUT":
                return None
            emulator.faults.clear()
            body = asked.draft(id_)
            body["metadata"]["version"] = "theirs"
            asked("PUT", f"/api/records/{id_}/draft", body)
            return Response("<h1>Bad Gateway</h1>", 502, content_type="text/html")

    emulator.faults.add(Instead())
    world.deposits.update(id_, {"title": "Ours"})
    metadata = asked.draft(id_)["metadata"]
    assert (metadata["title"], metadata["version"]) == ("Ours", "theirs")


def test_who_is_overruled_at_a_request_is_told(world: World, emulator: Emulator, asked: Asked) -> None:
    _, request_id = _submitted(world)

    class Overrule(Meddling):
        def before(self, request: Request) -> Response | None:
            if not request.path.endswith("/actions/accept"):
                return None
            emulator.faults.clear()
            asked("POST", f"/api/requests/{request_id}/actions/decline", token=SECOND)
            return Response("<h1>Bad Gateway</h1>", 502, content_type="text/html")

    emulator.faults.add(Overrule())
    with pytest.raises(UsageError, match="declined"):
        world.curator.accept(request_id)
