"""Records in DCAT, the format of OAI-PMH that names files."""

from __future__ import annotations

from mimetypes import guess_type
from urllib.parse import quote

from lxml import etree

from zenodo_harvest.emulator.answers.oai.datacite import dates, general, related
from zenodo_harvest.emulator.answers.oai.elements import (
    Element,
    access_right,
    doi_url,
    dois,
    grow,
    plain,
    rights,
)
from zenodo_harvest.emulator.defaults import Json, has_open_files

_SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
_XSD = "http://www.w3.org/2001/XMLSchema#"
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_DCMI = "http://purl.org/dc/dcmitype"
_ADDRESSES = {"DOI": "https://doi.org/{}", "ISSN": "http://issn.org/resource/ISSN/{}"}
_ACCESS = {"embargoed": "NON_PUBLIC", "restricted": "RESTRICTED"}
_DATES = {"Issued": "issued", "Updated": "modified"}
_DCMI_TYPES = {
    "Audiovisual": "MovingImage",
    "Collection": "Collection",
    "Dataset": "Dataset",
    "Event": "Event",
    "Image": "StillImage",
    "InteractiveResource": "InteractiveResource",
    "Other": "",
    "PhysicalObject": "PhysicalObject",
    "Software": "Software",
    "Sound": "Sound",
}


def _name(text: str) -> str:
    prefix, _, local = text.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Add an element by its prefixed name; the attributes are those of RDF."""
    return grow(parent, _name(tag), text, {_name(f"rdf:{name}"): value for name, value in attributes.items()})


def write(record: Json, base: str) -> Element:
    """Return the record's description, in the server's order of elements."""
    root = etree.Element(_name("rdf:RDF"), None, _SPACES)
    metadata, page = record["metadata"], f"{base}/records/{record['id']}"
    doi, _ = dois(record)
    address = doi_url(doi) if doi else page
    about = _add(root, "rdf:Description", about=address)
    _add_type(about, general(metadata.get("resource_type", {}).get("id", "other")))
    _add(about, "dct:identifier", address, datatype=f"{_XSD}anyURI")
    _add(about, "foaf:page", resource=address)
    for role in ("creator", "contributor"):
        for entry in metadata.get(f"{role}s", ()):
            _add_person(_add(about, f"dct:{role}"), entry)
    _add(about, "dct:title", plain(metadata["title"]))
    publisher = _add(_add(about, "dct:publisher"), "foaf:Agent")
    _add(publisher, "foaf:name", metadata.get("publisher", ""))
    _add(about, "dct:issued", metadata["publication_date"][:4], datatype=f"{_XSD}gYear")
    for item in metadata.get("subjects", ()):
        _add(about, "dcat:keyword", item["subject"])
    for kind, date, _ in dates(record):
        if kind in _DATES:
            _add(about, f"dct:{_DATES[kind]}", date, datatype=f"{_XSD}date")
    for item in metadata.get("languages", ())[:1]:
        _add(about, "dct:language", resource=f"{_AUTHORITY}/language/{item['id'].upper()}")
    _add(about, "owl:sameAs", resource=page)
    _add_identifier(about, page, "URL", datatype=f"{_XSD}anyURI")
    _add_identifier(about, record["pids"]["oai"]["identifier"], "oai")
    _add_related(about, record, base)
    if "version" in metadata:
        _add(about, "owl:versionInfo", metadata["version"])
    if metadata.get("description"):
        _add(about, "dct:description", " ".join(plain(metadata["description"]).split()))
    _add_access(about, record, address)
    _add_files(about, record, f"{page}/files", address)
    return root


def _add_type(about: Element, kind: str) -> None:
    _add(about, "rdf:type", resource=f"{_SPACES['dcat']}Dataset")
    if dcmi := _DCMI_TYPES.get(kind, "Text"):
        _add(about, "dct:type", resource=f"{_DCMI}/{dcmi}")


def _add_person(parent: Element, entry: Json) -> None:
    person = entry["person_or_org"]
    orcids = [item["identifier"] for item in person.get("identifiers", ()) if item.get("scheme") == "orcid"]
    known = {"about": f"https://orcid.org/{orcids[0]}"} if orcids else {}
    element = _add(parent, "rdf:Description", **known)
    is_person = person.get("type") != "organizational"
    _add(element, "rdf:type", resource=f"{_SPACES['foaf']}{'Person' if is_person else 'Organization'}")
    _add(element, "foaf:name", person.get("name", ""))
    for field, tag in (("given_name", "givenName"), ("family_name", "familyName")):
        if person.get(field):
            _add(element, f"foaf:{tag}", person[field])
    for item in entry.get("affiliations", ()):
        organisation = _add(_add(element, "org:memberOf"), "foaf:Organization")
        _add(organisation, "foaf:name", item.get("name", ""))


def _add_identifier(about: Element, text: str, agency: str, **attributes: str) -> None:
    element = _add(_add(about, "adms:identifier"), "adms:Identifier")
    _add(element, "skos:notation", text, **attributes)
    _add(element, "adms:schemeAgency", agency)


def _add_related(about: Element, record: Json, base: str) -> None:
    for relation, scheme, kind, identifier in related(record, base):
        address = _ADDRESSES.get(scheme, "{}").format(identifier)
        tag = f"{relation[0].lower()}{relation[1:]}" if relation.isidentifier() else "relation"
        element = _add(about, f"dct:{tag}")
        description = _add(element, "rdf:Description", about=address)
        _add(description, "dct:identifier", address)
        if kind:
            _add_type(description, kind)


def _add_access(about: Element, record: Json, address: str) -> None:
    right = _ACCESS.get(record["access"]["status"], "PUBLIC")
    _add(about, "dct:accessRights", resource=f"{_AUTHORITY}/access-right/{right}")
    statement = _add(_add(about, "dct:accessRights"), "dct:RightsStatement", about=access_right(record))
    _add(statement, "rdfs:label")
    for _, _, url in rights(record):
        if url:
            distribution = _add(_add(about, "dcat:distribution"), "dcat:Distribution")
            _add(distribution, "dct:license", resource=url)
            _add(distribution, "dcat:accessURL", resource=address)


def _add_files(about: Element, record: Json, url: str, address: str) -> None:
    for key, file in record["files"]["entries"].items() if has_open_files(record) else ():
        distribution = _add(_add(about, "dcat:distribution"), "dcat:Distribution")
        _add(distribution, "dcat:downloadURL", resource=f"{url}/{quote(key)}")
        _add(distribution, "dcat:mediaType", guess_type(key)[0] or file.get("mimetype", ""))
        _add(distribution, "dcat:byteSize", str(file["size"]))
        _add(distribution, "dcat:accessURL", resource=address)
