"""`heartland run --all`: every scenario of a region, its answers kept."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.app.cli.common import dumps, say, text_table
from heartland.errors import HeartlandError

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.runs.sweep import Part

__all__ = ["UnfinishedError", "run_everything"]


class UnfinishedError(HeartlandError):
    """Some scenarios of a sweep failed; the others are kept."""

    exit_code = 1


def run_everything(region: Region, options: Mapping[str, Any], format: str, open_: bool) -> None:
    """Run all scenarios of a region, print the answers and write them down.

    Raises
    ------
    UnfinishedError
        Naming the scenarios that failed, when all others are done and written.
    RunInterruptedError
        After Ctrl-C; the same command goes on from what is finished.
    """
    from heartland.report.digest import digest
    from heartland.runs.executors import RunInterruptedError
    from heartland.runs.sweep import sweep

    begun = time.monotonic()
    names = _order(region)
    asked = {name: options[name] for name in ("members", "seed", "out", "executor", "workers")}
    try:
        parts = sweep(region, names, digest, progress=_progress(begun), **asked)
    except RunInterruptedError as error:
        error.add_note("Finished scenarios are kept; the same command goes on from there.")
        raise
    done = [part for part in parts if not part.error]
    kept = _keep(region, done, options)
    if format == "json":
        say(dumps({"schema": "heartland.runs/1", "runs": [_content(region, part, options) for part in done]}))
    else:
        say(text_table(_table(done)))
        say(f"{len(done)} of {len(parts)} scenarios in {time.monotonic() - begun:.0f} s; {kept}")
    failed = [f"{part.scenario}: {part.error}" for part in parts if part.error]
    if failed:
        count = f"{len(failed)} of {len(parts)} scenarios failed; the others are done and kept."
        raise UnfinishedError("\n".join([count, *failed]))


def _order(region: Region) -> list[str]:
    """Scenarios, those that carry a headline first."""
    from heartland.scenarios.shelf import headlines

    return list(dict.fromkeys([*headlines(region).values(), *region.scenario_ids()]))


def _progress(begun: float) -> Callable[[Sequence[Part], int, int], None]:
    def show(ended: Sequence[Part], done: int, total: int) -> None:
        seconds = time.monotonic() - begun
        for place, part in enumerate(ended, start=done - len(ended) + 1):
            said = "failed" if part.error else "done"
            sys.stderr.write(f"{place:3} of {total}  {part.scenario}  {said}  {seconds:.0f} s\n")
        sys.stderr.flush()

    return show


def _keep(region: Region, parts: Sequence[Part], options: Mapping[str, Any]) -> str:
    """Write the answers into the region, or beside the runs where it may not be written to; says which."""
    from heartland.scenarios.answered import FILE, write_answers

    rows = _rows(region, parts, options)
    path = write_answers(region.path, rows)
    if path is not None:
        return f"answers in {path}"
    out = Path(options["out"])
    out.mkdir(parents=True, exist_ok=True)
    beside = write_answers(out, rows)
    return f"{region.path} cannot be written to: answers in {beside or out / FILE}"


def _rows(region: Region, parts: Sequence[Part], options: Mapping[str, Any]) -> list[Any]:
    from datetime import UTC, datetime

    from heartland.scenarios.answered import outcome_row

    common = {
        "members": options["members"], "seed": options["seed"], "version": region.model.version,
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    found = []
    for part in sorted(parts, key=lambda part: part.scenario):
        why = part.result.why
        for row in part.result.rows:
            said = why.words() if why is not None and why.outcome == row.id else ""
            found.append(outcome_row(part.scenario, row, why=said, run_id=part.run_id, **common))
    return found


def _table(parts: Sequence[Part]) -> list[list[str]]:
    """Scenario, the headline outcome's answer, its baseline and difference, evidence grade."""
    from heartland.report.answer import baseline_words, difference_words, spread_words

    lines = [["scenario", "answer", "baseline", "difference", "evidence"]]
    for part in parts:
        if not part.result.rows:
            lines.append([part.scenario, "asks nothing", "", "", ""])
            continue
        row = part.result.rows[0]
        said = spread_words(row.spread, row.unit).replace("90 % interval over parameter draws ", "")
        lines.append([
            part.scenario, said,
            baseline_words(row.baseline, row.unit), difference_words(row.difference, row.unit),
            row.evidence_grade or "not graded",
        ])  # fmt: skip
    return lines


def _content(region: Region, part: Part, options: Mapping[str, Any]) -> dict[str, Any]:
    folder = Path(options["out"]) / part.run_id
    return {
        "schema": "heartland.run/1",
        "run_id": part.run_id,
        "region": region.id,
        "scenario": part.scenario,
        "seed": options["seed"],
        "members": options["members"],
        "steps": part.result.steps,
        "outcomes": [row.to_json() for row in part.result.rows],
        "report": None,
        "store": str(folder / "data.zarr"),
        "seconds": {"total": round(part.seconds, 2)},
    }
