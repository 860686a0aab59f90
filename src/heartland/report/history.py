"""The history of one figure as a page: chart, table of every value, oddities of the texts, sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from heartland.charts.history import history_chart, with_runs
from heartland.charts.render import to_svg
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import LIGHT, Palette, Row, Spec, Surface
from heartland.charts.words import interval, number
from heartland.evidence.history import NO_SOURCE, History, history_json, middle
from heartland.evidence.known import rows
from heartland.evidence.references import publishers_of, text_reference
from heartland.report.content import Cell, Figure, Marked, Section, Table, records
from heartland.report.page import page

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["history_page", "history_specs"]

COLUMNS = ("period", "value", "5-95 %", "source", "group", "grade", "standing")
NUMBERS = frozenset({1, 2})


def history_specs(region: Region, found: History, surface: Surface = LIGHT) -> dict[str, Spec]:
    """A chart for each definition that was counted: values under different definitions never share one."""
    title = _title(region, found)
    return {
        definition: history_chart(
            _claims(found, definition), _pooled(found, definition), title=title, unit=found.unit,
            source=f"{definition or 'no definition stated'}; {_region_line(region, found)}",
            log=found.transform == "log", surface=surface,
        )
        for definition in found.definitions or ("",)
    }  # fmt: skip


def history_page(region: Region, found: History) -> str:
    """The page as HTML text: it runs nothing, loads nothing, and follows the reader's preference for dark."""
    palette = Palette.from_rows(records(region.tables["palette"]))
    classes = colour_classes(LIGHT, palette)
    sections = [
        _section(place, definition, spec, classes, found)
        for place, (definition, spec) in enumerate(history_specs(region, found).items())
    ]
    oddities = _oddities(found)
    if oddities:
        sections.append(Section("oddities", "Oddities of the texts these values rest on", points=oddities))
    sections.append(Section("sources", "Sources", points=_sources(region, found)))
    return page(
        sections, palette, title=_title(region, found),
        kicker=f"heartland evidence history. {region.model.title}", question=_lead(found), lines=(),
        closing=f"{_region_line(region, found)}; tables {region.hash[:16]}. Grades set the width of "
        "intervals; their sizes stand in grading.yaml and are an assumption.",
        data=history_json(found),
    )  # fmt: skip


def _section(
    place: int, definition: str, spec: Spec, classes: Mapping[str, str], found: History
) -> Section:
    """Chart of one definition with every value as a table."""
    name = f"figure-{place}"
    heading = definition.replace("-", " ") or "no definition stated"

    def picture() -> str:
        label = str(spec["description"])
        return clean_svg(to_svg(spec), prefix=f"{name}-", label=label, classes=classes)

    caption = f"{heading}: every value, and what was made of it"
    table = Table(caption, COLUMNS, _rows(found, definition), NUMBERS)
    return Section(
        f"definition-{place}", heading, groups=[[Figure(name, picture, table)]],
        notes=_notes(found, definition),
    )  # fmt: skip


def _oddities(found: History) -> list[str]:
    """Issues of the texts behind the values, each with its reading and the values it bears on."""
    lines = []
    for issue in found.issues:
        reading = f" Read as: {issue['suggested_reading']}." if issue.get("suggested_reading") else ""
        lines.append(
            f"{issue['issue_id']} ({issue['kind'].replace('_', ' ')}; {', '.join(issue['records'])}): "
            f"{issue['description'].rstrip('.')}.{reading}"
        )
    return lines


def _name(region: Region, actor: str) -> str:
    names = {row["actor_id"]: row["name"] for row in rows(region.tables["actors"])}
    return str(names.get(actor, actor))


def _title(region: Region, found: History) -> str:
    who = _name(region, found.giver)
    who += f" to {_name(region, found.receiver)}" if found.receiver else ""
    return f"{who}: {found.name}"


def _region_line(region: Region, found: History) -> str:
    known = f", as known by {found.known_by.isoformat()}" if found.known_by else ""
    return f"heartland {region.id} {region.model.version}{known}"


