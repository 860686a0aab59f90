"""Votes, ideal points, engagement, joint organisations and students."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from observations.common import FIRST, POWER_STATES, POWERS, RECEIVERS, Book, Raw, eu_members

__all__ = ["add_political", "agreement"]

ROUND = {"yes": 1.0, "abstain": 2.0, "no": 3.0}
LEAST_JOINT_VOTES = 20
SESSIONS_SINCE_YEAR = 1945
Z90 = 1.645
VOTERS = (*RECEIVERS, *POWER_STATES, "ARM", "BLR")
AGREEMENT = "session-agreement-contested-votes"


def _contested(raw: Raw) -> tuple[pd.DataFrame, pd.Series]:
    """Votes coded 1 to 3, (roll call, state), on roll calls that divided the assembly; year by roll call."""
    calls = raw.table("un_votes/roll_calls_1991_2019.csv").set_index("rcid")
    votes = raw.table("un_votes/votes_1991_2019.csv.gz")
    coded = votes.assign(code=votes.vote.map(ROUND))
    wide = coded.pivot(index="rcid", columns="iso3", values="code")
    wide = wide[wide.nunique(axis=1) > 1]
    return wide, calls.session.reindex(wide.index) + SESSIONS_SINCE_YEAR


def agreement(one: pd.Series, other: pd.Series) -> tuple[float, float, int]:
    """Mean agreement on joint votes, its standard error, and the number of joint votes."""
    same = (1 - (one - other).abs() / 2).dropna()
    if len(same) < 2:
        return math.nan, math.nan, len(same)
    return float(same.mean()), float(same.std(ddof=0) / math.sqrt(len(same))), len(same)


def _votes(book: Book, raw: Raw) -> None:
    wide, years = _contested(raw)
    for year in range(FIRST, 2020):
        now = wide[years == year]
        for receiver in RECEIVERS:
            for giver in POWERS:
                states = [s for s in (eu_members(year) if giver == "eu" else (giver,)) if s in now.columns]
                found = [agreement(now[receiver], now[s]) for s in states]
                good = [f for f in found if f[2] >= LEAST_JOINT_VOTES]
                if not good:
                    continue
                value = float(np.mean([f[0] for f in good]))
                error = float(np.mean([f[1] for f in good]))
                note = f"mean of {len(good)} members" if giver == "eu" else f"n {good[0][2]}"
                book.add(
                    "VOTE-UN",
                    giver,
                    receiver,
                    year,
                    value,
                    low=max(0.0, value - Z90 * error),
                    high=min(1.0, value + Z90 * error),
                    channel="votes",
                    unit="index",
                    definition=AGREEMENT,
                    transform="identity",
                    source="un-votes-2019",
                    note=note,
                )


def _engagement(book: Book, raw: Raw) -> None:
    """Two counts of one power's engagement; each has its own definition and is never mixed with the other."""
    visits = raw.table("public_diplomacy/public_diplomacy_2000_2018.csv")
    for row in visits[visits.iso3.isin(RECEIVERS)].itertuples():
        book.add(
            "ENG-AID",
            "CHN",
            row.iso3,
            int(row.year),
            row.government_visits,
            channel="engagement",
            unit="count",
            definition="government-visits",
            transform="log",
            source="aiddata-public-diplomacy",
        )
        book.add(
            "EDU-AID",
            "CHN",
            row.iso3,
            int(row.year),
            row.inbound_students_to_china,
            channel="education",
            unit="persons",
            definition="students-enrolled",
            transform="log",
            source="aiddata-public-diplomacy",
        )
    leaders = raw.table("leader_visits/chinese_leader_engagements_2003_2018.csv.gz")
    counts = leaders[leaders.iso3.isin(RECEIVERS)].groupby(["iso3", "year"]).size()
    for (receiver, year), count in counts.items():
        book.add(
            "ENG-VIT",
            "CHN",
            str(receiver),
            int(year),
            count,
            channel="engagement",
            unit="count",
            definition="leader-engagements",
            transform="log",
            source="china-vitae",
        )


def _institutions(book: Book, raw: Raw) -> None:
    table = raw.table("peace/joint_igos_1990_2014.csv.gz")
    table = table[table.year >= FIRST]
    table = table[table.a_iso3.isin(RECEIVERS) | table.b_iso3.isin(RECEIVERS)]
    flipped = table.rename(columns={"a_iso3": "b_iso3", "b_iso3": "a_iso3"})
    both = pd.concat([table, flipped])
    joint = both[both.b_iso3.isin(RECEIVERS)].groupby(["b_iso3", "year", "a_iso3"]).joint_igo_count.first()
    for receiver in RECEIVERS:
        for year in range(FIRST, 2015):
            shared = joint.loc[(receiver, year)]
            for giver in POWER_STATES:
                book.add(
                    "IGO-COW",
                    giver,
                    receiver,
                    year,
                    shared.get(giver, math.nan),
                    channel="institutions",
                    unit="count",
                    definition="joint-full-memberships",
                    transform="log",
                    source="cow-igo-3",
                )
            members = shared.reindex(eu_members(year)).dropna()
            book.add(
                "IGO-COW",
                "eu",
                receiver,
                year,
                members.mean(),
                channel="institutions",
                unit="count",
                definition="joint-full-memberships",
                transform="log",
                source="cow-igo-3",
                note=f"mean of {len(members)} members of the day",
            )
    own = raw.table("peace/igo_memberships_1990_2014.csv")
    for row in own[own.iso3.isin(RECEIVERS) & (own.year >= FIRST)].itertuples():
        book.add(
            "IGO-OWN",
            row.iso3,
            "",
            int(row.year),
            row.sum_igo_full,
            indicator="igo-memberships",
            unit="count",
            definition="full-memberships",
            transform="log",
            source="cow-igo-3",
        )


def _ideal(book: Book, raw: Raw) -> None:
    """Posterior means of one release with 5 and 95 % quantiles; the union is the mean of its members."""
    table = raw.table("un_ideal_points/ideal_points_all_1946_2019.csv.gz")
    table = table[table.year >= FIRST]
    common = {"indicator": "ideal-point", "unit": "index", "transform": "identity", "source": "bsv-2020"}
    for row in table[table.iso3.isin(VOTERS)].itertuples():
        book.add(
            "IDEAL",
            row.iso3,
            "",
            int(row.year),
            row.ideal_point,
            low=row.q5,
            high=row.q95,
            definition="posterior-mean-2020",
            **common,
        )
    for year, rows in table.groupby("year"):
        members = rows[rows.iso3.isin(eu_members(int(year)))]
        book.add(
            "IDEAL",
            "eu",
            "",
            int(year),
            members.ideal_point.mean(),
            low=members.q5.mean(),
            high=members.q95.mean(),
            definition="posterior-mean-2020",
            note=f"mean of {len(members)} members of the day",
            **common,
        )


def add_political(book: Book, raw: Raw) -> None:
    """Book votes, ideal points, engagement, joint organisations and students."""
    _votes(book, raw)
    _engagement(book, raw)
    _institutions(book, raw)
    _ideal(book, raw)
