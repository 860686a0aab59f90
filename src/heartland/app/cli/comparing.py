"""Two runs side by side, and damaged runs computed again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.app.cli.common import text_table
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble

__all__ = ["compare_runs", "compare_text", "repair_run"]

DIGITS = 3


def compare_runs(a: Ensemble, b: Ensemble) -> dict[str, Any]:
    """Outcomes that both runs can answer, as `heartland.compare/1`.

    Raises
    ------
    HeartlandInputError
        If they share no outcome.
    """
    from heartland.scenarios.answers import summaries

    shared = [item for item in a.scenario.outcomes if item.id in {other.id for other in b.scenario.outcomes}]
    if not shared:
        raise HeartlandInputError.at(
            f"{a.scenario.id} and {b.scenario.id} ask nothing in common.",
            fix="Compare runs with common outcomes.",
        )
    paired = (a.seed, a.members, a.layout.dates) == (b.seed, b.members, b.layout.dates)
    rows = {row.id: row for row in summaries(a, b if paired else None)}
    alone = {row.id: row for row in summaries(b, None)}
    return {
        "schema": "heartland.compare/1",
        "a": {"run_id": a.card["run_id"], "scenario": a.scenario.id},
        "b": {"run_id": b.card["run_id"], "scenario": b.scenario.id},
        "paired": paired,
        "outcomes": [
            {**rows[item.id].to_json(), "baseline": _spread(alone[item.id].to_json())} for item in shared
        ],
    }


def _spread(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("value", "low", "high")}


def compare_text(content: Mapping[str, Any]) -> str:
    """The comparison as an aligned table."""
    rows = [["outcome", "unit", content["a"]["scenario"], content["b"]["scenario"], "difference", "P(sign)"]]
    for item in content["outcomes"]:
        change = item["difference"] or {}
        surely = change.get("p_sign")
        sign = change.get("sign", "") if surely is None else f"{surely:.3g}"
        rows.append(
            [
                item["id"],
                item["unit"],
                _interval(item),
                _interval(item["baseline"]),
                _interval(change),
                sign,
            ]
        )
    note = (
        "" if content["paired"] else "\nnot paired: seeds, members or dates differ, so no difference is given"
    )
    return text_table(rows) + note


def _interval(row: Mapping[str, Any]) -> str:
    if row.get("value") is None:
        return "unknown"
    from heartland.charts.words import beside

    told = tuple(row[name] for name in ("value", "low", "high") if row[name] is not None)
    value, low, high = (
        "" if row[name] is None else beside(row[name], told, DIGITS) for name in ("value", "low", "high")
    )
    return f"{value} ({low} to {high})"


def repair_run(folder: Path, region: str) -> list[str]:
    """Compute damaged blocks of a run, or points of a sweep, again; they must have the journaled values."""
    from heartland.runs.backend import backend_of, job_for
    from heartland.runs.condensed import repair_job
    from heartland.runs.experiment import SWEEP_SCHEMA, point_job
    from heartland.runs.manifest import read_manifest
    from heartland.runs.opening import open_plan
    from heartland.runs.summed import is_summary
    from heartland.runs.verify import repair
    from heartland.scenarios.state import BLOCK

    if is_summary(folder):
        summary = repair_job(folder, region)
        return repair(folder, lambda block: summary(block)[0])
    manifest = read_manifest(folder)
    if manifest.get("schema") == SWEEP_SCHEMA:
        return repair(folder, point_job(folder, region))
    decisive = manifest["decisive"]
    blocks = -(-int(decisive["members"]) // BLOCK)
    job = job_for([open_plan(folder, region)], backend_of(decisive)[0], blocks)
    return repair(folder, lambda block: job(block)[0])
