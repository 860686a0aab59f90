"""Commands that make runs and read them: run, resume, report, why; and `compare` and `verify`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.answered import Done, content
from heartland.app.cli.common import (
    DEFAULT_OUT,
    DaskAddress,
    ExecutorName,
    Format,
    Members,
    Out,
    Record,
    RegionName,
    RunName,
    Seed,
    Trusted,
    WorkerCount,
    aside,
    choice,
    dumps,
    progress_bar,
    say,
    show,
)
from heartland.app.cli.guards import (
    computing_on,
    explainable,
    naming,
    naming_the_run,
    no_headline,
    placing,
    usable_out,
)
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.ensemble import Ensemble

__all__ = ["add"]

BLOCK = 64


Backend = Annotated[
    str, typer.Option("--backend", help="numpy, or jax (extra [jax]): compiled, on a GPU where JAX sees one.")
]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    from heartland.app.cli.verifying import compare, verify

    for command in (run, resume, report, why, compare, verify):
        app.command()(command)


def run(
    context: typer.Context,
    scenario: Annotated[
        str, typer.Argument(help="Id of a scenario of the region, or a scenario file of your own.")
    ] = "",
    system: Annotated[str, typer.Option("--system", help="Run the headline scenario of a system.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Run every scenario and keep the answers.")] = False,
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", help="A further scenario: each alone, all together, and their interaction."),
    ] = None,
    region: RegionName = "",
    members: Members = 1000,
    seed: Seed = 1,
    out: Out = DEFAULT_OUT,
    executor: ExecutorName = "processes",
    workers: WorkerCount = 0,
    address: DaskAddress = "",
    trusted: Trusted = False,
    record: Record = "outcomes",
    backend: Backend = "numpy",
    format: Format = "text",
    open_: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
) -> None:
    """Run a scenario and its baseline on the same random numbers, answer it and write a report.

    With --all every scenario of the region is run and its answers are kept in the region; single reports are
    left out, `heartland report RUN` writes one.
    """
    choice("format", format, ("text", "json"))
    executor = computing_on(backend, executor, workers, every, address, trusted)
    _recordable(record, backend, every or bool(with_))
    begun = time.monotonic()
    from heartland.runs.early import early

    computing = context.with_resource(early(executor, workers, 0 if every else members, address, trusted))
    from heartland.scenarios.validate import load_region

    loaded = load_region(region)
    options: dict[str, Any] = {
        "members": members, "seed": seed, "out": out, "executor": computing, "workers": workers or None,
        "record": record, "backend": backend,
    }  # fmt: skip
    if with_:
        _together(loaded, [_one(loaded, scenario, system, every), *with_], options, format, open_)
        return
    name = _chosen(loaded, scenario, system, every)
    if not name:
        from heartland.app.cli.running_all import run_everything

        usable_out(out)
        run_everything(loaded, options, format, open_)
        return
    _answer_one(loaded, name, options, begun, format, open_)


def _recordable(record: str, backend: str, several: bool) -> None:
    choice("record", record, ("outcomes", "full", "summary"))
    if record == "summary" and (several or backend != "numpy"):
        raise HeartlandInputError.at(
            "--record summary is of one scenario, computed with numpy.",
            fix="Leave --all, --with and --backend out.", check="usage",
        )  # fmt: skip


def _answer_one(
    region: Region, name: str, options: dict[str, Any], begun: float, format: str, open_: bool
) -> None:
    if options["record"] == "summary":
        from heartland.app.cli.summing import answer_summary

        answer_summary(region, name, options, begun, format, open_)
        return
    done = _answer(region, name, options, begun)
    if format == "json":
        say(dumps(content(done)))
    else:
        _say(done)
    if open_:
        show(done.report)


def _one(region: Region, scenario: str, system: str, every: bool) -> str:
    if every:
        raise HeartlandInputError.at(
            "--with joins one scenario to others, and --all names many.",
            fix="Name a scenario, or --system ID.", check="usage",
        )  # fmt: skip
    return _chosen(region, scenario, system, every)


def _together(region: Region, names: list[str], options: dict[str, Any], format: str, open_: bool) -> None:
    from heartland.app.cli.composing import run_together

    content = run_together(region, names, options)
    lines = content.pop("text")
    say(dumps(content) if format == "json" else "\n".join(lines))
    if open_:
        show(Path(content["report"]))


def _chosen(region: Region, scenario: str, system: str, every: bool) -> str:
    """Id or file of the scenario to run; empty for all."""
    if sum((bool(scenario), bool(system), every)) != 1:
        raise HeartlandInputError.at(
            "Name one scenario, or --system ID, or --all.",
            fix=f"Scenarios: {', '.join(region.scenario_ids())}.", check="usage",
        )  # fmt: skip
    if scenario or every:
        return scenario
    from heartland.scenarios.shelf import headlines

    found = headlines(region)
    if system not in found:
        raise no_headline(region, system, found)
    return found[system]


def _answer(region: Region, name: str, options: dict[str, Any], begun: float) -> Done:
    from heartland.app.cli.composing import named, remembered
    from heartland.app.cli.reporting import reporting
    from heartland.charts.beside import Compiler
    from heartland.runs.run import run_pair
    from heartland.scenarios.answers import summaries

    scenario, file, shown = named(region, name)
    usable_out(options["out"])
    loaded = time.monotonic()
    bar = progress_bar("members", BLOCK, options["members"])
    # started now, the compiler of pictures is ready when the report wants it
    with Compiler() as compiler:
        with placing(file, shown), naming_the_run(scenario, options):
            made, base = run_pair(scenario, progress=bar, **options)
        ran = time.monotonic()
        folder = Path(options["out"]) / str(made.card["run_id"])
        with reporting(made, base, options["executor"], compiler, last=True) as write:
            drawing = time.monotonic()
            rows = summaries(made, base)
            answering = time.monotonic() - drawing
            path = write(rows, folder, remembered(folder, made, base))
    ended = time.monotonic()
    seconds = {
        "load": round(loaded - begun, 2), "run": round(ran - loaded, 2), "answer": round(answering, 2),
        "report": round(ended - ran - answering, 2), "total": round(ended - begun, 2),
    }  # fmt: skip
    return Done(made, base, rows, path, folder, seconds)


def _write(run: Ensemble, base: Ensemble, folder: Path) -> Path:
    """Answer a stored run and write its report."""
    from heartland.app.cli.composing import remembered
    from heartland.app.cli.reporting import reporting
    from heartland.scenarios.answers import summaries

    with reporting(run, base) as write:
        return write(summaries(run, base), folder, remembered(folder, run, base))


def _say(done: Done) -> None:
    from heartland.app.cli.describing_systems import behind
    from heartland.report.answer import answer_lines

    for line in answer_lines(done.run, done.base, done.rows):
        say(line)
    say(f"report {done.report}")
    aside(behind(done.run.scenario))


def resume(run: RunName, region: RegionName = "", out: Out = DEFAULT_OUT) -> None:
    """Compute what an interrupted run or sweep still misses; finished blocks are kept."""
    from heartland.app.cli.sweeping import resumed
    from heartland.runs.manifest import read_manifest
    from heartland.runs.opening import find_run
    from heartland.runs.opening import resume as take_up
    from heartland.runs.summed import is_summary

    folder = find_run(run, out)
    if is_summary(folder):
        from heartland.app.cli.summing import resume_and_answer

        resume_and_answer(folder, region)
        return
    members = int(read_manifest(folder)["decisive"]["members"])
    with naming(folder, region):
        if resumed(folder, region):
            return
        made = take_up(folder, progress=progress_bar("members", BLOCK, members), region=region)
    say(f"{folder.name}: {made[0].members} members, complete")
    if len(made) > 1:
        say(f"report {_write(made[0], made[1], folder)}")


def _pair(run: str, region: str, out: Path) -> tuple[Ensemble, Ensemble | None, Path]:
    from heartland.runs.opening import baseline_of, find_run, open_run

    folder = find_run(run, out)
    made = open_run(folder, region)
    return made, baseline_of(made, folder), folder


def report(
    run: RunName,
    region: RegionName = "",
    out: Out = DEFAULT_OUT,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the report of a stored run again."""
    made, base, folder = _pair(run, region, out)
    if base is None:
        raise HeartlandInputError.at(
            f"The baseline of {folder.name} is not stored beside it.",
            why="A report compares a run with its baseline.",
            fix=f"Run it again: heartland run {made.scenario.id}.",
        )
    path = _write(made, base, folder)
    say(str(path))
    if open_:
        show(path)


