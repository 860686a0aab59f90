"""What a run recorded, as one labelled xarray Dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.scenarios.recorder import recorded
from heartland.scenarios.state import event_kinds, state_catalogue
from heartland.scenarios.ties import LAYERS

if TYPE_CHECKING:
    import xarray as xr

    from heartland.scenarios.ensemble import Ensemble

__all__ = ["dataset_of"]

_EVENTS = (
    *("event_step", "event_kind", "event_giver", "event_receiver", "event_mark", "event_probability"),
    *("event_term", "event_value", "n_events", "events_dropped"),
)


def dataset_of(run: Ensemble) -> xr.Dataset:
    """Dataset with axes (member, time, giver, receiver, ...) and attributes `unit, label, source`."""
    import xarray as xr

    layout = run.layout
    series, dyads = recorded(layout.full, asked=layout.asked)
    names = [*series, *dyads, *LAYERS, "trade_share", *_EVENTS, *(f"why_{name}" for name in layout.parts)]
    states = state_catalogue()
    variables: dict[str, Any] = {}
    for name in names:
        try:
            values = run.source(name)
        except KeyError:
            continue
        known = states.get(name.removeprefix("why_"))
        attrs = {"source": run.card.get("run_id", "")}
        if known is not None:
            attrs |= {"unit": known.unit, "label": known.label}
        variables[name] = (("member", *layout.dims(name)), values, attrs)
    labels = {"member": np.arange(run.members), **layout.labels()}
    used = {dim for dims, _, _ in variables.values() for dim in dims}
    kinds = {"event_kinds": list(event_kinds())}
    return xr.Dataset(
        variables,
        coords={dim: values for dim, values in labels.items() if dim in used},
        attrs={"scenario": run.scenario.id, "seed": run.seed, "members": run.members, **kinds},
    )
