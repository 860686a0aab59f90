"""Figures on which sources disagree: what each says, side by side, with the pooled value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heartland.evidence.values import Claim, Pooled

if TYPE_CHECKING:
    from heartland.evidence.ledger import Key, Ledger

__all__ = ["Disagreement", "disagreements", "figure", "finite", "statement"]


@dataclass(frozen=True)
class Disagreement:
    """One key on which at least two independence groups give different values."""

    key: Key
    claims: tuple[Claim, ...]
    pooled: Pooled


def disagreements(ledger: Ledger, *, only_conflicts: bool = False) -> list[Disagreement]:
    """Keys with values of two or more groups that differ: conflicts first, then by ratio, largest first.

    only_conflicts : keep those that pooling flags (ratio or difference beyond the limit, and I2 too)
    """
    found = []
    for key, claims in ledger.claims.items():
        if len(claims) < 2:
            continue
        pooled = ledger.pool(key)
        if pooled.n_groups > 1 and pooled.spread > 0 and (pooled.conflict or not only_conflicts):
            found.append(Disagreement(key, claims, pooled))
    return sorted(found, key=lambda item: (not item.pooled.conflict, -_rank(item.pooled.ratio), item.key))


def _rank(ratio: float) -> float:
    return ratio if math.isfinite(ratio) else math.inf


def figure(key: Key, claims: Sequence[Claim], pooled: Pooled) -> dict[str, Any]:
    """A key with its claims side by side and the pooled value, as JSON values.

    Each claim says whether it was used and, if not, why.
    """
    why = dict(pooled.left_out)
    return {
        "giver": key.giver,
        "receiver": key.receiver or None,
        "quantity": key.quantity,
        "period": key.period,
        "definition": key.definition or None,
        "unit": pooled.unit,
        **{
            name: finite(getattr(pooled, name))
            for name in ("value", "low", "high", "spread", "disagreement", "ratio", "i2")
        },
        "conflict": pooled.conflict,
        "n_values": pooled.n_values,
        "n_groups": pooled.n_groups,
        "claims": [_claim(claim, why.get(claim.id)) for claim in claims],
    }


def _claim(claim: Claim, reason: str | None) -> dict[str, Any]:
    return {
        "id": claim.id,
        "value": finite(claim.value),
        "low": finite(claim.low),
        "high": finite(claim.high),
        "unit": claim.unit,
        "qualifier": claim.qualifier,
        "source_id": claim.source_id or None,
        "group": claim.group,
        "grade": claim.reliability + claim.credibility,
        "modality": claim.modality,
        "rank": claim.rank,
        "used": reason is None,
        "reason": reason,
    }


def statement(claim: Mapping[str, Any], number: str) -> str:
    """One claim in words: value, source, grade, group; struck through when deprecated."""
    said = f"{number} ({claim['source_id'] or 'no source'} {claim['grade']}, group {claim['group']})"
    if claim["reason"] and claim["rank"] != "deprecated":
        said += f", left out: {claim['reason']}"
    return f"~~{said}~~" if claim["rank"] == "deprecated" else said


def finite(value: float) -> float | None:
    """A number, or None where it is unknown or unbounded."""
    return value if math.isfinite(value) else None
