"""The work of one block: noise drawn once, every run of the task simulated on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import Noise
from heartland.runs.blocks import VariableSpec
from heartland.scenarios.binding import bind
from heartland.scenarios.eventlog import CAPACITY, TOP
from heartland.scenarios.layout import Layout
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.plan import Plan
from heartland.scenarios.recorder import recorded
from heartland.scenarios.state import BLOCK, state_catalogue
from heartland.scenarios.ties import LAYERS

__all__ = ["Job", "coordinates", "variables_of"]


@dataclass(frozen=True)
class Job:
    """Simulates some blocks of each plan with the same random numbers; picklable."""

    plans: tuple[Plan, ...]

    def __call__(self, block: int) -> list[Mapping[str, NDArray[Any]]]:
        """Recorded variables of each plan for one block, (64, *shape)."""
        return self.many((block,))[0]

    def many(self, blocks: Sequence[int]) -> list[list[Mapping[str, NDArray[Any]]]]:
        """For each block, the recorded variables of each plan; the same bits as one by one."""
        steps = max(plan.steps for plan in self.plans)
        noise = _Kept([Noise(self.plans[0].seed, steps, block) for block in blocks])
        done = [run_blocks(plan, bind(plan, [noise], blocks), blocks) for plan in self.plans]
        return [
            [
                {name: array[row * BLOCK : (row + 1) * BLOCK] for name, array in arrays.items()}
                for arrays in done
            ]
            for row in range(len(blocks))
        ]


class _Kept:
    """Random numbers of some blocks side by side, each stream drawn when first asked for and then kept."""

    def __init__(self, noises: Sequence[Noise]) -> None:
        self._noises = noises
        self._drawn: dict[tuple[str, str, str, tuple[str, ...]], NDArray[np.float64]] = {}

    def normal(self, mechanism: str, stream: str, slots: Sequence[str]) -> NDArray[np.float64]:
        """As `Noise.normal`, with the members of all blocks on the last axis."""
        return self._get("normal", mechanism, stream, tuple(slots))

    def uniform(self, mechanism: str, stream: str, slots: Sequence[str]) -> NDArray[np.float64]:
        """As `Noise.uniform`, with the members of all blocks on the last axis."""
        return self._get("uniform", mechanism, stream, tuple(slots))

    def _get(self, kind: str, mechanism: str, stream: str, slots: tuple[str, ...]) -> NDArray[np.float64]:
        key = (kind, mechanism, stream, slots)
        if key not in self._drawn:
            drawn = [getattr(noise, kind)(mechanism, stream, slots) for noise in self._noises]
            self._drawn[key] = drawn[0] if len(drawn) == 1 else np.concatenate(drawn, axis=-1)
        return self._drawn[key]


def variables_of(layout: Layout) -> list[VariableSpec]:
    """What a run of this layout records, in a fixed order."""
    lengths = {name: len(values) for name, values in coordinates(layout).items()} | {
        "event": CAPACITY, "rank": TOP,
    }  # fmt: skip
    series, dyads = recorded(layout.full, asked=layout.asked)
    layers = LAYERS if layout.full else LAYERS[:1]
    states = state_catalogue()
    floats = [*series, *dyads, *layers, "trade_share"]
    types = {
        **dict.fromkeys(floats, "f4"),
        **dict.fromkeys(_EVENTS, "i2"),
        "event_probability": "f4", "event_term": "i2", "event_value": "f4",
        "n_events": "i4", "events_dropped": "i4",
        **{f"why_{name}": "f8" for name in layout.parts},
    }  # fmt: skip
    made = []
    for name, dtype in types.items():
        dims = layout.dims(name)
        known = states.get(name.removeprefix("why_"))
        attrs = {"unit": known.unit, "label": known.label} if known else _ATTRS.get(name, {})
        made.append(VariableSpec(name, dtype, dims, tuple(lengths[dim] for dim in dims), attrs))
    return made


_EVENTS = ("event_step", "event_kind", "event_giver", "event_receiver", "event_mark")
_ATTRS = {
    "influence": {"unit": "index", "label": "influence"},
    "bandwidth": {"unit": "index", "label": "bandwidth"},
    "dependence": {"unit": "index", "label": "dependence"},
    "trade_share": {"unit": "share", "label": "share of the receiver's trade"},
    "event_probability": {"unit": "share", "label": "chance at the draw"},
}


def coordinates(layout: Layout) -> dict[str, Sequence[Any]]:
    """Labels of every axis other than the member axis."""
    used = {dim for name in _all_names(layout) for dim in layout.dims(name)}
    return {name: values for name, values in layout.labels().items() if name in used}


def _all_names(layout: Layout) -> list[str]:
    series, dyads = recorded(layout.full, asked=layout.asked)
    return [*series, *dyads, *LAYERS, "trade_share", *(f"why_{name}" for name in layout.parts)]
