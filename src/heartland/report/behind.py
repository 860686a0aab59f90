"""What is behind the values of a page: for each cell its inputs, with their observations and sources."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heartland.charts.words import number
from heartland.measures import tidy
from heartland.measures.registry import get
from heartland.report.content import Cell, Link, Section, Table, anchor, records
from heartland.report.measures import Names, Row, cell_key, measure_title

if TYPE_CHECKING:

    from heartland.region.world import World

__all__ = ["Behind", "assumptions", "source_names", "sources_table"]

MOST_CELLS = 400
MOST_ROWS = 3000  # of the tables in full; further cells list their sources only
LONG = 80
HEADS = ("part", "channel", "value", "unit", "standing", "period", "contribution", "observations", "sources")
SOURCED = ("channel", "sources", "periods", "observations")
_NAMES = ("observation_id", "source_id", "period")


class Behind:
    """Tables of the inputs behind the cells of a page, and the sources they name.

    The last date of each line of a table is listed in full; earlier dates lead to one table with all the
    observations of the line by channel and source.

    links : `cell_key` of a row -> place of its inputs in the page
    """

    def __init__(self, world: World, names: Names, options: Mapping[str, Any]) -> None:
        self.links: dict[tuple[str, ...], str] = {}
        self.left_out = 0
        self._tables: list[Table] = []
        self._world, self._names, self._cited = world, names, dict[str, None]()
        self._assumed = assumptions(world)
        self._rows = self._cells = 0
        self._first = next(iter(options.get("times") or ()), "")
        known = {key: options.get(key) for key in ("weights", "known_by", "options") if options.get(key)}
        self._explained = tidy.explainer(world, **known)

    def add(self, rows: Sequence[Row]) -> None:
        """Take rows of a tidy table, those first that must not be left out."""
        lines: dict[tuple[str, ...], dict[str, Row]] = {}
        for row in rows:
            if math.isfinite(row["value"]) and cell_key(row) not in self.links:
                lines.setdefault(cell_key(row)[:-1], {})[str(row["date"])] = row
        for dates in lines.values():
            if self._cells + len(dates) > MOST_CELLS:
                self.left_out += len(dates)
                continue
            self._cells += len(dates)
            self._line([dates[day] for day in sorted(dates)])

    def _line(self, rows: Sequence[Row]) -> None:
        """One line of a table, oldest date first."""
        parts = [records(self._explained(self._cell(row))) for row in rows]
        last = rows[-1]
        if len(parts[-1]) <= LONG and self._rows + len(parts[-1]) <= MOST_ROWS:
            self._rows += len(parts[-1])
            self._enter([last], HEADS, self._full(parts[-1]), frozenset({2, 6}), str(last["date"]))
            rows, parts = rows[:-1], parts[:-1]
        if rows:
            when = str(rows[0]["date"]) if len(rows) == 1 else f"{rows[0]['date']} to {rows[-1]['date']}"
            self._enter(rows, SOURCED, self._sourced([part for some in parts for part in some]), None, when)

    def _cell(self, row: Row) -> dict[str, Any]:
        """What `explain` takes; a change over a stretch of dates also has its first."""
        cell = {key: word for key, word in row.items() if word != ""}
        if self._first and "t0" in get(str(row["measure"])).options:
            cell |= {"t0": self._first, "t1": row["date"]}
        return cell

    def _enter(
        self, rows: Sequence[Row], heads: Sequence[str], cells: list[list[Cell]],
        numbers: frozenset[int] | None, when: str,
    ) -> None:
        key = cell_key(rows[0])
        place = anchor("behind", "-".join(word for word in (*key[:-1], when) if word))
        self.links |= {cell_key(row): place for row in rows}
        giver, other, receiver = (self._names.name(word) for word in key[1:4])
        pair = get(key[0]).kind == "p"
        names = [word for word in ((giver, other, receiver) if pair else (giver, receiver, other)) if word]
        words = [measure_title(key[0]), *names, *(word for word in key[4:6] if word and word != "all"), when]
        # the place is the first row, so that a link to it opens the folded table
        table = Table(", ".join(words), heads, cells or [["no inputs are listed"]], numbers or frozenset())
        self._tables.append(_lean(table, [place, *[""] * (len(cells) - 1)]))

    def _full(self, parts: Sequence[Row]) -> list[list[Cell]]:
        return [
            [
                _text(part["part"]), _text(part["channel"]) or _text(part["domain"]),
                number(part["raw value"]) if _finite(part["raw value"]) else "", _text(part["unit"]),
                _text(part["status"]), _text(part["period"]).replace(";", ", "),
                number(part["contribution"]) if _finite(part["contribution"]) else "",
                _text(part["observation_id"]).replace(";", ", "), self._sources(part),
            ]
            for part in parts
        ]  # fmt: skip

    def _sourced(self, parts: Sequence[Row]) -> list[list[Cell]]:
        """Observations by channel and source."""
        found: dict[tuple[str, str], list[dict[str, None]]] = {}
        for part in parts:
            if _text(part["observation_id"]):
                key = _text(part["channel"]) or _text(part["domain"]), _text(part["source_id"])
                periods, names = found.setdefault(key, [{}, {}])
                periods |= dict.fromkeys(_text(part["period"]).split(";"))
                names |= dict.fromkeys(_text(part["observation_id"]).split(";"))
        return [
            [channel, self._sources({"source_id": source, "observation_id": ";".join(names)}),
             _stretch(list(periods)), ", ".join(names)]
            for (channel, source), (periods, names) in found.items()
        ]  # fmt: skip

    def _sources(self, part: Mapping[str, Any]) -> Cell:
        ids = [name for name in _text(part["source_id"]).split(";") if name]
        if not ids:
            said = [self._assumed[name] for name in _text(part["observation_id"]).split(";")
                    if name in self._assumed]  # fmt: skip
            return "; ".join(dict.fromkeys(said))
        self._cited |= dict.fromkeys(ids)
        return tuple(Link(name, f"#{anchor('source', name)}") for name in ids)

    def sections(self) -> list[Section]:
        """What is behind the values, and the sources; nothing where no value has inputs."""
        if not self._tables:
            return []
        notes = []
        if self.left_out:
            notes.append(f"{self.left_out} further values: ask for fewer, or use --explain on one of them.")
        behind = Section(
            "behind", "Behind the values", tables=self._tables, notes=notes,
            texts=["Every input of each value, with its observations and sources: in full for the last date "
                   "of each line, by channel and source for earlier dates and for long lists."],
        )  # fmt: skip
        return [behind, Section("sources", "Sources", tables=[sources_table(self._world, list(self._cited))])]


def assumptions(world: World) -> dict[str, str]:
    """What observations without a source rest on, by id."""
    frame = world.region.tables["observations"]
    bare = frame[frame["source_id"].fillna("").astype(str) == ""]
    return {
        str(row["observation_id"]): f"{row['status']}: {row['note'] or 'no reason given'}"
        for row in records(bare)
    }


def source_names(world: World) -> dict[str, str]:
    """Each source in one line, by id: title, publisher, date, reliability, address."""
    found = {}
    for row in records(world.region.tables["sources"]):
        who = ", ".join(str(row[key]) for key in ("publisher", "published") if row[key])
        words = [f"{row['title']}{f' ({who})' if who else ''}", f"reliability {row['reliability']}"]
        found[str(row["source_id"])] = "; ".join([*words, *([str(row["url"])] if row["url"] else [])])
    return found


def _lean(table: Table, anchors: Sequence[str]) -> Table:
    """The table without columns that are empty throughout; ids of its rows."""
    wide = min(len(row) for row in table.rows) if table.rows else 0
    kept = [k for k in range(wide) if any(row[k] for row in table.rows)]
    numbers = frozenset(kept.index(k) for k in table.numbers if k in kept)
    return Table(
        table.caption, [table.columns[k] for k in kept], [[row[k] for k in kept] for row in table.rows],
        numbers, anchors, folded=table.folded,
    )


def _stretch(periods: Sequence[str]) -> str:
    """Single years in one stretch where there are many."""
    years = sorted(period for period in periods if period.isdigit())
    if len(years) < 3:
        return ", ".join(periods)
    rest = [period for period in periods if period and not period.isdigit()]
    return ", ".join([f"{years[0]} to {years[-1]}, {len(years)} years", *rest])


def sources_table(world: World, ids: Sequence[str]) -> Table:
    """Sources by id with their grade and address."""
    rows = {str(row["source_id"]): row for row in records(world.region.tables["sources"])}
    kept = [name for name in sorted(ids) if name in rows]
    heads = ("id", "title", "publisher", "published", "kind", "reliability", "address")
    cells: list[list[Cell]] = []
    for name in kept:
        row = rows[name]
        address = str(row["url"])
        safe = address if address.startswith(("https://", "http://")) else ""
        cells.append([
            name, str(row["title"]), str(row["publisher"]) or str(row["author"]),
            str(row["published"]) or "undated", str(row["kind"]), str(row["reliability"]),
            Link(safe, safe) if safe else "",
        ])  # fmt: skip
    table = Table("Sources behind the values", heads, cells, folded=False)
    return _lean(table, [anchor("source", name) for name in kept])


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
