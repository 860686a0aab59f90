"""What the public of a receiver thinks of a giver (M7)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known, shock

__all__ = ["attitude"]


@mechanism(
    model="M7", phase="publics", writes="attitude", axes=("power", "receiver"), unit="index",
    source="Allen, Flynn, Machain & Stravers (2020), American Political Science Review 114(2), 326-341 "
    "(economic benefit goes with regard); assumption: visible presence irritates",
)
def attitude(
    attitude: Array, presence: Array, presence_start: Array, remit_ratio: Array, remit_share: Array, *,
    reversion: Array, presence_effect: Array, ties_effect: Array, sd: Array, noise: Array, dt: float,
) -> Returned:
    """Move the attitude toward a target lowered by visible presence and raised by jobs in the giver.

    a* = -k2 (presence - presence at start) + k4 (remittances/GDP - at start);  f = exp(-k1)
    a' = a* + f^dt (a - a*) + sd sqrt((1 - f^(2 dt)) / (1 - f^2)) e

    attitude (index, 0 = level at start), presence, presence_start (level 0-4) : (P, R, M)
    remit_ratio, remit_share : (P, R, M), share of the receiver's GDP; unknown counts as no change
    reversion k1 : per year;  presence_effect k2 : per level;  ties_effect k4 : per unit share of GDP
    sd : innovation of one year;  noise : (P, R, M), N(0, 1);  dt : years
    Range: [-1, 1] after the loop's bounds; single incidents enter as shocks.
    Fails where the public is split: it moves one mean.
    """
    xp = namespace(attitude)
    left = xp.exp(-reversion * dt)
    return {"attitude": {
        "reversion": (left - 1.0) * attitude,
        "presence": (1.0 - left) * -presence_effect * known(presence - presence_start),
        "ties": (1.0 - left) * ties_effect * known(remit_ratio - remit_share),
        "noise": shock(xp.exp(-reversion), sd, dt) * noise,
    }}
