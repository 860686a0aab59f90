"""From simulated states to the volumes that influence is measured on, so that world and run agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import is_

import numpy as np
from numpy.typing import NDArray

from heartland.measures.influence import InfluenceEngine, InfluenceResult, compile_spec
from heartland.scenarios.derived import trade_swell
from heartland.scenarios.plan import Floats, Plan, Spread
from heartland.scenarios.state import BLOCK

__all__ = [
    "LAYERS",
    "MOVING",
    "TIES",
    "TieBook",
    "TieStart",
    "domains_of",
    "engine",
    "layers",
    "moving_inputs",
    "tie_start",
]

LAYERS = ("influence", "bandwidth", "dependence")
# channels moved by one state each: `log` start volume times exp(state), `shift` start volume plus state,
# `level` the state itself where the start volume is known
TIES: Mapping[str, tuple[str, str]] = {
    "attitude": ("attitude", "shift"),
    "media": ("media", "level"),
    "digital": ("digital", "level"),
    "medical-aid": ("medical_aid", "shift"),
    "exercises": ("exercise_gap", "log"),
    "energy": ("energy_flow", "level"),
    "arms": ("arms", "level"),
}
# what others than the powers give in a channel, as a state of the receiver; the total moves with it
OTHERS: Mapping[str, str] = {"arms": "arms_rest"}
# bases that add up a channel over all partners, and move with it
SUMS: Mapping[str, str] = {"energy-sales": "energy"}
# states that influence depends on
MOVING = (
    *("gdp", "trade_gap", "remittances", "debt_ratio", "effort", "deployed"),
    *dict.fromkeys(key for key, _ in TIES.values()),
    *OTHERS.values(),
)


@dataclass(frozen=True)
class TieStart:
    """Start of the ties of some members.

    volumes : (power, receiver, member) by channel; totals, bases : (receiver, member)
    state : start of the states in `MOVING`; receivers : places of the receivers on the actor axis
    money : channels and bases counted in money
    """

    volumes: Mapping[str, Floats]
    totals: Mapping[str, Floats]
    bases: Mapping[str, Floats]
    state: Mapping[str, Floats]
    receivers: tuple[int, ...]
    money: frozenset[str]

    def same(self, other: TieStart) -> bool:
        """Whether both hold the same arrays."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return all(
            mine.keys() == theirs.keys() and all(mine[name] is theirs[name] for name in mine)
            if isinstance(mine, Mapping) else mine == theirs
            for mine, theirs in pairs
        )  # fmt: skip


def tie_start(plan: Plan, spread: Spread) -> TieStart:
    """Start of the ties of the members of some blocks."""
    return TieStart(
        {name: spread(x) for name, x in plan.volumes.items()},
        {name: spread(x) for name, x in plan.totals.items()},
        {name: spread(x) for name, x in plan.bases.items()},
        {name: spread(plan.start[name]) for name in MOVING},
        tuple(plan.axes.actor.index(name) for name in plan.axes.receiver),
        frozenset(plan.money),
    )


