"""One cell taken apart: every input used or missed, with its part in the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.indices import central, compiled
from heartland.measures.influence import InfluenceResult, bandwidth_score, dependence_ratio
from heartland.measures.inputs import Inputs
from heartland.measures.scores import Floats, Item

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EXPLAIN_COLUMNS", "explain_cell", "observed_ids"]

EXPLAIN_COLUMNS = (
    "part", "domain", "channel", "observation_id", "source_id", "period", "raw value", "unit", "status",
    "transform", "score", "weight", "contribution", "flag",
)
_STATUS = (
    "not born", "unknown", "not applicable", "reported zero", "observed", "pooled", "carried forward",
    "assumed",
)
Behind: TypeAlias = Callable[[str, str, str], tuple[str, Sequence[str]]]
EXPLAINED = ("influence", "bandwidth", "dependence")


def explain_cell(
    inputs: Inputs, cell: Mapping[str, Any], units: Mapping[str, str], observations: pd.DataFrame,
    behind: Behind | None = None,
) -> pd.DataFrame:
    """Rows of the inputs behind one cell of influence, bandwidth or dependence.

    Parameters
    ----------
    inputs : at the date of the cell
    cell : `measure, giver, receiver`, and `domain` (default `all`) or `channel`
    units : of the channels;  observations : with `observation_id, source_id, period`
    behind : (receiver, channel, base) -> unit and observation ids of what a share is a share of; each share
        then has a second row, part `total` or `base`, which carries no contribution of its own

    Returns
    -------
    DataFrame with `EXPLAIN_COLUMNS`. Contributions sum to the value. For influence, a product, each side
    carries half of it (the Shapley split from nothing), shared by its inputs in proportion to weight times
    score.

    Raises
    ------
    HeartlandInputError
        For another measure, or an unknown domain.
    """
    import pandas as pd

    measure, where, domain = _place(inputs, cell)
    spec = compiled(inputs.spec)
    rows = []
    channel = str(cell.get("channel") or "")
    result = None if channel else central(inputs)
    found = {}
    for part, items in (("bandwidth", spec.bandwidth), ("dependence", spec.dependence)):
        mine = [
            item for item in items
            if item.channel == channel or (not channel and (domain is None or item.domain == domain))
        ]
        found[part] = mine, *_scores(inputs, mine, where)
    for part, (mine, scores, extras) in found.items():
        if measure not in ("influence", part):
            continue
        over = spec.w if part == "bandwidth" else spec.u
        weights = _effective(mine, scores, over, mine[0].domain if channel and mine else domain)
        scale = 1.0
        if measure == "influence":
            other = {"bandwidth": "dependence", "dependence": "bandwidth"}[part]
            whole = _whole(result, other, domain, where) if result else sum(found[other][1], 0.0)
            scale = whole / 2
        for item, score, extra, weight in zip(mine, scores, extras, weights, strict=True):
            part_of = weight * score * scale if weight > 0 else 0.0
            rows.append({
                "part": part, "domain": spec.domains[item.domain], "channel": item.channel, **extra,
                "unit": units.get(item.channel, ""), "score": score, "weight": weight,
                "contribution": part_of,
                **_evidence(inputs, item.channel, where, observations),
            })
            if behind is not None and part == "dependence":
                rows.append(_whole_of(inputs, item, spec.domains[item.domain], where, observations, behind))
    return pd.DataFrame(rows, columns=list(EXPLAIN_COLUMNS))


def _whole_of(
    inputs: Inputs, item: Item, domain: str, where: tuple[int, int, int], observations: pd.DataFrame,
    behind: Behind,
) -> dict[str, Any]:
    """Row of the total or base that a share is a share of."""
    receiver, total = inputs.receivers[where[1]], item.base == "total"
    value = float("nan")
    if not total:
        base = inputs.base.get(item.base, inputs.base.get(item.base.replace("-", "_")))
        value = float("nan") if base is None else float(base[where[1:]])
    elif item.channel in inputs.channels:
        value = float(inputs.total[where[1], inputs.channels.index(item.channel), where[2]])
    unit, ids = behind(receiver, item.channel, item.base)
    rows = _described(observations)
    known = [rows[name] for name in ids if name in rows]
    return {
        "part": "total" if total else "base", "domain": domain, "channel": item.channel,
        "observation_id": ";".join(ids), "raw value": value, "unit": unit,
        "source_id": ";".join(dict.fromkeys(source for source, _ in known if source)),
        "period": ";".join(dict.fromkeys(period for _, period in known)),
        "status": "unknown" if np.isnan(value) else "observed" if ids else "sum of the ties",
        "transform": "" if total else item.base, "contribution": 0.0, "flag": "",
    }


def _whole(result: InfluenceResult, part: str, domain: int | None, where: tuple[int, int, int]) -> float:
    whole = getattr(result, f"overall_{part}") if domain is None else getattr(result, part)[domain]
    return float(whole[where])


def _place(inputs: Inputs, cell: Mapping[str, Any]) -> tuple[str, tuple[int, int, int], int | None]:
    measure = str(cell["measure"])
    if measure not in EXPLAINED:
        raise HeartlandInputError.at(
            f"{measure} cannot be taken apart here.", check="explain-cell",
            why="Only additive measures and their product have parts that sum to the value.",
            fix=suggestion(measure, EXPLAINED, listing=f"Explain one of {', '.join(EXPLAINED)}."),
        )
    domains = compiled(inputs.spec).domains
    name = str(cell.get("domain") or "all")
    if name != "all" and name not in domains:
        raise HeartlandInputError.at(
            f'"{name}" is not a domain of the weights.', check="explain-cell", why="It has no inputs.",
            fix=suggestion(name, domains, listing=f"Domains: {', '.join(domains)}."),
        )
    at = (inputs.givers.index(str(cell["giver"])), inputs.receivers.index(str(cell["receiver"])), 0)
    return measure, at, None if name == "all" else domains.index(name)


def _scores(
    inputs: Inputs, items: list[Item], where: tuple[int, int, int],
) -> tuple[list[float], list[dict[str, Any]]]:
    volume, totals = inputs.volume(), inputs.totals()
    scores, extras = [], []
    for item in items:
        status, raw = "unknown", np.nan
        if item.channel in inputs.channels:
            column = inputs.channels.index(item.channel)
            status = _STATUS[int(inputs.status[where[0], where[1], column, where[2]])]
            raw = float(inputs.value[where[0], where[1], column, where[2]])
        flag, transform = "", item.transform
        if item.part == "bandwidth":
            found = bandwidth_score(item, volume)
            score = np.nan if found is None else float(found[where])
            flag = "above-reference" if score > 1 else ""
        else:
            score, flag = _share(inputs, item, volume, totals, where)
            transform = "share of total" if item.base == "total" else f"share of {item.base}"
        scores.append(score)
        extras.append({"status": status, "raw value": raw, "transform": transform, "flag": flag})
    return scores, extras


def _share(
    inputs: Inputs, item: Item, volume: Mapping[str, Floats], totals: Mapping[str, Floats],
    where: tuple[int, int, int],
) -> tuple[float, str]:
    with np.errstate(invalid="ignore", divide="ignore"):
        pair = dependence_ratio(item, volume, totals, inputs.base)
    if pair is None:
        return np.nan, ""
    ratio = float(pair[0][where])
    if pair[1][where[1:]]:
        return np.nan, "zero-total"
    return min(ratio, 1.0), f"clipped: share {ratio:.4g}" if ratio > 1 else ""


def _effective(items: list[Item], scores: list[float], over: Floats, domain: int | None) -> list[float]:
    """Weights after renormalisation over what is known, first within domains, then over domains."""
    known = [not np.isnan(score) for score in scores]
    whole: dict[int, float] = {}
    for item, usable in zip(items, known, strict=True):
        if usable:
            whole[item.domain] = whole.get(item.domain, 0.0) + item.weight
    reach = 1.0 if domain is not None else sum(float(over[place]) for place in whole)
    return [
        item.weight / whole[item.domain] * (1.0 if domain is not None else float(over[item.domain]) / reach)
        if usable else 0.0
        for item, usable in zip(items, known, strict=True)
    ]


def _evidence(
    inputs: Inputs, channel: str, where: tuple[int, int, int], observations: pd.DataFrame,
) -> dict[str, str]:
    """Ids of the observations behind a tie, with their sources and periods."""
    key = (inputs.givers[where[0]], inputs.receivers[where[1]], channel, where[2])
    ids = [] if inputs.series is None else observed_ids(inputs.series).get(key, [])
    rows = _described(observations)
    known = [rows[name] for name in ids if name in rows]
    return {
        "observation_id": ";".join(ids),
        "source_id": ";".join(dict.fromkeys(source for source, _ in known if source)),
        "period": ";".join(dict.fromkeys(period for _, period in known)),
    }


_Tie = tuple[str, str, str, int]
# The last table looked through, with what was found: one page asks for thousands of cells of few tables.
_SERIES: list[tuple[pd.DataFrame, dict[_Tie, list[str]]]] = []
_ROWS: list[tuple[pd.DataFrame, dict[str, tuple[str, str]]]] = []


def observed_ids(series: pd.DataFrame) -> dict[_Tie, list[str]]:
    """Ids of the observations by giver, receiver, channel and position of the date."""
    for table, kept in _SERIES:
        if table is series:
            return kept
    found: dict[_Tie, list[str]] = {}
    names = ("giver", "receiver", "channel", "time", "observation_ids")
    for giver, receiver, channel, time, entry in zip(*(series[name] for name in names), strict=True):
        ids = entry.split(";") if isinstance(entry, str) else [str(name) for name in entry]
        mine = found.setdefault((str(giver), str(receiver), str(channel), int(time)), [])
        mine.extend(name for name in ids if name not in mine)
    _SERIES[:] = [*_SERIES[-7:], (series, found)]
    return found


def _described(observations: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Source and period by the id of the observation, in the order of the table."""
    for table, kept in _ROWS:
        if table is observations:
            return kept
    names = ("observation_id", "source_id", "period")
    found = {
        str(name): (str(source), str(period))
        for name, source, period in zip(*(observations[name] for name in names), strict=True)
    }
    _ROWS[:] = [*_ROWS[-1:], (observations, found)]
    return found
