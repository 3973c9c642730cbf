"""A start of the emulator loads no more than what its first answers need."""

from __future__ import annotations

import subprocess
import sys


def test_reads_need_not_wait_for_the_checks_of_what_is_written() -> None:
    code = (
        "import sys\n"
        "from urllib.request import urlopen\n"
        "from zenodo_harvest.emulator import Emulator\n"
        "with Emulator() as emulator:\n"
        "    urlopen(emulator.url + '/api/records?q=frost').close()\n"
        "print(sorted({'idutils', 'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
