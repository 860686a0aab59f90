"""The points of a sweep computed: answers of every member, one row of the store for each point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.runs.ablation import shortened, steps_asked
from heartland.runs.blocks import Layout, VariableSpec, write_blocks
from heartland.runs.job import Job
from heartland.runs.journal import BlockRecord
from heartland.scenarios.compile import Openings, compile_plan
from heartland.scenarios.design import Design, Point
from heartland.scenarios.layout import layout_of
from heartland.scenarios.outcomes import answer
from heartland.scenarios.plan import Plan
from heartland.scenarios.readings import RunView
from heartland.scenarios.state import BLOCK
from heartland.scenarios.ties import domains_of
from heartland.scenarios.validate import load_region

__all__ = ["BASELINE", "VALUE", "PointTask", "computed", "point_variables"]

Floats: TypeAlias = NDArray[np.float64]

# variables of the store: what the members of a point answer, and those of its baseline
VALUE, BASELINE = "value", "baseline"
# blocks side by side in one go
SIDE = 8
# starts held by a process
STARTS = 4


def point_variables(design: Design) -> list[VariableSpec]:
    """What the store of a sweep holds for each point: answers by outcome and member, NaN where none."""
    shape = (len(design.outcomes), design.members)
    names = (VALUE, BASELINE) if design.baseline else (VALUE,)
    return [VariableSpec(name, "f8", ("outcome", "member"), shape) for name in names]


@dataclass(frozen=True)
class PointTask:
    """Computes the points of a group, named by its first, and writes a row of the store for each; picklable.

    groups : points by the first of them
    layout : of the store, None to return the answers instead
    """

    design: Design
    groups: Mapping[int, tuple[int, ...]]
    layout: Layout | None

    def __call__(self, first: int) -> list[BlockRecord] | list[dict[str, Floats]]:
        """Records of what was written for each point of the group, or its answers."""
        chosen = [self.design.points[number] for number in self.groups[first]]
        found = computed(self.design, chosen, self._starts)
        if self.layout is None:
            return found
        rows = {
            number: {name: array[None] for name, array in arrays.items()}
            for number, arrays in zip(self.groups[first], found, strict=True)
        }
        return write_blocks(self.layout, rows)

    @cached_property
    def _starts(self) -> Openings:
        return Openings(STARTS)

    def __getstate__(self) -> dict[str, Any]:
        region = self.design.region
        return {
            "design": self.design.to_json(), "region": str(region.path), "content": region.hash,
            "groups": self.groups, "layout": self.layout,
        }  # fmt: skip

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        design = Design.from_json(_region(state["region"], state["content"]), state["design"])
        self.__dict__.update(design=design, groups=state["groups"], layout=state["layout"])


@cache
def _region(path: str, content: str) -> Any:
    """The region in a folder, read once for each content (its hash)."""
    return load_region(path)


def computed(
    design: Design, points: Sequence[Point], openings: Openings | None = None
) -> list[dict[str, Floats]]:
    """Answers at some points, (outcome, member) by variable; the same whichever are computed together."""
    starts = openings or Openings(STARTS)
    plans: list[Plan] = []
    for point in points:
        scenario, values = design.form(point)
        forms = [scenario, design.base(point)] if design.baseline else [scenario]
        for form in forms:
            plan = compile_plan(
                form, members=design.members, seed=design.seed, outcomes=design.outcomes, openings=starts,
                values=values, whole=False,
            )  # fmt: skip
            plans.append(shortened(plan, _steps(design, plan)))
    answered = _answers(design, plans)
    names = (VALUE, BASELINE) if design.baseline else (VALUE,)
    return [
        dict(zip(names, answered[at : at + len(names)], strict=True))
        for at in range(0, len(answered), len(names))
    ]


def _steps(design: Design, plan: Plan) -> int:
    days = [date.fromisoformat(text) for text in plan.dates]
    return max(steps_asked(item.tree, days) for item in design.outcomes)


def _answers(design: Design, plans: Sequence[Plan]) -> list[Floats]:
    """Answers of the members of each plan, (outcome, member)."""
    found = [np.full((len(design.outcomes), design.members), np.nan) for _ in plans]
    layouts = [layout_of(plan, domains_of(plan)) for plan in plans]
    blocks, job = -(-design.members // BLOCK), Job(tuple(plans))
    for first in range(0, blocks, SIDE):
        made = job.many(range(first, min(first + SIDE, blocks)))
        rows = slice(first * BLOCK, min(first * BLOCK + len(made) * BLOCK, design.members))
        for number, layout in enumerate(layouts):
            arrays = partial(_joined, [block[number] for block in made])
            view = RunView(
                layout.axes, layout.days, len(made) * BLOCK, arrays, layout.steps, layout.domains
            )
            for place, item in enumerate(design.outcomes):
                told = answer(item.tree, view)
                values = np.where(told.valid, told.values, np.nan)
                found[number][place, rows] = values[: rows.stop - rows.start]
    return found


def _joined(blocks: Sequence[Mapping[str, NDArray[Any]]], name: str) -> NDArray[Any]:
    return np.concatenate([arrays[name] for arrays in blocks])
