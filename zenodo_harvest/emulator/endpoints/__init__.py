"""What each route answers; `routes` binds them to their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.dumps import Dumps
from zenodo_harvest.emulator.endpoints.call import Call
from zenodo_harvest.emulator.endpoints.communities import Communities
from zenodo_harvest.emulator.endpoints.deposit_files import Buckets, DepositFiles
from zenodo_harvest.emulator.endpoints.deposits import Deposits
from zenodo_harvest.emulator.endpoints.exporter import Exporter
from zenodo_harvest.emulator.endpoints.files import Files
from zenodo_harvest.emulator.endpoints.oai import Oai
from zenodo_harvest.emulator.endpoints.records import Records
from zenodo_harvest.emulator.endpoints.searches import Searches
from zenodo_harvest.emulator.endpoints.vocabularies import Vocabularies
from zenodo_harvest.emulator.problems import Problem
from zenodo_harvest.emulator.reference import OWN_ADDRESS
from zenodo_harvest.emulator.state import State

__all__ = ["Endpoint", "routes"]

Endpoint = Callable[..., Response]


def routes(
    state: State, now: Callable[[], datetime], clock: Callable[[], float], dumps: Iterable[str]
) -> tuple[Map, frozenset[Endpoint]]:
    """Return the routes, and those endpoints that count as searches for the rate limit."""
    desk = Desk(state, now)
    searches, records, files = Searches(state, now), Records(state), Files(state, desk.drafts)
    communities, vocabularies = Communities(state, now), Vocabularies(state, now)
    oai, exporter = Oai(state, clock), Exporter(Dumps(state, now, dumps))
    record, community = "/api/records/<record_id>", "/api/communities/<ref>"
    own_list = f"/api/<any({','.join(sorted(OWN_ADDRESS))}):kind>"
    reads: tuple[tuple[str, Any], ...] = (
        ("/api/records", searches.records),
        ("/api/records/", records.redirect_slash),
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
        (community, communities.one),
        (f"{community}/records", searches.community_records),
        (f"{community}/subcommunities", communities.children),
        (f"{community}/members/public", communities.members),
        ("/api/vocabularies/<kind>", vocabularies.search),
        ("/api/vocabularies/<kind>/<item_id>", vocabularies.one),
        (own_list, vocabularies.search),
        (f"{own_list}/<path:item_id>", vocabularies.one),
        ("/api/exporter", exporter.listing),
        ("/api/exporter/<path:key>", exporter.content),
        ("/api/licenses", vocabularies.redirect_licenses),
        ("/api/licenses/", vocabularies.redirect_licenses),
    )
    rules = [Rule(path, endpoint=endpoint, methods=["GET"]) for path, endpoint in reads]
    rules.append(Rule("/oai2d", endpoint=oai.answer, methods=["GET", "POST"]))
    rules.append(Rule("/api/records", endpoint=records.refuse_write, methods=["POST"]))
    rules.append(Rule(record, endpoint=records.refuse_write, methods=["PUT", "DELETE"]))
    rules += _classic_rules(desk)
    return Map(rules, merge_slashes=False), frozenset((searches.records, searches.community_records))


def _classic_rules(desk: Desk) -> list[Rule]:
    deposits, files, buckets = Deposits(desk), DepositFiles(desk), Buckets(desk)
    every, one = "/api/deposit/depositions", "/api/deposit/depositions/<record_id>"
    bucket = "/api/files/<bucket_id>"
    return [
        _write(desk, "POST", every, deposits.create),
        _read(one, deposits.read),
        _write(desk, "PUT", one, deposits.update),
        _write(desk, "DELETE", one, deposits.delete),
        _write(desk, "POST", f"{one}/actions/publish", deposits.publish),
        _write(desk, "POST", f"{one}/actions/edit", deposits.edit),
        _write(desk, "POST", f"{one}/actions/discard", deposits.delete),
        _write(desk, "POST", f"{one}/actions/newversion", deposits.new_version),
        _read(f"{one}/files", files.listing),
        Rule(f"{one}/files", endpoint=files.upload, methods=["POST"]),
        _read(f"{one}/files/<file_id>", files.one),
        _write(desk, "DELETE", f"{one}/files/<file_id>", files.delete),
        _read(bucket, buckets.listing),
        _read(f"{bucket}/<key>", buckets.content),
        Rule(f"{bucket}/<key>", endpoint=buckets.put, methods=["PUT"]),
        _write(desk, "DELETE", f"{bucket}/<key>", buckets.delete),
    ]


def _read(path: str, endpoint: Endpoint) -> Rule:
    return Rule(path, endpoint=endpoint, methods=["GET"])


def _write(desk: Desk, method: str, path: str, endpoint: Endpoint) -> Rule:
    """Return the rule of an endpoint that does its work alone, and all of it or nothing.

    What an endpoint did before it refuses stays done, as on the server where it fails after the work.
    """

    def alone(call: Call, **arguments: Any) -> Response:
        call.request.get_data()
        refusal = None
        with desk.state.vault.work():
            desk.state.refresh()
            try:
                return endpoint(call, **arguments)
            except Problem as problem:
                refusal = problem
        raise refusal

    return Rule(path, endpoint=alone, methods=[method])
