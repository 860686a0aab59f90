"""Sections that follow quantities through time: fans, and the division of labour of two powers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.charts.fans import contrast, fan_pair
from heartland.charts.frames import fan_frame, paths_frame
from heartland.charts.labour import division_of_labour, role_share_stack
from heartland.charts.words import interval, month, number
from heartland.errors import HeartlandInputError
from heartland.measures.labour import division_of_labour as division
from heartland.report.content import Cell, Context, Figure, Section, Table, records
from heartland.scenarios.state import state_catalogue

__all__ = ["fan_section", "fan_table", "labour_section"]

Floats = NDArray[np.float64]
Series = tuple[list[str], Floats]
LEVEL = "level (0 none, 4 combat force)"
_UNITS = {"presence": LEVEL, "unrest": "share", "stress": "sd of the country's own history"}


def fan_section(context: Context) -> Section:
    """Fans of influence, presence and tension of the powers in focus, and of the receiver's own state."""
    focus = context.focus
    wanted: list[tuple[str, dict[str, str], str]] = []
    receiver = context.name(focus.receiver)
    for power in focus.powers:
        slots = {"giver": power, "receiver": focus.receiver}
        wanted.append(("influence", slots, f"Influence of {context.name(power)} over {receiver}"))
    for power in focus.powers[:2]:
        slots = {"giver": power, "receiver": focus.receiver}
        wanted.append(("presence", slots, f"Security presence of {context.name(power)} in {receiver}"))
    for state, title in (("unrest", "Public unrest in"), ("stress", "Economic stress in")):
        wanted.append((state, {"receiver": focus.receiver}, f"{title} {receiver}"))
    if focus.pair:
        first, second = focus.pair
        for a, b in ((second, first), (first, second)):
            title = f"Tension of {context.name(a)} towards {context.name(b)}"
            wanted.append(("tension", {"giver": a, "other": b}, title))
    figures = [figure for item in wanted if (figure := _fan(context, *item)) is not None]
    gaps = [figure for power in focus.powers[:2] if (figure := _gap(context, power)) is not None]
    return Section(
        "paths", "Paths",
        texts=["Shaded: 50, 80 and 95 % of the what-if's runs, its median, and five single runs. Grey: "
               "the baseline, "
               "median dashed, 80 % of its runs between the dotted lines."],
        groups=[group for group in (figures, gaps) if group],
    )  # fmt: skip


def _both(context: Context, state: str, slots: Mapping[str, str]) -> tuple[Series, Series] | None:
    try:
        return context.run.series(state, **slots), context.base.series(state, **slots)
    except HeartlandInputError:
        return None


def _fan(context: Context, state: str, slots: dict[str, str], title: str) -> Figure | None:
    found = _both(context, state, slots)
    if found is None:
        return None
    (dates, own), (base_dates, other) = found
    power = slots["giver"] if "giver" in slots and state != "tension" else ""
    unit = _UNITS.get(state) or ("index" if state == "influence" else state_catalogue()[state].unit)
    frame, base = fan_frame(dates, own), fan_frame(base_dates, other)
    spec = fan_pair(
        frame, base, title=title, unit=unit, source=context.source, paths=paths_frame(dates, own),
        colour=context.palette.colour(power) if power else "",
    )  # fmt: skip
    return context.figure("-".join((state, *slots.values())), spec, fan_table(title, unit, frame, base))


def _gap(context: Context, power: str) -> Figure | None:
    slots = {"giver": power, "receiver": context.focus.receiver}
    found = _both(context, "influence", slots)
    if found is None:
        return None
    (dates, own), (_, other) = found
    title = (
        f"Influence of {context.name(power)} over {context.name(slots['receiver'])}: what-if minus baseline"
    )
    frame = fan_frame(dates, own - other)
    spec = contrast(
        frame, title=title, unit="index", source=context.source, paths=paths_frame(dates, own - other)
    )
    return context.figure(f"gap-{power}", spec, fan_table(title, "index", frame, None))


