from __future__ import annotations

import pytest

from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import RELATIONS, datacite_relation
from zenodo_harvest.vocabularies.roles import ROLES, datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

PUBLICATIONS = (
    "annotationcollection article book conferencepaper conferenceproceeding datamanagementplan datapaper "
    "deliverable dissertation journal milestone other patent peerreview preprint proposal report section "
    "softwaredocumentation standard studyregistration taxonomictreatment technicalnote workingpaper".split()
)
OTHERS = (
    "publication poster presentation event dataset model video audio lesson other physicalobject workflow "
    "project instrument image image-figure image-plot image-drawing image-diagram image-photo image-other "
    "software software-computationalnotebook".split()
)
TYPES = [*OTHERS, *(f"publication-{each}" for each in PUBLICATIONS)]
DATACITE = set(
    "Audiovisual Award Book BookChapter Collection ComputationalNotebook ConferencePaper "
    "ConferenceProceeding DataPaper Dataset Dissertation Event Image Instrument InteractiveResource "
    "Journal JournalArticle Model Other OutputManagementPlan PeerReview PhysicalObject Poster Preprint "
    "Presentation Project Report Service Software Sound Standard StudyRegistration Text Workflow".split()
)


def test_there_are_47_resource_types() -> None:
    assert len(TYPES) == len(set(TYPES)) == 47


@pytest.mark.parametrize("type_id", TYPES)
def test_every_resource_type_has_a_general_type_of_datacite(type_id: str) -> None:
    assert general_type(type_id) in DATACITE
    assert todays_type(type_id) == type_id


@pytest.mark.parametrize(
    ("type_id", "general"),
    [
        ("publication-article", "JournalArticle"),
        ("publication-patent", "Text"),
        ("image-plot", "Image"),
        ("software-computationalnotebook", "ComputationalNotebook"),
        ("video", "Audiovisual"),
        ("nosuch", None),
        ("", None),
    ],
)
def test_a_general_type_is_that_of_the_type_or_of_its_first_half(type_id: str, general: str | None) -> None:
    assert general_type(type_id) == general


def test_a_thesis_is_called_dissertation_today() -> None:
    assert todays_type("publication-thesis") == "publication-dissertation"


@pytest.mark.parametrize(
    ("license_id", "name"),
    [
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc-by", "CC-BY-4.0"),
        ("cc-by-sa", "CC-BY-SA-4.0"),
        ("cc-by-nc-nd-3.0", "CC-BY-NC-ND-3.0"),
        ("cc-zero", "CC0-1.0"),
        ("cc0-1.0", "CC0-1.0"),
        ("mit-license", "MIT"),
        ("mit", "MIT"),
        ("apache2.0", "Apache-2.0"),
        ("apache-2.0", "Apache-2.0"),
        ("gpl-3.0", "GPL-3.0-only"),
        ("GPL-3.0+", "GPL-3.0-or-later"),
        ("gpl-3.0-or-later", "GPL-3.0-or-later"),
        ("lgpl-3.0", "LGPL-3.0-only"),
        ("apgl-v3", "AGPL-3.0-only"),
        ("agpl-3.0-only", "AGPL-3.0-only"),
        ("bsd-2-clause-netbsd", "BSD-2-Clause"),
        ("bsd-3-clause", "BSD-3-Clause"),
        ("odc-odbl", "ODbL-1.0"),
        ("odbl-1.0", "ODbL-1.0"),
    ],
)
def test_licence_ids_of_all_eras_become_spdx(license_id: str, name: str) -> None:
    assert spdx(license_id) == name
    assert spdx(name) == name


@pytest.mark.parametrize("license_id", ["other-open", "notspecified", "House Rules", ""])
def test_a_licence_without_an_spdx_identifier_stays(license_id: str) -> None:
    assert spdx(license_id) == license_id


def test_there_are_35_legacy_relations_and_five_native_ones_more() -> None:
    native_only = {"IsTranslationOf", "HasTranslation", "IsCollectedBy", "Collects", "Other"}
    assert len(set(RELATIONS) - native_only) == 35
    assert len(RELATIONS) == 40


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_is_spelt_like_datacite_from_either_dialect(relation: str) -> None:
    legacy = relation[0].lower() + relation[1:]
    assert {datacite_relation(each) for each in (relation, relation.lower(), legacy)} == {relation}


def test_an_unknown_relation_or_role_stays() -> None:
    assert (datacite_relation("isNextTo"), datacite_role("Chef")) == ("isNextTo", "Chef")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_spelt_like_datacite_from_either_dialect(role: str) -> None:
    assert datacite_role(role) == datacite_role(role.lower()) == role
