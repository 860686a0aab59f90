"""A scenario in other forms of its model, and what an outcome is in each, on the same random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heartland.core.tree import Node
from heartland.runs.job import Job
from heartland.scenarios.layout import layout_of
from heartland.scenarios.outcomes import Answer, RunView, answer
from heartland.scenarios.plan import Plan
from heartland.scenarios.ties import domains_of

__all__ = ["Asked", "Forms"]


@dataclass(frozen=True)
class Forms:
    """Plans of one scenario, an outcome, and the first members it is asked of; small enough to be sent."""

    plans: tuple[Plan, ...]
    tree: Node
    blocks: int
    members: int

    def answers(self) -> list[Answer]:
        """The outcome in each form, member by member."""
        computed = Job(self.plans).many(range(self.blocks))
        found = []
        for number, plan in enumerate(self.plans):
            made = [block[number] for block in computed]
            found.append(answer(self.tree, self._view(plan, made)))
        return found

    def _view(self, plan: Plan, made: Sequence[Mapping[str, NDArray[np.generic]]]) -> RunView:
        layout = layout_of(plan, domains_of(plan))

        def array(name: str) -> NDArray[np.generic]:
            return np.concatenate([block[name] for block in made])[: self.members]

        return RunView(layout.axes, layout.days, self.members, array, layout.steps, layout.domains)


@dataclass(frozen=True)
class Asked:
    """Several sets of forms by number, each computed where it is called."""

    sets: tuple[Forms, ...]

    def __call__(self, number: int) -> list[Answer]:
        """Answers of one set."""
        return self.sets[number].answers()
