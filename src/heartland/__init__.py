"""An open laboratory for a regional order: every number has a source, every what-if has a score.

    import heartland as hl
    region = hl.Region.load()                            # the shipped region, or a folder of your own
    world = region.at("2021-12-31")
    hl.measures.table(world, "influence", by="domain")
    run, base = hl.run_pair(hl.Scenario.load(region, region.scenario_ids()[0]), members=1000, seed=7)

Names are imported when first used, so that `import heartland` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heartland import measures
    from heartland.evidence.ledger import Ledger
    from heartland.region.region import Region
    from heartland.region.world import World
    from heartland.runs.experiment import open_sweep, sweep
    from heartland.runs.opening import open_run
    from heartland.runs.run import run, run_pair
    from heartland.scenarios.composing import compose
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.scenario import Scenario

__all__ = [
    "Ensemble",
    "Ledger",
    "Region",
    "Scenario",
    "World",
    "__version__",
    "compose",
    "measures",
    "open_run",
    "open_sweep",
    "run",
    "run_pair",
    "sweep",
]

__version__ = "0.1.0"

_PLACES = {
    "Ledger": "heartland.evidence.ledger",
    "Region": "heartland.region.region",
    "World": "heartland.region.world",
    "Scenario": "heartland.scenarios.scenario",
    "Ensemble": "heartland.scenarios.ensemble",
    "compose": "heartland.scenarios.composing",
    "run": "heartland.runs.run",
    "run_pair": "heartland.runs.run",
    "open_run": "heartland.runs.opening",
    "open_sweep": "heartland.runs.experiment",
    "sweep": "heartland.runs.experiment",
}


def __getattr__(name: str) -> Any:
    if name == "measures":
        return import_module("heartland.measures")
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'heartland' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
