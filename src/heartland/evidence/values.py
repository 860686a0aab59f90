"""What goes into pooling and what comes out: claims on a quantity, and the value with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

__all__ = ["Claim", "GroupVote", "Pooled", "Quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is pooled: its unit, default transform and scale.

    transform : log (amounts), logit (shares), identity (indices)
    scale : (lowest, highest) value the scale allows, for indices and ordinals; None for amounts
    flow : totals over a longer span may be divided
    period_days : length of the key's period in days; 0 when claims are all dated by that period
    """

    unit: str
    transform: str = "log"
    scale: tuple[float, float] | None = None
    flow: bool = False
    period_days: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One number somebody stated about a quantity."""

    id: str
    value: float
    unit: str
    group: str
    low: float = math.nan
    high: float = math.nan
    qualifier: str = "exact"
    reliability: str = "F"
    credibility: str = "6"
    modality: str = "reported"
    rank: str = "normal"
    source_id: str = ""
    published: date | None = None
    known_from: date | None = None
    span_days: int = 0


@dataclass(frozen=True, slots=True)
class GroupVote:
    """What one independence group says, on the transformed scale; weights sum to 1 over the groups."""

    group: str
    y: float
    s: float
    weight: float
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pooled:
    """One quantity after pooling; NaN throughout when nothing usable was stated.

    value, low, high, spread in the quantity's unit; y, sd, tau2 on the transformed scale (`transform`);
    disagreement, ratio and i2 are NaN with fewer than two independence groups.
    """

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    spread: float = math.nan
    disagreement: float = math.nan
    ratio: float = math.nan
    i2: float = math.nan
    conflict: bool = False
    n_values: int = 0
    n_groups: int = 0
    used_ids: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    sd: float = math.nan
    transform: str = "identity"
    y: float = math.nan
    tau2: float = math.nan
    groups: tuple[GroupVote, ...] = ()
    flags: tuple[str, ...] = ()
    unit: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value: something usable was stated, or a complete register is silent (0)."""
        return not math.isnan(self.value)
