"""What is kept of one scenario for an overview of many: its answers, and the headline's picture and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.charts.frames import fan_frame, paths_frame
from heartland.charts.words import number, plus
from heartland.errors import HeartlandInputError
from heartland.report.focus import focus_of, subject_of
from heartland.scenarios.answers import summaries, waited_for
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.explain import event_table
from heartland.scenarios.outcomes import answer
from heartland.scenarios.scenario import Outcome
from heartland.scenarios.state import event_kinds, state_catalogue
from heartland.scenarios.summary import OutcomeSummary

__all__ = ["Digest", "Fan", "Why", "digest"]

EVENTS = ("occurs", "count", "first")
SAID = 4
KEPT = 201


@dataclass(frozen=True)
class Fan:
    """One series of the headline: what-if and baseline as quantiles over members, and a few paths."""

    state: str
    slots: Mapping[str, str]
    unit: str
    frame: pd.DataFrame
    baseline: pd.DataFrame
    paths: pd.DataFrame


@dataclass(frozen=True)
class Why:
    """Behind the headline: a split by mechanism, or the odds of an event.

    of : `difference`, `change` since the start, or `odds`
    outcome : the first outcome that has one
    rows : mechanism (or term), part, value, low, high;  mechanisms : that draw the event, or add to the state
    """

    outcome: str
    of: str
    name: str
    slots: Mapping[str, str]
    rows: pd.DataFrame
    mechanisms: tuple[str, ...]

    def words(self) -> str:
        """The largest parts, in one line."""
        frame = self.rows[~self.rows["mechanism"].isin(["change", "remainder"])]
        if self.of == "odds":
            terms = [
                f"{str(row['mechanism']).replace('_', ' ')} {number(row['value'])}"
                for row in frame.to_dict("records")
                if np.isfinite(row["value"])
            ][:SAID]
            return f"drawn by {', '.join(self.mechanisms)}" + (f"; {'; '.join(terms)}" if terms else "")
        summed = frame.groupby("mechanism", sort=False)["value"].sum()
        order = summed.reindex(summed.abs().sort_values(ascending=False).index)
        parts = [f"{name} {plus(float(value))}" for name, value in order.items() if value][:SAID]
        head = "" if self.of == "difference" else "no difference; since the start: "
        return head + "; ".join(parts) if parts else "nothing moved it"


@dataclass(frozen=True)
class Digest:
    """One scenario's answers, small enough to keep many of them.

    values : of the headline outcome in what-if and baseline, quantiles over members; empty for yes or no
    """

    rows: list[OutcomeSummary]
    dates: tuple[str, str]
    steps: int
    why: Why | None = None
    fan: Fan | None = None
    values: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def digest(run: Ensemble, base: Ensemble) -> Digest:
    """Answers of a scenario, with picture and why of its headline outcome, the first."""
    rows = summaries(run, base)
    dates = run.layout.dates
    ends = (dates[0], dates[-1])
    if not run.scenario.outcomes:
        return Digest(rows, ends, len(dates) - 1)
    item = run.scenario.outcomes[0]
    values = {} if rows[0].unit == "probability" else _values(item, run, base)
    why = next((found for one in run.scenario.outcomes if (found := _why(run, base, one))), None)
    subject = subject_of(item, focus_of(run))
    fan = None if subject is None or subject[0] in EVENTS else _fan(run, base, *subject[1:])
    return Digest(rows, ends, len(dates) - 1, why, fan, values)


def _why(run: Ensemble, base: Ensemble, item: Outcome) -> Why | None:
    subject = subject_of(item, focus_of(run))
    if subject is None:
        return None
    function, name, slots = subject
    if function in EVENTS:
        return _odds(run, item.id, name)
    return _split(run, base, item.id, name, slots)


def _values(item: Outcome, run: Ensemble, base: Ensemble) -> dict[str, NDArray[np.float64]]:
    found = {}
    for label, one in (("what-if", run), ("baseline", base)):
        got = answer(item.tree, one.view)
        known = got.values[got.valid]
        if known.size:
            found[label] = np.quantile(known, np.linspace(0, 1, KEPT))
    return found


def _split(
    run: Ensemble, base: Ensemble, outcome: str, name: str, slots: Mapping[str, str]
) -> Why | None:
    variable = {"trade": "trade_gap"}.get(name, name)
    try:
        frame, of = run.contrast(base).why(variable, **slots), "difference"
        if len(frame) < 2 or not np.isfinite(frame["value"].iloc[-1]) or not frame["value"].iloc[:-1].any():
            frame, of = run.why(variable, **slots), "change"
    except (HeartlandInputError, LookupError):
        return None
    movers = [str(one) for one in frame["mechanism"] if one not in ("change", "remainder")]
    return Why(outcome, of, name, dict(slots), frame, tuple(dict.fromkeys(movers)))


def _odds(run: Ensemble, outcome: str, event: str) -> Why:
    found = event_table(run, event).rename(columns={"term": "mechanism"})
    writers: Sequence[str] = waited_for(event_kinds()[event].variable, run)[0]
    return Why(outcome, "odds", event, {}, found, tuple(writers))


def _fan(run: Ensemble, base: Ensemble, name: str, slots: Mapping[str, str]) -> Fan | None:
    state = {"trade": "trade_gap"}.get(name, name).replace("-", "_")
    chosen = {key: value for key, value in slots.items() if key != "at"}
    try:
        dates, own = run.series(state, **chosen)
        _, other = base.series(state, **chosen)
    except (HeartlandInputError, LookupError):
        return None
    if len(dates) < 2 or np.isnan(own).all():
        return None
    known = state_catalogue().get(state)
    unit = "index" if known is None else known.unit
    return Fan(state, chosen, unit, fan_frame(dates, own), fan_frame(dates, other), paths_frame(dates, own))
