from __future__ import annotations

import subprocess
import sys

import pytest

import zenodo_harvest.dumps


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = (
        "import sys, zenodo_harvest.dumps; heavy = 'pandas pyarrow msgspec requests lxml'.split();"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_every_public_name_is_there_and_another_is_not() -> None:
    for name in zenodo_harvest.dumps.__all__:
        assert getattr(zenodo_harvest.dumps, name) is not None
    assert callable(zenodo_harvest.dumps.convert)
    with pytest.raises(AttributeError):
        zenodo_harvest.dumps.__getattr__("nothing")
