"""The write side of the repository as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zenodo_harvest.emulator.deposits.buckets import Files, seed_bucket_id
from zenodo_harvest.emulator.deposits.drafts import Drafts
from zenodo_harvest.emulator.deposits.memberships import Memberships
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.deposits.publication import Publication
from zenodo_harvest.emulator.deposits.requests import Requests
from zenodo_harvest.emulator.deposits.reviews import Reviews
from zenodo_harvest.emulator.deposits.store import Store
from zenodo_harvest.emulator.deposits.terms import Terms
from zenodo_harvest.emulator.state import State


class Desk:
    """Everything that writes, put together over one state."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self.state = state
        self.moments = Moments(now)
        self.terms = Terms(state)
        self.store = Store(state)
        self.contents = state.contents
        self.files = Files(self.store, self.contents, self.moments)
        self.requests = Requests(state, self.moments)
        self.memberships = Memberships(state, self.requests)
        self.drafts = Drafts(state, self.store, self.files, self.terms, self.requests, self.moments)
        self.publication = Publication(
            state, self.store, self.drafts, self.terms, self.requests, self.moments
        )
        self.reviews = Reviews(
            state,
            self.store,
            self.drafts,
            self.publication,
            self.requests,
            self.memberships,
            self.moments,
        )

    def seed_record_of(self, bucket_id: str) -> str | None:
        """Return the id of the record of the seed that has this bucket, or None."""
        return next((id_ for id_ in self.state.ids() if seed_bucket_id(id_) == bucket_id), None)
