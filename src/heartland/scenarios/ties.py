"""From simulated states to the volumes that influence is measured on, so that world and run agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from heartland.measures.influence import InfluenceEngine, InfluenceResult, compile_spec
from heartland.scenarios.plan import Floats, Plan, spread

__all__ = [
    "LAYERS",
    "MOVING",
    "TieBook",
    "TieStart",
    "domains_of",
    "engine",
    "layers",
    "moving_inputs",
    "tie_start",
]

LAYERS = ("influence", "bandwidth", "dependence")
# states that influence depends on; every other channel keeps its start value
MOVING = ("gdp", "trade_gap", "remittances", "debt_ratio", "effort", "deployed")


@dataclass(frozen=True)
class TieStart:
    """Start of the ties of some members.

    volumes : (power, receiver, member) by channel; totals, bases : (receiver, member)
    state : start of the states in `MOVING`; receivers : places of the receivers on the actor axis
    """

    volumes: Mapping[str, Floats]
    totals: Mapping[str, Floats]
    bases: Mapping[str, Floats]
    state: Mapping[str, Floats]
    receivers: tuple[int, ...]


def tie_start(plan: Plan, blocks: Sequence[int]) -> TieStart:
    """Start of the ties of the members of some blocks."""
    return TieStart(
        {name: spread(x, blocks) for name, x in plan.volumes.items()},
        {name: spread(x, blocks) for name, x in plan.totals.items()},
        {name: spread(x, blocks) for name, x in plan.bases.items()},
        {name: spread(plan.start[name], blocks) for name in MOVING},
        tuple(plan.axes.actor.index(name) for name in plan.axes.receiver),
    )


def moving_inputs(
    start: TieStart, state: Mapping[str, Floats]
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Volumes, totals and bases that moved since the start.

    Trade grows with the receiver's output and the giver's share; debt with its ratio to output; every base
    and the total of trade with output (assumption: constant ratios). A tie unknown at the start stays so.

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
        totals["trade"] = start.totals["trade"] * grown
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
    bases = {name: base * grown for name, base in start.bases.items()}
    return volumes, totals, bases


def _ratio(now: Floats, before: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before == 0.0, 1.0, now / before)


def engine(plan: Plan, start: TieStart) -> InfluenceEngine:
    """Engine whose fixed inputs are the channels that do not move."""
    still = {name: x for name, x in start.volumes.items() if name not in _MOVED}
    totals = {name: x for name, x in start.totals.items() if name not in _MOVED}
    assert plan.influence is not None
    return InfluenceEngine(compile_spec(plan.influence), still, totals)


_MOVED = ("trade", "remittances", "debt", "presence")


class TieBook:
    """Influence, bandwidth and dependence of some blocks at the recorded steps."""

    def __init__(self, plan: Plan, blocks: Sequence[int]) -> None:
        self.start = tie_start(plan, blocks)
        self.engine = engine(plan, self.start)
        self.layers = LAYERS if plan.full else LAYERS[:1]
        self.share = spread(plan.statics["trade_share"], blocks)
        self.rows: list[dict[str, Floats]] = []

    def keep(self, state: Mapping[str, Floats]) -> None:
        """Measure and keep the ties of a state."""
        row = layers(self.engine.step(*moving_inputs(self.start, state)), self.layers)
        row["trade_share"] = self.share * np.exp(state["trade_gap"])
        self.rows.append(row)

    def arrays(self) -> dict[str, Floats]:
        """(time, domain and all, power, receiver, member) by layer; trade shares without the domain axis."""
        return {name: np.stack([row[name] for row in self.rows]) for name in (*self.layers, "trade_share")}


def layers(result: InfluenceResult, names: tuple[str, ...]) -> dict[str, Floats]:
    """Each layer with its domains first and the overall value last on axis 0."""
    whole = {
        "influence": (result.influence, result.overall),
        "bandwidth": (result.bandwidth, result.overall_bandwidth),
        "dependence": (result.dependence, result.overall_dependence),
    }
    return {name: np.concatenate([whole[name][0], whole[name][1][None]]) for name in names}


def domains_of(plan: Plan) -> tuple[str, ...]:
    """Domains of the recorded layers, the overall value last."""
    return () if plan.influence is None else (*compile_spec(plan.influence).domains, "all")
