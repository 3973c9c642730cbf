"""The shape of native InvenioRDM JSON as types (zenodo-api.md §3.4, read 2026-08-20, and recordings).

Fields stand in alphabetical order, so that what is left of an object is written with sorted keys. A value
that these types do not foresee makes the fast decoder give up; `fitting` then takes what fits.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

from zenodo_harvest.records.metadata_shapes import NOTHING, FunderAward, Identifier, Metadata, Shape, Term

Id = str | int
Leaf = str | int | float | bool
Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that a column of 64 bits can hold."""


class Ignored(Struct, gc=False):
    """An object of which nothing is kept."""


class Nothing(Shape):
    """An object that is empty; one that is not is more than the fast decoder knows."""


class Links(Struct, kw_only=True, gc=False):
    """The only links that are read."""

    self_: str | None = field(default=None, name="self")
    self_html: str | None = None
    html: str | None = None
    record_html: str | None = None


class Pid(Shape):
    """A persistent identifier."""

    client: str | None = None
    identifier: str | None = None
    provider: str | None = None


class Pids(Shape):
    """Persistent identifiers of a record or of its concept."""

    doi: Pid | None = None
    oai: Pid | None = None


class DeletionStatus(Shape):
    """Whether something was deleted."""

    is_deleted: bool | None = None
    status: str | None = None


class Embargo(Shape):
    """When the files become open, and why not before."""

    active: bool | None = None
    reason: str | None = None
    until: str | None = None


class Access(Shape):
    """Who may see what."""

    embargo: Embargo | None = None
    files: str | None = None
    record: str | None = None
    status: str | None = None


class FileAccess(Shape):
    """Whether a file is hidden."""

    hidden: bool | None = None


class Entry(Shape):
    """A file."""

    access: FileAccess | None = None
    checksum: str | None = None
    ext: str | None = None
    id: str | None = None
    key: str | None = None
    links: Ignored | None = None
    metadata: dict[str, Leaf] = field(default_factory=dict)
    mimetype: str | None = None
    size: Whole | None = None
    storage_class: str | None = None


class Files(Shape):
    """The files of a record."""

    count: Whole | None = None
    default_preview: str | None = None
    enabled: bool | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    order: list[str | None] = field(default_factory=list)
    total_bytes: Whole | None = None


class OwnedBy(Shape):
    """The owner."""

    user: Id | None = None


class AccessSettings(Shape):
    """How access can be asked for."""

    accept_conditions_text: str | None = None
    allow_guest_requests: bool | None = None
    allow_user_requests: bool | None = None
    secret_link_expiration: Whole | None = None


class ParentAccess(Shape):
    """Who owns a record."""

    grants: list[Nothing] = field(default_factory=list)
    links: list[Ignored] = field(default_factory=list)
    owned_by: OwnedBy | None = None
    settings: AccessSettings | None = None


class CommunityAccess(Shape):
    """Who may do what in a community."""

    member_policy: str | None = None
    members_visibility: str | None = None
    record_submission_policy: str | None = None
    review_policy: str | None = None
    visibility: str | None = None


class Organization(Shape):
    """An organisation behind a community."""

    id: str | None = None
    identifiers: list[Identifier | None] = field(default_factory=list)
    name: str | None = None


class CommunityMetadata(Shape):
    """What a community says about itself."""

    curation_policy: str | None = None
    description: str | None = None
    funding: list[FunderAward | None] = field(default_factory=list)
    organizations: list[Organization | None] = field(default_factory=list)
    page: str | None = None
    title: str | None = None
    type: Term | None = None
    website: str | None = None


class Children(Shape):
    """Whether a community may have communities."""

    allow: bool | None = None


class Community(Shape):
    """A community as a copy in the record."""

    access: CommunityAccess | None = None
    children: Children | None = None
    created: str | None = None
    custom_fields: dict[str, Leaf] = field(default_factory=dict)
    deletion_status: DeletionStatus | None = None
    id: str | None = None
    links: Ignored | None = None
    metadata: CommunityMetadata | None = None
    revision_id: Whole | None = None
    slug: str | None = None
    updated: str | None = None


class Communities(Shape):
    """The communities of a record."""

    default: str | None = None
    entries: list[Annotated[Raw, Community]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


class Parent(Shape):
    """The concept: what all versions share."""

    access: ParentAccess | None = None
    communities: Communities | None = None
    id: Id | None = None
    pids: Pids | None = None


class Counts(Shape):
    """Use of one version or of all."""

    data_volume: Whole | float | None = None
    downloads: Whole | None = None
    unique_downloads: Whole | None = None
    unique_views: Whole | None = None
    views: Whole | None = None


class Stats(Shape):
    """Use."""

    all_versions: Counts | None = None
    this_version: Counts | None = None


class Swh(Shape):
    """The copy in the Software Heritage archive."""

    swhid: str | None = None


class Versions(Shape):
    """Where a version stands among its siblings."""

    index: Whole | None = None
    is_latest: bool | None = None
    is_latest_draft: bool | None = None


class NativeRecord(Shape):
    """A record."""

    access: Annotated[Raw, Access] = NOTHING
    created: str | None = None
    custom_fields: dict[str, Any] = field(default_factory=dict)
    deletion_status: Annotated[Raw, DeletionStatus] = NOTHING
    expanded: Ignored | None = None
    expires_at: str | None = None
    files: Files | None = None
    id: Id | None = None
    is_draft: bool | None = None
    is_published: bool | None = None
    links: Links | None = None
    media_files: Annotated[Raw, Files] = NOTHING
    metadata: Metadata | None = None
    parent: Parent | None = None
    pids: Pids | None = None
    revision_id: Whole | None = None
    stats: Stats | None = None
    status: str | None = None
    swh: Swh | None = None
    title: str | None = None
    ui: Ignored | None = None
    updated: str | None = None
    versions: Annotated[Raw, Versions] = NOTHING
