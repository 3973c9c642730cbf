"""The paginated engine: communities, pages, counts, records by reference, receipts.

Importing the room is cheap: msgspec and the readers are imported when a name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.search.communities import Community as Community
    from zenodo_harvest.search.communities import count_records as count_records
    from zenodo_harvest.search.communities import find_communities as find_communities
    from zenodo_harvest.search.communities import resolve_community as resolve_community
    from zenodo_harvest.search.cost import Cost as Cost
    from zenodo_harvest.search.counts import Breakdown as Breakdown
    from zenodo_harvest.search.counts import Bucket as Bucket
    from zenodo_harvest.search.counts import Counts as Counts
    from zenodo_harvest.search.detect import detect_flavour as detect_flavour
    from zenodo_harvest.search.directory import Communities as Communities
    from zenodo_harvest.search.dump_route import harvest_dump as harvest_dump
    from zenodo_harvest.search.engine import Engine as Engine
    from zenodo_harvest.search.fetched import Described as Described
    from zenodo_harvest.search.fetched import Exporter as Exporter
    from zenodo_harvest.search.fetched import Fetched as Fetched
    from zenodo_harvest.search.fetched import FileSink as FileSink
    from zenodo_harvest.search.fetched import write_receipt as write_receipt
    from zenodo_harvest.search.harvest import Harvest as Harvest
    from zenodo_harvest.search.harvest_receipt import Changes as Changes
    from zenodo_harvest.search.harvest_receipt import Gone as Gone
    from zenodo_harvest.search.harvest_receipt import HarvestReceipt as HarvestReceipt
    from zenodo_harvest.search.harvest_receipt import WindowWalked as WindowWalked
    from zenodo_harvest.search.lists import Listed as Listed
    from zenodo_harvest.search.lists import read_refs as read_refs
    from zenodo_harvest.search.oai import OaiWalk as OaiWalk
    from zenodo_harvest.search.oai import get_record as get_record
    from zenodo_harvest.search.oai import identify as identify
    from zenodo_harvest.search.oai import list_formats as list_formats
    from zenodo_harvest.search.oai import list_identifiers as list_identifiers
    from zenodo_harvest.search.oai import list_records as list_records
    from zenodo_harvest.search.oai import list_sets as list_sets
    from zenodo_harvest.search.oai_answers import NoRecordsMatch as NoRecordsMatch
    from zenodo_harvest.search.oai_answers import OaiError as OaiError
    from zenodo_harvest.search.oai_answers import OaiPage as OaiPage
    from zenodo_harvest.search.oai_answers import TokenLost as TokenLost
    from zenodo_harvest.search.options import RouteName as RouteName
    from zenodo_harvest.search.options import SaveOptions as SaveOptions
    from zenodo_harvest.search.options import search_of as search_of
    from zenodo_harvest.search.pages import Contradiction as Contradiction
    from zenodo_harvest.search.pages import Page as Page
    from zenodo_harvest.search.pages import PageWalk as PageWalk
    from zenodo_harvest.search.pages import read_page as read_page
    from zenodo_harvest.search.plan import Plan as Plan
    from zenodo_harvest.search.plan import RoutePlan as RoutePlan
    from zenodo_harvest.search.plan import dump_for as dump_for
    from zenodo_harvest.search.plan import make_plan as make_plan
    from zenodo_harvest.search.receipt import CommunityUsed as CommunityUsed
    from zenodo_harvest.search.receipt import OutputWritten as OutputWritten
    from zenodo_harvest.search.receipt import Receipt as Receipt
    from zenodo_harvest.search.receipt import receipt_name as receipt_name
    from zenodo_harvest.search.references import Miss as Miss
    from zenodo_harvest.search.references import References as References
    from zenodo_harvest.search.references import record_by_ref as record_by_ref
    from zenodo_harvest.search.references import ref_on as ref_on
    from zenodo_harvest.search.results import Explanation as Explanation
    from zenodo_harvest.search.results import Results as Results
    from zenodo_harvest.search.scope import Scope as Scope
    from zenodo_harvest.search.sink import Sink as Sink
    from zenodo_harvest.search.sink import pour as pour

_HOMES = {
    "Breakdown": "counts",
    "Bucket": "counts",
    "Changes": "harvest_receipt",
    "Communities": "directory",
    "Community": "communities",
    "CommunityUsed": "receipt",
    "Contradiction": "pages",
    "Cost": "cost",
    "Counts": "counts",
    "Described": "fetched",
    "Engine": "engine",
    "Explanation": "results",
    "Exporter": "fetched",
    "Fetched": "fetched",
    "FileSink": "fetched",
    "Gone": "harvest_receipt",
    "Harvest": "harvest",
    "HarvestReceipt": "harvest_receipt",
    "Listed": "lists",
    "Miss": "references",
    "NoRecordsMatch": "oai_answers",
    "OaiError": "oai_answers",
    "OaiPage": "oai_answers",
    "OaiWalk": "oai",
    "OutputWritten": "receipt",
    "Page": "pages",
    "PageWalk": "pages",
    "Plan": "plan",
    "Receipt": "receipt",
    "References": "references",
    "Results": "results",
    "RouteName": "options",
    "RoutePlan": "plan",
    "SaveOptions": "options",
    "Scope": "scope",
    "Sink": "sink",
    "TokenLost": "oai_answers",
    "WindowWalked": "harvest_receipt",
    "count_records": "communities",
    "detect_flavour": "detect",
    "dump_for": "plan",
    "find_communities": "communities",
    "get_record": "oai",
    "harvest_dump": "dump_route",
    "identify": "oai",
    "list_formats": "oai",
    "list_identifiers": "oai",
    "list_records": "oai",
    "list_sets": "oai",
    "make_plan": "plan",
    "pour": "sink",
    "read_page": "pages",
    "read_refs": "lists",
    "receipt_name": "receipt",
    "record_by_ref": "references",
    "ref_on": "references",
    "resolve_community": "communities",
    "search_of": "options",
    "write_receipt": "fetched",
}

__all__ = [
    "Breakdown",
    "Bucket",
    "Changes",
    "Communities",
    "Community",
    "CommunityUsed",
    "Contradiction",
    "Cost",
    "Counts",
    "Described",
    "Engine",
    "Explanation",
    "Exporter",
    "Fetched",
    "FileSink",
    "Gone",
    "Harvest",
    "HarvestReceipt",
    "Listed",
    "Miss",
    "NoRecordsMatch",
    "OaiError",
    "OaiPage",
    "OaiWalk",
    "OutputWritten",
    "Page",
    "PageWalk",
    "Plan",
    "Receipt",
    "References",
    "Results",
    "RouteName",
    "RoutePlan",
    "SaveOptions",
    "Scope",
    "Sink",
    "TokenLost",
    "WindowWalked",
    "count_records",
    "detect_flavour",
    "dump_for",
    "find_communities",
    "get_record",
    "harvest_dump",
    "identify",
    "list_formats",
    "list_identifiers",
    "list_records",
    "list_sets",
    "make_plan",
    "pour",
    "read_page",
    "read_refs",
    "receipt_name",
    "record_by_ref",
    "ref_on",
    "resolve_community",
    "search_of",
    "write_receipt",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
