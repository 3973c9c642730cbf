"""Requests: lists, single ones, their actions and comments, and what owners do to records by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import requests as answers
from zenodo_harvest.emulator.answers.links import page_links
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.deposits.requests import is_closed, is_open
from zenodo_harvest.emulator.endpoints.bodies import object_body
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.endpoints.deposits import signed_in
from zenodo_harvest.emulator.endpoints.drafts import comment_of
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.params import search_arguments
from zenodo_harvest.emulator.problems import denied, invalid, not_found, unknown_pid
from zenodo_harvest.emulator.state import User

_SORTS = frozenset(("bestmatch", "newest", "oldest", "updated-desc", "updated-asc"))
_FACETS = ("type", "status")
_TERM = re.compile(r"(?P<field>[\w.]+):(?P<value>\"[^\"]*\"|\S+)|(?P<word>[^\s()]+)")
_IDLE = frozenset(("AND", "OR"))


class RequestRoutes:
    """Requests as those see them whom they concern (zenodo-api.md §13, run 2026-11-23)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._requests = desk.requests

    def redirect_slash(self, call: Call) -> Response:
        """Send ``/api/requests`` on."""
        query = call.request.query_string.decode()
        return redirect("/api/requests/" + (f"?{query}" if query else ""), 308)

    def listing(self, call: Call) -> Response:
        """List the requests the caller may read."""
        user = signed_in(call)
        return self._list(call, self._readable(user), "/api/requests/")

    def of_user(self, call: Call) -> Response:
        """List the same."""
        user = signed_in(call)
        return self._list(call, self._readable(user), "/api/user/requests")

    def of_record(self, call: Call, record_id: str) -> Response:
        """List the requests about a record that the caller may read."""
        user = signed_in(call)
        if self._desk.state.record(record_id) is None and self._desk.store.draft(record_id) is None:
            raise unknown_pid()
        topic = {"record": record_id}
        found = [one for one in self._readable(user) if one["topic"] == topic]
        return self._list(call, found, "/api/requests/")

    def of_community(self, call: Call, ref: str) -> Response:
        """List the requests to a community, for its curators."""
        user = signed_in(call)
        community = self._desk.state.community(ref)
        if community is None:
            raise unknown_pid()
        if not self._desk.state.curates(user, community["id"]):
            raise denied()
        receiver = {"community": community["id"]}
        found = [one for one in self._readable(user) if one["receiver"] == receiver]
        return self._list(call, found, f"/api/communities/{community['id']}/requests")

    def one(self, call: Call, request_id: str) -> Response:
        """Answer one request."""
        call.accepts(JSON_ONLY)
        return self._answer(call, self._requests.readable(request_id, call.user))

    def act(self, call: Call, request_id: str, action: str) -> Response:
        """Accept, decline or cancel; the body may bring a comment."""
        call.accepts(JSON_ONLY)
        body = object_body(call)
        user = signed_in(call)
        request = self._requests.readable(request_id, user)
        return self._answer(call, self._desk.reviews.act(request, action, user, comment_of(body)))

    def comment(self, call: Call, request_id: str) -> Response:
        """Add a comment."""
        call.accepts(JSON_ONLY)
        body = object_body(call)
        user = signed_in(call)
        request = self._requests.readable(request_id, user)
        content = comment_of(body)
        if not content:
            raise invalid([("payload.content", "Missing data for required field.")])
        event = self._requests.comment(request, content, user.id)
        answer = answer_json(answers.comment(request_id, event, call.base))
        answer.status_code = 201
        return answer

    def timeline(self, call: Call, request_id: str) -> Response:
        """List the comments, the oldest first."""
        call.accepts(JSON_ONLY)
        request = self._requests.readable(request_id, call.user)
        events = [answers.comment(request_id, one, call.base) for one in request["comments"]]
        return answer_json({"hits": {"hits": events, "total": len(events)}, "sortBy": "oldest"})

    def one_comment(self, call: Call, request_id: str, comment_id: str) -> Response:
        """Answer one comment."""
        call.accepts(JSON_ONLY)
        request = self._requests.readable(request_id, call.user)
        for event in request["comments"]:
            if event["id"] == comment_id:
                return answer_json(answers.comment(request_id, event, call.base))
        raise not_found()

    def delete_record(self, call: Call, record_id: str) -> Response:
        """Delete a record, or ask for it."""
        return self._self_service(call, record_id, self._desk.reviews.delete_record)

    def unlock_files(self, call: Call, record_id: str) -> Response:
        """Open the files of a record for a change."""
        return self._self_service(call, record_id, self._desk.reviews.unlock_files)

    def raise_quota(self, call: Call, record_id: str) -> Response:
        """Let the files of a record take more room."""
        return self._self_service(call, record_id, self._desk.reviews.raise_quota)

    def _self_service(self, call: Call, record_id: str, work: Callable[[str, User, Json], Json]) -> Response:
        call.accepts(JSON_ONLY)
        body = object_body(call)
        request = work(record_id, signed_in(call), body)
        answer = self._answer(call, request)
        del answer.headers["ETag"]
        answer.status_code = 200 if request["status"] == "accepted" else 201
        return answer

    def _readable(self, user: User) -> list[Json]:
        return [one for one in self._requests.all() if self._requests.may_read(one, user)]

    def _answer(self, call: Call, request: Json) -> Response:
        answer = answer_json(self._written(call, request))
        answer.headers["ETag"] = f'"{request["revision_id"]}"'
        return answer

    def _written(self, call: Call, request: Json) -> Json:
        return answers.write(request, call.base, self._requests.actions(request, call.user))

    def _list(self, call: Call, found: Iterable[Json], path: str) -> Response:
        call.accepts(JSON_ONLY)
        asked = search_arguments(call.request.args, facets=_FACETS, sorts=_SORTS, cap=None)
        matching = [one for one in found if _matches(one, asked.q or "")]
        wanted_open = call.request.args.get("is_open")
        if wanted_open is not None:
            is_wanted = wanted_open.lower() in ("true", "1")
            matching = [one for one in matching if is_open(one) is is_wanted]
        shown = [one for one in matching if all(one[name] in values for name, values in asked.facets.items())]
        sort = asked.sort or ("bestmatch" if asked.q else "newest")
        field = "updated" if sort.startswith("updated") else "created"
        shown.sort(key=lambda one: str(one[field]), reverse=sort not in ("oldest", "updated-asc"))
        page, size = asked.paging.page, asked.paging.size
        params = {**asked.paging.echoed, "size": size, "sort": sort}
        chosen = [value for values in asked.facets.values() for value in values]
        return answer_json(
            {
                "hits": {
                    "hits": [self._written(call, one) for one in shown[(page - 1) * size : page * size]],
                    "total": len(shown),
                },
                "aggregations": answers.aggregations(matching, chosen),
                "sortBy": sort,
                "links": page_links(f"{call.base}{path}", params, page=page, size=size, total=len(shown)),
            }
        )


def _matches(request: Json, q: str) -> bool:
    """Tell whether a request has all the values and words of a query."""
    for match in _TERM.finditer(q):
        field, value, word = match["field"], (match["value"] or "").strip('"'), match["word"]
        if word in _IDLE or word == "*":
            continue
        if word is not None:
            if word.strip('"').lower() not in request["title"].lower():
                return False
        elif value != "*" and value.lower() != _value(request, field).lower():
            return False
    return True


def _value(request: Json, field: str) -> str:
    if field in ("is_open", "is_closed"):
        return str(is_open(request) if field == "is_open" else is_closed(request))
    found: object = request
    for part in field.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return str(found)
