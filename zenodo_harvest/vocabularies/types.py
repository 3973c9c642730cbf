"""Resource types: Zenodo's ids and DataCite's general types."""

from __future__ import annotations

_RENAMED = {"publication-thesis": "publication-dissertation"}
"""Renamed by the server (zenodo-api.md §2.3, read 2026-08-20)."""

_GENERAL = {
    "publication": "Text",
    "publication-annotationcollection": "Collection",
    "publication-article": "JournalArticle",
    "publication-book": "Book",
    "publication-conferencepaper": "ConferencePaper",
    "publication-conferenceproceeding": "ConferenceProceeding",
    "publication-datamanagementplan": "OutputManagementPlan",
    "publication-datapaper": "DataPaper",
    "publication-dissertation": "Dissertation",
    "publication-journal": "Journal",
    "publication-peerreview": "PeerReview",
    "publication-preprint": "Preprint",
    "publication-report": "Report",
    "publication-section": "BookChapter",
    "publication-standard": "Standard",
    "publication-studyregistration": "StudyRegistration",
    "poster": "Poster",
    "presentation": "Presentation",
    "event": "Event",
    "dataset": "Dataset",
    "model": "Model",
    "image": "Image",
    "video": "Audiovisual",
    "audio": "Sound",
    "software": "Software",
    "software-computationalnotebook": "ComputationalNotebook",
    "lesson": "InteractiveResource",
    "physicalobject": "PhysicalObject",
    "workflow": "Workflow",
    "project": "Project",
    "instrument": "Instrument",
    "other": "Other",
}


def todays_type(type_id: str) -> str:
    """Return today's id of a resource type."""
    return _RENAMED.get(type_id, type_id)


def general_type(type_id: str) -> str | None:
    """Return DataCite's resourceTypeGeneral for a resource type id, None for an unknown one."""
    return _GENERAL.get(type_id) or _GENERAL.get(type_id.partition("-")[0])
