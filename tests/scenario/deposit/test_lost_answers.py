"""An answer that is lost, or a failure before or after the work was done: nothing is done twice, or half."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from deposit_desk import CLASSIC, CLOSED, OPEN, OTHER, Desk
from zenodo_harvest.deposit import Deposit
from zenodo_harvest.emulator import Fault
from zenodo_harvest.errors import ServerError

HOW = ["server-error-before", "server-error-after", "lost-answer"]


def strike(desk: Desk, how: Any, path: str, method: str, **more: Any) -> None:
    desk.emulator.log.clear()
    desk.emulator.faults.add(Fault(how, path=path, method=method, **more))


def drafts_called(desk: Desk, title: str) -> list[Deposit]:
    return [each for each in desk.of().list() if each.title == title]


@pytest.mark.parametrize("how", HOW)
def test_one_deposit_is_made(desk: Desk, how: str) -> None:
    strike(desk, how, "/api/records", "POST")
    made = desk.of().create({**CLASSIC, "title": f"Made once, {how}"})
    assert [each.id for each in drafts_called(desk, made.title)] == [made.id]
    assert len(desk.writes("POST", "/api/records")) == (2 if how == "server-error-before" else 1)
    assert any("Looking whether it was done." in note for note in desk.notes.notes)


@pytest.mark.parametrize("is_same_client", [True, False])
def test_a_deposit_of_the_same_title_made_before_is_not_taken_for_the_new_one(
    desk: Desk, is_same_client: bool
) -> None:
    deposits, title = desk.of(), f"Twice, {is_same_client}"
    earlier = deposits.create({**CLASSIC, "title": title})
    deposits.upload(earlier.id, desk.file())
    strike(desk, "server-error-before", "/api/records", "POST")
    made = (deposits if is_same_client else desk.of()).create({**CLASSIC, "title": title})
    assert made.id != earlier.id
    assert len(drafts_called(desk, title)) == 2


@pytest.mark.parametrize("how", HOW)
def test_metadata_is_changed_once(desk: Desk, how: str) -> None:
    id_ = desk.native()
    strike(desk, how, f"/api/records/{id_}/draft", "PUT")
    assert desk.of().update(id_, {"title": "Changed"}).title == "Changed"
    assert len(desk.writes("PUT", "/draft")) == (2 if how == "server-error-before" else 1)


@pytest.mark.parametrize("how", HOW)
def test_a_file_arrives_whole(desk: Desk, how: str) -> None:
    id_ = desk.classic()
    strike(desk, how, "/api/files/*", "PUT")
    (done,) = desk.of().upload(id_, desk.file())
    assert (done.file.is_complete, done.file.size_bytes) == (True, 14)
    assert len(desk.writes("PUT", "/api/files")) == (2 if how == "server-error-before" else 1)
    assert desk.of().publish(id_).state == "done"


@pytest.mark.parametrize("how", ["cut-upload", "pending-upload"])
def test_what_a_broken_transfer_left_does_not_block_publishing(desk: Desk, how: str) -> None:
    id_ = desk.classic()
    strike(desk, how, "/api/files/*", "PUT")
    (done,) = desk.of().upload(id_, desk.file())
    assert done.file.is_complete
    assert desk.of().publish(id_).state == "done"


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("part", ["/files", "/files/*/content", "/files/*/commit"])
def test_a_file_with_a_path_for_a_name_arrives_whole(desk: Desk, how: str, part: str) -> None:
    id_ = desk.classic()
    method = "PUT" if part.endswith("content") else "POST"
    strike(desk, how, f"/api/records/{id_}/draft{part}", method)
    (done,) = desk.of().upload(id_, desk.file(), key="data/frost.csv")
    assert (done.file.key, done.file.is_complete) == ("data/frost.csv", True)
    copy = desk.of().download(id_, "data/frost.csv", desk.folder / "copy.csv")
    assert copy.read_bytes() == desk.file().read_bytes()


@pytest.mark.parametrize("how", HOW)
def test_a_record_is_published_once(desk: Desk, how: str) -> None:
    id_ = desk.classic()
    desk.of().upload(id_, desk.file())
    strike(desk, how, "/api/deposit/depositions/*/actions/publish", "POST")
    assert desk.of().publish(id_).state == "done"
    assert len(desk.writes("POST", "/publish")) == (2 if how == "server-error-before" else 1)
    assert desk.of().get(id_).native["versions"]["index"] == 1


@pytest.mark.parametrize("how", HOW)
def test_an_edit_is_published_once(desk: Desk, how: str) -> None:
    id_ = desk.published()
    desk.of().edit(id_)
    desk.of().update(id_, {"title": "Edited"})
    strike(desk, how, "/api/deposit/depositions/*/actions/publish", "POST")
    assert desk.of().publish(id_).title == "Edited"
    assert desk.of().get(id_).state == "done"


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("path", ["/api/records/*/versions", "/api/records/*/files-import"])
def test_one_next_version_is_made_with_its_files(desk: Desk, how: str, path: str) -> None:
    id_ = desk.published()
    strike(desk, how, path, "POST")
    following = desk.of().new_version(id_)
    assert [file.key for file in desk.of().files(following.id)] == ["frost.csv"]
    assert len([each for each in desk.of().list() if each.concept_id == following.concept_id]) == 2


ACTS: dict[str, tuple[Callable[[Desk, str], object], str, str, Callable[[Desk, str], object], object]] = {
    "edit": (
        lambda desk, id_: desk.of().edit(id_),
        "/api/records/*/draft",
        "POST",
        lambda desk, id_: desk.of().get(id_).state,
        "inprogress",
    ),
    "submit": (
        lambda desk, id_: desk.of().submit(id_, CLOSED),
        "/api/records/*/communities",
        "POST",
        lambda desk, id_: [each.status for each in desk.of().communities(id_)],
        ["submitted"],
    ),
    "request-deletion": (
        lambda desk, id_: desk.of().request_deletion(id_, reason="test-record"),
        "/api/records/*/request-deletion",
        "POST",
        lambda desk, id_: [each.id for each in desk.of().list() if each.id == id_],
        [],
    ),
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ACTS)
def test_what_is_asked_is_asked_once(desk: Desk, name: str, how: str) -> None:
    act, path, method, look, wanted = ACTS[name]
    id_ = desk.published()
    strike(desk, how, path, method)
    act(desk, id_)
    assert look(desk, id_) == wanted
    assert len(desk.writes(method, path.rpartition("*")[2])) == (2 if how == "server-error-before" else 1)


@pytest.mark.parametrize("how", HOW)
def test_a_draft_is_deleted_and_a_doi_reserved_once(desk: Desk, how: str) -> None:
    id_ = desk.native()
    strike(desk, how, "/api/records/*/pids/doi", "POST")
    assert desk.of().reserve_doi(id_).doi == f"10.5281/zenodo.{id_}"
    strike(desk, how, f"/api/records/{id_}/draft", "DELETE")
    desk.of().delete(id_)
    assert id_ not in [each.id for each in desk.of().list()]


@pytest.mark.parametrize("how", HOW)
def test_an_edit_is_dropped_and_a_file_removed_once(desk: Desk, how: str) -> None:
    id_, draft = desk.published(), desk.classic()
    desk.of().edit(id_)
    strike(desk, how, f"/api/records/{id_}/draft", "DELETE")
    assert desk.of().discard(id_).state == "done"
    desk.of().upload(draft, desk.file())
    strike(desk, how, f"/api/records/{draft}/draft/files/*", "DELETE")
    desk.of().remove(draft, "frost.csv")
    assert desk.of().files(draft) == ()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("action", ["accept", "decline"])
def test_a_request_is_decided_once(desk: Desk, how: str, action: str) -> None:
    id_ = desk.published()
    request_id = desk.of().submit(id_, CLOSED).request_id or ""
    strike(desk, how, f"/api/requests/*/{action}", "POST")
    decided = getattr(desk.of(OTHER), action)(request_id)
    assert decided.status == f"{action.rstrip('e')}ed"


@pytest.mark.parametrize("how", HOW)
def test_a_review_is_asked_for_and_taken_back_once(desk: Desk, how: str) -> None:
    id_ = desk.classic()
    desk.of().upload(id_, desk.file())
    strike(desk, how, "/api/records/*/draft/review", "PUT")
    desk.emulator.faults.add(Fault(how, path="/api/records/*/actions/submit-review", method="POST"))  # type: ignore[arg-type]
    assert desk.of().review(id_, CLOSED).status == "submitted"
    strike(desk, how, "/api/requests/*/actions/cancel", "POST")
    assert desk.of().withdraw(id_, CLOSED).status == "withdrawn"


@pytest.mark.parametrize("how", HOW)
def test_a_record_is_taken_out_of_a_community_once(desk: Desk, how: str) -> None:
    id_ = desk.published(communities=[OPEN])
    strike(desk, how, "/api/records/*/communities", "DELETE")
    desk.of().withdraw(id_, OPEN)
    assert desk.of().communities(id_) == ()


def test_a_server_that_goes_on_failing_is_given_up_with_what_it_said(desk: Desk) -> None:
    id_ = desk.classic()
    strike(desk, "server-error-before", f"/api/records/{id_}/draft", "PUT", times=None)
    with pytest.raises(ServerError) as caught:
        desk.of().update(id_, {"title": "Never"})
    assert caught.value.exit_code == 6
    assert len(desk.writes("PUT", "/draft")) <= 5


def once(act: Callable[[], Any]) -> Callable[[object], None]:
    """Return a trace that acts after the first answer; so nobody is done before the other has looked."""
    waiting = [act]

    def trace(_exchange: object) -> None:
        if waiting:
            waiting.pop()()

    return trace


def test_two_at_the_same_moment_publish_once_and_make_one_next_version(desk: Desk) -> None:
    id_ = desk.classic()
    desk.of().upload(id_, desk.file())
    found: list[Any] = []

    def together(act: Callable[[Any], Any]) -> None:
        found.clear()
        both = threading.Barrier(2)
        mine = [desk.of(trace=once(lambda: both.wait(timeout=20))) for _ in range(2)]
        threads = [threading.Thread(target=lambda each=each: found.append(act(each))) for each in mine]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together(lambda deposits: deposits.publish(id_))
    assert {each.state for each in found} == {"done"}
    together(lambda deposits: deposits.new_version(id_))
    assert len({each.id for each in found}) == 1
    family = [each.state for each in desk.of().list() if each.concept_id == found[0].concept_id]
    assert sorted(family) == ["done", "unsubmitted"]
