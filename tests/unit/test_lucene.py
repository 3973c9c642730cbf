"""Start-up of the parser, each in a process of its own, with a copy of luqum that no start may change."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

PARSE = """
from zenodo_harvest.emulator.index.legacy import rewritten
from zenodo_harvest.query.parser import parse
print(repr(parse("a:[1 TO 2] OR (b -c)").tree), rewritten("resource_type.type:dataset", {}))
"""
SIGNATURE = re.compile(r"^_lr_signature = .*$", re.MULTILINE)
PARSED = (
    "OrOperation(SearchField('a', Range(Word('1'), Word('2'))), "
    "Group(UnknownOperation(Word('b'), Prohibit(Word('c'))))) metadata.resource_type.props.type:dataset\n"
)
NO_NEW_TABLES = "import ply.yacc\nply.yacc.LRGeneratedTable = None\n"


def in_other_blanks(tables: str) -> str:
    """Spoil the signature as a Python does that strips docstrings otherwise than the one that made it."""
    return SIGNATURE.sub(lambda found: re.sub(" +", " ", found[0]), tables)


def of_another_grammar(tables: str) -> str:
    """Change the signature, and the tables too so that nothing could be parsed with them."""
    tables = SIGNATURE.sub("_lr_signature = 'a : B'", tables)
    return tables.replace("_lr_productions = [", "_lr_productions = [] and [")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with luqum of which nothing can be written."""
    spec = find_spec("luqum")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = tmp_path / "packages"
    (installed,) = spec.submodule_search_locations
    shutil.copytree(installed, folder / "luqum", ignore=shutil.ignore_patterns("__pycache__", "parser.out"))
    return folder


def run(code: str, packages: Path) -> str:
    """Run code with warnings as errors; it must leave `packages` as it was, and stderr empty."""
    before = {path: path.read_bytes() for path in packages.rglob("*") if path.is_file()}
    folders = [packages, packages / "luqum"]
    for folder in folders:
        folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", code],
        env=os.environ | {"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    for folder in folders:
        folder.chmod(0o755)
    assert done.stderr == ""
    assert {path: path.read_bytes() for path in packages.rglob("*") if path.is_file()} == before
    return done.stdout


@pytest.mark.parametrize("spoil", [str, in_other_blanks])
def test_the_tables_that_come_with_it_are_used_whatever_python_does_to_docstrings(
    copied: Path, spoil: Callable[[str], str]
) -> None:
    tables = copied / "luqum" / "parsetab.py"
    tables.write_text(spoil(tables.read_text()))
    assert run(NO_NEW_TABLES + PARSE, copied) == PARSED


def test_tables_of_another_grammar_are_not_used(copied: Path) -> None:
    tables = copied / "luqum" / "parsetab.py"
    tables.write_text(of_another_grammar(tables.read_text()))
    assert run(PARSE, copied) == PARSED


def test_without_tables_they_are_made_in_memory(copied: Path) -> None:
    (copied / "luqum" / "parsetab.py").unlink()
    assert run(PARSE, copied) == PARSED


def test_what_was_lent_from_the_parser_generator_is_given_back(copied: Path) -> None:
    code = "import ply.yacc; make = ply.yacc.yacc; import zenodo_harvest.lucene; print(ply.yacc.yacc is make)"
    assert run(code, copied) == "True\n"


def test_a_parser_that_somebody_imported_before_is_taken_as_it_is(copied: Path) -> None:
    quiet = "import ply.yacc; from functools import partial\n"
    quiet += "ply.yacc.yacc = partial(ply.yacc.yacc, write_tables=False, debug=False)\n"
    code = (
        "import luqum.thread, zenodo_harvest.lucene as lucene\n"
        "print(lucene.parse is luqum.thread.parse, lucene.parse('a'))"
    )
    assert run(quiet + code, copied) == "True a\n"
