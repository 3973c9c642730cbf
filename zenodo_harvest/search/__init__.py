"""What a site finds: communities, pages, counts, records by reference, receipts.

Importing the room is cheap: msgspec and the readers are imported when a name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.search.communities import Communities as Communities
    from zenodo_harvest.search.community import Community as Community
    from zenodo_harvest.search.community import count_records as count_records
    from zenodo_harvest.search.community import find_communities as find_communities
    from zenodo_harvest.search.community import resolve_communities as resolve_communities
    from zenodo_harvest.search.community import resolve_community as resolve_community
    from zenodo_harvest.search.cost import Cost as Cost
    from zenodo_harvest.search.cost import cost_of as cost_of
    from zenodo_harvest.search.cost import spoken as spoken
    from zenodo_harvest.search.counts import Breakdown as Breakdown
    from zenodo_harvest.search.counts import Bucket as Bucket
    from zenodo_harvest.search.counts import Counts as Counts
    from zenodo_harvest.search.counts import count as count
    from zenodo_harvest.search.created_period import CreatedPeriod as CreatedPeriod
    from zenodo_harvest.search.fetch import WALKS as WALKS
    from zenodo_harvest.search.fetch import Fetch as Fetch
    from zenodo_harvest.search.fetch import Pager as Pager
    from zenodo_harvest.search.fetch import disagreement as disagreement
    from zenodo_harvest.search.flavour import detect_flavour as detect_flavour
    from zenodo_harvest.search.options import RouteName as RouteName
    from zenodo_harvest.search.options import SaveOptions as SaveOptions
    from zenodo_harvest.search.options import search_of as search_of
    from zenodo_harvest.search.page_sizes import page_size as page_size
    from zenodo_harvest.search.pages import Contradiction as Contradiction
    from zenodo_harvest.search.pages import Page as Page
    from zenodo_harvest.search.pages import PageWalk as PageWalk
    from zenodo_harvest.search.pages import Standing as Standing
    from zenodo_harvest.search.pages import read_page as read_page
    from zenodo_harvest.search.receipt import Account as Account
    from zenodo_harvest.search.receipt import Asked as Asked
    from zenodo_harvest.search.receipt import Brought as Brought
    from zenodo_harvest.search.receipt import CommunityUsed as CommunityUsed
    from zenodo_harvest.search.receipt import OutputWritten as OutputWritten
    from zenodo_harvest.search.receipt import Receipt as Receipt
    from zenodo_harvest.search.receipt import receipt_name as receipt_name
    from zenodo_harvest.search.receipt import write_receipt as write_receipt
    from zenodo_harvest.search.reference_lists import Listed as Listed
    from zenodo_harvest.search.reference_lists import read_refs as read_refs
    from zenodo_harvest.search.references import Miss as Miss
    from zenodo_harvest.search.references import References as References
    from zenodo_harvest.search.references import record_by_ref as record_by_ref
    from zenodo_harvest.search.references import ref_on as ref_on
    from zenodo_harvest.search.remote_records import RemoteRecords as RemoteRecords
    from zenodo_harvest.search.remote_records import pour as pour
    from zenodo_harvest.search.results import Explanation as Explanation
    from zenodo_harvest.search.results import Results as Results
    from zenodo_harvest.search.route import Route as Route
    from zenodo_harvest.search.route import params_for as params_for
    from zenodo_harvest.search.route import route_of as route_of
    from zenodo_harvest.search.totals import ask_least as ask_least
    from zenodo_harvest.search.totals import count_rows as count_rows

_HOMES = {
    "Account": "receipt",
    "Asked": "receipt",
    "Breakdown": "counts",
    "Brought": "receipt",
    "Bucket": "counts",
    "Communities": "communities",
    "Community": "community",
    "CommunityUsed": "receipt",
    "Contradiction": "pages",
    "Cost": "cost",
    "Counts": "counts",
    "CreatedPeriod": "created_period",
    "Explanation": "results",
    "Fetch": "fetch",
    "Listed": "reference_lists",
    "Miss": "references",
    "OutputWritten": "receipt",
    "Page": "pages",
    "PageWalk": "pages",
    "Pager": "fetch",
    "Receipt": "receipt",
    "References": "references",
    "RemoteRecords": "remote_records",
    "Results": "results",
    "Route": "route",
    "RouteName": "options",
    "SaveOptions": "options",
    "Standing": "pages",
    "WALKS": "fetch",
    "ask_least": "totals",
    "cost_of": "cost",
    "count": "counts",
    "count_records": "community",
    "count_rows": "totals",
    "detect_flavour": "flavour",
    "disagreement": "fetch",
    "find_communities": "community",
    "page_size": "page_sizes",
    "params_for": "route",
    "pour": "remote_records",
    "read_page": "pages",
    "read_refs": "reference_lists",
    "receipt_name": "receipt",
    "record_by_ref": "references",
    "ref_on": "references",
    "resolve_communities": "community",
    "resolve_community": "community",
    "route_of": "route",
    "search_of": "options",
    "spoken": "cost",
    "write_receipt": "receipt",
}

__all__ = [
    "WALKS",
    "Account",
    "Asked",
    "Breakdown",
    "Brought",
    "Bucket",
    "Communities",
    "Community",
    "CommunityUsed",
    "Contradiction",
    "Cost",
    "Counts",
    "CreatedPeriod",
    "Explanation",
    "Fetch",
    "Listed",
    "Miss",
    "OutputWritten",
    "Page",
    "PageWalk",
    "Pager",
    "Receipt",
    "References",
    "RemoteRecords",
    "Results",
    "Route",
    "RouteName",
    "SaveOptions",
    "Standing",
    "ask_least",
    "cost_of",
    "count",
    "count_records",
    "count_rows",
    "detect_flavour",
    "disagreement",
    "find_communities",
    "page_size",
    "params_for",
    "pour",
    "read_page",
    "read_refs",
    "receipt_name",
    "record_by_ref",
    "ref_on",
    "resolve_communities",
    "resolve_community",
    "route_of",
    "search_of",
    "spoken",
    "write_receipt",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
