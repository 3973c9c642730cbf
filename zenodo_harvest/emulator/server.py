"""The emulator as a running server on a loopback port."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from types import TracebackType
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from zenodo_harvest.emulator.app import App, LoggedRequest
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.dumps import DUMPS
from zenodo_harvest.emulator.faults import Fault, Faults, Interference
from zenodo_harvest.emulator.flavours import Flavour, FlavourName, flavour_called
from zenodo_harvest.emulator.limits import Limiter, parse_limits
from zenodo_harvest.emulator.sample import sample
from zenodo_harvest.emulator.seed import adapted, read_seed
from zenodo_harvest.emulator.state import DEFAULT_USER, State, User
from zenodo_harvest.emulator.tombstone import tombstone
from zenodo_harvest.emulator.vault import Vault, reset
from zenodo_harvest.errors import LocalError

if TYPE_CHECKING:
    from typing import Self

_HOST = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    """Keeps connections open, tells the emulator's time, and says nothing on the terminal."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300
    server: _Server

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the time of an answer."""
        return super().date_time_string(self.server.clock() if timestamp is None else timestamp)

    def log(self, kind: str, message: str, *args: object) -> None:
        """Drop the line: requests are in the emulator's own log."""


class _Server(ThreadedWSGIServer):
    """A threaded server that closes the connections its clients left open."""

    daemon_threads = True

    def __init__(self, bound: socket, app: App, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._open: set[socket] = set()
        host, port = bound.getsockname()
        super().__init__(host, port, app, _Handler, fd=bound.fileno())
        self.server_name, self.server_port = host, port

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, then answer in a thread of its own."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection and forget it."""
        super().shutdown_request(request)
        self._open.discard(request)

    def hang_up(self) -> None:
        """End the connections that are still open."""
        for connection in tuple(self._open):
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:
                continue


class Emulator:
    """An embedded Zenodo: start it, send requests to `url`, read `log`, close it.

    Args:
        seed: JSON Lines of native records (gzip or not) or a folder of recordings; None is the sample.
        limits: ``deployed`` (30 searches and 133 other requests a minute), ``off``, or scaled like ``30/2s``.
        port: A port of 127.0.0.1; 0 takes a free one.
        clock: Returns epoch seconds, for limits, log and the date of answers.
        sleep: Waits between the drops of a slow drip.
        faults: What goes wrong: one or several, as values, by name, or of one's own.
        dumps: The dumps on offer, of those that a Zenodo may have; all of them unless given.
        state: A folder that keeps what is written, for the next emulator that is given it, or another one at
            the same time; None forgets everything at the end.
        flavour: ``zenodo``, or ``inveniordm`` for a server that is not Zenodo: native JSON and names alone,
            ids and DOIs of its own, no classic API and no dumps. Numbers of Zenodo's become such ids.

    Raises:
        LocalError: The folder cannot be used, or was written by another version.
        UsageError: The folder belongs to another seed, or there is no such flavour.
    """

    def __init__(
        self,
        *,
        seed: Path | None = None,
        limits: str = "deployed",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        faults: Fault | str | Interference | Iterable[Fault | str | Interference] = (),
        dumps: Iterable[str] = DUMPS,
        state: Path | None = None,
        flavour: str = "zenodo",
    ) -> None:
        known = flavour_called(flavour)
        rules = parse_limits(limits, known)
        start = adapted(read_seed(seed), known) if seed else None
        self.flavour: FlavourName = known.name
        """What kind of server it is."""
        origin = str(seed.resolve()) if seed else "sample"
        self._vault = Vault(state, origin if known.is_zenodo else f"{origin} ({flavour})")
        stopped = start.now if start else None
        self._now: Callable[[], datetime] = lambda: stopped or datetime.fromtimestamp(clock(), UTC)
        self.faults = Faults(faults, clock=clock, sleep=sleep)
        """What goes wrong; add and clear at any time."""
        self._state = State(start, self._vault, known) if start else _sample(known).begin(self._vault)
        self._app = App(
            self._state,
            limiter=Limiter(rules, clock),
            clock=clock,
            now=self._now,
            faults=self.faults,
            dumps=dumps,
        )
        self._clock = clock
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def log(self) -> list[LoggedRequest]:
        """Every request so far."""
        return self._app.log

    @property
    def users(self) -> tuple[User, ...]:
        """The accounts; a token belongs to one of them."""
        return tuple(self._state.users())

    @property
    def token(self) -> str:
        """The token of the first user."""
        return DEFAULT_USER.token or ""

    @property
    def app(self) -> App:
        """The WSGI application, for tests without a socket."""
        return self._app

    @property
    def url(self) -> str:
        """The base URL of the running server."""
        if self._server is None:
            raise RuntimeError("The emulator is not running: call start() or use it in a with block.")
        return f"http://{_HOST}:{self._server.server_port}"

    def add(self, record: Json) -> None:
        """Publish a native record that is new, written as a seed holds it; without a date it is made now.

        A version before it in its concept is no longer the latest; its date stays (zenodo-api.md §13).
        """
        with self._vault.work():
            self._state.refresh()
            self._state.add({"created": self._stamp(), **record})

    def edit(self, record_id: str, change: Callable[[Json], object], *, is_dated: bool = True) -> None:
        """Let `change` alter a native record in place.

        The date moves to now and the revision by 2, as by an edit that is published; not if `is_dated` is
        False, as when a record joins or leaves a community (zenodo-api.md §13).

        Raises:
            UsageError: There is no such record.
        """

        def altered(record: Json) -> None:
            change(record)
            if is_dated:
                record |= {"updated": self._stamp(), "revision_id": record["revision_id"] + 2}

        with self._vault.work():
            self._state.refresh()
            self._state.edit(record_id, altered)

    def delete(
        self, record_id: str, *, reason: str = "test-record", note: str = "", is_visible: bool = True
    ) -> None:
        """Delete a record: it is gone from searches and lists, and its address answers 410, or 404 if hidden.

        Raises:
            UsageError: There is no such record.
        """
        at = self._stamp()
        with self._vault.work():
            self._state.refresh()
            self._state.delete(
                record_id,
                lambda record: tombstone(record, at=at, reason=reason, note=note, is_visible=is_visible),
            )

    def _stamp(self) -> str:
        return self._now().isoformat(timespec="microseconds")

    def start(self, port: int | None = None) -> Self:
        """Begin to answer; returns at once.

        Args:
            port: Another port than the emulator was made for.

        Raises:
            LocalError: The port is taken or not allowed.
        """
        try:
            with create_server((_HOST, self._port if port is None else port)) as bound:
                self._server = _Server(bound, self._app, self._clock)
        except OSError as error:
            message = f"The emulator cannot listen on port {port or self._port}: {error.strerror or error}."
            raise LocalError(message, hint="Choose another port; 0 takes a free one.") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="emulator", daemon=True
        )
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop answering and free the port; closing twice is fine."""
        self._vault.close()
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def _sample(flavour: Flavour) -> State:
    """Return the sample as a state that others begin as, which a process makes once."""
    return State(adapted(sample(), flavour), flavour=flavour)


def launch(*, keep_state: bool = False) -> Emulator:
    """Return a started emulator with the sample collection, for ``--site emulator``.

    Args:
        keep_state: Keep what is written in the user's cache, from one emulator to the next, and the port, so
            that addresses stay; not where that folder cannot be written.
    """
    folder = state_folder()
    if not keep_state or not _is_writable(folder):
        return Emulator().start()
    noted = folder.with_name("emulator.port")
    emulator = Emulator(state=folder)
    with suppress(OSError, ValueError, OverflowError, LocalError):
        return emulator.start(int(noted.read_text("ascii")))
    emulator.start()
    with suppress(OSError):
        noted.write_text(emulator.url.rpartition(":")[2], "ascii")
    return emulator


def state_folder() -> Path:
    """Return the folder of the user's cache that keeps what is written with ``--site emulator``."""
    return user_cache_path("zenodo-harvest") / "emulator"


def reset_state() -> bool:
    """Clear what is kept there, of whatever version; tell whether there was anything.

    Raises:
        LocalError: It cannot be removed.
    """
    return reset(state_folder())


def _is_writable(folder: Path) -> bool:
    """Tell whether a folder can be written, or made."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return os.access(there, os.W_OK)
