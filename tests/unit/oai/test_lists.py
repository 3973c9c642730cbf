"""Walks through lists of a repository that spends its tokens as the real one does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import pytest

from doubles import Notes
from zenodo_harvest.errors import BadAnswer, Incomplete, NotFound, ServerError, TooLarge, UsageError
from zenodo_harvest.http import Answer
from zenodo_harvest.oai import (
    NoRecordsMatch,
    OaiError,
    OaiWalk,
    get_record,
    identify,
    list_formats,
    list_sets,
)
from zenodo_harvest.oai.answers import read_page
from zenodo_harvest.sites import ZENODO, Site

Params = Sequence[tuple[str, str]]
START = datetime(2026, 1, 1, tzinfo=UTC)
HTML = Answer(200, {}, b"<html><body>Busy<br></body></html>", "https://zenodo.org/oai2d")


def envelope(body: str) -> bytes:
    return (
        '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">'
        + body
        + "</OAI-PMH>"
    ).encode()


def error(code: str, said: str = "No.") -> bytes:
    return envelope(f'<error code="{code}">{said}</error>')


def header(number: int, datestamp: str = "2026-01-01T00:00:00Z") -> str:
    return (
        f"<header><identifier>oai:zenodo.org:{number}</identifier><datestamp>{datestamp}</datestamp>"
        "<setSpec>user-frost</setSpec></header>"
    )


@dataclass
class Repository:
    """Lists of `size` records, `page` at a time. A token leads to the next page of its scroll, once asked.

    `plan` says what happens to the request of a number, counted from 1: an answer that comes in place of
    the page, or an exception in place of any, after the server has moved on.
    """

    size: int = 5
    page: int = 2
    plan: dict[int, Answer | bytes | Exception] = field(default_factory=dict)
    numbers: dict[int, list[int]] = field(default_factory=dict)
    complete_list_size: int | None = None
    site: Site = ZENODO
    asked: list[dict[str, str]] = field(default_factory=list)
    repeatable: list[bool] = field(default_factory=list)
    _at: int = 0

    def get(
        self,
        path_or_url: str,
        params: Params = (),
        *,
        accept: str = "",
        also: Collection[int] = (),
        is_repeatable: bool = True,
    ) -> Answer:
        assert (path_or_url, accept, tuple(also)) == ("/oai2d", "*/*", (422,))
        asked = dict(params)
        self.asked.append(asked)
        self.repeatable.append(is_repeatable)
        content = self._list(asked["verb"]) if "resumptionToken" in asked else self._begin(asked["verb"])
        planned = self.plan.get(len(self.asked), content)
        if isinstance(planned, Exception):
            raise planned
        return (
            planned if isinstance(planned, Answer) else Answer(200, {}, planned, "https://zenodo.org/oai2d")
        )

    def _begin(self, verb: str) -> bytes:
        self._at = 0
        return self._list(verb)

    def _list(self, verb: str) -> bytes:
        first = self._at
        self._at = min(first + self.page, self.size)
        numbers = self.numbers.get(len(self.asked), list(range(first, self._at)))
        parts = [
            f"<record>{header(number)}<metadata><a xsi:type='t'>{number}</a></metadata></record>"
            if verb == "ListRecords"
            else header(number)
            for number in numbers
        ]
        size = self.size if self.complete_list_size is None else self.complete_list_size
        token = (
            f'<resumptionToken cursor="{first}" completeListSize="{size}">{self._rest()}</resumptionToken>'
        )
        return envelope(f"<{verb}>{''.join(parts)}{token if self.size > self.page else ''}</{verb}>")

    def _rest(self) -> str:
        """A token is given until the scroll has come to its end, which may take an empty page."""
        return f"token-{len(self.asked)}" if self._at < self.size else ""


def numbers_of(walk: OaiWalk) -> list[int]:
    return [int(each.rpartition(":")[2]) for page in walk.pages() for each in page.identifiers]


def test_a_list_is_walked_to_its_end_and_nothing_is_asked_before_it_is_used() -> None:
    repository = Repository()
    walk = OaiWalk(repository, set_="user-frost", from_=START, until=START + timedelta(days=1))
    pages = walk.pages()
    assert repository.asked == []
    found = list(pages)
    assert [page.identifiers for page in found] == [
        ("oai:zenodo.org:0", "oai:zenodo.org:1"),
        ("oai:zenodo.org:2", "oai:zenodo.org:3"),
        ("oai:zenodo.org:4",),
    ]
    assert (found[1].cursor, found[1].complete_list_size) == (2, 5)
    assert (walk.records, walk.complete_list_size, walk.duplicates, walk.walks) == (5, 5, 0, 1)
    assert repository.asked == [
        {
            "verb": "ListRecords",
            "metadataPrefix": "oai_datacite",
            "set": "user-frost",
            "from": "2026-01-01T00:00:00Z",
            "until": "2026-01-02T00:00:00Z",
        },
        {"verb": "ListRecords", "resumptionToken": "token-1"},
        {"verb": "ListRecords", "resumptionToken": "token-2"},
    ]
    assert repository.repeatable == [True, False, False]


def test_each_record_is_xml_of_its_own() -> None:
    record = next(OaiWalk(Repository()).pages()).records[0]
    assert record.startswith(b"<record xmlns")
    assert b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' in record
    assert record.endswith(b"</record>")


def test_headers_alone_come_without_records() -> None:
    page = next(OaiWalk(Repository(), "ListIdentifiers", prefix="oai_dc").pages())
    assert page.records == ()
    assert page.headers[0].sets == ("user-frost",)


def test_a_window_is_whole_seconds_that_hold_it_in_utc() -> None:
    repository = Repository(size=1)
    east = timezone(timedelta(hours=2))
    from_ = datetime(2026, 1, 1, 2, 0, 0, 900_000, east)
    list(OaiWalk(repository, from_=from_, until=from_).pages())
    assert (repository.asked[0]["from"], repository.asked[0]["until"]) == (
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:01Z",
    )
    with pytest.raises(UsageError, match="zone"):
        OaiWalk(repository, from_=datetime.fromisoformat("2026-01-01"))


def test_one_page_needs_no_token_and_an_empty_last_page_is_no_fault() -> None:
    single = OaiWalk(Repository(size=2))
    assert numbers_of(single) == [0, 1]
    assert single.complete_list_size == 2
    empty_end = Repository(size=3, page=2, numbers={2: [2], 3: []})
    empty_end.plan[2] = envelope(
        f"<ListRecords><record>{header(2)}</record>"
        '<resumptionToken completeListSize="3" cursor="2">more</resumptionToken></ListRecords>'
    )
    empty_end.plan[3] = envelope('<ListRecords><resumptionToken completeListSize="3"/></ListRecords>')
    walk = OaiWalk(empty_end)
    assert numbers_of(walk) == [0, 1, 2]
    assert walk.walks == 1


def test_no_match_is_an_empty_list() -> None:
    walk = OaiWalk(Repository(plan={1: error("noRecordsMatch")}))
    assert list(walk.pages()) == []
    assert (walk.records, walk.complete_list_size) == (0, 0)


@pytest.mark.parametrize(
    "loss",
    [
        error("badResumptionToken"),
        ServerError("The server failed with status 502.", status=502),
        HTML,
        envelope("<ListRecords/>"),
    ],
    ids=["expired", "lost", "web page", "nothing"],
)
def test_after_a_lost_token_the_walk_begins_anew_and_no_token_is_sent_twice(
    loss: bytes | Answer | Exception,
) -> None:
    repository, progress = Repository(plan={2: loss}), Notes()
    walk = OaiWalk(repository, progress=progress)
    assert numbers_of(walk) == [0, 1, 2, 3, 4]
    assert (walk.walks, walk.records) == (2, 5)
    sent = [asked["resumptionToken"] for asked in repository.asked if "resumptionToken" in asked]
    assert len(sent) == len(set(sent))
    assert progress.notes == [progress.notes[0]]
    assert progress.notes[0].endswith("Beginning the list anew.")


def test_records_that_were_edited_between_two_walks_come_again() -> None:
    repository = Repository(plan={2: error("badResumptionToken")})
    edited = header(0, "2026-01-01T00:00:09Z")
    repository.plan[3] = envelope(
        f"<ListRecords><record>{edited}</record><record>{header(1)}</record>"
        '<resumptionToken completeListSize="5">token-3</resumptionToken></ListRecords>'
    )
    assert numbers_of(OaiWalk(repository)) == [0, 1, 0, 2, 3, 4]


def test_a_page_that_was_skipped_is_missed_and_the_walk_redone() -> None:
    repository = Repository(size=6, numbers={2: [4, 5], 3: []})
    walk = OaiWalk(repository)
    assert sorted(numbers_of(walk)) == [0, 1, 2, 3, 4, 5]
    assert walk.walks == 2


def test_records_that_come_twice_are_counted_and_the_walk_redone() -> None:
    repository = Repository(numbers={2: [1, 2]})
    seen: list[int] = []
    walk = OaiWalk(repository)
    for page in walk.pages():
        seen.append(walk.duplicates)
        assert page.records
    assert seen[:2] == [0, 1]
    assert (walk.walks, walk.records, walk.duplicates) == (2, 5, 0)


def test_a_list_that_stays_short_is_incomplete_and_says_so() -> None:
    walk = OaiWalk(Repository(complete_list_size=7), redos=3)
    with pytest.raises(Incomplete, match=r"begun 4 times.*counts 7 records and gave 5"):
        list(walk.pages())
    assert walk.walks == 4


def test_a_server_that_goes_in_circles_is_left() -> None:
    circle = envelope(
        f"<ListRecords><record>{header(1)}</record><resumptionToken>again</resumptionToken></ListRecords>"
    )
    repository = Repository(plan=dict.fromkeys(range(1, 50), circle))
    with pytest.raises(Incomplete, match="nothing new"):
        list(OaiWalk(repository).pages())
    assert len(repository.asked) == 8


def test_a_server_that_is_down_is_not_asked_again_and_again() -> None:
    repository = Repository(plan={1: ServerError("The server failed with status 503.", status=503)})
    with pytest.raises(ServerError, match="503"):
        list(OaiWalk(repository).pages())
    assert len(repository.asked) == 1


@pytest.mark.parametrize("code", ["badArgument", "badVerb", "cannotDisseminateFormat"])
def test_a_refusal_is_named_by_its_code(code: str) -> None:
    with pytest.raises(OaiError, match=code) as caught:
        list(OaiWalk(Repository(plan={1: error(code, "metadataPrefix does not exist")})).pages())
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_one_record_is_fetched_or_missed_by_its_identifier() -> None:
    found = envelope(f"<GetRecord><record>{header(7)}</record></GetRecord>")
    repository = Repository(plan={1: found, 2: error("idDoesNotExist"), 3: envelope("<GetRecord/>")})
    assert b"oai:zenodo.org:7" in get_record(repository, "oai:zenodo.org:7")
    with pytest.raises(NotFound):
        get_record(repository, "oai:zenodo.org:8")
    with pytest.raises(BadAnswer):
        get_record(repository, "oai:zenodo.org:9")
    assert not issubclass(NoRecordsMatch, OaiError)


def test_sets_are_walked_whole() -> None:
    def page(names: Sequence[str], token: str = "") -> bytes:
        sets = "".join(
            f"<set><setSpec>user-{name}</setSpec><setName>{name}</setName></set>" for name in names
        )
        more = f'<resumptionToken completeListSize="3">{token}</resumptionToken>'
        return envelope(f"<ListSets>{sets}{more}</ListSets>")

    first = page("ab", "t")
    repository = Repository(plan={1: first, 2: ServerError("Reset."), 3: first, 4: page("c")})
    assert [each.spec for each in list_sets(repository)] == ["user-a", "user-b", "user-c"]
    assert repository.repeatable == [True, False, True, False]
    short = Repository(plan=dict.fromkeys(range(1, 9), page("ab")))
    with pytest.raises(Incomplete, match="counts 3 sets and gave 2"):
        list_sets(short)


def test_formats_and_identity_are_read() -> None:
    formats = envelope(
        "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix><schema>s</schema>"
        "<metadataNamespace>n</metadataNamespace></metadataFormat></ListMetadataFormats>"
    )
    who = envelope(
        "<Identify><repositoryName>Zenodo</repositoryName><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>"
        "<deletedRecord>no</deletedRecord></Identify>"
    )
    repository = Repository(plan={1: formats, 2: who})
    assert list_formats(repository, "oai:zenodo.org:7")[0].prefix == "oai_dc"
    assert repository.asked[0]["identifier"] == "oai:zenodo.org:7"
    assert (identify(repository).name, identify(Repository(plan={1: who})).deleted_record) == ("Zenodo", "no")


def test_one_odd_character_does_not_cost_a_page() -> None:
    content = envelope(f"<ListRecords><record>{header(1)}<metadata>a\x02b</metadata></record></ListRecords>")
    assert numbers_of(OaiWalk(Repository(plan={1: content}))) == [1]


def test_a_page_that_is_cut_short_is_no_page() -> None:
    whole = envelope(
        "<ListRecords>" + "".join(f"<record>{header(at)}</record>" for at in (1, 2, 3)) + "</ListRecords>"
    )
    for content in (whole[: whole.index(b"</record>") + 9], whole[:-20], whole[: len(whole) // 2]):
        with pytest.raises(BadAnswer):
            read_page(content, "https://zenodo.org/oai2d")


def test_a_namespace_that_every_record_repeats_takes_no_memory() -> None:
    records = "".join(f"<record>{header(at)}</record>" for at in range(100))
    content = envelope(f"<ListRecords>{records}</ListRecords>")
    content = content.replace(b"<OAI-PMH ", b'<OAI-PMH xmlns:x="' + b"u" * 1_000_000 + b'" ')
    with pytest.raises(TooLarge, match="repeats its namespaces"):
        read_page(content, "https://zenodo.org/oai2d")