def why(
    run: RunName,
    variable: Annotated[str, typer.Option("--variable", help="State, measure or event.")],
    receiver: Annotated[str, typer.Option("--receiver")] = "",
    giver: Annotated[str, typer.Option("--giver")] = "",
    other: Annotated[str, typer.Option("--other", help="Second power of division_of_labour.")] = "",
    domain: Annotated[str, typer.Option("--domain", help="Domain of influence; default all.")] = "",
    at: Annotated[str, typer.Option("--at", help="Time; default the end.")] = "end",
    alone: Annotated[
        bool, typer.Option("--alone", help="Change since the start, not the difference from the baseline.")
    ] = False,
    region: RegionName = "",
    out: Out = DEFAULT_OUT,
    format: Format = "table",
) -> None:
    """Split a change by mechanism, or an event's odds by term; rows add up to the row `change`."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.charts.words import number
    from heartland.scenarios.explain import event_table, explain_contrast, explain_run
    from heartland.scenarios.state import event_kinds

    made, base, _ = _pair(run, region, out)
    explainable(variable, giver, receiver)
    given = {"receiver": receiver, "giver": giver, "other": other, "domain": domain, "at": at}
    slots = {name: value for name, value in given.items() if value}
    if variable in event_kinds():
        table = event_table(made, variable)
    elif alone or base is None:
        table = explain_run(made, variable, slots)
    else:
        table = explain_contrast(made, base, variable, slots)
    if format == "table":
        say(table.to_string(index=False, float_format=lambda x: number(x, 4)))
    elif format == "csv":
        say(table.to_csv(index=False).rstrip())
    else:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        say(dumps({"schema": "heartland.why/1", "variable": variable, "slots": slots, "rows": rows}))
