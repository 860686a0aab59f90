"""Pages that answer a question from the measures; every number on them is computed here and nowhere written.

`docs/make.py` calls `pages()`, which returns the text of each page and of its pictures (one for light and one
for dark surroundings). The commands under each part give the same numbers on the command line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import heartland as hl
from heartland.charts.render import to_svg
from heartland.charts.svg import colour_classes
from heartland.charts.theme import DARK, LIGHT
from heartland.charts.words import interval, number, plus
from heartland.measures import changes, tidy
from heartland.measures.registry import get
from heartland.report.measure_drawings import drawings
from heartland.report.measures import Names

HERE = Path("docs/answers")
IMAGES = Path("docs/images/answers")
FIRST, LAST, AT, EARLY = "2000", "2024", "2022-12-31", "2010-12-31"
YEARS = tuple(f"{year}-12-31" for year in range(int(FIRST), int(LAST) + 1))
SHOWN = ("2000", "2005", "2010", "2015", "2020", "2022", "2024")
PAIR = ("RUS", "CHN")
DOMAINS = ("economic", "security", "political", "societal")
MADE = "Written by `docs/make.py` from the commands named under each part. Do not edit by hand.\n"


@dataclass(frozen=True)
class Desk:
    """The world, names, and tables already asked for."""

    world: Any
    names: Names
    seen: dict[str, Any]

    def table(self, name: str, **options: Any) -> pd.DataFrame:
        """A tidy table; computed once."""
        key = f"{name} {sorted(options.items())}"
        if key not in self.seen:
            self.seen[key] = tidy.table(self.world, name, **options)
        return self.seen[key]

    def name(self, actor: str) -> str:
        """Name of an actor."""
        return self.names.name(actor)


def desk() -> Desk:
    """The default region at the date of the answers."""
    region = hl.Region.load("central-asia")
    return Desk(region.at(AT), Names.of(region), {})


def with_interval(row: Mapping[str, Any]) -> str:
    """`.47 (.29 to .64)`, or why there is no value."""
    if not math.isfinite(row["value"]):
        reason = next((f[4:] for f in str(row["flags"]).split(";") if f.startswith("nan:")), "unknown")
        return f"no value ({reason})"
    if not math.isfinite(row["low"]):
        return number(row["value"])
    return f"{number(row['value'])} ({interval(row['low'], row['high'])})"


def share(p: float) -> str:
    """A share of draws, never printed as certain."""
    return "over 99 %" if p > 0.99 else "under 1 %" if p < 0.01 else f"{100 * p:.0f} %"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def command(text: str) -> str:
    """A command in a block of its own."""
    return f"```text\nheartland measure {text}\n```\n"


def row_of(frame: pd.DataFrame, **wanted: str) -> dict[str, Any]:
    """The one row with these labels."""
    for key, value in wanted.items():
        frame = frame[frame[key] == value]
    return dict(frame.iloc[0])


def pictures(
    desk: Desk, frame: pd.DataFrame, name: str, prefix: str, source: str,
) -> tuple[str, dict[Path, str]]:
    """Markdown of the pictures of a table, and the files, light and dark."""
    files: dict[Path, str] = {}
    lines = []
    for drawing in drawings(frame, get(name), desk.names, source):
        light = to_svg(drawing.spec)
        key = f"{prefix}-{drawing.key}".lower()
        files[IMAGES / f"{key}.svg"] = light
        files[IMAGES / f"{key}-dark.svg"] = darkened(light, desk.names)
        said = str(drawing.spec["description"]).replace('"', "'")
        lines.append(
            '<picture><source media="(prefers-color-scheme: dark)" '
            f'srcset="../images/answers/{key}-dark.svg">'
            f'<img src="../images/answers/{key}.svg" alt="{said}"></picture>'
        )
    return "\n".join(lines) + "\n", files


def darkened(svg: str, names: Names) -> str:
    """The same picture with the colours of the dark surface."""
    dark = {role: colour for colour, role in colour_classes(DARK, names.palette).items()}
    for colour, role in colour_classes(LIGHT, names.palette).items():
        if role in dark:
            for text in (colour, colour.upper()):
                svg = svg.replace(text, f"\0{role}\0")
    for role, colour in dark.items():
        svg = svg.replace(f"\0{role}\0", colour)
    return svg


def sources(desk: Desk, cells: Sequence[Mapping[str, Any]]) -> str:
    """Every source behind some cells, with its title."""
    explained = tidy.explainer(desk.world)
    ids: dict[str, None] = {}
    for cell in cells:
        for text in explained(cell)["source_id"]:
            ids.update(dict.fromkeys(name for name in str(text).split(";") if name and name != "nan"))
    rows = {row["source_id"]: row for row in desk.world.region.tables["sources"].to_dict("records")}
    return "\n".join(
        f"- `{name}` {rows[name]['title']}. {_by(rows[name])}Reliability {rows[name]['reliability']}."
        for name in sorted(ids)
    ) + "\n"


def _by(row: Mapping[str, Any]) -> str:
    return f"{row['publisher']}. " if row["publisher"] else ""


def pages() -> dict[Path, str]:
    """Text of each page and picture, by path from the root of the repository."""
    from answers_labour import labour_page
    from answers_standing import standing_page

    here = desk()
    return {**standing_page(here), **labour_page(here)}


def change_words(desk: Desk, measure: str, giver: str, receiver: str, t0: str, t1: str) -> str:
    """The three largest rows of a change, and the rows that are not about the world."""
    cell = {"measure": measure, "giver": giver, "receiver": receiver}
    frame = changes.change(desk.world, cell, t0, t1, draws=0)
    if len(frame) == 1:
        return "no change can be told: too little is known at one of the dates"
    own = frame[frame["part"].isin(["bandwidth", "dependence"])]
    by_channel = own.groupby("channel")["value"].sum()
    by_channel = by_channel.reindex(by_channel.abs().sort_values(ascending=False).index)
    said = ", ".join(f"{channel} {plus(value)}" for channel, value in by_channel.head(3).items())
    rest = frame[frame["part"].isin(["coverage", "source"])].groupby("part")["value"].sum()
    told = [f"{part} {plus(value)}" for part, value in rest.items() if abs(value) >= 0.005]
    return said + (f"; not of the world: {', '.join(told)}" if told else "")
