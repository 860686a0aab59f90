"""The work of one block: noise drawn once, every run of the task simulated on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from heartland.core.draws import Draws
from heartland.runs.blocks import VariableSpec
from heartland.scenarios.binding import bind
from heartland.scenarios.eventlog import CAPACITY, TOP
from heartland.scenarios.layout import Layout
from heartland.scenarios.loop import Running, side_by_side
from heartland.scenarios.plan import Plan, Spread
from heartland.scenarios.ready import keep_freed
from heartland.scenarios.recorder import recorded
from heartland.scenarios.state import BLOCK, state_catalogue
from heartland.scenarios.ties import LAYERS

__all__ = ["Job", "coordinates", "variables_of"]


# Runs that go through the steps at once: a what-if and its baseline; the books of each are open then.
TOGETHER = 2


@dataclass(frozen=True)
class Job:
    """Simulates some blocks of each plan with the same random numbers; picklable.

    first : block that the first draws of the plans belong to
    """

    plans: tuple[Plan, ...]
    first: int = 0

    def __call__(self, block: int) -> list[Mapping[str, NDArray[Any]]]:
        """Recorded variables of each plan for one block, (64, *shape)."""
        return self.many((block,))[0]

    def many(self, blocks: Sequence[int]) -> list[list[Mapping[str, NDArray[Any]]]]:
        """For each block, the recorded variables of each plan; the same bits as one by one."""
        keep_freed()
        steps = max(plan.steps for plan in self.plans)
        draws = Draws(self.plans[0].seed, steps, blocks)
        done: list[dict[str, NDArray[Any]]] = []
        for first in range(0, len(self.plans), TOGETHER):
            plans = self.plans[first : first + TOGETHER]
            spread = Spread([block - self.first for block in blocks])
            running: list[Running] = []
            for plan in plans:
                bound = bind(plan, draws, blocks, spread)
                beside = running[0] if running else None
                running.append(Running(plan, bound, blocks, spread=spread, beside=beside))
            side_by_side(running)
            draws.forget()
            done += [running.pop(0).arrays() for _ in plans]
        return [
            [
                {name: array[row * BLOCK : (row + 1) * BLOCK] for name, array in arrays.items()}
                for arrays in done
            ]
            for row in range(len(blocks))
        ]


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
