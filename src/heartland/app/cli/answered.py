"""An answered scenario on the command line, and what of it goes into JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.summary import OutcomeSummary

__all__ = ["Done", "content"]


@dataclass(frozen=True)
class Done:
    """One answered scenario: both ensembles, the answer, its report and folder, seconds by part."""

    run: Ensemble
    base: Ensemble
    rows: list[OutcomeSummary]
    report: Path
    folder: Path
    seconds: dict[str, float]


def content(done: Done) -> dict[str, Any]:
    """The answer as `heartland.run/1`."""
    from heartland.runs.backend import backend_of

    run = done.run
    return {
        "schema": "heartland.run/1",
        "run_id": run.card["run_id"],
        "region": run.scenario.region.id,
        "scenario": run.scenario.id,
        "seed": run.seed,
        "backend": " on ".join(backend_of(run.card)),
        "members": run.members,
        "steps": len(run.layout.dates) - 1,
        "outcomes": [row.to_json() for row in done.rows],
        "report": str(done.report),
        "store": str(done.folder / "data.zarr"),
        "seconds": done.seconds,
    }
