"""Shared pieces of the series: the voting actors of the region, and number formats."""

from __future__ import annotations

import math

from observations.common import POWER_STATES, RECEIVERS

__all__ = ["STATES", "UNION", "digits"]

# Modelled states; the union is made of its members of the day.
STATES = (*RECEIVERS, *POWER_STATES, "ARM", "BLR")
UNION = "eu"
SIGNIFICANT = 9


def digits(value: float, significant: int = SIGNIFICANT) -> str:
    """Significant digits without an exponent; empty for an unknown.

    Examples
    --------
    >>> digits(0.1234567894), digits(1234567890.4), digits(float("nan"))
    ('0.123456789', '1234567890', '')
    """
    if not math.isfinite(value):
        return ""
    if value == 0:
        return "0"
    places = significant - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if places > 0 else text
