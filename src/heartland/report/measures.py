"""Names, figures and tables of a page of measures; each value leads to what is behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from heartland.charts.render import to_svg
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import LIGHT, Palette, Spec
from heartland.charts.words import interval, number
from heartland.measures.text import probability
from heartland.report.content import Cell, Figure, Link, Section, Table, anchor, records

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = [
    "Drawing", "Names", "Row", "cell_key", "figure_of", "measure_title", "reason_of", "section_of",
]

Row = dict[str, Any]
COLUMNS = ["value", "interval", "inputs", "missing", "grade", "notes"]
KEYS = ("giver", "other", "receiver", "domain", "channel", "date")


@dataclass(frozen=True)
class Names:
    """Names and colours of a region's actors.

    receivers : the actors the region is about;  acronyms : short names of some actors
    """

    palette: Palette
    actors: Mapping[str, str]
    receivers: tuple[str, ...] = ()
    acronyms: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, region: Region) -> Names:
        """From the region's tables."""
        tables = region.tables
        names = dict(zip(tables["actors"]["actor_id"], tables["actors"]["name"], strict=True))
        names |= {row["actor_id"]: row["name"] for row in records(tables["names"]) if row["lang"] == "en"}
        shown = {str(key): str(value) for key, value in names.items()}
        acronyms = {
            str(row["actor_id"]): str(row["text"])
            for row in reversed(records(tables["actor_names"])) if row["kind"] == "acronym"
        }
        palette = Palette.from_rows(records(tables["palette"]))
        return cls(palette, shown, tuple(region.model.receivers), acronyms)

    def name(self, actor: str) -> str:
        """Name of an actor, or its id."""
        return self.actors.get(actor) or actor

    def short(self, actor: str, room: int) -> str:
        """Its name if that has at most so many letters, else its acronym if there is one."""
        name = self.name(actor)
        return name if len(name) <= room else self.acronyms.get(actor, name)


@dataclass(frozen=True)
class Drawing:
    """One picture and the rows of the table it shows.

    key : a name for its place in a page;  rows : those of the tidy table, in the order shown
    drawn : the rows whose marks are in the picture
    """

    key: str
    spec: Spec
    rows: Sequence[Row] = field(default_factory=tuple)
    drawn: Sequence[Row] = field(default_factory=tuple)


def measure_title(name: str) -> str:
    """`leverage.exit_cost` as `Leverage, exit cost`."""
    text = name.replace("_", " ").replace(".", ", ")
    return text[:1].upper() + text[1:]


def reason_of(row: Mapping[str, Any]) -> str:
    """Why a row has no value; empty if it has one."""
    return next((flag[4:] for flag in str(row["flags"]).split(";") if flag.startswith("nan:")), "")


def figure_of(
    drawing: Drawing, names: Names, links: Mapping[tuple[str, ...], str], *, draws: int, prefix: str = "",
) -> Figure:
    """The picture and its table twin; each row leads to what is behind it where that is listed.

    links : `cell_key` of a row -> place in the page;  draws : their number
    prefix : sets figures of several measures apart
    """
    classes = colour_classes(LIGHT, names.palette)
    name = anchor("figure", f"{prefix}-{drawing.key}" if prefix else drawing.key)
    label = str(drawing.spec["description"])
    table = _change_table(drawing) if drawing.key == "change" else _table(drawing, names, links, draws)
    return Figure(
        name, lambda: clean_svg(to_svg(drawing.spec), prefix=f"{name}-", label=label, classes=classes), table
    )


def _table(drawing: Drawing, names: Names, links: Mapping[tuple[str, ...], str], draws: int) -> Table:
    shown = [key for key in KEYS if len({row[key] for row in drawing.rows}) > 1]
    shown = shown or [key for key in ("giver", "receiver", "other", "date") if drawing.rows[0][key]][:1]
    cells: list[list[Cell]] = []
    for row in drawing.rows:
        place = links.get(cell_key(row), "")
        value = _value(row, draws)
        flags = [word for word in str(row["flags"]).split(";") if word and not word.startswith("nan:")]
        cells.append([
            *(names.name(str(row[key])) if key in ("giver", "other", "receiver") else str(row[key])
              for key in shown),
            Link(value, f"#{place}") if place else value,
            interval(row["low"], row["high"]) if math.isfinite(row["low"]) else "",
            str(row["n_used"]), str(row["n_missing"]), str(row["data_grade"]), ", ".join(flags),
        ])  # fmt: skip
    first = len(shown)
    return Table(
        "Values behind the picture", [*shown, *COLUMNS], cells, frozenset({first, first + 2, first + 3}),
    )


def _value(row: Mapping[str, Any], draws: int) -> str:
    if not math.isfinite(row["value"]):
        return f"no value: {reason_of(row)}"
    return probability(row["value"], draws) if row["unit"] == "probability" else number(row["value"])


def _change_table(drawing: Drawing) -> Table:
    heads = ["part", "domain", "channel", "cause", "value", "interval", "notes"]
    cells: list[list[Cell]] = [
        [str(row["part"]), str(row["domain"]), str(row["channel"]), str(row["cause"]),
         number(row["value"]) if math.isfinite(row["value"]) else "no value",
         interval(row["low"], row["high"]) if math.isfinite(row["low"]) else "",
         str(row["flags"]).replace(";", ", ")]
        for row in drawing.rows
    ]  # fmt: skip
    kept = [k for k in range(len(heads)) if k == 4 or any(line[k] for line in cells)]
    return Table(
        "Rows of the change", [heads[k] for k in kept], [[line[k] for k in kept] for line in cells],
        frozenset({kept.index(4)}),
    )


def cell_key(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What names a cell: its measure, actors, domain, channel and date."""
    return tuple(str(row[key] or "") for key in ("measure", *KEYS))


def section_of(
    figures: Sequence[Figure], *, key: str, title: str, texts: Sequence[str], points: Sequence[Cell] = (),
) -> Section:
    """A section with the pictures of one measure."""
    return Section(key, title, texts=texts, groups=[figures], points=points)
