"""From a world to the tidy table of a measure; the only module of measures that sees a world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from heartland.measures.checks import check_cell, check_options, check_table, has_rows, other_detail
from heartland.measures.indices import FACTORS, Settings, structure_constants
from heartland.measures.inputs import Inputs, reference_from
from heartland.measures.registry import Request, expand, get
from heartland.measures.scores import Floats, InfluenceSpec, spec_from_records

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CellArrays", "MeasureSettings", "World", "explain", "explainer", "inputs",
    "reference_constants", "table",
]

# Dates at which the structures are set to one level where the reference file has no constants.
_REFERENCE_DATES = ("1999-12-31", "2004-12-31", "2009-12-31", "2014-12-31", "2019-12-31")


class CellArrays(Protocol):
    """Pooled ties at dates, axes (time, giver, receiver, channel); see `Inputs` for the meaning of each."""

    @property
    def times(self) -> tuple[date, ...]: ...
    @property
    def value(self) -> Floats: ...
    @property
    def sd(self) -> Floats: ...
    @property
    def status(self) -> Any: ...
    @property
    def age(self) -> Floats: ...
    @property
    def disagreement(self) -> Floats: ...
    @property
    def n_groups(self) -> Any: ...
    @property
    def total(self) -> Floats: ...
    @property
    def base(self) -> Mapping[str, Floats]: ...
    @property
    def transform(self) -> Sequence[str]: ...
    @property
    def series(self) -> pd.DataFrame: ...
    @property
    def flags(self) -> Mapping[tuple[int, int, int, int], tuple[str, ...]]: ...


class MeasureSettings(Protocol):
    """What a region declares for its measures.

    weights : records with `part, domain, channel, weight, transform, base`;  reference : content of its file
    """

    @property
    def weights(self) -> Sequence[Any]: ...
    @property
    def reference(self) -> Mapping[str, Any]: ...
    @property
    def channels(self) -> Mapping[str, Any]: ...


class World(Protocol):
    """A system at a date, as far as measures read it."""

    @property
    def region(self) -> Any: ...
    @property
    def at(self) -> date: ...
    @property
    def known_by(self) -> date | None: ...
    @property
    def powers(self) -> tuple[str, ...]: ...
    @property
    def receivers(self) -> tuple[str, ...]: ...
    @property
    def channels(self) -> tuple[str, ...]: ...
    @property
    def settings(self) -> MeasureSettings: ...
    def arrays(self, times: Sequence[str | date] | None = None) -> CellArrays: ...
    def observations(self) -> pd.DataFrame: ...


def table(
    world: World, name: str, *, at: str | date | None = None, times: Sequence[str | date] | None = None,
    giver: str | None = None, receiver: str | None = None, other: str | None = None, by: str = "overall",
    draws: int = 1000, seed: int = 1, level: float = 0.9, missing: str = "drop",
    weights: object = None, known_by: str | date | None = None, options: Mapping[str, Any] | None = None,
    vary: frozenset[str] = frozenset(FACTORS),
) -> pd.DataFrame:
    """Tidy table of a measure, of all measures of a family, or of all there are (`*`).

    Parameters
    ----------
    world : the system at a date
    name : `family`, `family.variant`, or `family.*`
    at, times : one date, or several; default the world's
    giver, receiver, other : actors to keep; default all
    by : `overall`, `domain` or `channel`; measures with a single level of detail keep it
    draws : number of draws of observations, weights and structure; 0 for centres only
    seed : of the streams of draws;  level : of the interval
    missing : `drop`, `impute` or `bounds`
    weights : another weights table: the name of a rival set of the region, a file, records, or an
        `InfluenceSpec`
    known_by : leave out what became public later
    options : what only some measures ask, see `Measure.options`
    vary : factors that are drawn; the others stay central

    Returns
    -------
    DataFrame with the columns of `block.COLUMNS`; `attrs` holds the policy, seed and number of draws

    Raises
    ------
    HeartlandInputError
        On an unknown measure, actor, date or option.
    """
    from heartland.measures.block import to_frame

    measures = expand(name)
    check_options(by, missing, draws, level, measures)
    check_table(world, measures, (giver, receiver, other), options or {})
    found = inputs(
        world, at=at, times=times, weights=weights, known_by=known_by,
        constants=draws > 0 and any("S" in measure.uncertain for measure in measures),
    )
    request = Request(
        Settings(draws=draws, seed=seed, vary=vary), by, giver, receiver, other, level, missing,
        options=options or {}, cache={"measures": measures},
    )
    blocks = []
    for measure in measures:
        own = by if by in measure.by else other_detail(measure, by, len(measures))
        if own is not None and has_rows(world, measure, giver, receiver, other):
            blocks.extend(measure.function(found, replace(request, by=own)))
    frame = to_frame(blocks, level)
    frame.attrs.update(missing=missing, draws=draws, seed=seed)
    return frame


def explain(
    world: World, cell: Mapping[str, Any], *, weights: object = None, known_by: str | date | None = None,
    options: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Every input used or missed behind one cell.

    Parameters
    ----------
    cell : a row of a table, or a mapping with `measure`, the actors that name the row (`giver, receiver,
        other`) and, if wanted, `domain, channel, date`; a change takes `t0` and `t1`
    weights, known_by, options : as in `table`

    Returns
    -------
    DataFrame, one row per input: `part, domain, channel, observation_id, source_id, period, raw value, unit,
    status, transform, score, weight, contribution, flag`; contributions sum to the value
    """
    check_cell(world, get(str(cell.get("measure") or "")), cell)
    return explainer(world, weights=weights, known_by=known_by, options=options)(cell)


