"""Values of several periods added up, and the zero that a complete register says by its silence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from heartland.evidence.values import GroupVote, Pooled

__all__ = ["silent", "summed"]


def silent(group: str, unit: str) -> Pooled:
    """What a complete register says by not mentioning a tie."""
    vote = GroupVote(group, 0.0, 0.0, 1.0, ())
    return Pooled(
        0.0,
        0.0,
        0.0,
        0.0,
        n_groups=1,
        sd=0.0,
        transform="identity",
        y=0.0,
        tau2=0.0,
        groups=(vote,),
        flags=("silence",),
        unit=unit,
    )


def summed(parts: Sequence[Pooled]) -> Pooled:
    """Sum over the periods of a window; errors of one source are taken to move together."""
    value, low, high = (sum(getattr(part, name) for part in parts) for name in ("value", "low", "high"))
    relative = [(part.value, _relative(part.value, part.sd, part.transform)) for part in parts]
    sd = sum(v * s for v, s in relative) / value if value > 0 else 0.0
    log = value > 0 and all(v >= 0 for v, _ in relative)
    said = [part for part in parts if part.used_ids]
    names = [tuple(vote.group for vote in part.groups) for part in said]
    if names and all(name == names[0] for name in names):
        groups = tuple(
            _group_sum([part.groups[i] for part in said], [part.transform for part in said])
            for i in range(len(names[0]))
        )
    else:
        together = "+".join(sorted({group for name in names for group in name})) or parts[0].groups[0].group
        ids = tuple(i for part in said for i in part.used_ids)
        groups = (GroupVote(together, math.log(value) if log else value, sd, 1.0, ids),)
    known = [(part.disagreement, part.value) for part in said if not math.isnan(part.disagreement)]
    weight = sum(v for _, v in known)
    return Pooled(
        value,
        low,
        high,
        sum(part.spread for part in parts),
        sum(d * v for d, v in known) / weight if weight > 0 else math.nan,
        max((part.ratio for part in said if not math.isnan(part.ratio)), default=math.nan),
        max((part.i2 for part in said if not math.isnan(part.i2)), default=math.nan),
        any(part.conflict for part in said),
        sum(part.n_values for part in said),
        min((part.n_groups for part in said), default=1),
        tuple(i for part in said for i in part.used_ids),
        tuple(entry for part in parts for entry in part.left_out),
        sd,
        "log" if log else "identity",
        math.log(value) if log else value,
        math.nan,
        groups,
        tuple(sorted({flag for part in parts for flag in part.flags if flag != "identity-scale"})),
        parts[0].unit,
    )


def _relative(value: float, sd: float, transform: str) -> float:
    if transform == "log":
        return sd
    return sd / value if value > 0 else 0.0


def _group_sum(votes: Sequence[GroupVote], transforms: Sequence[str]) -> GroupVote:
    values = [math.exp(v.y) if t == "log" else v.y for v, t in zip(votes, transforms, strict=True)]
    total = sum(values)
    sd = sum(x * _relative(x, v.s, t) for x, v, t in zip(values, votes, transforms, strict=True))
    return GroupVote(
        votes[0].group,
        math.log(total) if total > 0 else total,
        sd / total if total > 0 else 0.0,
        sum(v.weight for v in votes) / len(votes),
        tuple(i for v in votes for i in v.ids),
    )
