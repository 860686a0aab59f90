"""Commands that hold stored runs against each other or against their own hashes: compare, verify."""

from __future__ import annotations

from typing import Annotated

import typer

from heartland.app.cli.common import DEFAULT_OUT, Format, Out, RegionName, RunName, choice, dumps, say
from heartland.errors import CheckFailedError

__all__ = ["compare", "verify"]


def compare(
    run_a: RunName, run_b: RunName, region: RegionName = "", out: Out = DEFAULT_OUT, format: Format = "text"
) -> None:
    """Answers of two runs side by side; paired where they share seed, members and dates."""
    choice("format", format, ("text", "json"))
    from heartland.app.cli.comparing import compare_runs, compare_text
    from heartland.runs.opening import find_run, open_run

    a = open_run(find_run(run_a, out), region)
    b = open_run(find_run(run_b, out), a.scenario.region)
    content = compare_runs(a, b)
    say(dumps(content) if format == "json" else compare_text(content))


def verify(
    run: RunName,
    out: Out = DEFAULT_OUT,
    repair: Annotated[bool, typer.Option("--repair", help="Compute damaged blocks again.")] = False,
    region: RegionName = "",
) -> None:
    """Hash everything in a run's folder again; names file and block of any damage."""
    from heartland.runs.opening import find_run
    from heartland.runs.verify import verify as check

    folder = find_run(run, out)
    if repair:
        from heartland.app.cli.comparing import repair_run

        for line in repair_run(folder, region):
            say(line)
    findings = check(folder)
    for finding in findings:
        say(f"{finding.severity} {finding}")
    if errors := [finding for finding in findings if finding.severity == "E"]:
        raise CheckFailedError(f"{len(errors)} of the findings are damage.")
    say(f"{folder.name}: every file is as it was journaled")
