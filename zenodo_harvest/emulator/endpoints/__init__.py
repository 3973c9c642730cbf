"""What each route answers; `routes` binds them to their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.dumps import Dumps
from zenodo_harvest.emulator.endpoints.call import Call
from zenodo_harvest.emulator.endpoints.communities import Communities
from zenodo_harvest.emulator.endpoints.deposit_files import Buckets, DepositFiles
from zenodo_harvest.emulator.endpoints.deposits import Deposits
from zenodo_harvest.emulator.endpoints.draft_files import DraftFiles
from zenodo_harvest.emulator.endpoints.drafts import NativeDrafts
from zenodo_harvest.emulator.endpoints.exporter import Exporter
from zenodo_harvest.emulator.endpoints.files import Files
from zenodo_harvest.emulator.endpoints.formats import Formats
from zenodo_harvest.emulator.endpoints.memberships import RecordCommunities
from zenodo_harvest.emulator.endpoints.oai import Oai
from zenodo_harvest.emulator.endpoints.records import Records
from zenodo_harvest.emulator.endpoints.requests import RequestRoutes
from zenodo_harvest.emulator.endpoints.routes import Endpoint as Endpoint
from zenodo_harvest.emulator.endpoints.routes import Route
from zenodo_harvest.emulator.endpoints.routes import Routes as Routes
from zenodo_harvest.emulator.endpoints.searches import Searches
from zenodo_harvest.emulator.endpoints.user_records import UserRecords
from zenodo_harvest.emulator.endpoints.vocabularies import Vocabularies
from zenodo_harvest.emulator.problems import PlainProblem, Problem
from zenodo_harvest.emulator.reference import OWN_ADDRESS
from zenodo_harvest.emulator.state import State

__all__ = ["Endpoint", "Routes", "routes"]

_LARGEST_BODY_BYTES: Final = 100 << 20


def routes(
    state: State, now: Callable[[], datetime], clock: Callable[[], float], dumps: Iterable[str]
) -> tuple[Routes, frozenset[Endpoint]]:
    """Return the routes, and those endpoints that count as searches for the rate limit.

    Other servers than Zenodo lack the dumps and the classic API (zenodo-api.md §10, read 2026-08-20).
    """
    desk = Desk(state, now)
    searches, records, files = Searches(state, now), Records(state), Files(state, desk.drafts)
    communities, vocabularies = Communities(state, now), Vocabularies(state, now)
    oai, exporter = Oai(state, clock), Exporter(Dumps(state, now, dumps))
    record, community = "/api/records/<record_id>", "/api/communities/<ref>"
    own_list = f"/api/<any({','.join(sorted(OWN_ADDRESS))}):kind>"
    reads: tuple[tuple[str, Any], ...] = (
        ("/api/records", searches.records),
        (record, records.one),
        (f"{record}/versions", searches.versions),
        (f"{record}/versions/latest", records.latest),
        (f"{record}/communities", communities.of_record),
        (f"{record}/files", files.listing),
        (f"{record}/files/<path:key>", files.entry),
        (f"{record}/files/<path:key>/content", files.content),
        (f"{record}/files-archive", files.archive),
        ("/api/communities", communities.search),
        ("/api/communities/featured", communities.featured),
        ("/api/user/communities", communities.of_user),
        (community, communities.one),
        (f"{community}/records", searches.community_records),
        (f"{community}/subcommunities", communities.children),
        (f"{community}/members/public", communities.members),
        ("/api/vocabularies/<kind>", vocabularies.search),
        ("/api/vocabularies/<kind>/<item_id>", vocabularies.one),
        (own_list, vocabularies.search),
        (f"{own_list}/<path:item_id>", vocabularies.one),
    )
    table = [_read(path, endpoint) for path, endpoint in reads]
    table.append(Route("/oai2d", ("GET", "POST"), oai.answer))
    table.append(Route(record, ("PUT", "DELETE"), records.refuse_write))
    lists = UserRecords(desk, now)
    table += [_read("/api/user/records", lists.records), *_native_routes(desk), *_request_routes(desk)]
    if state.flavour.is_zenodo:
        own: tuple[tuple[str, Any], ...] = (
            ("/api/records/", records.redirect_slash),
            ("/api/exporter", exporter.listing),
            ("/api/exporter/<path:key>", exporter.content),
            ("/api/licenses", vocabularies.redirect_licenses),
            ("/api/licenses/", vocabularies.redirect_licenses),
            ("/api/deposit/depositions", lists.deposits),
        )
        table += [*(_read(path, endpoint) for path, endpoint in own), *_classic_routes(desk)]
    return Routes(table), frozenset((searches.records, searches.community_records))


def _classic_routes(desk: Desk) -> list[Route]:
    deposits, files, buckets, formats = Deposits(desk), DepositFiles(desk), Buckets(desk), Formats(desk)
    every, one = "/api/deposit/depositions", "/api/deposit/depositions/<record_id>"
    bucket, record = "/api/files/<bucket_id>", "/api/records/<record_id>"
    return [
        _read(f"{one}/formats", formats.of_deposit),
        _read(f"{record}/formats", formats.of_record),
        Route(f"{one}/formats", ("OPTIONS",), formats.listing),
        Route(f"{record}/formats", ("OPTIONS",), formats.listing),
        Route(f"{one}/formats", ("PUT", "DELETE"), formats.refuse),
        _write(desk, "POST", every, deposits.create),
        _read(one, deposits.read),
        _write(desk, "PUT", one, deposits.update),
        _write(desk, "DELETE", one, deposits.delete),
        _write(desk, "POST", f"{one}/actions/publish", deposits.publish, is_raced=True),
        _write(desk, "POST", f"{one}/actions/edit", deposits.edit),
        _write(desk, "POST", f"{one}/actions/discard", deposits.delete),
        _write(desk, "POST", f"{one}/actions/newversion", deposits.new_version),
        _read(f"{one}/files", files.listing),
        Route(f"{one}/files", ("POST",), files.upload),
        _read(f"{one}/files/<file_id>", files.one),
        _write(desk, "DELETE", f"{one}/files/<file_id>", files.delete),
        _read(bucket, buckets.listing),
        _read(f"{bucket}/<key>", buckets.content),
        Route(f"{bucket}/<key>", ("PUT",), buckets.put),
        _write(desk, "DELETE", f"{bucket}/<key>", buckets.delete),
    ]


def _native_routes(desk: Desk) -> list[Route]:
    drafts, files, communities = NativeDrafts(desk), DraftFiles(desk), RecordCommunities(desk)
    record = "/api/records/<record_id>"
    draft = f"{record}/draft"
    file = f"{draft}/files/<path:key>"
    return [
        _write(desk, "POST", "/api/records", drafts.create),
        _read(draft, drafts.read),
        _write(desk, "PUT", draft, drafts.update),
        _write(desk, "POST", draft, drafts.edit),
        _write(desk, "DELETE", draft, drafts.delete),
        _write(desk, "POST", f"{draft}/pids/doi", drafts.reserve_doi),
        _write(desk, "DELETE", f"{draft}/pids/doi", drafts.drop_doi),
        _write(desk, "POST", f"{draft}/actions/publish", drafts.publish, is_raced=True),
        _write(desk, "POST", f"{record}/versions", drafts.new_version),
        _read(f"{draft}/review", drafts.review),
        _write(desk, "PUT", f"{draft}/review", drafts.choose_review),
        _write(desk, "DELETE", f"{draft}/review", drafts.drop_review),
        _write(desk, "POST", f"{draft}/actions/submit-review", drafts.submit_review),
        _write(desk, "POST", f"{draft}/actions/files-import", files.import_previous),
        _read(f"{draft}/files", files.listing),
        _write(desk, "POST", f"{draft}/files", files.declare),
        _write(desk, "DELETE", f"{draft}/files", files.delete_all),
        _read(f"{draft}/files-archive", files.archive),
        _read(file, files.one),
        _write(desk, "DELETE", file, files.delete),
        _read(f"{file}/content", files.content),
        Route(f"{file}/content", ("PUT",), files.fill),
        _write(desk, "POST", f"{file}/commit", files.commit),
        _write(desk, "POST", f"{record}/communities", communities.add),
        _write(desk, "DELETE", f"{record}/communities", communities.remove),
    ]


def _request_routes(desk: Desk) -> list[Route]:
    requests = RequestRoutes(desk)
    record, one = "/api/records/<record_id>", "/api/requests/<request_id>"
    return [
        _write(desk, "POST", f"{record}/request-deletion", requests.delete_record),
        _write(desk, "POST", f"{record}/file-modification", requests.unlock_files),
        _write(desk, "POST", f"{record}/quota-increase", requests.raise_quota),
        _read("/api/requests", requests.redirect_slash),
        _read("/api/requests/", requests.listing),
        _read("/api/user/requests", requests.of_user),
        _read(f"{record}/requests", requests.of_record),
        _read("/api/communities/<ref>/requests", requests.of_community),
        _read(one, requests.one),
        _write(desk, "POST", f"{one}/actions/<action>", requests.act),
        _read(f"{one}/timeline", requests.timeline),
        _read(f"{one}/comments", requests.timeline),
        _write(desk, "POST", f"{one}/comments", requests.comment),
        _read(f"{one}/comments/<comment_id>", requests.one_comment),
    ]


def _read(path: str, endpoint: Endpoint) -> Route:
    return Route(path, ("GET",), endpoint)


def _write(desk: Desk, method: str, path: str, endpoint: Endpoint, *, is_raced: bool = False) -> Route:
    """Return the route of an endpoint that does its work alone, and all of it or nothing.

    What an endpoint did before it refuses stays done, as on the server where it fails after the work. Where
    two at once race for a draft, the second fails with a 500 (zenodo-api.md §13, run 2026-11-23).
    """

    def alone(call: Call, **arguments: Any) -> Response:
        if (call.request.content_length or 0) > _LARGEST_BODY_BYTES:
            raise PlainProblem(413)
        call.request.get_data()
        was_there = is_raced and desk.store.draft(arguments["record_id"]) is not None
        refusal = None
        with desk.state.vault.work():
            desk.state.refresh()
            if was_there and desk.store.draft(arguments["record_id"]) is None:
                raise PlainProblem(500)
            try:
                return endpoint(call, **arguments)
            except Problem as problem:
                refusal = problem
        raise refusal

    return Route(path, (method,), alone)
