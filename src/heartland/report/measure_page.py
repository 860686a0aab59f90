"""The page of a measure: pictures, tables, and for every number the observations and sources behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heartland.charts.words import interval, plus
from heartland.measures import tidy
from heartland.measures.influence import DISCLAIMER
from heartland.measures.meanings import FLAG_WORDS, KIND_WORDS, REASON_WORDS
from heartland.measures.registry import get
from heartland.measures.text import definition
from heartland.report.behind import Behind
from heartland.report.content import Link, Section, Table, anchor, records
from heartland.report.measure_drawings import change_drawing, drawings, two_powers
from heartland.report.measures import Drawing, Names, figure_of, measure_title, section_of
from heartland.report.page import page

if TYPE_CHECKING:
    import pandas as pd

    from heartland.measures.registry import Measure
    from heartland.region.world import World

__all__ = ["change_page", "measure_drawings", "measure_page"]


def measure_drawings(
    world: World, frame: pd.DataFrame, measures: Sequence[Measure], names: Names, command: str,
    options: Mapping[str, Any],
) -> dict[str, list[Drawing]]:
    """Pictures by measure; influence at one date also has ranks, and the two first powers side by side.

    Parameters
    ----------
    options : those of `tidy.table` the frame was made with
    """
    found: dict[str, list[Drawing]] = {}
    for measure in measures:
        part = frame[frame["measure"] == measure.name]
        if not len(part):
            continue
        ranks = None
        single = part["date"].nunique() == 1 and (part["domain"] == "all").all()
        if measure.name == "influence" and single and (part["channel"] == "").all():
            ranks = tidy.table(world, "influence.rank", **{**options, "missing": "drop"})
        found[measure.name] = drawings(part, measure, names, command, ranks)
        pair = tuple(world.powers[:2])
        if ranks is not None and len(pair) == 2 and set(pair) <= set(part["giver"]):
            asked = {**options, "missing": "drop", "giver": pair[0], "other": pair[1]}
            lead = tidy.table(world, "influence.lead", **asked)
            found[measure.name].append(two_powers(part, lead, (pair[0], pair[1]), names, command))
    return found


def measure_page(
    world: World, frame: pd.DataFrame, measures: Sequence[Measure], *, command: str,
    options: Mapping[str, Any], lines: Sequence[str] = (),
) -> str:
    """HTML text of the page.

    Parameters
    ----------
    frame : tidy table of the measures;  command : what made it, printed on the page
    options : those of `tidy.table` the frame was made with
    lines : sentences that stand above the pictures
    """
    names = Names.of(world.region)
    found = measure_drawings(world, frame, measures, names, command, options)
    every = [drawing for some in found.values() for drawing in some]
    behind = Behind(world, names, options)
    behind.add([row for drawing in every for row in drawing.drawn])
    behind.add([row for drawing in every for row in drawing.rows])
    draws = int(options.get("draws", 1000))
    sections = []
    for name, chosen in found.items():
        figures = [
            figure_of(one, names, behind.links, draws=draws, prefix=name if len(found) > 1 else "")
            for one in chosen
        ]
        sections.append(section_of(
            figures, key=anchor("measure", name), title=measure_title(name), texts=_texts(get(name)),
            points=list(lines),
        ))  # fmt: skip
    note = DISCLAIMER if any("weights" in record.needs for record in measures) else ""
    sections += [*behind.sections(), *_words(frame)]
    dates = sorted(set(frame["date"]))
    title = " and ".join(dict.fromkeys(measure_title(name) for name in found))
    return page(
        sections, names.palette, title=title if len(found) < 3 else measure_title(measures[0].family),
        kicker=f"heartland measure. {world.region.model.title}",
        question=f"{dates[0]}" if len(dates) == 1 else f"{dates[0]} to {dates[-1]}",
        lines=[*_answer(frame), *([note] if note else [])], closing=_closing(world, command),
        data={"schema": "heartland.measure.page/1", "command": command, "rows": _plain(frame)},
    )  # fmt: skip


def _closing(world: World, command: str) -> str:
    region = world.region
    return f"{command}. Region {region.id} {region.model.version}, tables {region.hash[:16]}."


def _texts(record: Measure) -> list[str]:
    reading = record.reading[:1].upper() + record.reading[1:]
    kind = KIND_WORDS.get(record.kind, "")
    return [f"{reading}. Unit: {record.unit}; {kind}. {definition(record)}"]


def change_page(world: World, frame: pd.DataFrame, cell: Mapping[str, Any], years: tuple[str, str], *,
                command: str, unit: str, options: Mapping[str, Any]) -> str:  # fmt: skip
    """HTML text of the page of one change taken apart; the inputs at both dates stand behind it.

    Parameters
    ----------
    options : `weights, known_by, options` as the change was made with
    """
    names = Names.of(world.region)
    title = change_title(cell, years, names)
    drawing = change_drawing(frame, names, title=title, unit=unit, source=command)
    texts = [
        "Rows sum to the change. Volume is the giver's own; others and base are what it is set against; "
        "coverage is what is known at one date only; source is a change of who reports, not of the world.",
        "Intervals vary observations and weights; the structure of the index stays central, since rows close "
        "for it alone.",
    ]
    behind = Behind(world, names, options)
    named = {key: str(cell.get(key) or "") for key in
             ("measure", "giver", "other", "receiver", "domain", "channel")}  # fmt: skip
    for year in years:
        behind.add([{**named, "date": year, "value": 0.0}])
    links = [Link(f"Inputs at {key[-1]}", f"#{place}") for key, place in behind.links.items()]
    figure = figure_of(drawing, names, {}, draws=0)
    section = section_of(
        [figure], key="change", title="The change, taken apart", texts=texts, points=[tuple(links)],
    )
    return page(
        [section, *behind.sections()], names.palette, title=title,
        kicker=f"heartland measure. {world.region.model.title}", question=f"{years[0]} to {years[1]}",
        lines=_change_lines(frame, cell), closing=_closing(world, command),
        data={"schema": "heartland.measure.change/1", "command": command, "rows": _plain(frame)},
    )  # fmt: skip


def _change_lines(frame: pd.DataFrame, cell: Mapping[str, Any]) -> list[str]:
    """The change and its largest parts, and the note of the index."""
    total = records(frame)[-1]
    between = interval(float(total["low"]), float(total["high"]), signed=True)
    said = "no value" if not math.isfinite(total["value"]) else plus(total["value"])
    line = f"How much did it change? {said}{f' ({between})' if between else ''}."
    note = DISCLAIMER if "weights" in get(str(cell["measure"])).needs else ""
    return [line, *([note] if note else [])]


def change_title(cell: Mapping[str, Any], years: tuple[str, str], names: Names) -> str:
    """What changed, where, between which years."""
    who = " and ".join(names.name(str(cell[key])) for key in ("giver", "other") if cell.get(key))
    where = f" in {names.name(str(cell['receiver']))}" if cell.get("receiver") else ""
    name = str(cell["measure"]).replace("_", " ").replace(".", ", ")
    return f"Change of {name}: {who}{where}, {years[0][:4]} to {years[1][:4]}".replace(":  in", " in")


def _answer(frame: pd.DataFrame) -> list[str]:
    """How many values, what is missing and why, and how good the data are."""
    known = frame[frame["value"].notna()]
    gone = frame[frame["value"].isna()]
    lines = [f"{len(known)} values, {len(gone)} without: unknown stays unknown."]
    reasons: dict[str, int] = {}
    for flags in gone["flags"]:
        reason = next((flag[4:] for flag in str(flags).split(";") if flag.startswith("nan:")), "unknown")
        reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        said = "; ".join(f"{REASON_WORDS.get(k, k)} ({k}, {n})" for k, n in reasons.items())
        lines.append(f"Why is there no value? {said[:1].upper()}{said[1:]}.")
    grades = known["data_grade"].value_counts().to_dict()
    if grades:
        said = ", ".join(f"{grade} ({grades[grade]})" for grade in sorted(str(key) for key in grades))
        lines.append(f"How good are the data? Grades: {said}. Intervals hold "
                     f"{100 * frame['level'].iloc[0]:g} % of the draws.")  # fmt: skip
    return lines


def _words(frame: pd.DataFrame) -> list[Section]:
    """What the notes of the tables say, one line each."""
    words = sorted({word for flags in frame["flags"] for word in str(flags).split(";") if word})
    if not words:
        return []
    rows = [
        [word.removeprefix("nan:"), REASON_WORDS.get(word[4:], "") if word.startswith("nan:")
         else FLAG_WORDS.get(word, "")]
        for word in words
    ]  # fmt: skip
    return [Section("notes", "Notes", tables=[Table("Notes and reasons", ["word", "meaning"], rows,
                                                    folded=False)])]  # fmt: skip


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {key: None if isinstance(value, float) and not math.isfinite(value) else _native(value)
         for key, value in row.items()}
        for row in records(frame)
    ]  # fmt: skip


def _native(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
