"""`heartland measure`: a measure of the world at a date, as a table with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.region.world import World

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(measure)


def measure(
    name: Annotated[
        str, typer.Argument(help="influence, division_of_labour, or a variant; `family.*` for all.")
    ],
    at: Annotated[str, typer.Option("--at", help="Date; default the region's start.")] = "",
    from_: Annotated[str, typer.Option("--from", help="First year of a range.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last year of a range.")] = "",
    giver: Annotated[str, typer.Option("--giver")] = "",
    receiver: Annotated[str, typer.Option("--receiver")] = "",
    other: Annotated[str, typer.Option("--other", help="Second power.")] = "",
    by: Annotated[str, typer.Option("--by", help="channel, domain or overall.")] = "overall",
    region: RegionName = "",
    draws: Annotated[int, typer.Option("--draws", help="Draws of the interval; 0 for centres only.")] = 1000,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    level: Annotated[float, typer.Option("--level", help="Level of the interval.")] = 0.9,
    missing: Annotated[str, typer.Option("--missing", help="drop, impute or bounds.")] = "drop",
    weights: Annotated[str, typer.Option("--weights", help="A rival set of the region, or a file.")] = "",
    known_by: Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="The inputs behind one cell.")] = False,
    format: Format = "table",
) -> None:
    """Measure the world at a date: who holds what over whom, with intervals and reasons for gaps."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.measures.registry import expand
    from heartland.measures.text import to_csv, to_json, to_text
    from heartland.measures.tidy import table
    from heartland.region.region import Region

    records = expand(name)
    loaded = Region.load(region)
    world = loaded.at(at or loaded.model.start, known_by=known_by or None)
    if explain:
        _explain(world, name, giver, receiver, format)
        return
    frame = table(
        world, name, times=_years(from_, to), giver=giver or None, receiver=receiver or None,
        other=other or None, by=by, draws=draws, seed=seed, level=level, missing=missing,
        weights=weights or None, known_by=known_by or None,
    )  # fmt: skip
    if format == "json":
        say(dumps(to_json(frame, records, name)))
    elif format == "csv":
        say(to_csv(frame).rstrip("\n"))
    else:
        say(to_text(frame, records, draws=draws))


def _years(first: str, last: str) -> list[str] | None:
    if not first and not last:
        return None
    if not (first[:4].isdigit() and last[:4].isdigit() and int(first[:4]) <= int(last[:4])):
        raise HeartlandInputError.at(
            f'"--from {first} --to {last}" is not a range of years.',
            fix="Write --from 2000 --to 2020.",
            check="usage",
        )
    return [f"{year}-12-31" for year in range(int(first[:4]), int(last[:4]) + 1)]


def _explain(world: World, name: str, giver: str, receiver: str, format: str) -> None:
    from heartland.measures.tidy import explain

    if not giver or not receiver:
        raise HeartlandInputError.at(
            "--explain takes one cell.", fix="Add --giver ID and --receiver ID.", check="usage"
        )
    frame = explain(world, {"measure": name, "giver": giver, "receiver": receiver})
    if format == "json":
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        say(dumps({"schema": "heartland.measure.explain/1", "measure": name, "rows": rows}))
    elif format == "csv":
        say(frame.to_csv(index=False).rstrip("\n"))
    else:
        say(frame.to_string(index=False))
