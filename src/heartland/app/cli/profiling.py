"""`heartland profile`: where the time of a run goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.common import Format, RegionName, Seed, aside, choice, dumps, say, text_table
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.runs.profile import Part, Profile

__all__ = ["add"]

MOST = 10_000
LISTED = 15


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(profile)


def profile(
    scenario: Annotated[str, typer.Argument(help="Id of a scenario of the region, or a file of your own.")],
    region: RegionName = "",
    members: Annotated[int, typer.Option("--members", help="Members of the run and of its baseline.")] = 256,
    seed: Seed = 1,
    every: Annotated[bool, typer.Option("--all", help="List every mechanism.")] = False,
    format: Format = "text",
) -> None:
    """Run a scenario with its baseline in one process and say where the time goes, by part and mechanism.

    Nothing is kept. Seconds are those of this machine at this moment; shares of a busy machine are rough.
    """
    choice("format", format, ("text", "json"))
    if not 1 <= members <= MOST:
        raise HeartlandInputError.at(
            f"{members} members cannot be profiled.", why=f"A profile has 1 to {MOST:,} members.",
            fix="Write --members 256.", check="usage",
        )  # fmt: skip
    from heartland.app.cli.composing import named
    from heartland.app.cli.guards import placing
    from heartland.runs.profile import profile as measure
    from heartland.scenarios.validate import load_region

    chosen, file, shown = named(load_region(region), scenario)
    with placing(file, shown):
        found = measure(chosen, members=members, seed=seed)
    if format == "json":
        say(dumps(_content(found)))
        return
    _say(found, found.mechanisms if every else found.mechanisms[:LISTED])
    if not every:
        aside(f"all {len(found.mechanisms)} mechanisms: heartland profile {scenario} --all")


def _say(found: Profile, mechanisms: Sequence[Part]) -> None:
    say(
        f"{found.scenario} and its baseline, {found.members:,} members, {found.steps} steps, one process: "
        f"{found.total:.2f} s"
    )
    say(text_table([["part", "seconds", "share", "calls", "what"], *(_line(part) for part in found.parts)]))
    say("")
    say(text_table([["mechanism", "seconds", "share", "calls"], *(_line(part)[:4] for part in mechanisms)]))
    left = len(found.mechanisms) - len(mechanisms)
    if left:
        rest = sum(part.seconds for part in found.mechanisms[len(mechanisms) :])
        say(f"... {left} further mechanisms, {rest:.2f} s together")
    say(
        f"The clock itself: {found.timed:.2f} CPU seconds of simulation with it, {found.bare:.2f} without "
        f"({100 * found.overhead:+.0f} %); other work on the machine may hide a few per cent."
    )


def _line(part: Part) -> list[str]:
    calls = f"{part.calls:,}" if part.calls else ""
    return [part.name, f"{part.seconds:.3f}", f"{100 * part.share:.1f} %", calls, part.about]


def _content(found: Profile) -> dict[str, Any]:
    def rows(parts: Sequence[Part]) -> list[dict[str, Any]]:
        return [
            {"name": part.name, "seconds": round(part.seconds, 6), "share": part.share, "calls": part.calls}
            for part in parts
        ]

    return {
        "schema": "heartland.profile/1",
        "scenario": found.scenario,
        "members": found.members,
        "steps": found.steps,
        "seed": found.seed,
        "total": round(found.total, 6),
        "parts": rows(found.parts),
        "mechanisms": rows(found.mechanisms),
        "clock": {"with": found.timed, "without": found.bare, "overhead": found.overhead},
    }
