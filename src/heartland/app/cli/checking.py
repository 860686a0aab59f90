"""Commands whose job is to check: validate and doctor."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say
from heartland.errors import CheckFailedError, HeartlandInputError

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(validate)
    app.command()(doctor)


def validate(
    folder: Annotated[str, typer.Argument(help="A region's folder, or the name of a shipped one.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    format: Format = "text",
) -> None:
    """Check a region's folder: tables, rules, parameters, scenarios; exit code 3 if anything is wrong."""
    choice("format", format, ("text", "json"))
    from heartland.scenarios.validate import validate_region

    try:
        findings = validate_region(folder)
    except HeartlandInputError as error:
        findings = list(error.findings)
    count = {letter: sum(item.severity == letter for item in findings) for letter in "EWI"}
    if format == "json":
        rows = [
            {
                **{name: getattr(item.place, name) for name in ("file", "row", "column")},
                **{name: getattr(item, name) for name in ("severity", "check", "what", "why", "fix")},
            }
            for item in findings
        ]  # fmt: skip
        say(dumps({"schema": "heartland.validate/1", "counts": count, "findings": rows}))
    else:
        for item in findings:
            say(f"{item.severity} {item}")
        say(f"{count['E']} errors, {count['W']} warnings, {count['I']} notes")
    if count["E"] or (strict and count["W"]):
        raise CheckFailedError("The folder cannot be used as it is.")


def doctor(region: RegionName = "") -> None:
    """Check this installation: packages, the region, a short run, a written and verified store."""
    failed = 0
    for name, check in _CHECKS.items():
        try:
            say(f"ok    {name}: {check(region)}")
        except Exception as error:
            failed += 1
            say(f"FAIL  {name}: {type(error).__name__}: {error}")
    if failed:
        raise CheckFailedError(f"{failed} of {len(_CHECKS)} checks failed.")


def _packages(region: str) -> str:
    from importlib.metadata import version

    names = ("heartland", "numpy", "scipy", "pandas", "xarray", "zarr", "altair", "vl-convert-python")
    return f"Python {sys.version.split()[0]}, " + ", ".join(f"{name} {version(name)}" for name in names)


def _region(region: str) -> str:
    from heartland.scenarios.validate import load_region

    return repr(load_region(region))


def _run(region: str) -> str:
    from heartland.runs.opening import find_run
    from heartland.runs.run import run_pair
    from heartland.runs.verify import verify
    from heartland.scenarios.scenario import Scenario
    from heartland.scenarios.validate import load_region

    loaded = load_region(region)
    scenario = Scenario.load(loaded, loaded.scenario_ids()[0])
    with tempfile.TemporaryDirectory() as place:
        made, base = run_pair(scenario, members=64, out=Path(place))
        again, _ = run_pair(scenario, members=64)
        for outcome in scenario.outcomes:
            first, second = made.outcome(outcome.id), again.outcome(outcome.id)
            if first.values.tobytes() != second.values.tobytes():
                raise CheckFailedError(f"{outcome.id} differs between two runs of one seed")
        findings = verify(find_run(str(made.card["run_id"]), place))
    if findings:
        raise CheckFailedError(str(findings[0]))
    return f"{scenario.id}, 64 members with {base.scenario.id}: stored, verified, same bits twice"


_CHECKS: dict[str, Callable[[str], str]] = {"packages": _packages, "region": _region, "run": _run}
