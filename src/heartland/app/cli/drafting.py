"""`heartland new-scenario FILE`: a scenario of one's own to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from heartland.app.cli.common import RegionName, say

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command(name="new-scenario")(new_scenario)


def new_scenario(
    file: Annotated[Path, typer.Argument(help="YAML file to write; its name is the scenario's id.")],
    from_: Annotated[str, typer.Option("--from", help="Scenario of the region to copy.")] = "",
    system: Annotated[str, typer.Option("--system", help="System that the question belongs to.")] = "",
    start: Annotated[str, typer.Option("--start", help="Day it starts on: 2021-12-31.")] = "",
    region: RegionName = "",
) -> None:
    """Write a commented scenario that runs as it is; an existing file is never replaced."""
    from heartland.scenarios.drafting import commented, draft
    from heartland.scenarios.saving import file_of, save_text
    from heartland.scenarios.validate import load_region

    target = file_of(file, file.stem)
    loaded = load_region(region)
    made = draft(loaded, file.stem, base=from_, system=system, start=start)
    save_text(made, target, commented(made))
    where = f" --region {region}" if region else ""
    say(f"{target}: from {made.start}; patches {len(made.patches)}, outcomes {len(made.outcomes)}")
    say(f"run it: heartland run {target}{where}")