def _lead(found: History) -> str:
    if not found.statements:
        return "Nobody stated a value. Unknown is not zero."
    groups = len({item.group for item in found.statements if item.source_id})
    usable = [point for point in found.points if not math.isnan(point.value)]
    clashes = sum(point.conflict for point in usable)
    values, periods = _counted(len(found.statements), "value"), _counted(len(found.points), "period")
    if not groups:
        return f"{values} for {periods}, none with a source: they are assumptions of the region."
    said = f"{values} of {_counted(groups, 'group')} of sources for {periods}."
    if groups == 1:
        who = "All rest" if all(item.source_id for item in found.statements) else "All with a source rest"
        return f"{said} {who} on one group, so nothing confirms them."
    if all(point.n_groups < 2 for point in usable):
        return f"{said} No two groups speak of the same period, so none confirms another."
    if clashes:
        return f"{said} Sources conflict in {clashes} of them: the band covers what each of them says."
    return f"{said} They do not conflict."


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _notes(found: History, definition: str) -> list[str]:
    mine = [item for item in found.statements if item.definition == definition]
    notes = [
        "Line and band: pooled value and its 90 % interval. Thin lines: interval of a single value, its own "
        "where the source gives one, else the width of its grade."
    ]
    if any(not item.used for item in mine):
        notes.append("Hollow marks did not enter the pooled value; the table says why. A crossed-out mark is "
                     "deprecated.")  # fmt: skip
    if any(point.conflict for point in found.points if point.definition == definition):
        notes.append("≠ marks a period whose sources conflict.")
    gaps = _gaps(found, definition)
    if gaps:
        notes.append(f"The line breaks where nobody stated a value: {', '.join(gaps)}.")
    return notes


def _gaps(found: History, definition: str) -> list[str]:
    points = [p for p in found.points if p.definition == definition and p.end and p.start]
    gaps = []
    end: date | None = None
    for point in points:
        assert point.start is not None
        if end is not None and (point.start - end).days > 32:
            first, last = end + timedelta(days=1), point.start - timedelta(days=1)
            gaps.append(str(first.year) if first.year == last.year else f"{first.year}-{last.year}")
        end = max(end, point.end) if end and point.end else point.end
    return gaps


def _bounds(found: History, start: date | None, end: date | None) -> tuple[date, date]:
    """First and last day drawn of a period; an open end to the last day of all, a year at least."""
    known = [day for item in found.points for day in (item.start, item.end) if day is not None]
    last = max(known, default=date(1, 1, 1))
    first = start or end or last
    return first, end or max(last, first + timedelta(days=365))


def _dated(found: History, item: Any) -> Row:
    start, end = _bounds(found, item.start, item.end)
    at = middle(start, end)
    assert at is not None
    days = {"start": start.isoformat(), "end": end.isoformat(), "date": at.isoformat()}
    return {**asdict(item), **days, "spell": "/" in item.period}


def _claims(found: History, definition: str) -> list[Row]:
    made = [_dated(found, item) for item in found.statements if item.definition == definition]
    return with_runs(sorted(made, key=lambda row: (row["start"], row["end"])), "group")


def _pooled(found: History, definition: str) -> list[Row]:
    made = [
        _dated(found, item)
        for item in found.points
        if item.definition == definition and not math.isnan(item.value)
    ]
    return with_runs(sorted(made, key=lambda row: (row["start"], row["end"])))


def _rows(found: History, definition: str) -> list[list[Cell]]:
    """Rows of the table under the chart: the claims of a period, then what pooling makes of them."""
    made: list[list[Cell]] = []
    for point in found.points:
        if point.definition != definition:
            continue
        mine = [s for s in found.statements if (s.period, s.definition) == (point.period, definition)]
        for item in mine:
            cells = (
                item.period, _value(item.value, found.unit), interval(item.low, item.high, 3),
                f"{item.source_id}: {item.source}" if item.source_id else NO_SOURCE, item.group, item.grade,
                _standing(item),
            )  # fmt: skip
            struck = item.rank == "deprecated"
            made.append([Marked(cell, "del") if struck and cell else cell for cell in cells])
        if len(mine) > 1 and not math.isnan(point.value):
            said = f"ratio {point.ratio:.3g}, conflict" if point.conflict else "no conflict"
            cells = (
                point.period, _value(point.value, found.unit), interval(point.low, point.high, 3), "pooled",
                _counted(point.n_groups, "group"), "", said if point.n_groups > 1 else "",
            )  # fmt: skip
            made.append([Marked(cell, "strong") if cell else cell for cell in cells])
    return made


def _value(value: float, unit: str) -> str:
    return f"{number(value, 3)} {unit}".strip() if math.isfinite(value) else "in another unit"


def _standing(item: Any) -> str:
    parts = [] if item.used else [f"left out: {item.reason}"]
    parts += [item.modality] if item.modality not in ("", "reported") else []
    parts += [f"stated as {item.qualifier.replace('-', ' ')}"] if item.qualifier not in ("", "exact") else []
    return "; ".join([*parts, "own interval" if item.interval == "own" else "interval by grade"])


def _sources(region: Region, found: History) -> list[str]:
    table: Mapping[str, Any] = {row["source_id"]: row for row in rows(region.tables["sources"])}
    names = publishers_of(rows(region.tables["actors"]))
    used = dict.fromkeys(item.source_id for item in found.statements)
    return [text_reference(table[name], names) if name in table else name or NO_SOURCE for name in used]
