"""Digital services: whose platforms spread and who can read the data (M19)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known, log_mean

__all__ = ["adoption", "data_access"]


@mechanism(
    model="M19", phase="economy", writes="digital", axes=("power", "receiver"), unit="share",
    source="Mansfield (1961), Econometrica 29(4), 741-766 (adoption is logistic); Taylor and Jonker (1978), "
    "Mathematical Biosciences 40 (shares that compete); C-B1-050; assumption: the rates",
)
def adoption(
    digital: Array, platform_push: Array, payment_link: Array, telemedicine: Array, data_barrier: Array,
    outbreak_receiver: Array, *, growth: Array, push_effect: Array, link_effect: Array,
    medicine_effect: Array, barrier_effect: Array, shock_effect: Array, volatility: Array, noise: Array,
    dt: float,
) -> Returned:
    """Let platforms of the powers and those at home compete for the receiver's users.

    d_p' = d_p e^(z_p) / (h + sum_q d_q e^(z_q)), h = 1 - sum_q d_q;  logistic for one power alone
    z = (g (1 + a outbreak) (1 - b barrier) + c1 push + c2 payments + c3 links of doctors) dt + sd sqrt(dt) e

    digital, platform_push, payment_link, telemedicine, noise : (power, receiver, member); share, index 0-1,
    share of payments linked, number of links;  data_barrier, outbreak_receiver : (receiver, member), 0-1
    growth g, effects c : per year;  shock_effect a, barrier_effect b : share;  sd : ln per root year
    Range: [0, 1], the sum over powers below 1; an unknown share stays unknown.
    Fails for platforms used side by side, where shares sum to more than 1.
    """
    xp = namespace(digital)
    own = dt * growth * (1.0 - barrier_effect * known(data_barrier))
    logs = {
        "growth": own,
        "outbreak": own * shock_effect * narrow(known(outbreak_receiver)),
        "push": dt * push_effect * narrow(known(platform_push)),
        "payments": dt * link_effect * narrow(known(payment_link)),
        "telemedicine": dt * medicine_effect * narrow(known(telemedicine)),
        "noise": dt**0.5 * volatility * noise,
    }
    alone = sum(logs.values())
    swell = xp.sum(known(digital) * xp.expm1(alone), axis=0)
    logs["rivals"] = -xp.log1p(swell)[None, ...]
    mean = log_mean(digital, alone + logs["rivals"])
    return {"digital": {name: mean * part for name, part in logs.items()}}


@mechanism(
    model="M19", phase="alignment", writes="data_access", axes=("power", "receiver"), unit="share",
    source="C-B1-051 (a law that binds shared operators opens their data); assumption: the two ways are "
    "independent",
)
def data_access(digital: Array, data_law: Array, operator_reach: Array) -> Returned:
    """Share of the receiver's users whose data a power can reach: through platforms or bound operators.

    access = 1 - (1 - d) (1 - law * operators)

    digital, operator_reach : (power, receiver, member), share of users;  data_law : (power, member), 1 where
    the power's law binds its operators abroad
    Range: [0, 1]; an unknown platform share leaves access unknown.
    Fails for encrypted services, whose operators see little.
    """
    bound = known(data_law)[:, None, :] * known(operator_reach)
    return {"data_access": 1.0 - (1.0 - digital) * (1.0 - bound)}
