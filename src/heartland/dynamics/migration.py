"""Remittances of migrant workers (row M3)."""

from __future__ import annotations

from heartland.core.arrays import Array, narrow
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known, split_growth

__all__ = ["remittance"]


@mechanism(
    model="M3", phase="economy", writes="remittances", axes=("power", "receiver"), unit="usd2015",
    source="Behar 2014, IMF: 1 % less output in the host, 1.5 % less remittances",
)
def remittance(
    remittances: Array, power_surge: Array, currency_rate: Array, policy_rate: Array, trend_receiver: Array,
    *, host_elasticity: Array, currency_elasticity: Array, policy_effect: Array, volatility: Array,
    noise: Array, dt: float,
) -> dict[str, dict[str, Array]]:
    """Yearly transfers from each host: the host's growth, its currency and its labour rules move them.

    R' = R exp(n dt + e_g g dt + e_f dln(currency) + e_p dpolicy + sd sqrt(dt) e); in levels
    R = R0 exp(n t + e_g (lnY - trend) + e_f ln currency + e_p policy + w), free of the step.

    remittances, noise : (power, receiver, member), usd2015 a year, N(0, 1)
    power_surge, currency_rate : (power, member), growth off trend and currency, per year, last step
    policy_rate : (power, receiver, member), change per year of the host's openness to these workers
    trend_receiver : (receiver, member), n: at rest remittances keep their share of GDP
    host_elasticity, currency_elasticity, policy_effect : elasticities;  volatility : log points, sd of a year
    Range: log changes of -2 to 2 a year. Cited: Behar 2014; Poghosyan 2020, IMF Working Paper 20/128.
    Parts: trend, host-growth, currency, policy, noise (logarithmic-mean split, exact).
    Fails for cash carried home, and for hosts that deport at once. Unknown stays unknown, zero stays zero.
    """
    own = 0.0 * remittances
    return {"remittances": split_growth(remittances, {
        "trend": known(trend_receiver)[None, :, :] * dt + own,
        "host-growth": host_elasticity * power_surge[:, None, :] * dt + own,
        "currency": currency_elasticity * known(currency_rate)[:, None, :] * dt + own,
        "policy": policy_effect * narrow(known(policy_rate)) * dt + own,
        "noise": volatility * dt**0.5 * noise + own,
    })}
