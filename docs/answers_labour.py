"""The page `Is the Russia-China division of labour eroding?`."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
from answers import (
    AT,
    EARLY,
    FIRST,
    HERE,
    LAST,
    MADE,
    PAIR,
    SHOWN,
    YEARS,
    Desk,
    command,
    grid,
    pictures,
    row_of,
    sources,
    with_interval,
)

from heartland.charts.words import interval, number, plus
from heartland.measures import changes
from heartland.measures.influence import DISCLAIMER

WANTED = {"giver": PAIR[0], "other": PAIR[1]}
SPANS = ((EARLY, AT), ("2012-12-31", AT), ("2005-12-31", "2020-12-31"))


def labour_page(desk: Desk) -> dict[Path, str]:
    """The page and its pictures."""
    trend = desk.table("division_of_labour", times=YEARS, **WANTED)
    asked = f"--giver {PAIR[0]} --other {PAIR[1]}"
    drawn, files = pictures(
        desk, trend, "division_of_labour", "labour",
        f"heartland measure division_of_labour --from {FIRST} --to {LAST} {asked}",
    )  # fmt: skip
    parts = [
        "# Is the Russia-China division of labour eroding?\n", MADE, f"*{DISCLAIMER}*\n",
        "## The answer\n", _answer(desk), "## How different the two roles are\n",
        "0 bits: the same mix of domains. 1 bit: no domain in common. The word *specialised* is "
        "used only where "
        "the whole interval lies above what noise alone would show (95 % point).\n",
        drawn, _levels(desk, trend), command(f"division_of_labour --from {FIRST} --to {LAST} {asked}"),
        command(f"division_of_labour.null95 --at {AT} {asked}"),
        "## Is China growing where Russia led?\n", _encroachment(desk),
        command(
            f"encroachment --from {EARLY[:4]} --to {AT[:4]} {asked} --option t0={EARLY} --option t1={AT}"
        ),
        "## Who has which share of a domain\n", _shares(desk),
        command(f"division_of_labour.role_share --from {FIRST} --to {LAST} --giver CHN --other RUS"),
        "## What is not known\n", _unknown(desk, trend), "## Sources behind the values\n",
        sources(desk, [
            {"measure": "influence", "giver": giver, "receiver": receiver, "date": AT}
            for giver in PAIR for receiver in desk.world.receivers
        ]),
    ]  # fmt: skip
    return {HERE / "division-of-labour.md": "\n".join(parts), **files}


def _verdict(row: dict[str, object]) -> str:
    low, high = float(str(row["low"])), float(str(row["high"]))
    if not math.isfinite(float(str(row["value"]))):
        return "no answer"
    if low > 0:
        return "eroding"
    return "not eroding" if high < 0 else "cannot be told"


def _at(desk: Desk, name: str, t0: str, t1: str) -> pd.DataFrame:
    options = {"t0": t0, "t1": t1}
    return desk.table(name, times=(t0, t1), options=_frozen(options), **WANTED)


class _frozen(dict):  # type: ignore[type-arg]  # sorted into the key of the table
    def __lt__(self, other: object) -> bool:
        return False


def _answer(desk: Desk) -> str:
    frame = _at(desk, "encroachment", EARLY, AT)
    by_verdict: dict[str, list[str]] = {}
    for receiver in desk.world.receivers:
        row = row_of(frame, receiver=receiver)
        value = f" {_shown(row)}" if math.isfinite(row["value"]) else ""
        by_verdict.setdefault(_verdict(row), []).append(f"{desk.name(receiver)}{value}")
    said = {
        "eroding": "China gained where Russia had led",
        "not eroding": "China lost ground where Russia had led",
        "cannot be told": "the interval holds both signs",
        "no answer": "Russia has no domain in which it surely led, so nothing can erode",
    }
    lines = [
        f"Not everywhere, and less than is said. From {EARLY[:4]} to {AT[:4]}, in share points of "
        f"the domains "
        "that Russia led at the start:\n"
    ]
    lines += [f"- **{key}**, because {text}: {', '.join(by_verdict[key])}." for key, text in said.items()
              if key in by_verdict]  # fmt: skip
    lines.append(f"- {_moves(desk)}")
    return "\n".join(lines) + "\n"


def _moves(desk: Desk) -> str:
    frame = changes.compare(desk.world, "division_of_labour", EARLY, AT, **WANTED)
    words = []
    for receiver in desk.world.receivers:
        row = row_of(frame, receiver=receiver)
        if math.isfinite(row["value"]):
            clear = "" if row["low"] * row["high"] > 0 else ", sign not sure"
            words.append(f"{desk.name(receiver)} {plus(row['value'])} bits{clear}")
    return f"The difference of the two profiles moved by: {'; '.join(words)}."


def _shown(row: dict[str, object]) -> str:
    value, low, high = (float(str(row[key])) for key in ("value", "low", "high"))
    if not math.isfinite(value):
        return "no value"
    return f"{plus(100 * value)} ({interval(100 * low, 100 * high, signed=True)})"


def _levels(desk: Desk, trend: pd.DataFrame) -> str:
    null = desk.table("division_of_labour.null95", times=YEARS, **WANTED)
    rows = []
    for receiver in desk.world.receivers:
        cells = []
        for year in SHOWN:
            row = row_of(trend, receiver=receiver, date=f"{year}-12-31")
            bar = row_of(null, receiver=receiver, date=f"{year}-12-31")["value"]
            if not math.isfinite(row["value"]):
                cells.append("-")
                continue
            word = " specialised" if row["low"] > bar else ""
            cells.append(f"{number(row['value'])}{word}")
        last = row_of(trend, receiver=receiver, date=AT)
        bar = row_of(null, receiver=receiver, date=AT)["value"]
        rows.append([desk.name(receiver), *cells, with_interval(last), number(bar)])
    return grid(["receiver", *SHOWN, f"{AT[:4]} with interval", f"noise alone, {AT[:4]}"], rows)


def _encroachment(desk: Desk) -> str:
    rows = []
    for t0, t1 in SPANS:
        frame = _at(desk, "encroachment", t0, t1)
        own, others = (_at(desk, f"encroachment.{name}", t0, t1) for name in ("own_growth", "others"))
        for receiver in desk.world.receivers:
            row = row_of(frame, receiver=receiver)
            grown = [100 * row_of(part, receiver=receiver)["value"] for part in (own, others)]
            split = " and ".join(plus(value) for value in grown) if math.isfinite(grown[0]) else "-"
            rows.append([f"{t0[:4]} to {t1[:4]}", desk.name(receiver), _shown(row), split, _verdict(row)])
    head = ["years", "receiver", "China's gain, share points", "by own growth and by others", "reading"]
    return (
        "Domains count in which Russia led at the start in at least 80 % of draws, weighted by its influence "
        "there. Shares are among the powers with a value; the rest of the world is not in them.\n\n"
        + grid(head, rows)
    )


def _shares(desk: Desk) -> str:
    frame = desk.table("division_of_labour.role_share", times=YEARS, giver=PAIR[1], other=PAIR[0])
    rows = []
    for domain in ("economic", "security", "political"):
        for receiver in desk.world.receivers:
            mine = frame[(frame["receiver"] == receiver) & (frame["domain"] == domain)].set_index("date")
            cells = [mine.loc[f"{year}-12-31", "value"] for year in SHOWN]
            shown = [number(value) if math.isfinite(value) else "-" for value in cells]
            rows.append([domain, desk.name(receiver), *shown])
    return "China's part of what the two hold together:\n\n" + grid(["domain", "receiver", *SHOWN], rows)


def _unknown(desk: Desk, trend: pd.DataFrame) -> str:
    first = trend[trend["value"].notna()]["date"].min()[:4]
    return "\n".join([
        f"- Before {first} there is no value: Russia's economic influence rests on figures that "
        f"begin then, and "
        "fewer than three domains are no profile.",
        "- Arms deliveries are few; a single contract moves the security share of a year. "
        "Exercises are unknown "
        "after 2010, so joint training of either power since then is not in these numbers.",
        "- Presence rests on a register coded by hand (status assumption). Private security firms, police "
        "training and surveillance technology, where several authors see China's growth, are not counted.",
        "- Visits are counted for China only; Russia's political value rests on joint organisations.",
        "- The base can be bandwidth instead of influence (`--option strength=bandwidth`); where data on "
        "reliance are thin the two may differ, and both should be read.",
        "",
    ])  # fmt: skip
