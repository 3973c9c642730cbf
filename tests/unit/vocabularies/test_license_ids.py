from __future__ import annotations

import pytest

from zenodo_harvest.vocabularies.license_ids import (
    cff_licenses,
    license_id,
    license_of,
    licenses_like,
    licenses_meant,
)


@pytest.mark.parametrize(
    ("spelling", "zenodo_id"),
    [
        ("MIT", "mit"),
        ("mit-license", "mit"),
        ("CC-BY-4.0", "cc-by-4.0"),
        (" cc-by-4.0 ", "cc-by-4.0"),
        ("cc-by", "cc-by-4.0"),
        ("cc-by-1.0", "cc-by-1.0"),
        ("cc-zero", "cc0-1.0"),
        ("GPL-3.0", "gpl-3.0-only"),
        ("GPL-3.0+", "gpl-3.0-or-later"),
        ("apgl-v3", "agpl-3.0-only"),
        ("apache2.0", "apache-2.0"),
        ("other-open", "other-open"),
        ("GPL-3", None),
        ("LGPLv3", None),
        ("CC0", None),
        ("gfdl", None),
    ],
)
def test_a_spelling_is_read_as_the_server_reads_it(spelling: str, zenodo_id: str | None) -> None:
    assert license_id(spelling) == zenodo_id


@pytest.mark.parametrize(
    ("spelling", "names"),
    [
        ("GPL-3", ("GPL-3.0-only", "GPL-3.0-or-later")),
        ("GNU GPL v3", ("GPL-3.0-only", "GPL-3.0-or-later")),
        ("GPLv3+", ("GPL-3.0-or-later",)),
        ("LGPLv3", ("LGPL-3.0-only", "LGPL-3.0-or-later")),
        ("lgpl v2.1+", ("LGPL-2.1-or-later",)),
        ("CC BY 4.0", ("CC-BY-4.0",)),
        ("CC-BY-SA-4", ("CC-BY-SA-4.0",)),
        ("ccby", ("CC-BY-4.0",)),
        ("CC0", ("CC0-1.0",)),
        ("Apache License 2.0", ("Apache-2.0",)),
        ("The MIT License", ("MIT",)),
        ("BSD 3-Clause", ("BSD-3-Clause",)),
        ("https://creativecommons.org/licenses/by-nc/4.0/", ("CC-BY-NC-4.0",)),
        ("https://creativecommons.org/publicdomain/zero/1.0/", ("CC0-1.0",)),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", ("CC-BY-4.0",)),
        ("https://www.gnu.org/licenses/gpl-3.0.en.html", ("GPL-3.0-only",)),
        ("https://opensource.org/licenses/MIT", ("MIT",)),
        ("https://spdx.org/licenses/EUPL-1.2.html", ("EUPL-1.2",)),
        ("MIT OR Apache-2.0", ("MIT", "Apache-2.0")),
        ("Creative Commons Attribution 4.0 International", ("CC-BY-4.0",)),
        ("MIT/Apache-2.0", ("MIT", "Apache-2.0")),
        ("MIT, Apache License, Version 2.0", ("MIT", "Apache-2.0")),
        ("GNU General Public License v3.0 or later", ("GPL-3.0-or-later",)),
        ("MIT or https://www.apache.org/licenses/LICENSE-2.0", ("MIT", "Apache-2.0")),
        ("all rights reserved", ()),
        ("cc-by-9", ("CC-BY-4.0", "CC-BY-SA-4.0")),
    ],
)
def test_what_a_spelling_may_mean(spelling: str, names: tuple[str, ...]) -> None:
    assert licenses_like(spelling) == names


@pytest.mark.parametrize(
    "spelling",
    [
        "cc-by-4.0 or foo",
        "MIT with foo",
        "foo/MIT",
        "https://mysite.org/licenses/apache",
        "mysite.org/licenses/mit",
    ],
)
def test_no_part_of_what_is_not_known_whole_is_taken_for_it(spelling: str) -> None:
    assert licenses_meant(spelling) == ()


def test_a_license_knows_its_names() -> None:
    known = license_of("gpl-3.0-or-later")
    assert known
    assert (known.name, known.title) == ("GPL-3.0-or-later", "GNU General Public License v3.0 or later")
    other = license_of("other-open")
    assert other
    assert other.name == "other-open"


def test_the_schema_of_citation_files_takes_exact_spdx_identifiers() -> None:
    assert {"MIT", "GPL-3.0", "GPL-3.0-or-later"} <= cff_licenses()
    assert not {"mit", "GPL-3", "other-open"} & cff_licenses()
    assert len(cff_licenses()) == 459
