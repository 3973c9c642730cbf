"""`Deposits`: every operation of the deposit flow on one site, one call each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zenodo_harvest.deposit import arranging, communities, drafts, files, listing, requests, uploading
from zenodo_harvest.deposit.api import Api
from zenodo_harvest.deposit.bodies import Given, change_of, new_body, said_of
from zenodo_harvest.deposit.communities import Membership
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.files import DepositFile
from zenodo_harvest.deposit.listing import Which
from zenodo_harvest.deposit.metadata import Changes, Metadata, parse_set, read
from zenodo_harvest.deposit.refs import Ref, find_deposit, find_draft
from zenodo_harvest.deposit.requests import Request
from zenodo_harvest.deposit.uploading import QUOTA_BYTES, Uploaded
from zenodo_harvest.errors import UsageError


class Deposits:
    """One's own deposits.

    A reference is the number of a deposit or record, a DOI or an address of the site, or a `Deposit` that was
    returned before. The number of a concept
    is refused, as it stands for all versions. What the server did not keep as it was sent, and what else has
    to be known, is in the ``notes`` of what is returned. Every call that changes something is sent once:
    where its answer is lost, the server is asked what became of it before anything is repeated.

    Every method may raise `BadToken` without a token, `NotFound`, `NotAllowed` for what is somebody else's,
    and `ServerError`.
    """

    def __init__(self, api: Callable[[], Api]) -> None:
        self._api = api

    def __repr__(self) -> str:
        return "<Deposits: list(), get(id), create(metadata), upload(id, file), publish(id) and more>"

    def list(self, q: str = "", *, which: Which = "all", sort: str | None = None) -> Iterator[Deposit]:
        """Yield one's own deposits, all versions, page by page.

        Args:
            q: A query over them.
            which: ``all``; ``drafts``, those that can be changed now; or ``published``.
            sort: The order, as for `Client.search`.

        Raises:
            QueryRefused: The query would not mean what it says.
        """
        return listing.list_deposits(self._api(), q, which=which, sort=sort)

    def create(self, metadata: Given | None = None) -> Deposit:
        """Make a deposit.

        Args:
            metadata: Its metadata, by the names of ``.zenodo.json`` and ours.

        Raises:
            UsageError: The metadata has errors; nothing was made.
            UnknownCommunity: It names a community that there is not; nothing was made.
        """
        api = self._api()
        body = new_body(metadata, today=api.today(), is_zenodo=api.is_zenodo)
        communities.check_known(api, communities.named_in(body))
        return drafts.create(api, body)

    def get(self, ref: Ref) -> Deposit:
        """Return a deposit: its draft if there is one, else the published record."""
        return find_deposit(self._api(), ref)

    def update(
        self,
        ref: Ref,
        metadata: Given | None = None,
        *,
        unset: Iterable[str] = (),
        replace: bool = False,
    ) -> Deposit:
        """Change the metadata of a draft; what is not named stays as it is, byte for byte.

        Args:
            ref: The deposit.
            metadata: Fields and their new values; a name may be a path, such as ``creators.0.orcid``.
            unset: Fields to remove.
            replace: Remove every field that is not named.

        Raises:
            UsageError: A value has an error, or there is no draft. Nothing was changed.
            UnknownCommunity: A community is named that there is not. Nothing was changed.
        """
        return drafts.update(self._api(), ref, self._change(metadata, unset, replace))

    def preview(
        self,
        ref: Ref,
        metadata: Given | None = None,
        *,
        unset: Iterable[str] = (),
        replace: bool = False,
    ) -> Mapping[str, Any]:
        """Return what `update` would send, in native form; nothing is changed."""
        draft = find_draft(self._api(), ref, to="change")
        return self._change(metadata, unset, replace)(draft.native)

    def _change(self, metadata: Given | None, unset: Iterable[str], replace: bool) -> drafts.Change:
        api = self._api()
        change = change_of(metadata, unset, all_of_it=replace, today=api.today(), is_zenodo=api.is_zenodo)

        def checked(draft: Mapping[str, Any]) -> Mapping[str, Any]:
            body, before = change(draft), communities.named_in(draft)
            communities.check_known(api, [slug for slug in communities.named_in(body) if slug not in before])
            return body

        return checked

    def read(self, files: Iterable[Path], settings: Iterable[str] = ()) -> Changes:
        """Return what metadata files and ``key=value`` settings say together, for `create` and `update`.

        Args:
            files: zenodo.yaml, .zenodo.json, CITATION.cff or codemeta.json; settings win over them.
            settings: Single fields.

        Raises:
            UsageError: A file has errors, or a setting names no field.
            LocalError: A file cannot be read.
        """
        api = self._api()
        reading = read(list(files), today=api.today(), partial=True)
        for said in (*reading.findings, *reading.conflicts):
            if str(getattr(said, "level", "warning")) == "warning":
                api.progress.note(str(said))
        return reading.changes | parse_set(settings)

    def metadata(self, deposit: Deposit) -> Metadata:
        """Return the metadata of a deposit, by the names of our own format."""
        return said_of(deposit)

    def delete(self, ref: Ref) -> Deposit:
        """Delete a deposit that was never published, with its files.

        Raises:
            Refused: It is published.
        """
        return drafts.delete(self._api(), ref)

    def wait(self, deposit: Deposit) -> None:
        """Wait until a search finds a published record.

        Raises:
            Incomplete: It does not within ten minutes.
        """
        drafts.wait_until_found(self._api(), deposit)

    def reserve_doi(self, ref: Ref) -> Deposit:
        """Reserve the DOI that a draft will have."""
        return drafts.reserve_doi(self._api(), ref)

    def publish(self, ref: Ref, *, wait: bool = False) -> Deposit:
        """Publish a draft, or an open edit; it cannot be undone.

        Args:
            ref: The deposit.
            wait: Return when a search finds it.

        Raises:
            UsageError: The server names what is missing or wrong, or there is no draft.
            UnknownCommunity: The draft names a community that there is not. Nothing was published.
            Incomplete: It is published, and a search did not find it in ten minutes.
        """
        api = self._api()
        draft = find_draft(api, ref, to="publish")
        communities.check_named(draft)
        communities.check_known(api, communities.named_in(draft.native))
        published = drafts.publish(api, draft)
        published = published.noting(*communities.told_of_asked(api, draft, published))
        if wait:
            drafts.wait_until_found(api, published)
        return published

    def edit(self, ref: Ref) -> Deposit:
        """Open an edit of a published record: its metadata can be changed then."""
        return drafts.edit(self._api(), ref)

    def discard(self, ref: Ref) -> Deposit:
        """Drop the open edit of a published record.

        Raises:
            Refused: It was never published: the server would destroy it.
        """
        return drafts.discard(self._api(), ref)

    def new_version(self, ref: Ref) -> Deposit:
        """Return the draft of the next version, with the files of the one before; there is never a second."""
        return drafts.new_version(self._api(), ref)

    def files(self, ref: Ref) -> tuple[DepositFile, ...]:
        """Return the files of a deposit."""
        return files.list_files(self._api(), find_deposit(self._api(), ref))

    def file(self, ref: Ref, key: str) -> DepositFile:
        """Return one file by its name."""
        return files.find_file(self._api(), find_deposit(self._api(), ref), key)

    def download(self, ref: Ref, key: str, to: Path | str | None = None, *, overwrite: bool = False) -> Path:
        """Bring one file to the disk, verified, and return where it is; the same file is not fetched again.

        Raises:
            Refused: There is another file, and it is not to be overwritten.
            LocalError: It cannot be written.
        """
        return files.download_file(
            self._api(), ref, key, None if to is None else Path(to), overwrite=overwrite
        )

    def upload(
        self,
        ref: Ref,
        *paths: Path | str,
        key: str | None = None,
        replace: bool = False,
        multipart: bool = False,
        quota_bytes: int = QUOTA_BYTES,
    ) -> tuple[Uploaded, ...]:
        """Upload files; the same file that is there already is not sent again.

        Args:
            ref: The deposit.
            paths: The files.
            key: The name of the file, if it is one and to be called otherwise.
            replace: Put a file in the place of another one of its name.
            multipart: Send forms, as the oldest clients do; the server may change names.
            quota_bytes: What the record may hold, if its quota was raised.

        Raises:
            UsageError: A file is empty, a folder, too many or too large. Nothing was sent.
            Refused: Another file of that name is there.
            LocalError: A file cannot be read, or changed meanwhile.
        """
        found = [Path(path) for path in paths]
        if not found:
            raise UsageError("No file was named.", hint="Name at least one.")
        if key is not None and len(found) > 1:
            raise UsageError("One name was given for several files.", hint="Upload them one by one.")
        named = [(path, path.name if key is None else key) for path in found]
        return uploading.upload(
            self._api(), ref, named, replace=replace, multipart=multipart, quota_bytes=quota_bytes
        )

    def rename(self, ref: Ref, key: str, new: str, *, source: Path | str | None = None) -> DepositFile:
        """Give a file another name: it is sent again, from `source` or after it was brought here."""
        return arranging.rename_file(
            self._api(), ref, key, new, source=None if source is None else Path(source)
        )

    def remove(self, ref: Ref, key: str) -> DepositFile:
        """Remove a file from a draft."""
        return files.remove_file(self._api(), ref, key)

    def sort(self, ref: Ref, *keys: str) -> Deposit:
        """Have the first of `keys` shown first; the server keeps no order beyond that."""
        return arranging.sort_files(self._api(), ref, keys)

    def communities(self, ref: Ref) -> tuple[Membership, ...]:
        """Return the communities that a deposit is in, was submitted to, or names."""
        return communities.memberships(self._api(), find_deposit(self._api(), ref))

    def submit(self, ref: Ref, community: str) -> Membership:
        """Submit a published record to a community; the status says whether it is in or waits."""
        return communities.submit(self._api(), ref, community)

    def review(self, ref: Ref, community: str, *, comment: str = "") -> Request:
        """Submit a draft to a community; its acceptance publishes the draft."""
        return communities.review(self._api(), ref, community, comment=comment)

    def withdraw(self, ref: Ref, community: str) -> Membership:
        """Take a deposit out of a community, or take back what was asked of it."""
        return communities.withdraw(self._api(), ref, community)

    def requests(self, *, community: str | None = None, everything: bool = False) -> Iterator[Request]:
        """Yield the requests that concern this user, or those to a community; open ones alone unless told."""
        return requests.list_requests(self._api(), community=community, everything=everything)

    def request(self, request_id: str) -> Request:
        """Return one request."""
        return requests.find_request(self._api(), request_id)

    def accept(self, request_id: str, *, comment: str = "") -> Request:
        """Accept a request; of a ``community-submission`` that publishes the draft."""
        return requests.decide(self._api(), request_id, "accept", comment=comment)

    def decline(self, request_id: str, *, comment: str = "") -> Request:
        """Decline a request."""
        return requests.decide(self._api(), request_id, "decline", comment=comment)

    def request_deletion(self, ref: Ref, *, reason: str, comment: str = "") -> Request:
        """Ask for a published record to be removed; within 30 days of publication that is done at once."""
        return requests.request_deletion(self._api(), ref, reason=reason, comment=comment)

    def unlock_files(self, ref: Ref, *, comment: str = "") -> Request:
        """Ask for the files of a published record to be unlocked."""
        return requests.unlock_files(self._api(), ref, comment=comment)

    def raise_quota(self, ref: Ref, quota_gb: int) -> Request:
        """Ask for more room for the files of a deposit, in whole GB."""
        return requests.raise_quota(self._api(), ref, quota_gb)
