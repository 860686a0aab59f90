"""The scales on which errors are symmetric: log for amounts, logit for shares, identity for indices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["TRANSFORMS", "Transform", "transform_of"]

TRANSFORMS = ("log", "logit", "identity")


@dataclass(frozen=True, slots=True)
class Transform:
    """One scale; `width` is the range (identity: of the declared scale, else the largest size stated).

    clip : shares are kept inside [clip, 1 - clip] before the logit
    """

    name: str
    width: float = 1.0
    clip: float = 1e-4
    lowest: float = -math.inf
    highest: float = math.inf

    def forward(self, x: float) -> float:
        """Natural value to the transformed scale; a bound of zero or less stays finite on the log scale."""
        if self.name == "log":
            return math.log(x) if x > 0 else math.log(self.clip)
        if self.name == "logit":
            p = self.clipped(x)
            return math.log(p / (1.0 - p))
        return x

    def back(self, y: float) -> float:
        """Transformed value to the natural scale, inside the declared scale."""
        if self.name == "log":
            return math.exp(y)
        if self.name == "logit":
            return 1.0 / (1.0 + math.exp(-y))
        return min(max(y, self.lowest), self.highest)

    def clipped(self, x: float) -> float:
        """Natural value as the scale can hold it: a share inside the clip, all else unchanged."""
        return min(max(x, self.clip), 1.0 - self.clip) if self.name == "logit" else x

    def unit_error(self, logit_factor: float) -> float:
        """Factor from an error on the log scale to an error on this scale."""
        if self.name == "logit":
            return logit_factor
        return 1.0 if self.name == "log" else self.width

    def differences(self, values: Sequence[float]) -> tuple[float, float, float]:
        """(spread, disagreement, ratio) of natural values; ratio is infinite when the smallest is 0."""
        top, bottom = max(values), min(values)
        spread = top - bottom
        if self.name == "identity" and (bottom < 0 or math.isfinite(self.lowest)):
            return spread, spread / self.width if self.width else 0.0, _ratio(top, bottom)
        return spread, spread / top if top > 0 else 0.0, _ratio(top, bottom)


def _ratio(top: float, bottom: float) -> float:
    if top == bottom:
        return 1.0
    return top / bottom if bottom > 0 else math.inf


def transform_of(
    name: str, values: Sequence[float], scale: tuple[float, float] | None, clip: float
) -> Transform:
    """Transform for these natural values; amounts with a zero or a negative fall back to identity.

    name : log, logit or identity;  scale : range of an index or ordinal, None when none is declared
    """
    if name == "logit":
        return Transform("logit", clip=clip)
    if name == "log" and min(values) > 0:
        return Transform("log", clip=clip)
    if scale is not None:
        return Transform("identity", scale[1] - scale[0], clip, scale[0], scale[1])
    largest = max(abs(value) for value in values)
    return Transform("identity", largest if largest > 0 or name == "log" else 1.0, clip)
