"""`heartland run --all`: every scenario of a region, its answers kept."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.app.cli.common import dumps, say, show, text_table
from heartland.errors import HeartlandError, HeartlandInputError

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.runs.sweep import Part

__all__ = ["UnfinishedError", "run_everything"]


# members from which answers are kept in the region
ENOUGH = 1000


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
    before = frozenset(path.parent.name for path in Path(options["out"]).glob("*/manifest.json"))
    asked = {name: options[name] for name in ("members", "seed", "out", "executor", "workers")}
    try:
        parts = sweep(region, names, digest, progress=_progress(begun), **asked)
    except RunInterruptedError as error:
        error.add_note("Finished scenarios are kept; the same command goes on from there.")
        raise
    done = [part for part in parts if not part.error]
    kept = _keep(region, done, options)
    atlas = _atlas(region, done, options)
    _prune(region, done, options, before)
    if format == "json":
        runs = [_content(region, part, options) for part in done]
        say(dumps({"schema": "heartland.runs/1", "runs": runs, "atlas": str(atlas) if atlas else None}))
    else:
        say(text_table(_table(done)))
        say(f"{len(done)} of {len(parts)} scenarios in {time.monotonic() - begun:.0f} s; {kept}")
        if atlas:
            say(f"atlas {atlas}")
    if atlas and open_:
        show(atlas)
    failed = [f"{part.scenario}: {part.error}" for part in parts if part.error]
    if failed:
        count = f"{len(failed)} of {len(parts)} scenarios failed; the others are done and kept."
        raise UnfinishedError("\n".join([count, *failed]))


def _order(region: Region) -> list[str]:
    """Scenarios, those that carry a headline first."""
    return list(dict.fromkeys([*_headlines(region), *region.scenario_ids()]))


def _headlines(region: Region) -> list[str]:
    """Scenarios that carry a headline; none if some file cannot be read, which its own run will say."""
    from heartland.scenarios.shelf import headlines

    try:
        return list(headlines(region).values())
    except HeartlandInputError:
        return []


def _progress(begun: float) -> Callable[[Sequence[Part], int, int], None]:
    def show(ended: Sequence[Part], done: int, total: int) -> None:
        seconds = time.monotonic() - begun
        for place, part in enumerate(ended, start=done - len(ended) + 1):
            said = "failed" if part.error else "done"
            sys.stderr.write(f"{place:3} of {total}  {part.scenario}  {said}  {seconds:.0f} s\n")
        sys.stderr.flush()

    return show


def _keep(region: Region, parts: Sequence[Part], options: Mapping[str, Any]) -> str:
    """Write the answers beside the runs, and into the region if they are of enough members; says where."""
    from heartland.scenarios.answered import write_answers

    rows = _rows(region, parts, options)
    out = Path(options["out"])
    out.mkdir(parents=True, exist_ok=True)
    beside = write_answers(out, rows)
    if options["members"] < ENOUGH:
        return f"answers in {beside}; a region keeps those of {ENOUGH} members or more"
    path = write_answers(region.path, rows)
    if path is None:
        return f"{region.path} cannot be written to: answers in {beside}"
    return f"answers in {path}"


def _atlas(region: Region, parts: Sequence[Part], options: Mapping[str, Any]) -> Path | None:
    """Draw the atlas from the stored runs, whose arrays are read when they are asked for."""
    from importlib.util import find_spec

    if find_spec("heartland.report.atlas") is None or not parts:
        return None
    from importlib import import_module

    from heartland.runs.answered import Answered
    from heartland.runs.opening import open_run
    from heartland.scenarios.scenario import Scenario

    out, found = Path(options["out"]), []
    for part in parts:
        run, base = (open_run(out / name, region) for name in (part.run_id, part.baseline_run_id))
        scenario = Scenario.load(region, part.scenario)
        found.append(Answered(scenario, replace(run, scenario=scenario), base, part.result.rows))
    try:
        written: Path = import_module("heartland.report.atlas").write_atlas(out / "atlas", found)
    except HeartlandInputError as error:
        print(f"the atlas was not drawn: {error}", file=sys.stderr)
        return None
    return written


def _prune(
    region: Region, parts: Sequence[Part], options: Mapping[str, Any], before: Collection[str]
) -> None:
    """Remove the stores that no headline rests on, each tens of megabytes; what was there before stays."""
    first = set(_headlines(region))
    if not first:
        return
    kept = {name for part in parts if part.scenario in first for name in (part.run_id, part.baseline_run_id)}
    for name in {name for part in parts for name in (part.run_id, part.baseline_run_id)} - kept - {*before}:
        shutil.rmtree(Path(options["out"]) / name)


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
        "store": str(folder / "data.zarr") if folder.exists() else None,
        "seconds": {"total": round(part.seconds, 2)},
    }