def explainer(
    world: World, *, weights: object = None, known_by: str | date | None = None,
    options: Mapping[str, Any] | None = None,
) -> Callable[[Mapping[str, Any]], pd.DataFrame]:
    """`explain` for many cells of one world: the inputs of each date are read once."""
    import pandas as pd

    from heartland.measures.cell_parts import EXPLAIN_COLUMNS, explain_cell

    read: dict[str, Inputs] = {}
    units = {name: str(getattr(info, "unit", "")) for name, info in world.settings.channels.items()}
    said: list[pd.DataFrame] = []

    def explained(cell: Mapping[str, Any]) -> pd.DataFrame:
        cell = {**cell, **(options or {})}
        days = _days(cell)
        found = read.get(str(days))
        if found is None:
            found = inputs(world, constants=False, weights=weights, known_by=known_by, **days)
            read[str(days)] = found
        measure = get(str(cell["measure"]))
        if measure.parts is not None:
            return pd.DataFrame(measure.parts(found, cell), columns=list(EXPLAIN_COLUMNS))
        if not said:
            said.append(world.observations())
        return explain_cell(found, cell, units, said[0], _denominators(world, found.times[0]))

    return explained


def _denominators(world: World, day: date) -> Callable[[str, str, str], tuple[str, Sequence[str]]] | None:
    """Unit and observations of the total or base of a channel, where the world can tell them."""
    cell = getattr(world, "cell", None)
    if cell is None:
        return None

    def behind(receiver: str, channel: str, base: str) -> tuple[str, Sequence[str]]:
        info = world.settings.channels.get(channel)
        name = str(getattr(info, "total", "") or "sum") if base == "total" else base
        if name == "sum":
            return str(getattr(info, "unit", "")), ()
        pooled = cell(receiver, "", name, day).pooled
        return str(pooled.unit), tuple(pooled.used_ids)

    return behind


