"""The links the server writes into records, communities, files and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

_QUERY_SAFE = "!$'()*,/:;?@"
_PATH_SAFE = "!$&'()*+,/:;=@"
_THUMBNAIL_SIZES = (10, 50, 100, 250, 750, 1200)
_PICTURES = frozenset({"gif", "jp2", "jpeg", "jpg", "pdf", "png", "tif", "tiff"})


def list_url(url: str, params: Mapping[str, Any]) -> str:
    """Return `url` with sorted parameters, written as the server writes them (zenodo-api.md §3.2)."""
    pairs = [(name, params[name]) for name in sorted(params)]
    return f"{url}?{urlencode(pairs, doseq=True, safe=_QUERY_SAFE)}"


def page_links(url: str, params: Mapping[str, Any], *, page: int, size: int, total: int) -> dict[str, str]:
    """Return ``prev``, ``self`` and ``next`` of a list.

    ``next`` is there while ``page * size < total``, ``prev`` up to the first page past the end
    (zenodo-api.md §13 Search, paging, headers).
    """
    links = {}
    if page > 1 and (page - 2) * size < max(total, 1):
        links["prev"] = list_url(url, {**params, "page": page - 1})
    links["self"] = list_url(url, {**params, "page": page})
    if page * size < total:
        links["next"] = list_url(url, {**params, "page": page + 1})
    return links


def file_links(base: str, record_id: str, key: str) -> dict[str, str]:
    """Return the links of one file of a published record; what can be shown as a picture has more."""
    url = f"{base}/api/records/{record_id}/files/{path_text(key)}"
    links = {"self": url, "content": f"{url}/content"}
    return links | _picture_links(f"{base}/api/iiif/record:{record_id}", key)


def draft_file_links(base: str, record_id: str, key: str) -> dict[str, str]:
    """Return the links of one file of a draft."""
    url = f"{base}/api/records/{record_id}/draft/files/{path_text(key)}"
    links = {"self": url, "content": f"{url}/content", "commit": f"{url}/commit"}
    return links | _picture_links(f"{base}/api/iiif/draft:{record_id}", key)


def _picture_links(record: str, key: str) -> dict[str, str]:
    if not _is_picture(key):
        return {}
    picture = quote(key)
    return {
        "iiif_canvas": f"{record}/canvas/{picture}",
        "iiif_base": f"{record}:{picture}",
        "iiif_info": f"{record}:{picture}/info.json",
        "iiif_api": f"{record}:{picture}/full/full/0/default.png",
    }


def path_text(key: str) -> str:
    """Return a file name as the server writes it into an address."""
    return quote(key, safe=_PATH_SAFE)


def _is_picture(key: str) -> bool:
    return key.rpartition(".")[2].lower() in _PICTURES


def _thumbnails(base: str, record_id: str, keys: Sequence[str]) -> dict[str, Any]:
    image = next(filter(_is_picture, keys), None)
    if image is None:
        return {}
    url = f"{base}/api/iiif/record:{record_id}:{quote(image)}/full"
    return {"thumbnails": {str(size): f"{url}/%5E{size},/0/default.jpg" for size in _THUMBNAIL_SIZES}}


def record_links(record: Mapping[str, Any], base: str, *, keys: Sequence[str]) -> dict[str, Any]:
    """Return the links of a published record, the same set for guests and owners (zenodo-api.md §3.5, §13).

    Args:
        record: The native record.
        base: Scheme and host of the server.
        keys: The file names the thumbnails may show.
    """
    record_id, concept_id = record["id"], record["parent"]["id"]
    api, site = f"{base}/api/records/{record_id}", f"{base}/records/{record_id}"
    links: dict[str, Any] = {"self": api, "self_html": site, "preview_html": f"{site}?preview=1"}
    if doi := record["pids"].get("doi", {}).get("identifier"):
        links["doi"] = links["self_doi"] = f"https://doi.org/{doi}"
        links["self_doi_html"] = f"{base}/doi/{doi}"
    links["reserve_doi"] = f"{api}/draft/pids/doi"
    links["parent"] = f"{base}/api/records/{concept_id}"
    links["parent_html"] = f"{base}/records/{concept_id}"
    if doi := record["parent"].get("pids", {}).get("doi", {}).get("identifier"):
        links["parent_doi"] = f"https://doi.org/{doi}"
        links["parent_doi_html"] = f"{base}/doi/{doi}"
    return links | {
        "self_iiif_manifest": f"{base}/api/iiif/record:{record_id}/manifest",
        "self_iiif_sequence": f"{base}/api/iiif/record:{record_id}/sequence/default",
        "files": f"{api}/files",
        "media_files": f"{api}/media-files",
        **_thumbnails(base, record_id, keys),
        "archive": f"{api}/files-archive",
        "archive_media": f"{api}/media-files-archive",
        "latest": f"{api}/versions/latest",
        "latest_html": f"{site}/latest",
        "versions": f"{api}/versions",
        "draft": f"{api}/draft",
        **_sharing(api),
        "request_deletion": f"{api}/request-deletion",
        "file_modification": f"{api}/file-modification",
        "quota_increase": f"{api}/quota-increase",
        "requests": f"{api}/requests",
    }


def _sharing(api: str) -> dict[str, str]:
    """Return the links of who may see a record, and of its communities; a draft has those of its record."""
    return {
        "access_links": f"{api}/access/links",
        "access_grants": f"{api}/access/grants",
        "access_users": f"{api}/access/users",
        "access_request": f"{api}/access/request",
        "access": f"{api}/access",
        "communities": f"{api}/communities",
        "communities-suggestions": f"{api}/communities-suggestions",
    }


def community_links(community: Mapping[str, Any], base: str) -> dict[str, str]:
    """Return the links of a community: UUIDs in the API, the slug in pages (zenodo-api.md §5)."""
    api, site = f"{base}/api/communities/{community['id']}", f"{base}/communities/{community['slug']}"
    links = {"self": api, "self_html": f"{site}/", "settings_html": f"{site}/settings"}
    links |= {name: f"{api}/{name}" for name in ("logo", "rename", "members")}
    links["public_members"] = f"{api}/members/public"
    links |= {name: f"{api}/{name}" for name in ("invitations", "requests", "records")}
    links["collection_trees"] = f"{api}/collection-trees"
    if community.get("children", {}).get("allow"):
        links["subcommunities"] = f"{api}/subcommunities"
    links["membership_requests"] = f"{api}/membership-requests"
    return links


def draft_links(
    draft: Mapping[str, Any], parent: Mapping[str, Any], base: str, *, keys: Sequence[str]
) -> dict[str, Any]:
    """Return the links of a draft in native JSON (zenodo-api.md §13 Records)."""
    record_id, is_published = draft["id"], draft["is_published"]
    api, site = f"{base}/api/records/{record_id}", f"{base}/records/{record_id}"
    links = {
        "self": f"{api}/draft",
        "self_html": f"{base}/uploads/{record_id}",
        "preview_html": f"{site}?preview=1",
    }
    if doi := draft["pids"].get("doi", {}).get("identifier"):
        links["doi"] = links["self_doi"] = doi_url(doi)
    links["reserve_doi"] = f"{api}/draft/pids/doi"
    if doi := parent.get("pids", {}).get("doi", {}).get("identifier"):
        links["parent_doi"], links["parent_doi_html"] = doi_url(doi), f"{base}/doi/{doi}"
    links |= {
        "self_iiif_manifest": f"{base}/api/iiif/draft:{record_id}/manifest",
        "self_iiif_sequence": f"{base}/api/iiif/draft:{record_id}/sequence/default",
        "files": f"{api}/draft/files",
        "media_files": f"{api}/draft/media-files",
        **_thumbnails(base, record_id, keys),
        "archive": f"{api}/draft/files-archive",
        "archive_media": f"{api}/draft/media-files-archive",
        "versions": f"{api}/versions",
        "record": api,
        "record_html": site,
        "publish": f"{api}/draft/actions/publish",
        "review": f"{api}/draft/review",
        **_sharing(api),
    }
    if draft.get("review"):
        links["submit-review"] = f"{api}/draft/actions/submit-review"
    if is_published:
        links["request_deletion"] = f"{api}/request-deletion"
        links["file_modification"] = f"{api}/file-modification"
    return links | {"quota_increase": f"{api}/quota-increase", "requests": f"{api}/requests"}


def deposit_links(
    item: Mapping[str, Any],
    base: str,
    *,
    is_record: bool,
    parent: Mapping[str, Any],
    keys: Sequence[str],
    bucket_id: str | None,
) -> dict[str, Any]:
    """Return the links of the deposit JSON (zenodo-api.md §9.4, read 2026-08-20).

    Args:
        item: The draft or the published record.
        base: Scheme and host of the server.
        is_record: Whether it is the published record.
        parent: What all versions share.
        keys: The file names the thumbnails may show.
        bucket_id: The bucket, if it is shown.
    """
    id_ = item["id"]
    deposit, record = f"{base}/api/deposit/depositions/{id_}", f"{base}/api/records/{id_}"
    doi = item["pids"].get("doi", {}).get("identifier")
    concept_doi = parent.get("pids", {}).get("doi", {}).get("identifier") if is_record else None
    links: dict[str, Any] = {
        "self": record if is_record else deposit,
        "html": f"{base}/records/{id_}" if is_record else f"{base}/deposit/{id_}",
        "badge": f"{base}/badge/doi/{quote(doi or '', safe='')}.svg",
        "files": f"{record if is_record else deposit}/files",
        "latest_draft": deposit,
        "latest_draft_html": f"{base}/deposit/{id_}",
        **{name: f"{deposit}/actions/{name}" for name in ("publish", "edit", "discard", "newversion")},
    }
    if doi:
        links["doi"] = doi_url(doi)
    if concept_doi:
        links["parent_doi"] = doi_url(concept_doi)
        links["conceptbadge"] = f"{base}/badge/doi/{quote(concept_doi, safe='')}.svg"
    if bucket_id is not None:
        links["bucket"] = f"{base}/api/files/{bucket_id}"
    if any(map(_is_picture, keys)):
        thumbnail = f"{base}/record/{id_}/thumb"
        links["thumb250"] = f"{thumbnail}250"
        links["thumbs"] = {str(size): f"{thumbnail}{size}" for size in _THUMBNAIL_SIZES}
    if item["is_published"]:
        links |= {
            "record": record,
            "record_html": f"{base}/record/{id_}",
            "latest": f"{record}/versions/latest",
            "latest_html": f"{base}/records/{id_}/latest",
        }
    return links


def doi_url(doi: str) -> str:
    """Return the address of a DOI."""
    return f"https://doi.org/{quote(doi, safe=_PATH_SAFE)}"
