"""Two runs with the same random numbers, subtracted member by member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heartland.scenarios.outcomes import Answer
from heartland.scenarios.summary import Difference, difference

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble

__all__ = ["Contrast"]


@dataclass(frozen=True)
class Contrast:
    """Scenario minus baseline; every method pairs member with member."""

    treated: Ensemble
    base: Ensemble

    def values(self, expression: str) -> NDArray[np.float64]:
        """Difference of an outcome expression, (member,); NaN where either run has no value."""
        a, b = self.treated.ask(expression), self.base.ask(expression)
        return np.where(a.valid & b.valid, a.values - b.values, np.nan)

    def outcome(self, name: str) -> tuple[Answer, Answer, Difference]:
        """Both answers to one of the scenario's outcomes, and their paired difference."""
        from heartland.core.expressions import parse
        from heartland.scenarios.outcomes import answer

        known = {item.id: item for item in self.treated.scenario.outcomes}
        a = self.treated.outcome(name)
        b = answer(parse(known[name].expression), self.base.view)
        return a, b, difference(a, b, "drawn")

    def series(self, state: str, **slots: str) -> tuple[list[str], NDArray[np.float64]]:
        """Dates and difference of one series, (member, time)."""
        dates, a = self.treated.series(state, **slots)
        _, b = self.base.series(state, **slots)
        return dates, a - b

    def fan(self, state: str, **slots: str) -> Any:
        """Altair chart of the nested bands of the difference."""
        from heartland.scenarios.pictures import contrast_chart

        return contrast_chart(self, state, slots)

    def why(self, variable: str, **slots: str) -> Any:
        """Split of the difference by mechanism; see `explain.explain_contrast`."""
        from heartland.scenarios.explain import explain_contrast

        return explain_contrast(self.treated, self.base, variable, slots)
