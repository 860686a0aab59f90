"""How a number too small for decimals is written, alike in answers, tables and pages."""

from __future__ import annotations

__all__ = ["SMALL", "power_of_ten"]

# below it decimals are zeros that a reader has to count
SMALL = 1e-4


def power_of_ten(value: float, digits: int = 2) -> str:
    """A number as digits and a power of ten: `2.7e-7`."""
    head, _, power = f"{value:.{digits - 1}e}".partition("e")
    return f"{head}e{int(power)}"
