from __future__ import annotations

import pytest

from zenodo_harvest.vocabularies.funders import award_of_grant, grant_of_award


@pytest.mark.parametrize(
    ("grant", "award", "written"),
    [
        ("283595", ("00k4n6c32", "00k4n6c32::283595"), "10.13039/501100000780::283595"),
        (
            "10.13039/501100000780::283595",
            ("00k4n6c32", "00k4n6c32::283595"),
            "10.13039/501100000780::283595",
        ),
        ("10.13039/501100000690::EP/1", ("001aqnf71", "001aqnf71::EP/1"), "10.13039/100014013::EP/1"),
        ("10.13039/999::1", ("10.13039/999", "10.13039/999::1"), "10.13039/999::1"),
    ],
)
def test_a_grant_names_an_award_of_a_funder_by_its_ror_id(
    grant: str, award: tuple[str, str], written: str
) -> None:
    assert award_of_grant(grant) == award
    assert grant_of_award(*award) == written


def test_an_award_of_another_kind_is_no_grant() -> None:
    assert grant_of_award("00k4n6c32", "a-site-of-its-own") is None
    assert grant_of_award("00k4n6c32", "other::1") is None
