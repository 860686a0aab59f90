"""Inputs that mechanisms read but nobody writes: rates, current weights and gathered series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from heartland.core.arrays import everywhere, filled, namespace
from heartland.dynamics.alignment import dependence_mean
from heartland.dynamics.steps import known
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects import subjects
from heartland.scenarios.subjects.base import Reader

__all__ = ["DERIVED", "REMEMBERED", "Reader", "derived", "presence_level", "remembered", "trade_swell"]

# states whose level one step before is kept, so that rates can be taken, by the phase that moves them
REMEMBERED = {
    "exogenous": ("oil", "currency", "border_shut"),
    "economy": ("gdp", "remittances", "growth_gap"),
}


def presence_level(effort: Floats, deployed: Floats) -> Floats:
    """Level of security presence, max(clip(effort, 0, 4), deployed); all (power, receiver, member)."""
    xp = namespace(effort)
    level: Floats = xp.maximum(xp.clip(effort, 0.0, 4.0), deployed)
    return level


def _log_change(reader: Reader, places: list[int]) -> Floats:
    """Log of output against the start; (place, member)."""
    grown = reader.state["gdp"][places] / reader.first["gdp"][places]
    change: Floats = namespace(grown).log(grown)
    return change


def _power_surge(reader: Reader) -> Floats:
    """Growth of each power off its trend over the last step, per year; patches on its output included."""
    now, before = reader.state["gdp"][reader.powers], reader.before["gdp"][reader.powers]
    surge: Floats = namespace(now).log(now / before) / reader.dt - reader.statics["trend_power"]
    return surge


def _remit_rate(reader: Reader) -> Floats:
    """Growth of transfers over the last step off the receiver's trend, per year; unknown stays unknown."""
    now, before = reader.state["remittances"], reader.before["remittances"]
    grown: Floats = namespace(now).log(_grown(now, before))
    return grown / reader.dt - reader.statics["trend_receiver"][None]


def _grown(now: Floats, before: Floats) -> Floats:
    """The ratio of two levels; 1 where the first was 0."""
    xp, some = namespace(now), before != 0
    if everywhere(some):
        return now / before
    ratio: Floats = xp.where(some, now / xp.where(some, before, 1.0), 1.0)
    return ratio


def _remit_ratio(reader: Reader) -> Floats:
    """Current transfers over current output, from the start ratio and both changes since the start."""
    return reader.statics["remit_share"] * reader.get("remit_moved") / _exp(reader.get("growth_receiver"))


def _actor_gap(reader: Reader) -> Floats:
    gdp = reader.state["gdp"]
    gap = filled(namespace(gdp).zeros_like(gdp), reader.powers, reader.state["power_gap"])
    whole: Floats = filled(gap, reader.receivers, reader.state["growth_gap"])
    return whole


def _alignment_target(reader: Reader) -> Floats:
    """Position each receiver is drawn to; NaN for actors without a pull."""
    points = reader.state["ideal_point"]
    xp = namespace(points)
    drawn = dependence_mean(points[reader.powers], reader.get("trade_weight"))
    target: Floats = filled(xp.full_like(points, xp.nan), reader.receivers, drawn)
    return target


def trade_swell(share: Floats, gap: Floats) -> Floats:
    """Growth of a receiver's total trade through the givers whose ties moved, beside its output.

    1 + sum over givers of share (exp(gap) - 1): the rest of the world keeps its trade; shares stay below 1.
    share, gap : (power, receiver, member), share at the start, log change; unknown counts as unmoved
    """
    moved: Floats = known(share * namespace(gap).expm1(gap)).sum(axis=0)
    return 1.0 + moved


def _trade_weight(reader: Reader) -> Floats:
    return reader.statics["trade_share"] * _exp(reader.state["trade_gap"]) / reader.get("trade_swell")


def _exp(x: Floats) -> Floats:
    found: Floats = namespace(x).exp(x)
    return found


def _apart(points: Floats) -> Floats:
    """Distance of the ideal points of any two powers; points : (power, member)."""
    return abs(points[:, None] - points[None])


def _vote_similarity(reader: Reader) -> Floats:
    """Change since the start of minus the distance of two powers' ideal points; 0 where unknown."""
    now = _apart(reader.state["ideal_point"][reader.powers])
    moved: Floats = known(reader.get("powers_apart_start") - now)
    return moved


DERIVED: Mapping[str, Callable[[Reader], Floats]] = {
    "growth_power": lambda reader: _log_change(reader, reader.powers),
    "growth_receiver": lambda reader: _log_change(reader, reader.receivers),
    "power_surge": _power_surge,
    "oil_rate": lambda reader: (reader.state["oil"] - reader.before["oil"]) / reader.dt,
    "currency_rate": lambda reader: (reader.state["currency"] - reader.before["currency"]) / reader.dt,
    "growth_gap_before": lambda reader: reader.before["growth_gap"],
    "trade_swell": lambda reader: trade_swell(reader.statics["trade_share"], reader.state["trade_gap"]),
    "trade_weight": _trade_weight,
    "remit_moved": lambda reader: _grown(reader.state["remittances"], reader.first["remittances"]),
    "remit_ratio": _remit_ratio,
    "remit_rate": _remit_rate,
    "actor_gap": _actor_gap,
    "alignment_target": _alignment_target,
    "powers_apart_start": lambda reader: _apart(reader.first["ideal_point"][reader.powers]),
    "vote_similarity": _vote_similarity,
    "border_shut_before": lambda reader: reader.before["border_shut"],
}


@cache
def derived() -> Mapping[str, Callable[[Reader], Floats]]:
    """All derived inputs: those of the core and those of the subjects."""
    found = dict(DERIVED)
    for subject in subjects().values():
        found.update(subject.derived)
    return found


@cache
def remembered(phase: str) -> tuple[str, ...]:
    """States whose level one step before is kept, of those that a phase moves."""
    own = REMEMBERED.get(phase, ())
    return (*own, *(name for item in subjects().values() for name in item.remembered.get(phase, ())))
