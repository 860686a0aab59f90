"""Values that disagree: several claims on one quantity become a value with an interval.

Grades become error sizes here and nowhere else (sizes: `grading.py`). Method: one vote per independence
group, then the random-effects mean of DerSimonian and Laird (Controlled Clinical Trials 7, 1986, 177-188) on
a transformed scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from statistics import median

from heartland.core.effects import random_effects
from heartland.core.units import convert
from heartland.errors import HeartlandInputError
from heartland.evidence.grading import Grading
from heartland.evidence.transforms import Transform, transform_of
from heartland.evidence.values import Claim, GroupVote, Pooled, Quantity

__all__ = ["Claim", "Grading", "GroupVote", "Pooled", "Quantity", "pool"]

USABLE_MODALITIES = frozenset({"asserted", "reported", "assessed", ""})
HALF_WIDTH = 1.645  # of a 90 % interval, in standard errors


def pool(
    claims: Iterable[Claim],
    quantity: Quantity,
    grading: Grading | None = None,
    *,
    known_by: date | None = None,
) -> Pooled:
    """Pool claims on one (giver, receiver, channel, period, definition).

    Parameters
    ----------
    claims : statements in any unit of the quantity's dimension
    quantity : unit, transform and scale of the result
    grading : error sizes; the defaults of the method when None
    known_by : claims whose `known_from` is later, or never, are left out

    Returns
    -------
    Pooled
        `known` is False when no usable value remains: no row, never 0.

    Source: random-effects mean of DerSimonian & Laird (1986), widened to contain all groups up to four.
    """
    policy = grading or Grading()
    left_out: list[tuple[str, str]] = []
    kept = _latest_vintages(_preferred(_usable(claims, known_by, left_out), left_out), left_out)
    numbers = [
        (claim, numbers) for claim in kept if (numbers := _in_unit(claim, quantity, left_out)) is not None
    ]
    if not numbers:
        return Pooled(left_out=tuple(left_out), unit=quantity.unit)
    scale = transform_of(quantity.transform, [n[0] for _, n in numbers], quantity.scale, policy.share_clip)
    votes = [(c, n) for c, n in numbers if c.qualifier not in ("at-least", "at-most")]
    bounds = [(c, n) for c, n in numbers if c.qualifier in ("at-least", "at-most")]
    flags = ["identity-scale"] if scale.name != quantity.transform else []
    groups = _group_votes(votes, scale, policy)
    if groups:
        result = _combine(groups, scale, policy)
        if len(votes) == 1:  # unchanged, not passed through the transform and back
            result = replace(result, value=scale.clipped(votes[0][1][0]))
        low, high = _clip(result.value, result.low, result.high, bounds, flags)
        if result.sd > 0 and not any(math.isfinite(n[1]) and math.isfinite(n[2]) for _, n in votes):
            flags.append("assumed-error")  # the width comes from a grade, not from the source itself
    else:
        result, low, high = _bounds_only(bounds, scale, policy, flags)
    return replace(
        result,
        low=low,
        high=high,
        n_values=len(numbers),
        used_ids=tuple(c.id for c, _ in numbers),
        left_out=tuple(left_out),
        transform=scale.name,
        flags=tuple(flags),
        unit=quantity.unit,
    )


def _usable(claims: Iterable[Claim], known_by: date | None, left_out: list[tuple[str, str]]) -> list[Claim]:
    kept = []
    for claim in claims:
        if claim.rank == "deprecated":
            left_out.append((claim.id, "deprecated"))
        elif claim.modality not in USABLE_MODALITIES:
            left_out.append((claim.id, f"modality {claim.modality}"))
        elif math.isnan(claim.value):
            left_out.append((claim.id, "no value"))
        elif known_by is not None and (claim.known_from is None or claim.known_from > known_by):
            left_out.append((claim.id, f"not known by {known_by.isoformat()}"))
        else:
            kept.append(claim)
    return kept


def _preferred(claims: list[Claim], left_out: list[tuple[str, str]]) -> list[Claim]:
    if not any(claim.rank == "preferred" for claim in claims):
        return claims
    left_out.extend((c.id, "a preferred value stands") for c in claims if c.rank != "preferred")
    return [claim for claim in claims if claim.rank == "preferred"]


def _latest_vintages(claims: list[Claim], left_out: list[tuple[str, str]]) -> list[Claim]:
    newest: dict[str, date] = {}
    for claim in claims:
        if claim.source_id and claim.published is not None:
            newest[claim.source_id] = max(newest.get(claim.source_id, claim.published), claim.published)
    if not newest:
        return claims
    kept = []
    for claim in claims:
        if (claim.published or date.min) < newest.get(claim.source_id, date.min):
            left_out.append((claim.id, "earlier vintage of the same source"))
        else:
            kept.append(claim)
    return kept


Numbers = tuple[float, float, float]


def _in_unit(claim: Claim, quantity: Quantity, left_out: list[tuple[str, str]]) -> Numbers | None:
    value, low, high = claim.value, claim.low, claim.high
    if claim.unit != quantity.unit:
        try:
            value, low, high = (convert(x, claim.unit, quantity.unit) for x in (value, low, high))
        except HeartlandInputError:
            left_out.append((claim.id, f"unit {claim.unit} is not {quantity.unit}"))
            return None
    if quantity.period_days and claim.span_days > quantity.period_days:
        if not quantity.flow:
            left_out.append((claim.id, "covers more than the period and is no flow"))
            return None
        part = quantity.period_days / claim.span_days
        value, low, high = value * part, low * part, high * part
    return value, low, high


def _error(claim: Claim, numbers: Numbers, scale: Transform, policy: Grading) -> float:
    value, low, high = numbers
    if scale.name == "log" and low <= 0.0:
        low = math.nan  # an interval down to zero has no finite lower end on the log scale
    if low < high:
        s = (scale.forward(high) - scale.forward(low)) / (2 * HALF_WIDTH)
    elif low < value or high > value:  # one end stated
        s = abs(scale.forward(low if low < value else high) - scale.forward(value)) / HALF_WIDTH
    else:
        s = policy.error(claim.reliability, claim.credibility) * scale.unit_error(policy.logit_factor)
    if claim.qualifier == "about":
        s = math.hypot(s, policy.about * scale.unit_error(1.0))
    return s


def _group_votes(
    votes: Sequence[tuple[Claim, Numbers]], scale: Transform, policy: Grading
) -> list[GroupVote]:
    members: dict[str, list[tuple[float, float, str]]] = {}
    for claim, numbers in votes:
        entry = (scale.forward(numbers[0]), _error(claim, numbers, scale, policy), claim.id)
        members.setdefault(claim.group or claim.source_id or claim.id, []).append(entry)
    return [
        GroupVote(
            group,
            median(y for y, _, _ in rows) if len(rows) > 1 else rows[0][0],
            min(s for _, s, _ in rows),
            1.0,
            tuple(i for _, _, i in rows),
        )
        for group, rows in sorted(members.items())
    ]


def _combine(groups: list[GroupVote], scale: Transform, policy: Grading) -> Pooled:
    if len(groups) == 1:
        y, s = groups[0].y, groups[0].s
        return Pooled(
            scale.back(y),
            scale.back(y - HALF_WIDTH * s),
            scale.back(y + HALF_WIDTH * s),
            0.0,
            n_groups=1,
            sd=s,
            y=y,
            tau2=0.0,
            groups=tuple(groups),
        )
    y, se, tau2, i2, weights = random_effects(
        [group.y for group in groups], [group.s for group in groups]
    )
    low, high = y - HALF_WIDTH * se, y + HALF_WIDTH * se
    if len(groups) <= policy.widen_up_to:
        low, high = min(low, *(g.y for g in groups)), max(high, *(g.y for g in groups))
    natural = [scale.back(g.y) for g in groups]
    spread, disagreement, ratio = scale.differences(natural)
    apart = spread > policy.conflict_difference if scale.name == "logit" else ratio > policy.conflict_ratio
    voted = tuple(GroupVote(g.group, g.y, g.s, w, g.ids) for g, w in zip(groups, weights, strict=True))
    return Pooled(
        scale.back(y),
        scale.back(low),
        scale.back(high),
        spread,
        disagreement,
        ratio,
        i2,
        apart and i2 > policy.conflict_i2,
        0,
        len(groups),
        sd=se,
        y=y,
        tau2=tau2,
        groups=voted,
    )


def _clip(
    value: float, low: float, high: float, bounds: Sequence[tuple[Claim, Numbers]], flags: list[str]
) -> tuple[float, float]:
    for claim, (bound, _, _) in bounds:
        if claim.qualifier == "at-least":
            low = max(low, min(bound, value))
        else:
            high = min(high, max(bound, value))
        crossed = bound > value if claim.qualifier == "at-least" else bound < value
        if crossed and "bound-crossed" not in flags:
            flags.append("bound-crossed")
    return low, high


def _bounds_only(
    bounds: Sequence[tuple[Claim, Numbers]], scale: Transform, policy: Grading, flags: list[str]
) -> tuple[Pooled, float, float]:
    """Only at-least and at-most: the tightest bound is the value, the other side stays open by one error."""
    floors = [
        (scale.forward(n[0]), _error(c, n, scale, policy)) for c, n in bounds if c.qualifier == "at-least"
    ]
    caps = [(scale.forward(n[0]), _error(c, n, scale, policy)) for c, n in bounds if c.qualifier == "at-most"]
    groups = len({c.group or c.source_id or c.id for c, _ in bounds})
    if floors and caps:
        low, high = sorted((max(floors)[0], min(caps)[0]))
        y, s = (low + high) / 2, (high - low) / (2 * HALF_WIDTH)
        flags.append("between-bounds")
    elif floors:
        low, s = max(floors)
        y, high = low, low + HALF_WIDTH * s
        flags.append("one-sided")
    else:
        high, s = min(caps)
        y, low = high, high - HALF_WIDTH * s
        flags.append("one-sided")
    vote = GroupVote("bounds", y, s, 1.0, tuple(c.id for c, _ in bounds))
    result = Pooled(scale.back(y), spread=0.0, n_groups=groups, sd=s, y=y, tau2=0.0, groups=(vote,))
    return result, scale.back(low), scale.back(high)
