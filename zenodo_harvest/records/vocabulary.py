"""`Vocabulary`: what the compiled reader asks for, as words, dates and HTML are known in Python alone."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import NamedTuple

from zenodo_harvest.records import datacite_terms, text
from zenodo_harvest.records.dates import read_edtf
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_EPOCH = date(1970, 1, 1)


class Span(NamedTuple):
    """What a date means: its year, and its first and its last day, counted from 1970."""

    year: int
    start: int
    end: int


class Vocabulary:
    """Tells what words, dates and markup mean. It remembers nothing: who asks does.

    Where an answer is due and there is none, as for a date that is none, the whole record is left to the
    reader in Python.
    """

    __slots__ = ()

    def license_id(self, id_: str) -> str:
        """Return the SPDX identifier of a license, or the id itself if there is none."""
        return spdx(id_)

    def role(self, id_: str) -> str:
        """Return DataCite's name of a contributor's role, or the id itself."""
        return datacite_role(id_)

    def relation(self, id_: str) -> str:
        """Return DataCite's name of a relation to another work, or the id itself."""
        return datacite_relation(id_)

    def resource_type(self, id_: str) -> str:
        """Return today's id of a resource type, or the id itself."""
        return todays_type(id_)

    def general_type(self, id_: str) -> str | None:
        """Return DataCite's general type of a resource type, by today's id."""
        return general_type(id_)

    def type_of(self, general: str, text: str) -> str | None:
        """Return the resource type that DataCite's general type and the text beside it mean."""
        return datacite_terms.type_of(general, text)

    def type_of_general(self, general: str) -> str | None:
        """Return the resource type that DataCite's general type means by itself."""
        return datacite_terms.type_of_general(general)

    def scheme(self, name: str) -> str | None:
        """Return the scheme of DataCite's name of identifiers."""
        return datacite_terms.SCHEMES.get(name)

    def text_type(self, name: str) -> str | None:
        """Return the id of DataCite's type of a title or description."""
        return datacite_terms.TEXT_TYPES.get(name)

    def access(self, url: str) -> str | None:
        """Return the access status that an address stands for."""
        return datacite_terms.ACCESS.get(url)

    def span(self, typed: str) -> Span | None:
        """Return the days that a publication date means, None if it is no date."""
        found = read_edtf(typed)
        if found is None:
            return None
        return Span(found.start.year, (found.start - _EPOCH).days, (found.end - _EPOCH).days)

    def markup(self, piece: str) -> str:
        """Return what stands in text for an HTML tag or for a reference such as ``&amp;``."""
        return text.instead_of(piece) if piece.startswith("<") else unescape(piece)

    def text_of(self, html: str) -> str:
        """Return the text of an HTML fragment."""
        return text.text_of(html)

    def is_marked_up(self, description: str) -> bool:
        """Return whether a description holds markup."""
        return datacite_terms.is_marked_up(description)
