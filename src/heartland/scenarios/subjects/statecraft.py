"""Statecraft at the start: who depends on whom, who visits, whose rules shut outsiders out, who votes.

`VISIT_YEARS` is part of the definition of the channel, which sums three years; `VOTE_YEARS` says how far back
a habit is read and moves nothing by itself.
"""

from __future__ import annotations

import numpy as np

from heartland.core.arrays import namespace
from heartland.dynamics.steps import known
from heartland.errors import HeartlandInputError
from heartland.measures.hedging import effective_number
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject

__all__ = ["SUBJECT"]

PAIR = ("power", "receiver")
BASE_DECISION = "third-country-base"
VISIT_YEARS = 3.0  # the channel counts the visits of three years
VOTE_YEARS = 5  # sessions that tell how often a state stays away


def _open(book: Opening) -> None:
    from heartland.scenarios.start import neighbours

    model = book.world.region.model
    powers, receivers = book.axes.power, book.axes.receiver
    insider = book.statics["insider"]
    book.state["wariness"] = np.ones((*book.axes.shape(PAIR), 1))
    book.state["engagement"] = _visits(book)
    book.statics["engagement_start"] = book.state["engagement"]
    usual = book.parameters["start.reward-size"]
    book.statics["reward_size"] = np.full((*book.axes.shape(PAIR), usual.size), usual)
    book.statics["exclusion"] = insider.copy()
    book.statics["conditional"] = _conditional(book, insider)
    book.statics["base_interest"] = np.array([[float(name == model.rival)] for name in powers])
    near = neighbours(book.world)
    far = book.parameters["start.distance-cost"]
    apart = [[float(name not in near.get(power, set())) for name in receivers] for power in powers]
    book.statics["distance_cost"] = np.array(apart)[..., None] * far
    book.statics["base_veto"] = _veto(book)
    book.statics["absence_habit"] = _absence(book)
    place = [[float(actor == name) for actor in book.axes.actor] for name in receivers]
    book.statics["receiver_place"] = np.array(place)[..., None]
    book.notes += [
        f"visits of powers without a count: {book.parameters['start.visits'].mean():.1f} a year assumed",
        f"distance takes {far.mean():.0%} of a visit's weight where power and receiver share no border "
        "(assumption)",
        "reward and punishment: in full for leaders of an alliance, half for other insiders, else a tenth "
        "(assumption)",
    ]


def _visits(book: Opening) -> Floats:
    """Visits a year of each power to each receiver, (power, receiver, draw)."""
    nothing = np.full((*book.axes.shape(PAIR), book.draws), np.nan)
    counted = np.broadcast_to(book.volumes.get("engagement", nothing), nothing.shape) / VISIT_YEARS
    return np.where(np.isnan(counted), book.parameters["start.visits"], counted)


def _conditional(book: Opening, insider: Floats) -> Floats:
    led = np.nan_to_num(book.statics["lead"]).max(axis=0, initial=0.0)
    return np.where(led > 0, 1.0, np.where(insider > 0, 0.5, 0.1))


def _veto(book: Opening) -> Floats:
    """1 where a member of an organisation needs the others' consent to a base of a third country."""
    found = np.zeros((*book.axes.shape(("organisation", "receiver")), 1))
    for row, organisation in enumerate(book.axes.organisation):
        try:
            rule = book.world.rule(organisation, BASE_DECISION)
        except HeartlandInputError:
            continue
        members = set(book.world.members(organisation)) if rule.kind != "unilateral" else set()
        found[row] = [[float(name in members)] for name in book.axes.receiver]
    return found


def _absence(book: Opening) -> Floats:
    """Log odds of staying away from a roll call in the last sessions, against the receivers' mean."""
    from heartland.scenarios.start import last_year

    table = book.world.region.table("votes", book.world.known_by)
    if not len(table):
        book.notes.append("habit of staying away from ballots unknown: taken as equal")
        return np.zeros((len(book.axes.receiver), 1))
    years = table["date"].astype(str).str[:4].astype(int)
    last = min(int(years.max()), last_year(book.world))
    window = table[(years > last - VOTE_YEARS) & (years <= last)]
    total = float(window["roll_calls"].sum())
    if not total:
        return np.zeros((len(book.axes.receiver), 1))
    odds = []
    for name in book.axes.receiver:
        there = sum(window["roll_calls"][[name in cell for cell in window[column]]].sum()
                    for column in ("yes", "abstain", "no"))  # fmt: skip
        away = min(max(1.0 - float(there) / total, 0.005), 0.995)
        odds.append(np.log(away / (1.0 - away)))
    book.notes.append(f"habit of staying away from ballots is that of {last - VOTE_YEARS + 1} to {last}")
    own = [odds[place] for place, name in enumerate(book.axes.receiver) if name in book.own]
    return (np.array(odds) - float(np.mean(own)))[:, None]


def _reliance(reader: Reader) -> Floats:
    """How much a receiver depends on a power: share of trade plus remittances over GDP, at most 1."""
    whole = known(reader.get("trade_weight")) + known(reader.get("remit_ratio"))
    found: Floats = namespace(whole).clip(whole, 0.0, 1.0)
    return found


def _own_exposure(reader: Reader) -> Floats:
    """What the power would lose: the share of trade times the receiver's size against the power's."""
    gdp = reader.state["gdp"]
    size = gdp[reader.receivers][None] / gdp[reader.powers][:, None]
    found: Floats = namespace(size).clip(known(reader.get("trade_weight")) * size, 0.0, 1.0)
    return found


def _route_open(reader: Reader) -> Floats:
    return 1.0 - reader.state["border_shut"]


SUBJECT = Subject(
    constants={
        **dict.fromkeys(
            (
                *("offer", "stake", "salience", "reward_size", "rent", "visit_rate", "steady_offer"),
                *("distance_cost", "engagement_start"),
            ),
            PAIR,
        ),
        **dict.fromkeys(("conditional", "exclusion", "base_interest", "ballot_target"), ("power",)),
        **dict.fromkeys(("ballot_rate", "ballot_position", "absence_habit"), ("receiver",)),
        "base_veto": ("organisation", "receiver"),
        "receiver_place": ("receiver", "actor"),
    },
    open=_open,
    parameters=("start.visits", "start.distance-cost", "start.reward-size"),
    derived={
        "reliance": _reliance,
        "own_exposure": _own_exposure,
        "vectors": lambda reader: effective_number(reader.get("trade_weight")),
        "position_power": lambda reader: reader.state["ideal_point"][reader.powers],
        "position_receiver": lambda reader: reader.state["ideal_point"][reader.receivers],
        "route_open": _route_open,
    },
)
