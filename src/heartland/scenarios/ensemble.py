"""An ensemble: what all members of a scenario did, with labels, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.expressions import parse
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.layout import Layout
from heartland.scenarios.outcomes import Answer, answer
from heartland.scenarios.plan import Plan
from heartland.scenarios.readings import RunView
from heartland.scenarios.state import state_catalogue

if TYPE_CHECKING:
    import xarray as xr

    from heartland.scenarios.contrast import Contrast
    from heartland.scenarios.scenario import Scenario

__all__ = ["Ensemble"]

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Ensemble:
    """All members of one scenario.

    layout : axes, dates and recorded steps
    source : gives a recorded array by name, member first
    card : provenance: versions, seed, hashes, mechanism order, failures
    plan : makes the compiled scenario, for questions that need the start world
    rows : gives one row of a recorded split, (member, part, *axes); default cut out of the whole array
    """

    scenario: Scenario
    layout: Layout
    members: int
    seed: int
    source: Callable[[str], Array]
    card: Mapping[str, Any]
    plan: Callable[[], Plan]
    rows: Callable[[str, int], Array] | None = None

    def __repr__(self) -> str:
        span = f"{self.layout.dates[0]} to {self.layout.dates[-1]}"
        return f"Ensemble({self.scenario.id}, {self.members} members, {span}, seed {self.seed})"

    @cached_property
    def view(self) -> RunView:
        """What outcome expressions may look at."""
        return RunView(
            self.layout.axes,
            self.layout.days,
            self.members,
            self.array,
            self.layout.steps,
            self.layout.domains,
        )

    def array(self, name: str) -> Array:
        """A recorded array, member first.

        Raises
        ------
        HeartlandInputError
            If it was not recorded, with what was.
        """
        try:
            return self.source(name)
        except KeyError:
            known = () if name in state_catalogue() else sorted(state_catalogue())
            raise HeartlandInputError.at(
                f'"{name}" was not recorded in this run.',
                why="Only what the outcomes need and the usual series are kept.",
                fix=suggestion(name, known, listing="Run again with --record full."),
                check="record",
            ) from None

    def split(self, name: str, row: int) -> Array:
        """Split of a state's change up to one of the times of `layout.grid.why`, (member, part, *axes)."""
        whole = f"why_{name}"
        found: Array = self.array(whole)[:, row] if self.rows is None else self.rows(whole, row)
        return found

    def outcome(self, name: str) -> Answer:
        """One of the scenario's outcomes, by id, for each member."""
        known = {item.id: item for item in self.scenario.outcomes}
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is not an outcome of {self.scenario.id}.',
                fix=suggestion(name, known, listing=f"Outcomes: {', '.join(known)}."),
                check="outcome",
            )
        return answer(known[name].tree, self.view)

    def ask(self, expression: str) -> Answer:
        """Any expression of the outcome grammar, for each member."""
        return answer(parse(expression), self.view)

    def probability(self, expression: str) -> float:
        """Share of the members in which a yes-no expression holds, among those where it has a value."""
        found = self.ask(expression)
        return float(found.values[found.valid].mean()) if found.valid.any() else float("nan")

    def series(self, state: str, **slots: str) -> tuple[list[str], NDArray[np.float64]]:
        """Dates and (member, time) values of one state, or of influence, for chosen slots.

        slots : giver, other, receiver, actor, domain (influence only; default all)
        """
        array = self.array(state)
        dims = self.layout.dims(state)
        chosen = tuple(self._slot(state, dim, slots) for dim in dims[1:])
        place: tuple[Any, ...] = (slice(None), slice(None), *chosen)
        array = self.array(state)[place]
        dates = [self.layout.dates[step] for step in self.layout.steps(state)]
        return dates, np.asarray(array, dtype=np.float64)

    def _slot(self, state: str, dim: str, slots: Mapping[str, str]) -> int:
        if dim == "domain":
            return self.layout.domain(slots.get("domain", "all"))
        chosen = slots.get(dim) or (slots.get("actor") if dim in ("receiver", "giver") else None)
        axis = {"giver": "power", "other": "power"}.get(dim, dim)
        if axis == "world":
            return 0
        if chosen is None:
            raise HeartlandInputError.at(f"{state} has one series for each {dim}.", fix=f"Add {dim}=ID.")
        return self.layout.axes.index(axis, chosen)

    def contrast(self, baseline: Ensemble) -> Contrast:
        """This ensemble minus a baseline, member by member with the same random numbers.

        Raises
        ------
        HeartlandInputError
            If the two do not share seed, members and dates.
        """
        from heartland.scenarios.contrast import Contrast

        same = (self.seed, self.members, self.layout.dates) == (
            baseline.seed, baseline.members, baseline.layout.dates,
        )  # fmt: skip
        if not same:
            raise HeartlandInputError.at(
                f"{self!r} and {baseline!r} cannot be paired.",
                why="A contrast needs the same seed, members and dates, so that only the change shows.",
                fix="Run both with the same seed and number of members, on the same span.",
                check="contrast",
            )
        return Contrast(self, baseline)

    def fan(self, state: str, **slots: str) -> Any:
        """Altair chart of the nested 50, 80 and 95 % bands of one series; slots as in `series`."""
        from heartland.scenarios.pictures import fan_chart

        return fan_chart(self, state, slots)

    def why(self, variable: str, **slots: str) -> Any:
        """Split of the change of a state or measure since the start, by mechanism; see `explain`."""
        from heartland.scenarios.explain import explain_run

        return explain_run(self, variable, slots)

    @cached_property
    def ds(self) -> xr.Dataset:
        """Everything recorded as one Dataset, with attributes `unit`, `label` and `source`."""
        from heartland.scenarios.dataset import dataset_of

        return dataset_of(self)