def fan_table(title: str, unit: str, frame: pd.DataFrame, base: pd.DataFrame | None) -> Table:
    """The numbers of a fan."""
    columns = ["date", "median", "50 % of runs", "80 % of runs", "95 % of runs"]
    grey = {} if base is None else {row["date"]: row for row in records(base)}
    if base is not None:
        columns += ["baseline median", "baseline 80 %"]
    cells: list[list[Cell]] = []
    for row in records(frame):
        line: list[Cell] = [month(row["date"]), number(row["median"], 3)]
        line += [interval(row[f"low{k}"], row[f"high{k}"], 3) for k in (50, 80, 95)]
        if base is not None:
            other = grey.get(row["date"])
            line += (
                [number(other["median"], 3), interval(other["low80"], other["high80"], 3)]
                if other
                else ["", ""]
            )
        cells.append(line)
    return Table(f"{title} ({unit})", columns, cells, frozenset(range(1, len(columns))))


def labour_section(context: Context) -> Section | None:
    """Who does what in the receiver in focus: shares by domain, and how different two powers' roles are."""
    pair = context.focus.pair
    place = context.run.layout.axes.receiver.index(context.focus.receiver)
    try:
        own, other = (
            np.asarray(run.array("influence")[..., place], dtype=np.float64)
            for run in (context.run, context.base)
        )
    except HeartlandInputError:
        return None
    figures = [_shares(context, own)]
    if pair:
        figures.append(_division(context, pair, own, other))
    where = context.name(context.focus.receiver)
    return Section(
        "labour", f"Who does what in {where}", groups=[figures],
        texts=["Shares are of the influence of all modelled powers in a domain, median over runs. A "
               "domain without "
               "known ties is left empty rather than drawn as zero."],
    )  # fmt: skip


def _shares(context: Context, influence: Floats) -> Figure:
    layout = context.run.layout
    steps = layout.steps("influence")
    rows = []
    cells: list[list[Cell]] = []
    for at, label in ((0, layout.dates[steps[0]][:4]), (-1, layout.dates[steps[-1]][:4])):
        block = influence[:, at, :-1]
        whole = np.nansum(block, axis=-1)
        for d, domain in enumerate(layout.domains[:-1]):
            shares = _median(np.where(np.isnan(block[:, d]), 0.0, block[:, d]) / np.where(
                whole[:, d] > 0, whole[:, d], np.nan)[:, None])  # fmt: skip
            named = {p: float(shares[layout.axes.power.index(p)]) for p in context.focus.powers}
            named["other"] = max(0.0, 1.0 - sum(named.values())) if np.isfinite(shares).all() else np.nan
            rows += [(d, domain, label, actor, share) for actor, share in named.items()]
            cells.append([domain, label, *(number(share, 3) for share in named.values())])
    order = sorted(rows, key=lambda row: (row[0], row[2]))
    known = {row[1] for row in order if np.isfinite(row[4])}
    frame = pd.DataFrame(
        [row[1:] for row in order if row[1] in known], columns=["domain", "date", "actor", "share"]
    )
    title = f"Shares of powers over {context.name(context.focus.receiver)} by domain"
    names = {actor: context.name(actor) for actor in context.focus.powers} | {"other": "other"}
    spec = role_share_stack(frame, context.palette, title=title, source=context.source, names=names)
    columns = ["domain", "year", *(names[actor] for actor in (*context.focus.powers, "other"))]
    return context.figure("shares", spec, Table(title, columns, cells, frozenset(range(2, len(columns)))))


def _median(values: Floats) -> Floats:
    """Median over members, NaN where no member has a value."""
    known = ~np.isnan(values)
    found = np.full(values.shape[1:], np.nan)
    some = known.any(axis=0)
    found[some] = np.nanmedian(values[:, some], axis=0)
    return found


def _division(context: Context, pair: Sequence[str], own: Floats, other: Floats) -> Figure:
    layout = context.run.layout
    a, b = (layout.axes.power.index(power) for power in pair)
    dates = [layout.dates[step] for step in layout.steps("influence")]
    frames = []
    for block in (own, other):
        profile = np.moveaxis(block[:, :, :-1], 2, 0)
        found = np.asarray(division(profile[..., a], profile[..., b]).division)
        frames.append((fan_frame(dates, found), paths_frame(dates, found)))
    title = f"How different the roles of {context.name(pair[0])} and {context.name(pair[1])} are"
    spec = division_of_labour(
        frames[0][0], frames[1][0], title=title, source=context.source, paths=frames[0][1]
    )
    return context.figure("division", spec, fan_table(title, "bits", frames[0][0], frames[1][0]))
