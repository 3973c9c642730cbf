"""`with_option_groups`: a command's dataclasses of options become the options themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args, get_type_hints

from typer import Context

from zenodo_harvest.cli.session import Everywhere, Session
from zenodo_harvest.errors import UsageError

JOINED = object()
"""Marks an argument that may be typed as several words, which are joined by blanks."""


def with_option_groups(function: Callable[..., None]) -> Callable[..., None]:
    """Return `function` with each parameter that is a dataclass of options replaced by these options.

    A parameter of type `Session` is replaced by the options that every command takes; the function
    receives the session that they make together with those before the command's name.
    """
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    defaults = {name: each.default for name, each in signature(function).parameters.items()}
    parameters = [Parameter("context", Parameter.KEYWORD_ONLY, annotation=Context)]
    groups: dict[str, type] = {}
    joined: list[str] = []
    for name in sorted(hints, key=lambda name: hints[name] is Session):
        group = Everywhere if hints[name] is Session else hints[name]
        if is_dataclass(group):
            groups[name] = group
            parameters += _parameters(group)
        else:
            default, annotation = defaults[name], hints[name]
            if JOINED in get_args(annotation):
                joined.append(name)
                default = default or None
                annotation = Annotated[list[str], get_args(annotation)[1]]
            parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation))

    def command(context: Context, **values: Any) -> None:
        for name, group in groups.items():
            made = group(**{option.name: values.pop(option.name) for option in fields(group)})
            values[name] = enter(context, made) if isinstance(made, Everywhere) else made
        function(**values | {name: _joined(values[name]) for name in joined})

    command.__name__ = function.__name__
    command.__doc__ = function.__doc__
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    vars(command)["__signature__"] = Signature(parameters)
    return command


def _joined(words: list[str] | None) -> str:
    text = " ".join(words or ())
    if words and not text.strip():
        raise UsageError(
            "The words are blank: without any, everything would be searched.",
            hint="Leave them out if that is meant; an unset variable of a script also does this.",
        )
    return text


def enter(context: Context, options: Everywhere) -> Session:
    """Return the session with `options` on top, and remember it for whoever reports an error."""
    root = context.find_root()
    if not isinstance(root.obj, Session):
        raise TypeError("The command was started without a session.")
    session = root.obj.with_options(options)
    root.obj = session
    return session


@cache
def _parameters(group: type) -> tuple[Parameter, ...]:
    hints = get_type_hints(group, include_extras=True)
    return tuple(
        Parameter(each.name, Parameter.KEYWORD_ONLY, default=_default(each), annotation=hints[each.name])
        for each in fields(group)
    )


def _default(option: Field[Any]) -> Any:
    return option.default if option.default_factory is MISSING else option.default_factory()
