"""Rows of encroachment: a newcomer's gain where an incumbent led, the incumbent's loss, and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.encroachment import Change, changes, gain, lead_domains
from heartland.measures.inputs import Inputs
from heartland.measures.parts import both_dates, inner, power_row, request_of
from heartland.measures.powers import external, over_powers, two_dates
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, places
from heartland.measures.strengths import Strengths, strength_asked, strengths

__all__ = ["rows"]

_NEEDS = ("x", "status", "total", "base", "weights", "reference")
_OPTIONS = ("strength", "t0", "t1")
_FIELDS = {"": "share", ".loss": "share", ".own_growth": "own", ".others": "others"}


@dataclass(frozen=True)
class _Paired:
    """Both dates of the powers that count; (part, power, receiver), draws last.

    lead : (part, power, receiver) at the first date;  before : strengths then, central and drawn
    change, drawn : central and drawn changes of shares;  powers : positions among the givers
    """

    powers: list[int]
    lead: npt.NDArray[np.bool_]
    before: tuple[Floats, Floats | None]
    change: Change
    drawn: Change | None
    own: Strengths
    dates: tuple[int, int] | None


def _paired(inputs: Inputs, request: Request) -> tuple[Inputs, _Paired]:
    found, own = strengths(inputs, request, strength_asked(request))
    inputs = found.inputs
    dates = two_dates(inputs, request)
    key = f"encroachment:{strength_asked(request)}:{dates}"
    if key not in request.cache:
        request.cache[key] = _pair_up(inputs, request, own, dates)
    paired = request.cache[key]
    assert isinstance(paired, _Paired)
    return inputs, paired


def _pair_up(
    inputs: Inputs, request: Request, own: Strengths, dates: tuple[int, int] | None,
) -> _Paired:
    powers = external(inputs)
    first, last = (0, len(inputs.times) - 1) if dates is None else dates
    before, after = own.central[..., first][:, powers], own.central[..., last][:, powers]
    rest0, rest1 = (None, None) if own.rest is None else (own.rest[..., first], own.rest[..., last])
    change, drawn, then = changes(before, after, rest0, rest1), None, None
    if own.drawn is not None:
        then, now = own.drawn[..., first, :][:, powers], own.drawn[..., last, :][:, powers]
        if own.rest_drawn is not None:
            rest0, rest1 = own.rest_drawn[..., first, :], own.rest_drawn[..., last, :]
        drawn = changes(then, now, rest0, rest1)
    return _Paired(powers, lead_domains(before, then), (before, then), change, drawn, own, dates)


def rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """Rows dated t1 of the gain, the loss or a part of the gain.

    By domain the change of the share there, without weights, where the giver led; overall the mean over those
    domains. The giver is the incumbent, `other` the newcomer (none for the loss).
    """
    inputs, paired = _paired(inputs, request)
    wanted = _pairs(inputs, request, paired.powers, alone=variant == ".loss")
    if not wanted:
        return []
    last = len(inputs.times) - 1 if paired.dates is None else paired.dates[1]
    by_part = request.by == "domain"
    made = [_cells(paired, pair, variant, request.level, by_part) for pair in wanted]
    _, receivers = places(inputs, request)
    if by_part:
        cells = Cells.stack(made).map(lambda part: np.moveaxis(part[:, :, receivers], 1, 2)[..., None])
        labels = paired.own.labels
    else:
        cells = Cells.stack(made).map(lambda part: part[:, receivers][..., None, None])
        labels = {"domain": ["all"]}
    names = inputs.givers
    first = {
        "giver": [names[paired.powers[i]] for i, _ in wanted],
        "other": ["" if variant == ".loss" else names[paired.powers[k]] for _, k in wanted],
    }
    where = (*axes(inputs, first, receivers, labels)[:3], {"date": [inputs.times[last].isoformat()]})
    return [Block(f"encroachment{variant}", "share points", where, cells)]


def _pairs(inputs: Inputs, request: Request, powers: list[int], *, alone: bool) -> list[tuple[int, int]]:
    """(incumbent, newcomer) as positions among the powers; the loss needs no newcomer."""
    names = [inputs.givers[place] for place in powers]
    first = [i for i, name in enumerate(names) if request.giver in (None, name)]
    if alone:
        return [(i, i) for i in first] if request.other is None else []
    second = [k for k, name in enumerate(names) if request.other in (None, name)]
    return [(i, k) for i in first for k in second if i != k]


def _cells(
    paired: _Paired, pair: tuple[int, int], variant: str, level: float, by_part: bool,
) -> Cells:
    """Cells over (receiver), or (part, receiver) by part."""
    i, k = pair
    moved = getattr(paired.change, _FIELDS[variant])[:, k]
    lead = paired.lead[:, i]
    comparable = ~np.isnan(moved) & ~np.isnan(paired.change.share[:, i])
    moved = np.where(comparable, moved, np.nan)
    drawn = None
    if paired.drawn is not None:
        drawn = np.where(comparable[..., None], getattr(paired.drawn, _FIELDS[variant])[:, k], np.nan)
    if by_part:
        value = np.where(lead, moved, np.nan)
    else:
        value, _ = gain(moved, paired.before[0][:, i], lead)
        if drawn is not None and paired.before[1] is not None:
            drawn, _ = gain(drawn, paired.before[1][:, i], lead[..., None])
    if paired.dates is None:
        value = np.full(value.shape, np.nan)
    low = high = np.full(value.shape, np.nan)
    if drawn is not None:
        low, high = interval(drawn, level)
    both = _both_dates(paired, sorted({i, k}))
    cells = over_powers(both if by_part else _over_parts(both, lead), value, low, high,
                        _why(paired, i, lead, by_part))
    unknown = paired.own.no_rest[..., -1] if paired.dates is None else (
        paired.own.no_rest[..., list(paired.dates)].any(axis=-1))
    flags = {**cells.flags, "no-rest": ~np.isnan(value) & (unknown if by_part else unknown.any(axis=0))}
    if paired.own.rest is None:  # of an index the powers are the whole
        missing = (np.isnan(paired.change.share).any(axis=1) & lead)
        flags["renormalised"] = flags["renormalised"] | (
            ~np.isnan(value) & (missing if by_part else missing.any(axis=0)))
    return replace(cells, flags=flags)


def _why(paired: _Paired, i: int, lead: npt.NDArray[np.bool_], by_part: bool) -> npt.NDArray[np.int8]:
    """Reason where there is no value."""
    silent = np.isnan(paired.before[0][:, i])
    if by_part:
        found = np.where(lead, code("coverage"), code("not-applicable"))
        found = np.where(silent, code("unknown"), found)
    else:
        found = np.where(lead.any(axis=0), code("coverage"), code("zero-level"))
        found = np.where(silent.all(axis=0), code("unknown"), found)
    if paired.dates is None:
        found = np.full(found.shape, code("not-applicable"))
    return np.asarray(found, dtype=np.int8)


def _both_dates(paired: _Paired, two: list[int]) -> Cells:
    """Cells (power at a date, part, receiver) of the powers compared, at both dates."""
    dates = (-1,) if paired.dates is None else paired.dates
    return Cells.stack([_slice(paired.own.cells, paired.powers[k], t) for k in two for t in dates])


def _slice(cells: Cells, power: int, time: int) -> Cells:
    return cells.map(lambda part: part[:, power, :, time])


def _over_parts(cells: Cells, lead: npt.NDArray[np.bool_]) -> Cells:
    """The same with the parts that count moved beside the powers: (power at a date and part, receiver)."""
    kept = cells.map(lambda part: part.reshape(-1, part.shape[-1]))
    chosen = np.broadcast_to(lead, cells.value.shape).reshape(kept.value.shape)
    return replace(
        kept, value=np.where(chosen, kept.value, np.nan),
        n_used=np.where(chosen, kept.n_used, 0), n_missing=np.where(chosen, kept.n_missing, 0),
        reason=np.where(chosen, kept.reason, code("self")).astype(np.int8),
    )


def parts(inputs: Inputs, cell: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    """One row per domain in which the incumbent led, whose contributions sum to the value; then the shares
    and strengths behind them at both dates, down to observations."""
    inputs = both_dates(inputs, cell)
    request = replace(request_of(inputs, cell), by="overall")
    inputs, paired = _paired(inputs, request)
    names = [inputs.givers[place] for place in paired.powers]
    r = inputs.receivers.index(str(cell["receiver"]))
    i = names.index(str(cell["giver"]))
    k = i if variant == ".loss" else names.index(str(cell["other"]))
    domain = str(cell.get("domain") or "all")
    moved = np.where(np.isnan(paired.change.share[:, i, r]), np.nan,
                     getattr(paired.change, _FIELDS[variant])[:, k, r])
    use = paired.lead[:, i, r] & ~np.isnan(moved)
    mass = np.where(use, np.nan_to_num(paired.before[0][:, i, r]), 0.0)
    weight = mass / mass.sum() if mass.sum() > 0 else mass
    found: list[dict[str, Any]] = []
    dates = paired.dates or (0, len(inputs.times) - 1)
    labels = paired.own.labels
    for place, name in enumerate(labels["domain"]):
        if domain not in ("all", name):
            continue
        channel = labels["channel"][place] if "channel" in labels else ""
        one = weight[place] if domain == "all" else 1.0
        flag = "" if use[place] else "not a lead domain, or not comparable"
        found.append(power_row(
            f"{names[k]} change of share", float(moved[place]), weight=float(one), domain=name,
            channel=channel, unit="share points", flag=flag,
            contribution=float(one * moved[place]) if use[place] else 0.0,
        ))
        for t in dates:
            found += [
                power_row(f"{inputs.times[t].isoformat()} {who}", float(paired.own.central[place, p, r, t]),
                          domain=name, channel=channel, flag="strength")
                for who, p in zip(names, paired.powers, strict=True)
            ]
    if "channel" not in labels:
        for t in dates:
            found += inner(
                inputs, names, str(cell["receiver"]), strength_asked(request), domain, place=t,
                label=f"{inputs.times[t].isoformat()} ",
            )
    return found


def _register() -> None:
    readings = {
        "": "positive: the newcomer (other) gained where the giver led at t0",
        ".loss": "negative: the giver lost ground where it led at t0",
        ".own_growth": "positive: the newcomer's gain from its own growth",
        ".others": "positive: the newcomer's gain from what the others lost",
    }
    for variant, reading in readings.items():
        register(Measure(
            f"encroachment{variant}", partial(rows, variant=variant), _NEEDS, "share points", -1.0, 1.0,
            reading, "d" if variant == ".loss" else "p", "OWS", True, False, "ours", "0.1",
            by=("overall", "domain"), parts=partial(parts, variant=variant), options=_OPTIONS,
        ))


_register()
