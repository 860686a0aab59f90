"""`heartland corridors`: best ways between two places, and the corridors themselves."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say, text_table
from heartland.app.cli.measure_options import Chart, Force
from heartland.app.cli.picturing import checked, write_route
from heartland.errors import HeartlandInputError, suggestion

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Transport corridors: routes, bottlenecks, what closures add.")

At = Annotated[str, typer.Option("--at", help="Date of the legs' standing; default the region's start.")]


@app.command()
def route(
    start: Annotated[str, typer.Argument(metavar="FROM", help="Place, state or capital, by id or name.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="Place, state or capital, by id or name.")],
    at: At = "",
    closed: Annotated[
        list[str] | None,
        typer.Option("--closed", help="Leg, state, corridor, place or mode that is shut; may be repeated."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="cost, days, or both: with the value of time.")] = "cost",
    k: Annotated[int, typer.Option("-k", help="Number of ways.", min=1, max=50)] = 5,
    with_planned: Annotated[bool, typer.Option("--with-planned", help="Use planned legs too.")] = False,
    chart: Chart = "",
    dark: Annotated[bool, typer.Option("--dark", help="A dark picture; pages follow the reader.")] = False,
    force: Force = False,
    region: RegionName = "",
    format: Format = "text",
) -> None:
    """Best ways between two places at a date, the bottleneck state, what closures add; with --chart a map."""
    choice("format", format, ("text", "json", "csv"))
    if chart:
        checked(Path(chart), force)
    choice("by", by, ("cost", "days", "both"))
    from heartland.region.corridor_answers import route_answer
    from heartland.region.corridor_text import answer_lines, answer_rows, to_json
    from heartland.region.region import Region

    loaded = Region.load(region)
    answer = route_answer(
        loaded, start, end, at=at or loaded.model.start, closed=closed or (), by=by, k=k, planned=with_planned
    )
    if chart:
        said = _said(start, end, str(answer.graph.at), closed or (), by, k, with_planned)
        write_route(loaded, answer, Path(chart), force=force, command=said, dark=dark)
    if format == "json":
        say(dumps(to_json(answer)))
    elif format == "csv":
        import pandas as pd

        say(pd.DataFrame(answer_rows(answer)).to_csv(index=False, lineterminator="\n").rstrip("\n"))
    else:
        say("\n".join(answer_lines(answer)))


def _said(
    start: str, end: str, at: str, closed: Sequence[str], by: str, k: int, planned: bool
) -> str:
    """The command that makes the answer again."""
    words = ["heartland", "corridors", "route", start, end, "--at", at]
    words += [word for name in closed for word in ("--closed", name)]
    words += (["--by", by] if by != "cost" else []) + (["-k", str(k)] if k != 5 else [])
    return shlex.join(words + (["--with-planned"] if planned else []))


@app.command(name="list")
def list_(
    at: At = "",
    places: Annotated[bool, typer.Option("--places", help="List the places of the graph instead.")] = False,
    region: RegionName = "",
) -> None:
    """All corridors with stage, length, days, cost and states; or all places."""
    from heartland.region.corridor_records import corridors_of
    from heartland.region.corridor_text import corridor_row
    from heartland.region.corridors import route_graph
    from heartland.region.region import Region

    loaded = Region.load(region)
    graph = route_graph(loaded, at or loaded.model.start)
    if places:
        rows = [["place", "name", "kind", "states"]]
        rows += [[p.id, p.name, p.kind, ", ".join(p.countries)] for p in graph.places.values()]
    else:
        rows = [["id", "corridor", "stage", "km", "days", "usd for 20 t", "states", "no single path"]]
        rows += [corridor_row(graph, item) for item in corridors_of(loaded, graph.at).values()]
    say(text_table(rows))


@app.command()
def show(
    corridor: Annotated[str, typer.Argument(help="Id of a corridor.")], at: At = "", region: RegionName = "",
) -> None:
    """One corridor: path, stages with their dates and sources, wills, legs, facts."""
    from heartland.region.corridor_records import corridors_of
    from heartland.region.corridor_text import corridor_text
    from heartland.region.corridors import route_graph
    from heartland.region.region import Region

    loaded = Region.load(region)
    graph = route_graph(loaded, at or loaded.model.start)
    known = corridors_of(loaded, graph.at)
    if corridor not in known:
        raise HeartlandInputError.at(
            f'"{corridor}" is no corridor of {loaded.id}.', check="routes",
            fix=suggestion(corridor, known, listing="All: heartland corridors list."),
        )  # fmt: skip
    say("\n".join(corridor_text(graph, known[corridor])))
