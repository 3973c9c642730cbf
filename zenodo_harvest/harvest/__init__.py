"""Everything a search finds, provably: plan, windows, ledger, reconciliation, receipt."""

from zenodo_harvest.harvest.from_dump import harvest_dump
from zenodo_harvest.harvest.harvest import Harvest
from zenodo_harvest.harvest.plan import Plan, RoutePlan, dump_for, make_plan
from zenodo_harvest.harvest.receipt import Changes, Gone, HarvestReceipt, WindowWalked
from zenodo_harvest.harvest.scope import Scope

__all__ = [
    "Changes",
    "Gone",
    "Harvest",
    "HarvestReceipt",
    "Plan",
    "RoutePlan",
    "Scope",
    "WindowWalked",
    "dump_for",
    "harvest_dump",
    "make_plan",
]