def moving_inputs(
    start: TieStart, state: Mapping[str, Floats]
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Volumes, totals and bases that moved since the start.

    Trade grows with the receiver's output and the giver's tie, and its total with them; debt with its
    ratio to output. Bases in money, and channels in money that no mechanism moves, keep their ratio to
    output (assumption), so that growth alone shifts no dependence. A tie unknown at the start stays so.

    Parameters
    ----------
    state : the states of `MOVING`, and `presence`; (*axes, member)
    """
    grown = state["gdp"][list(start.receivers)] / start.state["gdp"][list(start.receivers)]
    volumes: dict[str, Floats] = {}
    totals: dict[str, Floats] = {}
    if "trade" in start.volumes:
        volumes["trade"] = start.volumes["trade"] * np.exp(state["trade_gap"]) * grown
    if "trade" in start.totals:
        share = start.volumes["trade"] / start.totals["trade"]
        totals["trade"] = start.totals["trade"] * grown * trade_swell(share, state["trade_gap"])
    if "remittances" in start.volumes:
        ratio = _ratio(state["remittances"], start.state["remittances"])
        volumes["remittances"] = start.volumes["remittances"] * ratio
    if "debt" in start.volumes:
        ratio = _ratio(state["debt_ratio"], start.state["debt_ratio"])
        volumes["debt"] = start.volumes["debt"] * ratio * grown
    if "presence" in start.volumes:
        known = ~np.isnan(start.volumes["presence"])
        volumes["presence"] = np.where(known, state["presence"], np.nan)
        totals["presence"] = np.where(known, state["presence"], 0.0).sum(axis=0)
    for name, (key, how) in TIES.items():
        if name in start.volumes:
            volumes[name] = _moved_tie(start.volumes[name], state[key], how)
            if name in start.totals:
                gain = np.nan_to_num(volumes[name] - start.volumes[name]).sum(axis=0)
                totals[name] = start.totals[name] + gain
                if name in OTHERS:
                    totals[name] = totals[name] + state[OTHERS[name]] - start.state[OTHERS[name]]
    for name in sorted(start.money & (set(start.volumes) - set(_MOVED) - set(TIES))):
        volumes[name] = start.volumes[name] * grown
    bases = {name: start.bases[name] * grown for name in sorted(start.money & set(start.bases))}
    for name, channel in SUMS.items():
        if name in bases and channel in volumes:
            others = np.maximum(start.bases[name] - np.nan_to_num(start.volumes[channel]).sum(axis=0), 0.0)
            bases[name] = others * grown + np.nan_to_num(volumes[channel]).sum(axis=0)
    return volumes, totals, bases


def _moved_tie(volume: Floats, state: Floats, how: str) -> Floats:
    if how == "log":
        return volume * np.exp(state)
    return volume + state if how == "shift" else np.where(np.isnan(volume), np.nan, state)


def _ratio(now: Floats, before: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before == 0.0, 1.0, now / before)


def engine(plan: Plan, start: TieStart) -> InfluenceEngine:
    """Engine whose fixed inputs are the channels that do not move."""
    moved = set(_MOVED) | start.money | set(TIES)
    still = {name: x for name, x in start.volumes.items() if name not in moved}
    totals = {name: x for name, x in start.totals.items() if name not in (*_MOVED, *TIES)}
    assert plan.influence is not None
    bases = {name: x for name, x in start.bases.items() if name not in start.money}
    return InfluenceEngine(compile_spec(plan.influence), still, totals, bases)


_MOVED = ("trade", "remittances", "debt", "presence")


class TieBook:
    """Influence, bandwidth and dependence of some blocks at the recorded steps.

    What was measured on the same arrays in a run beside this one is taken from there.

    kept : by layer (time, domain and all, power, receiver, member); trade shares without the domain axis
    """

    def __init__(
        self, plan: Plan, blocks: Sequence[int], spread: Spread | None = None, twin: TieBook | None = None
    ) -> None:
        """twin : book of a run beside this one, which keeps every step just before"""
        spread = spread or Spread(blocks)
        self.start = tie_start(plan, spread)
        self.engine = engine(plan, self.start)
        self.share = spread(plan.statics["trade_share"])
        self.rows = {step: row for row, step in enumerate(plan.grid.dyads)}
        domains = len(domains_of(plan))
        pairs = (*plan.axes.shape(("power", "receiver")), BLOCK * len(blocks))
        self.kept: dict[str, NDArray[np.float32]] = {
            name: np.empty((len(self.rows), domains, *pairs), dtype=np.float32)
            for name in (LAYERS if plan.full else LAYERS[:1])
        }
        self.shares = np.empty((len(self.rows), *pairs), dtype=np.float32)
        self.kept["trade_share"] = self.shares
        self._plan = plan
        self._twin = twin if twin is not None and self._measures_as(twin) else None
        # the step last kept, and the arrays that it was measured on
        self._last: tuple[int, list[Floats]] | None = None

    def _measures_as(self, other: TieBook) -> bool:
        """Whether the same states give the same ties in both."""
        return (
            self._plan.influence is other._plan.influence
            and self.share is other.share
            and self.kept.keys() == other.kept.keys()
            and self.start.same(other.start)
        )

    def keep(self, step: int, state: Mapping[str, Floats]) -> None:
        """Measure and keep the ties of a state."""
        row, seen = self.rows[step], [state[name] for name in (*MOVING, "presence") if name in state]
        self._last = (step, seen)
        theirs = None if self._twin is None else self._twin._last
        if theirs is not None and theirs[0] == step and all(map(is_, theirs[1], seen)):
            assert self._twin is not None
            for name, kept in self.kept.items():
                kept[row] = self._twin.kept[name][self._twin.rows[step]]
            return
        result = self.engine.step(*moving_inputs(self.start, state))
        for name, kept in self.kept.items():
            if name != "trade_share":
                by_domain, whole = _layer(result, name)
                kept[row, :-1], kept[row, -1] = by_domain, whole
        gap = state["trade_gap"]
        self.shares[row] = self.share * np.exp(gap) / trade_swell(self.share, gap)


def _layer(result: InfluenceResult, name: str) -> tuple[Floats, Floats]:
    return {
        "influence": (result.influence, result.overall),
        "bandwidth": (result.bandwidth, result.overall_bandwidth),
        "dependence": (result.dependence, result.overall_dependence),
    }[name]


def layers(result: InfluenceResult, names: tuple[str, ...]) -> dict[str, Floats]:
    """Each layer with its domains first and the overall value last on axis 0."""
    found = {name: _layer(result, name) for name in names}
    return {name: np.concatenate([by_domain, whole[None]]) for name, (by_domain, whole) in found.items()}


def domains_of(plan: Plan) -> tuple[str, ...]:
    """Domains of the recorded layers, the overall value last."""
    return () if plan.influence is None else (*compile_spec(plan.influence).domains, "all")
