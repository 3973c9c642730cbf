"""What a server did with what it was sent: it drops and changes parts without a word (zenodo-api.md §13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_COMPARED = ("metadata", "access", "custom_fields")
_SHOWN = 60


def not_kept(sent: Mapping[str, Any], native: Any) -> tuple[str, ...]:
    """Return what of a native body the server complains of or did not keep, one sentence for each field."""
    return (*_soft_errors(native), *differences(sent, native))


def _soft_errors(native: Any) -> tuple[str, ...]:
    """Return the complaints that stand in an answer of success, one for each field."""
    errors = native.get("errors") if isinstance(native, dict) else None
    said = []
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict):
            messages = error.get("messages")
            told = " ".join(map(str, messages)) if isinstance(messages, list) else ""
            said.append(f"{error.get('field')}: {told}")
    return tuple(said)


def differences(sent: Mapping[str, Any], native: Any) -> tuple[str, ...]:
    """Return what of a native body the server did not keep as it was sent, one sentence for each field."""
    held = native if isinstance(native, dict) else {}
    return tuple(
        sentence
        for name in _COMPARED
        if name in sent
        for sentence in _differ(sent[name], held.get(name), name)
    )


def _differ(sent: Any, held: Any, path: str) -> Iterator[str]:
    """Yield where something sent is missing or another; what the server adds is no difference."""
    if sent is None or sent == "" or sent == [] or sent == {}:
        return
    if held is None:
        yield f"{path} was dropped by the server."
    elif isinstance(sent, dict) and isinstance(held, dict):
        for name, value in sent.items():
            yield from _differ(value, held.get(name), f"{path}.{name}")
    elif isinstance(sent, list) and isinstance(held, list):
        if len(sent) != len(held):
            yield f"{path} has {len(held)} instead of {len(sent)} items on the server."
        else:
            for number, (item, kept) in enumerate(zip(sent, held, strict=True)):
                yield from _differ(item, kept, f"{path}.{number}")
    elif sent != held:
        yield f"{path} was changed by the server from {_short(sent)} to {_short(held)}."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
