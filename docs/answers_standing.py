"""The page `Who holds what over each of the five?`."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
from answers import (
    AT,
    DOMAINS,
    EARLY,
    FIRST,
    HERE,
    LAST,
    MADE,
    PAIR,
    SHOWN,
    YEARS,
    Desk,
    change_words,
    command,
    grid,
    pictures,
    row_of,
    share,
    sources,
    with_interval,
)

from heartland.charts.words import interval, number, plus
from heartland.measures import changes
from heartland.measures.influence import DISCLAIMER


def standing_page(desk: Desk) -> dict[Path, str]:
    """The page and its pictures."""
    trend = desk.table("influence", times=YEARS)
    now = desk.table("influence", at=AT)
    drawn, files = pictures(
        desk, trend, "influence", "influence", f"heartland measure influence --from {FIRST} --to {LAST}",
    )
    years = f"{FIRST} to {LAST}"
    parts = [
        f"# Who holds what over each of the five, {FIRST} to now?\n", MADE, f"*{DISCLAIMER}*\n",
        f"## The answer, at the end of {AT[:4]}\n", _answer(desk, now), _others(desk, trend),
        command(f"influence --at {AT}"),
        f"## The path, {years}\n",
        "Bands are 90 % of 1,000 draws of observations, weights and structure. A line breaks "
        "where less than half "
        "of the declared weight is known: a gap is missing knowledge, not missing influence.\n",
        drawn, _years(desk, trend), command(f"influence --from {FIRST} --to {LAST} --chart influence.html"),
        "## By domain\n", _domains(desk), command(f"influence --at {AT} --by domain"),
        f"## What changed since {EARLY[:4]}, and through what\n", _changes(desk),
        command(f"influence --change --from {EARLY[:4]} --to {AT[:4]} --giver CHN --receiver UZB"),
        "## What carries the numbers\n", _carries(desk),
        command(f"influence --without-source --at {AT} --giver CHN --receiver KGZ"),
        "## What is not known\n", _unknown(desk, trend), "## Beside the literature\n", _literature(desk, now),
        "## Sources behind the values\n",
        sources(desk, [
            {"measure": "influence", "giver": giver, "receiver": receiver, "date": AT}
            for giver in PAIR for receiver in desk.world.receivers
        ]),
    ]  # fmt: skip
    return {HERE / "who-holds-what.md": "\n".join(parts), **files}


def _answer(desk: Desk, now: pd.DataFrame) -> str:
    lead = desk.table("influence.lead", at=AT, giver=PAIR[0], other=PAIR[1])
    rival = desk.table("influence", at=AT, weights="equal", draws=0)
    lines = []
    for receiver in desk.world.receivers:
        known = now[(now["receiver"] == receiver) & now["value"].notna()]
        known = known.sort_values("value", ascending=False)
        if not len(known):
            lines.append(f"- **{desk.name(receiver)}**: no power has a value.")
            continue
        first = dict(known.iloc[0])
        said = f"{desk.name(first['giver'])} is first, {with_interval(first)}"
        if len(known) > 1:
            second = dict(known.iloc[1])
            p = row_of(lead, receiver=receiver)["value"]
            p = p if first["giver"] == PAIR[0] else 1 - p
            sure = f"ahead in {share(p)} of draws" if math.isfinite(p) else (
                "too few channels are known for both to say how surely")
            said += f", before {desk.name(second['giver'])}, {with_interval(second)}; {sure}"
        other = rival[(rival["receiver"] == receiver) & rival["value"].notna()]
        if len(other):
            top = other.sort_values("value", ascending=False).iloc[0]["giver"]
            survives = "also first" if top == first["giver"] else f"not first, {desk.name(top)} is"
            said += f"; under equal weights {survives}"
        else:
            said += "; under equal weights too little is known to name anyone"
        lines.append(f"- **{desk.name(receiver)}**: {said}.")
    return "\n".join(lines) + "\n"


def _others(desk: Desk, trend: pd.DataFrame) -> str:
    others = [power for power in desk.world.powers if power not in PAIR]
    last = {}
    for power in others:
        known = trend[(trend["giver"] == power) & trend["value"].notna()]
        last[power] = str(known["date"].max())[:4] if len(known) else ""
    words = [f"{desk.name(power)} ({f'last in {year}' if year else 'never'})" for power, year in last.items()]
    return (
        "The other powers have no value now, because less than half of the declared weight is "
        "known for them: "
        + ", ".join(words) + ". They may hold more than the two named; this page cannot say.\n"
    )


def _years(desk: Desk, trend: pd.DataFrame) -> str:
    rows = []
    for receiver in desk.world.receivers:
        for giver in PAIR:
            mine = trend[(trend["receiver"] == receiver) & (trend["giver"] == giver)].set_index("date")
            cells = [mine.loc[f"{year}-12-31", "value"] for year in SHOWN]
            shown = [number(value) if math.isfinite(value) else "-" for value in cells]
            rows.append([desk.name(receiver), desk.name(giver), *shown])
    return grid(["receiver", "power", *SHOWN], rows)


def _domains(desk: Desk) -> str:
    frame = desk.table("influence", at=AT, by="domain")
    rows = []
    for receiver in desk.world.receivers:
        for domain in DOMAINS:
            mine = frame[(frame["receiver"] == receiver) & (frame["domain"] == domain)]
            cells = [with_interval(row_of(mine, giver=giver)) for giver in PAIR]
            known = mine[mine["value"].notna()].sort_values("value", ascending=False)
            top = desk.name(known.iloc[0]["giver"]) if len(known) else "-"
            rows.append([desk.name(receiver), domain, *cells, top, str(len(known))])
    text = grid(["receiver", "domain", *(desk.name(g) for g in PAIR), "first of those known", "known"], rows)
    return text + "\nDigital, information and health have no value anywhere: no figures are at hand.\n"


def _changes(desk: Desk) -> str:
    frame = changes.compare(desk.world, "influence", EARLY, AT)
    rows = []
    for giver in PAIR:
        for receiver in desk.world.receivers:
            row = row_of(frame, giver=giver, receiver=receiver)
            value = f"{plus(row['value'])} ({interval(row['low'], row['high'], signed=True)})" if (
                math.isfinite(row["value"])) else "no value"
            why = change_words(desk, "influence", giver, receiver, EARLY, AT)
            rows.append([desk.name(giver), desk.name(receiver), value, why])
    return grid(["power", "receiver", f"change {EARLY[:4]} to {AT[:4]}", "largest channels"], rows)


def _carries(desk: Desk) -> str:
    spread = changes.sources_of_spread(desk.world, "influence", at=AT)
    known = spread[spread["weights"].notna()]
    parts = ", ".join(f"{name} {100 * known[name].median():.0f} %" for name in
                      ("weights", "observations", "structure"))  # fmt: skip
    lines = [
        "Squared width of an interval with one factor alone, over that with all of them, median over cells: "
        f"{parts}. Most of the width is the choice of weights, which nobody can measure.\n"
    ]
    rows = []
    for giver in PAIR:
        for receiver in desk.world.receivers:
            cell = {"measure": "influence", "giver": giver, "receiver": receiver, "date": AT}
            frame = changes.without_source(desk.world, cell)
            gone = list(frame[frame["without"].isna()]["group"]) if frame["value"].notna().any() else []
            gone = list(dict.fromkeys("hand register" if name.startswith("O-") else name for name in gone))
            moved = frame[frame["effect"].notna()].head(1)
            most = "-"
            if len(moved):
                name = str(moved.iloc[0]["group"])
                name = "hand register" if name.startswith("O-") else name
                most = f"{name} ({plus(moved.iloc[0]['effect'])})"
            rows.append([desk.name(giver), desk.name(receiver), most, ", ".join(gone) or "none"])
    head = ["power", "receiver", "source that moves it most when removed", "without these no value remains"]
    return "\n".join(lines) + "\n" + grid(head, rows)


def _unknown(desk: Desk, trend: pd.DataFrame) -> str:
    lines = []
    frame = desk.world.region.tables["observations"]
    for channel in desk.world.settings.channels:
        mine = frame[frame["channel"] == channel]
        weighted = any(row.channel == channel and row.weight > 0 for row in desk.world.settings.weights)
        if not weighted:
            continue
        if not len(mine):
            lines.append(f"- {channel}: no figure at all.")
            continue
        givers = sorted(set(mine["giver"]) & set(desk.world.powers))
        last = max(str(period)[:4] for period in mine["period"] if "/" not in str(period)) if any(
            "/" not in str(period) for period in mine["period"]) else "spells"
        lacking = [desk.name(power) for power in desk.world.powers if power not in givers]
        if lacking or (last != "spells" and int(last) < int(AT[:4]) - 2):
            who = f"nothing for {', '.join(lacking)}" if lacking else "known for every power"
            lines.append(f"- {channel}: {who}; last year {last}.")
    grades = trend[trend["value"].notna()]["data_grade"].value_counts()
    said = ", ".join(f"{grade} {count}" for grade, count in sorted(grades.items()))
    return "\n".join(lines) + f"\n\nData grades of the overall values, {FIRST} to {LAST}: {said}.\n"


def _literature(desk: Desk, now: pd.DataFrame) -> str:
    parts = desk.table("influence", times=YEARS, by="domain")
    asked = {"giver": "RUS", "receiver": "TJK", "domain": "security"}
    dip = {year: row_of(parts, **asked, date=f"{year}-12-31")["value"] for year in ("2012", "2014")}
    uzb = {giver: row_of(now, giver=giver, receiver="UZB")["value"] for giver in PAIR}
    return "\n".join([
        "- The documents behind this region, and most writing on it, see Russia first in security and China "
        "growing in the economy. The tables agree: Russia leads overall in Kazakhstan, Kyrgyzstan and "
        "Tajikistan, China in Turkmenistan, and China's economic influence is higher everywhere "
        "than in 2005.",
        f"- In Uzbekistan Russia stands above China here ({number(uzb['RUS'])} against "
        f"{number(uzb['CHN'])}), "
        "where several authors put China level or first. Two reasons lie in the data: top-level visits are "
        "counted for China only, so Russia's political value rests on joint organisations alone, "
        "of which the "
        "two share many; and a few deliveries of aircraft make the five-year share of arms jump.",
        f"- Russia's security value in Tajikistan falls from {number(dip['2012'])} to {number(dip['2014'])} "
        "between 2012 and 2014. That is not a withdrawal: the catalogue of exercises ends in 2010, drops out "
        "after three years, and leaves arms deliveries, few and irregular, to carry the domain. `--change` "
        "shows it as coverage.",
        "- Political values are high for both powers because a count of joint organisations saturates; they "
        "tell little about leverage. The attitude of publics and votes are outcomes here and "
        "carry no weight.",
        "",
    ])  # fmt: skip
