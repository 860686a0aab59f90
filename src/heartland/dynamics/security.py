"""The security effort of a power in a receiver, drawn by threat, demand and credit (M9, M21)."""

from __future__ import annotations

from heartland.core.arrays import Array, narrow
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known, reversion, shock

__all__ = ["effort"]


@mechanism(
    model="M9", phase="decisions", writes="effort", axes=("power", "receiver"), unit="level",
    source="C-A1-023 (threats at home draw presence abroad); assumption: first-order return to a target",
)
def effort(
    effort: Array, credit: Array, threat: Array, spill_worry: Array, presence_start: Array,
    home_weight: Array, invitation: Array, access: Array, security_demand: Array, provider_weight: Array, *,
    persistence: Array, threat_effect: Array, invitation_effect: Array, demand_effect: Array, sd: Array,
    noise: Array, dt: float,
) -> Returned:
    """Move the latent effort toward what threat at home, invitations and the patron's credit ask for.

    e* = presence at start + b_t (threat_p + spill_worry_p) w_pi + b_v invitation_pi + b_d demand_i s_pi
    + credit_pi + access_pi
    e' = e* + f^dt (e - e*) + sd sqrt((1 - f^(2 dt)) / (1 - f^2)) z,  f = persistence of one year

    effort, credit, access (bases decided on), presence_start, invitation (change since the start) :
    (P, R, M), levels 0-4, unbounded
    threat, spill_worry : (P, M), index relative to the start;  home_weight : (P, R, M); unknown counts as 0
    security_demand : (R, M), index;  provider_weight s : (P, R, M), share of the providers of security
    threat_effect : level per unit, spread by home weight;  invitation, demand_effect : level per unit
    sd : innovation of one year;  noise z : (P, R, M), N(0, 1);  dt : years
    Range: unbounded; presence is its clip to [0, 4].
    Fails for a mission of weeks, which `troops` books without touching effort.
    """
    pull = reversion(persistence, dt)
    return {"effort": {
        "reversion": -pull * (effort - known(presence_start)),
        "threat": pull * threat_effect * (threat + known(spill_worry))[:, None, :] * known(home_weight),
        "invitation": pull * invitation_effect * narrow(known(invitation)),
        "demand": pull * demand_effect * known(security_demand)[None, ...] * known(provider_weight),
        "credit": pull * known(credit),
        "access": pull * access,
        "noise": shock(persistence, sd, dt) * noise,
    }}
