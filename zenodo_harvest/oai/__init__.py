"""OAI-PMH: lists walked whole, the answers of its other verbs, and its errors."""

from zenodo_harvest.oai.answers import Format, Header, Identity, OaiPage, OaiSet
from zenodo_harvest.oai.errors import NoRecordsMatch, OaiError, TokenLost
from zenodo_harvest.oai.lists import OaiWalk, list_identifiers, list_params, list_records
from zenodo_harvest.oai.verbs import get_record, identify, list_formats, list_sets

__all__ = [
    "Format",
    "Header",
    "Identity",
    "NoRecordsMatch",
    "OaiError",
    "OaiPage",
    "OaiSet",
    "OaiWalk",
    "TokenLost",
    "get_record",
    "identify",
    "list_formats",
    "list_identifiers",
    "list_params",
    "list_records",
    "list_sets",
]
