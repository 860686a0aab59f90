"""Sections on what happened and why: event timeline, splits by mechanism, ablations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.charts.bars import ablation, why_bars
from heartland.charts.events import event_timeline
from heartland.charts.words import count, interval, month, number, of_100, plus
from heartland.errors import HeartlandInputError
from heartland.report.answer import PROBABILITY, scaled, unit_words
from heartland.report.content import Cell, Context, Figure, Link, Section, Table, anchor, records
from heartland.report.focus import subject_of
from heartland.runs.ablation import ALL_ON
from heartland.scenarios.answers import waited_for
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.explain import event_table
from heartland.scenarios.scenario import Outcome
from heartland.scenarios.schedule import FURTHER
from heartland.scenarios.state import event_kinds, state_catalogue
from heartland.scenarios.summary import OutcomeSummary

__all__ = ["ablation_section", "event_section", "why_section"]

MOST_EVENTS = 8
# what is split in place of a reading that is made of it
MADE_OF = {"trade": "trade_gap", "effective_partners": "trade_gap", "influence_share": "influence"}
ENDS = ("value", "low", "high")
# more than the places on any axis: a giver and a receiver as one number
_WIDE = 1 << 16
LOOKS_AT_EVENTS = ("occurs", "count", "first")


def event_section(context: Context) -> Section:
    """How often and when each kind of event happened, for the receiver and powers in focus."""
    figures = []
    for name, run in (("what-if", context.run), ("baseline", context.base)):
        found = _events(context, run)
        frame = pd.DataFrame(found, columns=["event", "date", "share", "ever"])
        title = f"Events of the {name}: {context.name(context.focus.receiver)}"
        spec = event_timeline(frame, title=title, source=context.source)
        cells: list[list[Cell]] = []
        for event in dict.fromkeys(row[0] for row in found):
            mine = [row for row in found if row[0] == event]
            first = max(mine, key=lambda row: row[2])
            cells.append([event, of_100(mine[0][3]), month(first[1]), of_100(first[2])])
        columns = ["event", "in x of 100 runs", "most often in", "of 100 runs that month"]
        figures.append(
            context.figure(f"events-{name}", spec, Table(title, columns, cells, frozenset({1, 3})))
        )
    dropped = int(np.asarray(context.run.array("events_dropped")).sum())
    notes = [f"{dropped} events beyond the log's room per run are not shown."] if dropped else []
    return Section("events", "Events", groups=[figures], notes=notes)


def _events(context: Context, run: Ensemble) -> list[tuple[str, str, float, float]]:
    """(label, date, share of runs in that month, share of runs at any time), the most frequent first."""
    kind = run.array("event_kind")
    # most places of the log are empty
    member, place = np.nonzero(kind >= 0)
    kind, all_steps, giver, receiver = (
        run.array(f"event_{part}")[member, place] for part in ("kind", "step", "giver", "receiver")
    )
    pairs = _WIDE * giver.astype(np.int64) + receiver
    axes = run.layout.axes
    wanted = {context.focus.receiver, *context.focus.powers}
    done: list[tuple[str, str, float, float]] = []
    asked = " ".join(outcome.expression for outcome in run.scenario.outcomes)
    for number_, (name, record) in enumerate(event_kinds().items()):
        on = state_catalogue()[record.variable].axes
        mine = np.flatnonzero(kind == number_)
        step, ends = all_steps[mine], pairs[mine]
        for end in np.unique(ends).tolist():
            first = (end + _WIDE // 2) // _WIDE
            whom = axes.ids(on[record.receiver])[end - _WIDE * first]
            who = axes.ids(on[record.giver])[first] if record.giver >= 0 and first >= 0 else ""
            if not _bears(name, on, who, whom, wanted, asked):
                continue
            hit = (ends == end) & (step > 0)
            label = _event_label(context, record.label, who, whom)
            steps, shares, ever = _shares(member[mine[hit]], step[hit], run.members)
            done += [
                (label, run.layout.dates[at], share, ever) for at, share in zip(steps, shares, strict=True)
            ]
    order = sorted({(-ever, label) for label, _, _, ever in done})[:MOST_EVENTS]
    return [row for _, label in order for row in done if row[0] == label]


def _shares(
    member: NDArray[np.int64], step: NDArray[np.integer[Any]], members: int
) -> tuple[list[int], list[float], float]:
    """Steps with an event, the share of members that have one then, and of those that ever have one."""
    times = int(step.max()) + 1 if step.size else 1
    once = np.unique(member * times + step)
    steps, counts = np.unique(once % times, return_counts=True)
    ever = np.unique(member).size / members
    return steps.tolist(), (counts / members).tolist(), ever


def _bears(
    event: str, on: tuple[str, ...], who: str, whom: str, wanted: set[str], asked: str
) -> bool:
    """Whether an event bears on those in focus.

    One between powers needs both of them; one on a border befalls its two sides; one on any other thing
    that is no actor counts where an outcome asks for it.
    """
    if on[-1] in FURTHER:
        return bool({who, *whom.split("-")} & wanted) or event in asked
    return {whom, who} <= wanted if on[0] == "power" else bool({whom, who} & wanted)


def _event_label(context: Context, event: str, who: str, whom: str) -> str:
    """Event and who takes part; the receiver in focus goes without saying."""
    ends = [context.short(name) for name in (who, whom) if name and name != context.focus.receiver]
    return f"{event}: {' to '.join(ends)}" if ends else event


def why_section(context: Context, rows: Sequence[OutcomeSummary]) -> tuple[Section, list[str]]:
    """Splits behind every outcome, and the mechanisms that they name."""
    figures: list[Figure] = []
    tables: list[Table] = []
    used: dict[str, None] = {}
    known = {item.id: item for item in context.run.scenario.outcomes}
    for row in rows:
        subject = subject_of(known[row.id], context.focus)
        if subject is None:
            continue
        function, name, slots = subject
        if function in LOOKS_AT_EVENTS:
            tables.append(_odds(context, known[row.id], name, used))
        else:
            figure = _split(context, known[row.id], row.unit, name, slots, used)
            figures += [figure] if figure else []
    return Section(
        "why", "Why",
        texts=["A difference between two runs is the sum of what each mechanism added to it; the parts "
               "close to the "
               "whole. Each mechanism leads to its parameters, and each parameter to its source."],
        groups=[figures] if figures else [], tables=tables,
    ), list(used)  # fmt: skip


def _split(
    context: Context, outcome: Outcome, unit: str, name: str, slots: Mapping[str, str], used: dict[str, None]
) -> Figure | None:
    variable = MADE_OF.get(name, name)
    if name in MADE_OF and "giver" not in slots:
        slots = {**slots, "giver": context.focus.powers[0]}
    try:
        frame = context.run.contrast(context.base).why(variable, **slots)
        of = "Difference, by mechanism"
        if len(frame) < 2 or not math.isfinite(frame["value"].iloc[-1]) or not frame["value"].iloc[:-1].any():
            frame = context.run.why(variable, **slots)
            of = "No difference; change since the start, by mechanism"
    except HeartlandInputError:
        return None
    title = f"{of}: {_called(context, variable, slots)}"
    shown = "log points" if variable == "trade_gap" else "" if unit == PROBABILITY else unit
    parts = frame[frame["mechanism"] != "change"]
    used.update(dict.fromkeys(str(name) for name in parts["mechanism"]))
    spec = why_bars(frame, title=title, unit=shown, source=context.source)
    cells: list[list[Cell]] = [
        [Link(str(r["mechanism"]), f"#{anchor('mechanism', str(r['mechanism']))}")
         if r["mechanism"] not in ("change", "remainder", "patch", "bounds", "bounds-of-presence")
         else str(r["mechanism"]),
         str(r["part"]), plus(r["value"], 3), interval(r["low"], r["high"], 3, signed=True)]
        for r in records(frame)
    ]  # fmt: skip
    total = parts["value"].sum() - frame["value"].iloc[-1]
    note = f"Parts minus change: {number(abs(float(total)), 1)}." if math.isfinite(total) else ""
    columns = ["mechanism", "part", "mean", "5-95 % of runs"]
    table = Table(f"{title}. Asked: {outcome.question}", columns, cells, frozenset({2, 3}), note=note)
    return context.figure(f"why-{outcome.id}", spec, table)


def _called(context: Context, name: str, slots: Mapping[str, str]) -> str:
    who = [context.name(slots[key]) for key in ("giver", "other", "receiver", "actor") if slots.get(key)]
    label = {"division_of_labour": "difference of roles"}.get(name, name.replace("_", " "))
    return f"{label}, {' - '.join(who)}" if who else label


def _odds(context: Context, outcome: Outcome, event: str, used: dict[str, None]) -> Table:
    """Odds of an event and of every event it waits for, as drawn in the what-if."""
    kinds = event_kinds()
    writers, states = waited_for(kinds[event].variable, context.run)
    used.update(dict.fromkeys(writers))
    cells: list[list[Cell]] = []
    for name, kind in kinds.items():
        if kind.variable not in states:
            continue
        for row in records(event_table(context.run, name)):
            value = number(row["value"], 3) if math.isfinite(row["value"]) else "decided by the scenario"
            cells.append([kind.label, str(row["term"]).replace("_", " "), value, str(int(row["times"]))])
    drawn = tuple(Link(name, f"#{anchor('mechanism', name)}") for name in writers)
    return Table(
        f"Odds of: {kinds[event].label}. Asked: {outcome.question}",
        ["event", "term of the odds", "mean", "events with it on top"],
        [*cells, ["drawn by", drawn, "", ""]], frozenset({2, 3}), id=anchor("why", outcome.id),
        note="Of all events of the kind in the what-if, whoever they befell.",
    )  # fmt: skip


def ablation_section(context: Context, found: pd.DataFrame | None, rows: Sequence[OutcomeSummary]) -> Section:
    """The headline outcome with one mechanism off at a time, or the statement that this was not run."""
    title = "Mechanisms switched off"
    if found is None or not len(found):
        text = (
            "No mechanism was switched off in this run, so it is not shown how much the answer hangs on each."
        )
        return Section("ablations", title, texts=[text])
    figures = []
    for number_, (name, frame) in enumerate(found.groupby("outcome", sort=False)):
        row = next((item for item in rows if item.id == name), None)
        asked = row.question if row else str(name)
        unit, reference = (row.unit, row.spread.value) if row else ("", math.nan)
        whole = frame[frame["mechanism"] == ALL_ON]
        if len(whole):
            reference = float(whole["value"].iloc[0])
        frame = frame[frame["mechanism"] != ALL_ON]
        frame = frame.assign(**{key: frame[key] * scaled(1.0, unit) for key in ENDS if key in frame})
        reference, unit = scaled(reference, unit), unit_words(unit)
        spec = ablation(frame, title=asked, unit=unit, source=context.source, reference=reference)
        cells: list[list[Cell]] = [
            [str(r["mechanism"]), number(r["value"], 3),
             interval(r.get("low", math.nan), r.get("high", math.nan), 3),
             plus(r["value"] - reference, 3) if math.isfinite(reference) else ""]
            for r in records(frame)
        ]  # fmt: skip
        columns = ["without", "value", "interval", "change of the answer"]
        table = Table(asked, columns, cells, frozenset({1, 2, 3}))
        figures.append(context.figure(f"ablation-{number_}", spec, table))
    text = "Each bar is the answer with one mechanism off; the dashed line is the answer with all of them on."
    if "members" in found.attrs:
        text += f" On the first {count(int(found.attrs['members']))} members."
    return Section("ablations", title, texts=[text], groups=[figures])
