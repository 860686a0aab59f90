"""What a report page is made of: cells with links, tables, figures with their table twin, sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from heartland.charts.beside import Compiler
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import LIGHT, Palette, Spec
from heartland.charts.words import count

if TYPE_CHECKING:
    import pandas as pd

    from heartland.report.focus import Focus
    from heartland.scenarios.ensemble import Ensemble

__all__ = ["Cell", "Context", "Figure", "Link", "Marked", "Safe", "Section", "Table", "anchor", "records"]


_SIGNS = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Safe:
    """Markup that the page takes as it is: cleaned pictures, our own style, escaped data."""

    text: str

    def __html__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Link:
    """Text that leads to a place in the page (`#id`)."""

    text: str
    href: str


@dataclass(frozen=True)
class Marked:
    """Text of a table that is struck through (`del`) or stands out (`strong`)."""

    text: str
    tag: Literal["del", "strong"]


Cell: TypeAlias = "str | Link | Marked | tuple[Link, ...]"


@dataclass(frozen=True)
class Table:
    """caption, column heads and rows; `numbers` are the columns set in tabular figures.

    anchors : id of each row, empty for none;  id : of the table;  folded : shown inside <details>
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()
    anchors: Sequence[str] = ()
    id: str = ""
    folded: bool = True
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One picture with the same numbers as a table; the picture may still be in the making.

    make : gives SVG text from the closed list of elements and attributes
    """

    id: str
    make: Callable[[], str]
    table: Table

    @property
    def svg(self) -> Safe:
        """The picture, to stand in the page as it is."""
        return Safe(self.make())


@dataclass(frozen=True)
class Section:
    """One section; `groups` are figures that stand together, `texts` paragraphs, `points` a list."""

    id: str
    title: str
    texts: Sequence[str] = ()
    points: Sequence[Cell] = ()
    groups: Sequence[Sequence[Figure]] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()


def anchor(kind: str, name: str) -> str:
    """Id of a place in the page for any text; different texts may share one only if they differ in signs."""
    return f"{kind}-{_SIGNS.sub('-', name).strip('-') or 'x'}"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table by column name."""
    columns = [str(name) for name in frame.columns]
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*(frame[c].tolist() for c in columns), strict=True)
    ]


@dataclass(frozen=True)
class Context:
    """What every part of the report needs: both runs, what it is about, names and colours."""

    run: Ensemble
    base: Ensemble
    focus: Focus
    palette: Palette
    names: Mapping[str, str]
    compiler: Compiler
    cited: dict[str, None] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Last line of every chart's subtitle."""
        run = self.run
        return f"heartland run {run.card.get('run_id', '')}, {count(run.members)} members"

    @cached_property
    def classes(self) -> dict[str, str]:
        """Style class of each colour."""
        return colour_classes(LIGHT, self.palette)

    def short(self, actor: str) -> str:
        """Acronym of an actor where its names hold one, else its name."""
        return self.acronyms.get(actor) or self.name(actor)

    @cached_property
    def acronyms(self) -> dict[str, str]:
        """First acronym in the table of names, by actor."""
        rows = records(self.run.scenario.region.tables["actor_names"])
        return {str(row["actor_id"]): str(row["text"]) for row in reversed(rows) if row["kind"] == "acronym"}

    def name(self, actor: str) -> str:
        """Name of an actor, or its id."""
        return self.names.get(actor) or actor

    def source_link(self, source_id: str) -> Cell:
        """Link to a source in the list at the end, which it enters; text that is no id stays text."""
        if source_id not in self.known_sources:
            return source_id or "none stated"
        self.cited[source_id] = None
        return Link(source_id, f"#{anchor('source', source_id)}")

    @cached_property
    def known_sources(self) -> dict[str, Mapping[str, Any]]:
        """Rows of sources.csv by id."""
        frame = self.run.scenario.region.tables["sources"]
        return {str(row["source_id"]): row for row in records(frame)}

    def figure(self, key: str, spec: Spec, table: Table) -> Figure:
        """Have a specification compiled beside the work in hand, and pair it with its table."""
        pending = self.compiler.submit(spec)
        return self._figure(key, pending.result, str(spec["description"]), table)

    def drawn(self, key: str, svg: str, label: str, table: Table) -> Figure:
        """A figure from SVG text."""
        return self._figure(key, lambda: svg, label, table)

    def _figure(self, key: str, raw: Callable[[], str], label: str, table: Table) -> Figure:
        name = anchor("figure", key)
        return Figure(
            name, lambda: clean_svg(raw(), prefix=f"{name}-", label=label, classes=self.classes), table
        )
