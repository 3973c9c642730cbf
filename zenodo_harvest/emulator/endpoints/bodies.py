"""What a request brings: JSON, or a stream of bytes."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from zenodo_harvest.emulator.contents import Contents, Received
from zenodo_harvest.emulator.endpoints.call import Call
from zenodo_harvest.emulator.problems import PlainProblem, Problem

_JSON, _BYTES = "application/json", "application/octet-stream"


def json_body(call: Call) -> Any:
    """Return the parsed body, None for an empty one.

    Raises:
        Problem: It is not said to be JSON, exactly so, or it is none (zenodo-api.md §9.1).
    """
    _check_type(call, _JSON)
    data = call.request.get_data()
    if not data:
        return None
    try:
        body = json.loads(data)
    except ValueError:
        raise Problem(400, "Unable to decode JSON data in request body.") from None
    try:
        msgspec.json.encode(body)
    except (UnicodeError, OverflowError):  # what no database takes either
        raise PlainProblem(500) from None
    return body


def object_body(call: Call) -> dict[str, Any]:
    """Return the parsed body, which must be an object; nothing is an empty one."""
    body = json_body(call) or {}
    if not isinstance(body, dict):
        raise PlainProblem(500)
    return body


def received(call: Call, contents: Contents) -> Received:
    """Write the body to disk as it comes.

    Raises:
        Problem: It is said to be something else than bytes, or it ends early.
    """
    check_stream(call)
    return contents.receive(_reader(call))


def check_stream(call: Call) -> None:
    """Refuse a body that is said to be something else than bytes."""
    _check_type(call, _BYTES)


def _reader(call: Call) -> Any:
    stream = call.request.stream
    if hasattr(stream, "readinto"):
        return stream.readinto

    def read_into(buffer: memoryview) -> int:
        data = stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    return read_into


def _check_type(call: Call, expected: str) -> None:
    sent = call.request.headers.get("Content-Type")
    if sent and sent != expected:
        raise Problem(415, f"Invalid 'Content-Type' header. Expected one of: {expected}")
