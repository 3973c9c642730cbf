"""The only room that knows the HTTP library: transport, budget, retries, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.http.answer import NATIVE_JSON as NATIVE_JSON
    from zenodo_harvest.http.answer import PLAIN_JSON as PLAIN_JSON
    from zenodo_harvest.http.answer import Answer as Answer
    from zenodo_harvest.http.body import Lost as Lost
    from zenodo_harvest.http.clock import Clock as Clock
    from zenodo_harvest.http.clock import SystemClock as SystemClock
    from zenodo_harvest.http.clock import moment_of as moment_of
    from zenodo_harvest.http.context import Context as Context
    from zenodo_harvest.http.context import ShownSite as ShownSite
    from zenodo_harvest.http.exchange import Exchange as Exchange
    from zenodo_harvest.http.exchange import Usage as Usage
    from zenodo_harvest.http.limits import Budget as Budget
    from zenodo_harvest.http.limits import LocalBudget as LocalBudget
    from zenodo_harvest.http.limits import SharedBudget as SharedBudget
    from zenodo_harvest.http.request import Body as Body
    from zenodo_harvest.http.retry import RetryPolicy as RetryPolicy
    from zenodo_harvest.http.transfer import download as download
    from zenodo_harvest.http.transfer import md5_of as md5_of
    from zenodo_harvest.http.transport import Transport as Transport
    from zenodo_harvest.http.upload import FileBody as FileBody
    from zenodo_harvest.http.upload import FormBody as FormBody

_HOMES = {
    "NATIVE_JSON": "answer",
    "PLAIN_JSON": "answer",
    "Answer": "answer",
    "Body": "request",
    "Budget": "limits",
    "Clock": "clock",
    "Context": "context",
    "Exchange": "exchange",
    "FileBody": "upload",
    "FormBody": "upload",
    "LocalBudget": "limits",
    "Lost": "body",
    "RetryPolicy": "retry",
    "SharedBudget": "limits",
    "ShownSite": "context",
    "SystemClock": "clock",
    "Transport": "transport",
    "Usage": "exchange",
    "download": "transfer",
    "md5_of": "transfer",
    "moment_of": "clock",
}

__all__ = [
    "NATIVE_JSON",
    "PLAIN_JSON",
    "Answer",
    "Body",
    "Budget",
    "Clock",
    "Context",
    "Exchange",
    "FileBody",
    "FormBody",
    "LocalBudget",
    "Lost",
    "RetryPolicy",
    "SharedBudget",
    "ShownSite",
    "SystemClock",
    "Transport",
    "Usage",
    "download",
    "md5_of",
    "moment_of",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
