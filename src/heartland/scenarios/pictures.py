"""Charts of an ensemble: tidy frames handed to `charts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heartland.charts.fans import contrast, fan
from heartland.charts.frames import fan_frame, paths_frame
from heartland.charts.render import to_altair
from heartland.scenarios.state import state_catalogue

if TYPE_CHECKING:
    from heartland.scenarios.contrast import Contrast
    from heartland.scenarios.ensemble import Ensemble

__all__ = ["contrast_chart", "fan_chart"]


def fan_chart(run: Ensemble, state: str, slots: Mapping[str, str]) -> Any:
    """Altair chart of the nested bands of one series; slots as in `Ensemble.series`."""
    dates, values = run.series(state, **slots)
    frame, paths = fan_frame(dates, values), paths_frame(dates, values)
    spec = fan(frame, title=_title(state, slots), unit=_unit(state), source=_source(run), paths=paths)
    return to_altair(spec)


def contrast_chart(found: Contrast, state: str, slots: Mapping[str, str]) -> Any:
    """Altair chart of the nested bands of a difference."""
    dates, values = found.series(state, **slots)
    frame, paths = fan_frame(dates, values), paths_frame(dates, values)
    title = f"{_title(state, slots)}: difference from {found.base.scenario.id}"
    spec = contrast(frame, title=title, unit=_unit(state), source=_source(found.treated), paths=paths)
    return to_altair(spec)


def _title(state: str, slots: Mapping[str, str]) -> str:
    known = state_catalogue().get(state)
    label = known.label if known else state.replace("_", " ")
    ties = " to ".join(slots[key] for key in ("giver", "other", "receiver", "actor") if slots.get(key))
    domain = f", {slots['domain']}" if slots.get("domain") else ""
    return f"{label}, {ties}{domain}" if ties else f"{label}{domain}"


def _unit(state: str) -> str:
    known = state_catalogue().get(state)
    return known.unit if known else "index"


def _source(run: Ensemble) -> str:
    return f"{run.scenario.id}, run {run.card.get('run_id', '')}, {run.members} members"
