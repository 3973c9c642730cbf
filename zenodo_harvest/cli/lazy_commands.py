"""Commands that are imported when they run: their names and summaries are known before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from typer import Typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command, get_group

from zenodo_harvest.cli.option_groups import with_option_groups
from zenodo_harvest.cli.session import Session


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command: where its function is (``module:name``) and what it does, in one sentence."""

    home: str
    summary: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A group of commands: what they do, in one sentence, and one that can be pasted."""

    summary: str
    example: str
    members: Mapping[str, Leaf | Branch]


Tree = Mapping[str, Leaf | Branch]


def without_types(params: Any) -> Any:
    """Return the parameters of a command; ``--help`` shows what they take by their metavars alone."""
    for each in params:
        if isinstance(each, TyperArgument) or each.metavar is None:
            vars(each)["display_type_rich"] = lambda **_: ""
    return params


class _Command(TyperCommand):
    def get_params(self, ctx: Any) -> Any:
        return without_types(super().get_params(ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> Any:
        return without_types(super().get_params(ctx))


class Deferred(TyperCommand):
    """Stands for a command until it is called: importing them all would lengthen every ``--help``."""

    def __init__(self, name: str, node: Leaf | Branch) -> None:
        super().__init__(name, help=node.summary)
        self._node = node

    def load(self) -> TyperCommand | TyperGroup:
        """Import the command itself."""
        if isinstance(self._node, Branch):
            return self._group(self._node)
        module, _, function = self._node.home.partition(":")
        lone = Typer(add_completion=False)
        lone.command(self.name, cls=_Command)(with_option_groups(getattr(import_module(module), function)))
        command = get_command(lone)
        if not isinstance(command, TyperCommand):
            raise TypeError(f"{self.name} is no single command")
        return command

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Start the command itself."""
        return self.load().make_context(*arguments, **options)

    def _group(self, branch: Branch) -> TyperGroup:
        app = Typer(
            cls=_Group,
            name=self.name,
            help=f"{branch.summary}\n\nExample:\n  {branch.example}",
            add_completion=False,
            no_args_is_help=True,
        )
        app.callback()(with_option_groups(_nothing))
        group = get_group(app)
        group.commands.update(grow(branch.members))
        return group


def grow(tree: Tree) -> dict[str, Deferred]:
    """Return the commands of a tree, none of them imported."""
    return {name: Deferred(name, node) for name, node in tree.items()}


def _nothing(session: Session) -> None:
    """Take the options that stand before the name of a command."""