def _days(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Date or dates a cell is about, as arguments of `inputs`."""
    if cell.get("t0") and cell.get("t1"):
        return {"times": [cell["t0"], cell["t1"]]}
    return {"at": cell.get("date") or None}


def inputs(
    world: World, *, at: str | date | None = None, times: Sequence[str | date] | None = None,
    weights: object = None, known_by: str | date | None = None, constants: bool = True,
) -> Inputs:
    """Inputs of the measures from a world.

    Parameters
    ----------
    at, times, weights, known_by : as in `table`
    constants : also settle the constants of the structures (from the reference file, else computed)
    """
    if known_by is not None:
        world = world.region.at(at if at is not None else world.at, known_by=known_by)
    days: Sequence[str | date] | None = times if times is not None else (None if at is None else [at])
    cells = world.arrays(days)
    spec, stored = _spec(world, weights)
    if constants and not stored:
        stored = _constants(world, spec)
    return _inputs(world, cells, spec, stored)


def _inputs(
    world: World, cells: CellArrays, spec: InfluenceSpec, constants: Mapping[str, Mapping[str, float]],
) -> Inputs:
    names = tuple(world.channels)

    def turned(array: Any) -> Any:
        return np.ascontiguousarray(np.moveaxis(array, 0, -1))

    flags: dict[str, Any] = {}
    shape = cells.value.shape[1:] + cells.value.shape[:1]
    for (t, g, r, c), words in cells.flags.items():
        for word in words:
            if word not in ("disputed", "conflict"):
                flags.setdefault(word, np.zeros(shape, dtype=bool))[g, r, c, t] = True
    imputed = getattr(cells, "imputed", None)
    return Inputs(
        tuple(world.powers), tuple(world.receivers), names, tuple(cells.times),
        turned(cells.value), turned(cells.sd), turned(cells.age), turned(cells.disagreement),
        turned(cells.status), turned(cells.n_groups), np.moveaxis(cells.total, 0, -1),
        {name: np.moveaxis(values, 0, -1) for name, values in cells.base.items()},
        dict(zip(names, cells.transform, strict=True)), spec, _levels(world, spec), cells.series, flags,
        None if imputed is None else np.moveaxis(imputed, 1, -1), constants,
        tuple(getattr(world, "actors", ())),
        {name: str(getattr(info, "unit", "")) for name, info in world.settings.channels.items()},
        partial(world.region.table, known_by=world.known_by) if hasattr(world.region, "table") else None,
        getattr(world, "members", None),
    )


def _levels(world: World, spec: InfluenceSpec) -> dict[str, float]:
    """Highest level of the channels whose transform is ordinal."""
    found = {}
    for row in spec.rows:
        if row.part == "bandwidth" and row.transform.startswith("ordinal"):
            scale = getattr(world.settings.channels.get(row.channel), "scale", None)
            if scale is not None:
                found[row.channel] = float(scale[1])
    return found


def _spec(world: World, weights: object) -> tuple[InfluenceSpec, dict[str, dict[str, float]]]:
    reference, stored = reference_from(world.settings.reference)
    if isinstance(weights, InfluenceSpec):
        return weights, {}
    if weights is None:
        return spec_from_records([_record(row) for row in world.settings.weights], reference), stored
    file = "weights"
    rivals = getattr(world.settings, "rivals", {})
    if isinstance(weights, str) and weights in rivals:
        rows: Sequence[Any] = rivals[weights]
    elif isinstance(weights, str | Path):
        from heartland.core.tables import read_csv

        raw = read_csv(Path(weights), str(weights))
        rows = [
            {**dict(zip(raw.columns, row, strict=True)), "_row": number}
            for row, number in zip(raw.rows, raw.numbers, strict=True)
        ]
        file = str(weights)
    else:
        rows = _records(weights)
    return spec_from_records([_record(row) for row in rows], reference, file=file), {}


def _records(weights: Any) -> list[Any]:
    """Rows of a data frame, or of any sequence of records."""
    return list(weights.to_dict("records") if hasattr(weights, "to_dict") else weights)


def _record(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    names = ("part", "domain", "channel", "weight", "transform", "base")
    return {name: getattr(row, name) for name in names}


def reference_constants(world: World) -> dict[str, dict[str, float]]:
    """Constants of the structures, to be stored under `structures` in the region's reference file.

    Computed over all dyads at five year ends of the reference period, with the region's own weights.
    """
    spec, _ = _spec(world, None)
    return _constants(world, spec)


_SETTLED: dict[tuple[str, str, str], dict[str, dict[str, float]]] = {}


def _constants(world: World, spec: InfluenceSpec) -> dict[str, dict[str, float]]:
    """Constants over the dyads of the reference period, remembered by the content they rest on."""
    content = getattr(world.region, "hash", "")
    key = (str(content), str(world.known_by), repr((spec.rows, spec.domain_weights)))
    if content and key in _SETTLED:
        return _SETTLED[key]
    found = _inputs(world, world.arrays(_REFERENCE_DATES), spec, {})
    if len(_SETTLED) > 20:
        _SETTLED.clear()
    _SETTLED[key] = structure_constants(found.volume(), found.totals(), found.base, spec)
    return _SETTLED[key]
