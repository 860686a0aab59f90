"""`heartland run SCENARIO --record summary`: very many members, of which a summary is kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.app.cli.answered import answer_content
from heartland.app.cli.common import aside, dumps, progress_bar, say, show
from heartland.app.cli.guards import naming, naming_the_run, placing, usable_out

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.runs.condensed import Summed
    from heartland.runs.executors import Computing

__all__ = ["answer_summary", "resume_and_answer"]


def answer_summary(
    region: Region, name: str, options: Mapping[str, Any], begun: float, format: str, open_: bool
) -> None:
    """Run a scenario and its baseline, say the answer and what is not kept.

    options : of `run`, at least members, seed, out, executor and workers
    """
    from heartland.app.cli.composing import named
    from heartland.runs.condensed import WIDTH, run_summary

    scenario, file, shown = named(region, name)
    usable_out(options["out"])
    loaded = time.monotonic()
    asked = {key: options[key] for key in ("members", "seed", "out", "executor", "workers")}
    bar = progress_bar("members", WIDTH, asked["members"])
    with placing(file, shown), naming_the_run(scenario, options):
        made = run_summary(scenario, progress=bar, **asked)
    ran = time.monotonic()
    report = _report(made, Path(asked["out"]), asked["executor"])
    ended = time.monotonic()
    seconds = {
        "load": round(loaded - begun, 2), "run": round(ran - loaded, 2), "report": round(ended - ran, 2),
        "total": round(ended - begun, 2),
    }  # fmt: skip
    if format == "json":
        say(dumps(_content(made, Path(asked["out"]), report, seconds)))
    else:
        _say(made, report)
    if open_:
        show(report)


def resume_and_answer(folder: Path, region: str) -> None:
    """Compute what a run of the summary kind still misses, and say the answer."""
    from heartland.runs.condensed import WIDTH, Summed, resume_summary
    from heartland.runs.manifest import read_manifest

    bar = progress_bar("members", WIDTH, int(read_manifest(folder)["decisive"]["members"]))
    with naming(folder, region):
        made = resume_summary(folder, progress=bar, region=region)
    if isinstance(made, Summed):
        _say(made, _report(made, folder.parent))
    else:
        say(f"{folder.name}: {made.members} members, complete")


def _report(made: Summed, out: Path, executor: Computing = "serial") -> Path:
    """Report of the first members, whose paths are kept, as that of any run."""
    from heartland.app.cli.composing import remembered
    from heartland.app.cli.reporting import reporting
    from heartland.scenarios.answers import summaries

    first, base = made.first, made.first_base
    folder = out / str(first.card["run_id"])
    with reporting(first, base, executor) as write:
        return write(summaries(first, base), folder, remembered(folder, first, base))


def _say(made: Summed, report: Path) -> None:
    from heartland.app.cli.describing_systems import behind
    from heartland.report.answer import answer_lines

    for line in answer_lines(made.run, made.base, made.rows):
        say(line)
    say(_left_out(made))
    say(f"report of the first {made.first.members:,} members {report}")
    aside(behind(made.run.scenario))


def _left_out(made: Summed) -> str:
    return (
        f"Kept of {made.run.members:,} members: each outcome of each member, and the exact sum, least and "
        "greatest value of every recorded state by date. Not kept: paths, events, the split by mechanism; "
        f"evidence grades and signs rest on the first {made.first.members:,}."
    )


def _content(made: Summed, out: Path, report: Path, seconds: Mapping[str, float]) -> dict[str, Any]:
    folder = out / str(made.run.card["run_id"])
    return {
        **answer_content(made.run, made.rows, report, folder, seconds),
        "record": "summary",
        "first": {"run_id": made.first.card["run_id"], "members": made.first.members},
        "note": _left_out(made),
    }
