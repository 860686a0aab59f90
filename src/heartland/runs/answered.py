"""A scenario with its answer: what pages and tables over many scenarios are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.scenario import Scenario
    from heartland.scenarios.summary import OutcomeSummary

__all__ = ["Answered"]


@dataclass(frozen=True)
class Answered:
    """One scenario, run and compared with its baseline on the same random numbers.

    run, base : their arrays may be read or computed when they are first asked for
    rows : one for each outcome of the scenario, in its order
    """

    scenario: Scenario
    run: Ensemble
    base: Ensemble
    rows: list[OutcomeSummary]
