"""Tables of the world of the properties: votes, portfolios, capabilities, flows, orders, routes, signs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Rows = list[dict[str, str]]
GOODS = {"goods": 60.0, "gas": 12.0}
OUTSIDE = ("X1", "X2", "X3", "X4", "X5", "X6")
COUNTS = ("milex", "milper", "irst", "pec", "tpop", "upop")


def tables_of(
    rng: np.random.Generator, actors: Sequence[str], years: Sequence[int], goods: dict[str, float],
) -> dict[str, Rows]:
    """Every table a measure reads, except `observations`."""
    return {
        "votes": votes(rng, actors, years), "ideal_points": ideal_points(rng, actors, years),
        "portfolios": portfolios(rng, actors), "capabilities": capabilities(rng, actors, years),
        "flows": flows(rng, actors, years, goods), "elasticities": elasticities(goods),
        "expectations": expectations(rng, actors, years), "orders": orders(), "routes": routes(rng),
        "signed": signed(rng, actors), "memberships": memberships(),
    }


def _text(number: float) -> str:
    return repr(float(number))


def votes(rng: np.random.Generator, actors: Sequence[str], years: Sequence[int]) -> Rows:
    """Thirty roll calls a session; some not divided, some with an absence, one with a split union."""
    rows: Rows = []
    for number, year in enumerate(years, 50):
        for item in range(30):
            places = rng.choice(4, size=len(actors), p=[0.45, 0.15, 0.3, 0.1])
            said = {
                word: ";".join(a for a, place in zip(actors, places, strict=True) if place == k)
                for k, word in enumerate(("yes", "abstain", "no"))
            }
            rows.append({
                "item": f"V{number}-{item}", "session": str(number), "date": str(year),
                "roll_calls": str(int(rng.integers(1, 3))), **said, "divided": "no" if item == 3 else "yes",
                "source_id": "source-one",
            })
    return rows


def ideal_points(rng: np.random.Generator, actors: Sequence[str], years: Sequence[int]) -> Rows:
    rows: Rows = []
    for number, year in enumerate(years, 50):
        for actor in actors:
            middle = float(rng.normal(0, 1))
            rows.append({
                "actor": actor, "session": str(number), "release": "r1", "date": str(year),
                "mean": _text(middle), "low": _text(middle - 0.2), "high": _text(middle + 0.2),
                "source_id": "source-one",
            })
    return rows


def portfolios(rng: np.random.Generator, actors: Sequence[str]) -> Rows:
    """Commitments towards each other and towards six states outside; level 0 unless a row says more."""
    base = {"kind": "commitment", "period": "2005/2022", "source_id": "source-one"}
    rows: Rows = [{**base, "actor": "", "item": item, "level": "0"} for item in (*actors, *OUTSIDE)]
    for actor in actors:
        rows.append({**base, "actor": actor, "item": actor, "level": "3", "own": "yes"})
        rows += [
            {**base, "actor": actor, "item": item, "level": str(int(rng.integers(1, 4)))}
            for item in (*actors, *OUTSIDE) if item != actor and rng.random() < 0.5
        ]
    return rows


def capabilities(rng: np.random.Generator, actors: Sequence[str], years: Sequence[int]) -> Rows:
    """Six counts and the two inputs of surplus; one count of one actor is unknown."""
    rows: Rows = []
    sizes = {**dict.fromkeys(COUNTS, 100.0), "gdp-2011ppp": 1e12, "population": 2e7}
    for year in years:
        for component, size in sizes.items():
            own = {actor: float(size * rng.lognormal(0, 0.6)) for actor in actors}
            world = 8 * sum(own.values())
            rows += [
                {"actor": actor, "period": str(year), "component": component, "value": _text(value),
                 "sd": "0.05", "unit": "count", "world": _text(world), "source_id": "source-one"}
                for actor, value in own.items() if (actor, component) != ("C", "irst")
            ]
        rows.append({"actor": "", "period": str(year), "component": "cinc-sum", "value": "1.02",
                     "unit": "share", "source_id": "source-one"})
    return rows


def flows(
    rng: np.random.Generator, actors: Sequence[str], years: Sequence[int], goods: dict[str, float],
) -> Rows:
    """Flows of every pair with totals, from two sources for the first good; none from A to L of the last."""
    rows: Rows = []
    for year in years:
        for place, (good, size) in enumerate(goods.items()):
            true = {(a, b): float(size * rng.lognormal(0, 0.7)) for a in actors for b in actors if a != b}
            if place:
                true["A", "L"] = 0.0
            for name in actors:
                true["", name] = 1.3 * sum(true[a, name] for a in actors if a != name)
                true[name, ""] = 1.3 * sum(true[name, b] for b in actors if b != name)
            for source in ("one", "two")[: 2 - place]:
                for (start, end), value in true.items():
                    told = value * float(rng.lognormal(0, 0.08)) if start and end else value
                    rows.append({
                        "from": start, "to": end, "flow": good, "period": str(year), "value": _text(told),
                        "low": _text(told / 1.3), "high": _text(told * 1.3), "unit": "usd",
                        "definition": "made", "source_id": f"source-{source}",
                    })
    return rows


def elasticities(goods: dict[str, float]) -> Rows:
    return [
        {"good": good, "horizon": str(horizon), "sigma0": _text(1 + horizon), "sd": "0.4",
         "elsewhere": "0.3", "elsewhere_low": "0.1", "elsewhere_high": "0.6"}
        for good in goods for horizon in (1, 3)
    ]


def expectations(rng: np.random.Generator, actors: Sequence[str], years: Sequence[int]) -> Rows:
    """Expected shares with loads on two directions, or with an interval of their own."""
    rows: Rows = []
    for year in years:
        for a in actors:
            for b in actors:
                if a == b:
                    continue
                value = float(rng.uniform(0.02, 0.25))
                own = {"load_1": "0.06", "load_2": "-0.02"} if rng.random() < 0.6 else {
                    "low": _text(value / 1.4), "high": _text(value * 1.4)}
                rows.append({"giver": a, "receiver": b, "channel": "trade", "period": str(year),
                             "value": _text(value), "unit": "share", "source_id": "source-one", **own})
    return rows


def orders() -> Rows:
    return [
        {"order_id": "pact", "organisation": "O", "outsiders": "B;C",
         "kinds": "basing;treaty;membership;exercise;arms", "channels": "trade;arms;visits",
         "comparison": "L"},
        {"order_id": "forum", "organisation": "P", "outsiders": "C", "kinds": "basing;exercise;arms",
         "channels": "trade;arms", "comparison": "K"},
    ]


def memberships() -> Rows:
    return [
        {"membership_id": f"M-{org}-{name}", "organisation": org, "member": name, "role": "member",
         "from": "2000", "status": "documented", "rank": "normal"}
        for org, names in (("O", "AJK"), ("P", "ABJL")) for name in names
    ]


def routes(rng: np.random.Generator) -> Rows:
    """Two markets with observed shares (spare room known and unknown), one whose shares follow from costs."""
    rows: Rows = []
    lines = (("to-a", "A", "K"), ("to-b", "B", ""), ("to-c", "C", "K;X1"))
    for user, market, known in (("J", "gas", True), ("L", "gas", False), ("J", "cargo", True)):
        shares = rng.dirichlet(np.full(3, 4.0))
        for k, (name, first, rest) in enumerate(lines):
            cost = float(100 * rng.uniform(0.8, 1.4))
            row = {
                "user": user, "goods": market, "route_id": name, "states_crossed": ";".join(
                    filter(None, (first, rest))), "cost": _text(cost), "cost_low": _text(cost / 1.1),
                "cost_high": _text(cost * 1.1), "cost_unit": "relative", "source_id": "source-one",
            }
            if market == "gas":
                row |= {"period": "2010", "share": _text(shares[k]),
                        "share_low": _text(shares[k] / 1.2), "share_high": _text(shares[k] * 1.2)}
            if known:
                spare = float(rng.uniform(0.1, 0.5))
                row |= {"spare": _text(spare), "spare_low": _text(spare / 2)}
                row |= {"spare_high": _text(spare * 1.5)}
            rows.append(row)
            if market == "gas":
                rows.append({**row, "period": "2020"})
    return rows


def signed(rng: np.random.Generator, actors: Sequence[str]) -> Rows:
    """Signs of most pairs, one unknown, one pair told both ways."""
    rows: Rows = []
    pairs = [(a, b) for k, a in enumerate(actors) for b in actors[k + 1 :]]
    for place, (a, b) in enumerate(pairs):
        sign = "" if place == 4 else str(int(rng.choice([1, 1, -1, 0])))
        if place < 3:
            sign = "1" if place != 1 else "-1"
        rows.append({"a": a, "b": b, "sign": sign, "period": "2005/2022", "source_id": "source-one"})
    a, b = pairs[0]
    rows.append({"a": a, "b": b, "sign": "-1", "period": "2005/2022", "source_id": "source-two"})
    return rows
