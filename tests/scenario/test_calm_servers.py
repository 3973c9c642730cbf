"""The servers of the tests themselves: a client that leaves is no news, any other failure is."""

from __future__ import annotations

import socket
import struct
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread

import pytest

from doubles import Unsurprised


class Reads(BaseRequestHandler):
    def handle(self) -> None:
        raise ValueError(self.request.recv(1))


class Server(Unsurprised, TCPServer):
    """Handles in the thread that asks it to, so that all is said when it returns."""

    def process_request(self, request: object, client_address: object) -> None:
        self.process_request_thread(request, client_address)


@pytest.mark.parametrize("is_reset", [True, False])
def test_a_server_tells_of_failures_but_not_of_a_client_that_left(
    capsys: pytest.CaptureFixture[str], is_reset: bool
) -> None:
    with Server(("127.0.0.1", 0), Reads) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with socket.create_connection(server.server_address) as client:
            # without lingering, a close resets the connection
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if not is_reset:
                client.sendall(b"x")
                client.recv(1)
        thread.join()
    said = capsys.readouterr().err
    assert said == "" if is_reset else "ValueError" in said
