"""The WSGI application: routes, the order of the checks, the request log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator.endpoints import Endpoint, routes
from zenodo_harvest.emulator.endpoints.call import Call
from zenodo_harvest.emulator.faults import Faults
from zenodo_harvest.emulator.limits import Limiter
from zenodo_harvest.emulator.negotiation import NATIVE, PLAIN
from zenodo_harvest.emulator.problems import PageProblem, PlainProblem, Problem
from zenodo_harvest.emulator.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
_OAI = "/oai2d"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as it arrived: `target` is path and query, `has_token` tells of an Authorization header."""

    method: str
    target: str
    has_token: bool
    user_agent: str
    accept: str
    status: int
    at: float


class App:
    """The emulated server without its socket; `log` holds every request in the order of the answers."""

    def __init__(
        self,
        state: State,
        *,
        limiter: Limiter,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        faults: Faults,
        dumps: Iterable[str],
    ) -> None:
        self.log: list[LoggedRequest] = []
        self._state = state
        self._routes, self._searches = routes(state, now, clock, dumps)
        self._limiter = limiter
        self._clock = clock
        self._faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        answer = self._faults.answer(self._answer, request)
        self.log.append(
            LoggedRequest(
                method=request.method,
                target=str(environ.get("REQUEST_URI") or request.full_path.rstrip("?")),
                has_token="Authorization" in request.headers,
                user_agent=request.headers.get("User-Agent", ""),
                accept=request.headers.get("Accept", ""),
                status=answer.status_code,
                at=self._clock(),
            )
        )
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        """Return the answer with its rate headers; every request counts, also those without a route."""
        self._state.refresh()
        user = self._state.user(_token(request))
        endpoint, arguments = self._route(request)
        is_search = endpoint in self._searches or request.path == _OAI
        caller = request.headers.get("User-Agent", "") + (request.remote_addr or "")
        verdict = self._limiter.hit(caller, "search" if is_search else "other", is_user=user is not None)
        try:
            if verdict.refused:
                is_api = request.path.startswith("/api/")
                raise PlainProblem(429, verdict.refused) if is_api else PageProblem()
            call = Call(request, user, self._state.flavour)
            answer = endpoint(call, **arguments)
            if answer.mimetype == NATIVE and not call.wants_native:
                answer.content_type = PLAIN
        except Problem as problem:
            answer = _refusal(problem)
        except RecursionError:
            answer = _refusal(PlainProblem(500))
        except HTTPException as error:  # a body that ends early, or that is no form
            answer = _refusal(PlainProblem(error.code or 400, error.description or ""))
        answer.headers.update(verdict.headers)
        return answer

    def _route(self, request: Request) -> tuple[Endpoint, Mapping[str, Any]]:
        try:
            endpoint, arguments = self._routes.match(request.environ)
        except MethodNotAllowed as refused:
            return _other_method, {"allowed": {*(refused.valid_methods or ()), "OPTIONS"}}
        except HTTPException:
            return _no_route, {}
        return endpoint, arguments


def _refusal(problem: Problem) -> Response:
    return Response(problem.body, status=problem.status, content_type=problem.content_type)


def _no_route(_: Call) -> Response:
    raise PlainProblem(404)


def _other_method(call: Call, allowed: set[str]) -> Response:
    if call.request.method != "OPTIONS":
        raise PlainProblem(405)
    return Response(headers={"Allow": ", ".join(name for name in _METHODS if name in allowed)})


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.args.get("access_token")
