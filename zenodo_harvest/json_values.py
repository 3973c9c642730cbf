"""JSON values: decoded from a text, however odd it is, and encoded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

_BOM = "\ufeff"
_ENCODER = msgspec.json.Encoder(order="deterministic")


def decode(raw: bytes | str | Mapping[str, Any], problems: list[str]) -> Any:
    """Return the value of JSON text, or a copy of a mapping.

    Bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD, numbers that are too big become
    text; each such repair is reported in `problems`.

    Raises:
        ValueError: The text is no JSON.
        RecursionError: It is nested too deeply.
    """
    try:
        return msgspec.json.decode(raw if isinstance(raw, bytes | str) else msgspec.json.encode(raw))
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError):
        return _repaired(_loosely(raw, problems), problems)


def encode(value: Any) -> bytes:
    """Return a value as compact JSON with sorted keys."""
    try:
        return _ENCODER.encode(value)
    except OverflowError:  # a whole number of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def as_text(raw: bytes | str | Mapping[str, Any]) -> str:
    """Return the text of what was to be read, without anything that UTF-8 cannot hold."""
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    if isinstance(raw, str):
        return _whole(raw)
    try:
        return json.dumps(_repaired(raw, []), ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return ""


def _loosely(raw: bytes | str | Mapping[str, Any], problems: list[str]) -> Any:
    if isinstance(raw, Mapping):
        return raw
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    if isinstance(raw, bytes) and "\ufffd" in text and "\ufffd".encode() not in raw:
        problems.append("the record is no UTF-8")
    text = text.removeprefix(_BOM)
    odd: list[str] = []
    try:
        value = _loose_decoder(odd).decode(text)
    except json.JSONDecodeError:
        odd = ["a control character in a text"]
        value = _loose_decoder(odd, strict=False).decode(text)
    problems += odd
    return value


def _loose_decoder(problems: list[str], *, strict: bool = True) -> json.JSONDecoder:
    """Return a decoder that reports what is no number; without `strict` it reads control characters too."""

    def constant(name: str) -> str:
        problems.append(f"{name} is no number")
        return name

    return json.JSONDecoder(parse_int=_number, parse_float=_fraction, parse_constant=constant, strict=strict)


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def _fraction(digits: str) -> float | str:
    value = float(digits)
    return value if abs(value) != float("inf") else digits


def _repaired(value: Any, problems: list[str]) -> Any:
    """Return a copy of plain JSON values, with text for whatever JSON or UTF-8 has no form for."""
    if isinstance(value, Mapping):
        return {_whole(str(key)): _repaired(item, problems) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_repaired(item, problems) for item in value]
    if isinstance(value, str):
        text = _whole(value)
        if text != value:
            problems.append(f"half a surrogate pair in {text[:40]!r}")
        return text
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**64:
        return value
    try:
        return _whole(str(value))
    except ValueError:  # more digits than Python writes
        return hex(value)


def _whole(text: str) -> str:
    """Return a text with U+FFFD for each half of a surrogate pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
