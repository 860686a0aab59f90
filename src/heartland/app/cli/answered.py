"""An answered scenario on the command line, and what of it goes into JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heartland.runs.summed import Summary
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.summary import OutcomeSummary

__all__ = ["Done", "answer_content", "content"]


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
    return answer_content(done.run, done.rows, done.report, done.folder, done.seconds)


def answer_content(
    run: Ensemble | Summary, rows: Sequence[OutcomeSummary], report: Path, folder: Path,
    seconds: Mapping[str, float],
) -> dict[str, Any]:  # fmt: skip
    """The same of any kind of run."""
    from heartland.runs.backend import backend_of

    return {
        "schema": "heartland.run/1",
        "run_id": run.card["run_id"],
        "region": run.scenario.region.id,
        "scenario": run.scenario.id,
        "seed": run.seed,
        "backend": " on ".join(backend_of(run.card)),
        "members": run.members,
        "steps": len(run.layout.dates) - 1,
        "outcomes": [row.to_json() for row in rows],
        "report": str(report),
        "store": str(folder / "data.zarr"),
        "seconds": dict(seconds),
    }
