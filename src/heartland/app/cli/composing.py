"""`heartland run A --with B`: each alone, all together, the baseline, and what the sum leaves open."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.app.cli.common import progress_bar, text_table
from heartland.app.cli.guards import naming_the_run, placing, usable_out
from heartland.app.cli.reporting import reporting
from heartland.errors import HeartlandError, HeartlandInputError

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.composing import Composition
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.interaction import Interaction
    from heartland.scenarios.scenario import Scenario

__all__ = ["ALONE", "named", "remembered", "run_together"]

BLOCK = 64
# file beside a joint run that names the runs of its scenarios alone
ALONE = "alone.json"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def named(region: Region, name: str) -> tuple[Scenario, Path, str]:
    """A scenario by id or file, its file, and the file's name in messages."""
    from heartland.scenarios.scenario import Scenario

    if name.endswith((".yaml", ".yml")):
        return Scenario.read(region, name), Path(name), Path(name).name
    scenario = Scenario.load(region, name)
    file = region.scenario_file(name)
    return scenario, file, f"scenarios/{file.name}"


def run_together(region: Region, names: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Run scenarios together and alone, write the report of the joint run, and give the answer.

    options : of `run_all`, at least out, members and seed

    Returns
    -------
    `heartland.interaction/1`, with the lines of the text answer under `text`
    """
    from heartland.runs.run import run_all
    from heartland.scenarios.composing import composition
    from heartland.scenarios.interaction import interactions

    begun = time.monotonic()
    if len(names) > len(LETTERS):
        raise HeartlandInputError.at(
            f"{len(names)} scenarios cannot be put together.", fix=f"Name at most {len(LETTERS)}.",
            check="usage",
        )  # fmt: skip
    usable_out(options["out"])
    with ExitStack() as places:
        parts = []
        for name in names:
            scenario, file, shown = named(region, name)
            parts.append(scenario)
            places.enter_context(placing(file, shown))
        made = composition(*parts)
        bar = progress_bar("members", BLOCK, options["members"])
        with naming_the_run(made.together, options):
            together, base, *alone = run_all(
                [made.together, made.baseline, *made.alone], progress=bar, **options
            )
    folder = Path(options["out"]) / str(together.card["run_id"])
    with reporting(together, base, options["executor"]) as write:
        found = interactions(together, base, alone)
        _remember(folder, alone)
        path = write([item.answer for item in found], folder, found)
    seconds = {"total": round(time.monotonic() - begun, 2)}
    content = _content(together, base, alone, found, made, path)
    return {**content, "seconds": seconds, "text": _lines(together, base, found, made.notes, path)}


def _remember(folder: Path, alone: Sequence[Ensemble]) -> None:
    from heartland.runs import fsio

    content = json.dumps({"alone": [run.card["run_id"] for run in alone]})
    fsio.put(folder / ALONE, content.encode())


def remembered(folder: Path, together: Ensemble, base: Ensemble) -> list[Interaction]:
    """Interactions of a stored joint run, if the runs of its scenarios alone lie beside it; else none."""
    from heartland.runs.opening import open_run
    from heartland.scenarios.interaction import interactions

    try:
        names = json.loads((folder / ALONE).read_bytes())["alone"]
        alone = [open_run(folder.parent / str(name), together.scenario.region) for name in names]
        return interactions(together, base, alone)
    except (OSError, ValueError, KeyError, TypeError, HeartlandError):
        return []


def _content(
    together: Ensemble,
    base: Ensemble,
    alone: Sequence[Ensemble],
    found: Sequence[Interaction],
    made: Composition,
    path: Path,
) -> dict[str, Any]:
    def run(item: Ensemble) -> dict[str, Any]:
        folder = path.parent.parent / str(item.card["run_id"])
        return {
            "run_id": item.card["run_id"], "scenario": item.scenario.id, "title": item.scenario.title,
            "store": str(folder / "data.zarr"),
        }  # fmt: skip

    return {
        "schema": "heartland.interaction/1",
        "region": together.scenario.region.id,
        "seed": together.seed,
        "members": together.members,
        "steps": len(together.layout.dates) - 1,
        "together": run(together),
        "baseline": run(base),
        "alone": [run(item) for item in alone],
        "outcomes": [item.to_json() for item in found],
        "notes": list(made.notes),
        "report": str(path),
    }


def _lines(
    together: Ensemble, base: Ensemble, found: Sequence[Interaction], notes: Sequence[str], path: Path
) -> list[str]:
    from heartland.charts.words import count, month
    from heartland.report.interaction import heads, told

    dates = together.layout.dates
    parts = found[0].alone if found else ()
    lines = [
        f"{together.scenario.title}. {count(together.members)} runs of each from {month(dates[0])} to "
        f"{month(dates[-1])}, seed {together.seed}, compared with: {base.scenario.title}."
    ]
    lines += [
        f"{letter}: {part.title} ({part.scenario})" for letter, part in zip(LETTERS, parts, strict=False)
    ]
    rows = [heads(len(parts)), *(told(item) for item in found)]
    lines.append(text_table(rows))
    lines += notes
    left = sum(item.n < together.members for item in found)
    if left:
        lines.append(
            f"{left} of {len(found)} rows rest on the members that have a value in every run; "
            "without such members nothing is said."
        )
    lines.append(
        "Interaction: what both together do beyond the sum of each alone. These are runs of a model, not of "
        "the world."
    )
    return [*lines, f"report {path}"]
