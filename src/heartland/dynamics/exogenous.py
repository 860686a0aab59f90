"""Paths from outside the region: powers' growth, oil price, currencies, rivalry, threat (rows X)."""

from __future__ import annotations

from heartland.core.arrays import Array
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known, rate_weight, reversion, shock

__all__ = ["host_currency", "oil_path", "power_growth", "rivalry_path", "threat_path"]

Parts = dict[str, dict[str, Array]]


@mechanism(
    model="X", phase="exogenous", writes="power_gap", axes="power", unit="per year",
    source="Rautava 2002, BOFIT Discussion Papers 3/2002 (oil and output of an exporter); "
           "assumption: first-order persistence",
)
def power_growth(
    power_gap: Array, oil_rate: Array, exporter: Array,
    *, persistence: Array, oil_effect: Array, volatility: Array, noise: Array, dt: float,
) -> Parts:
    """Deviation of each power's growth from its trend, moved by the oil price in exporters.

    g' = phi^dt g + w b exporter dln(oil)/dt + sd sqrt((1-phi^(2dt))/(1-phi^2)) e,
    w = sqrt(-ln(phi) dt (1-phi^(2dt))/2) (`rate_weight`, about 1-phi^dt); the growth given up adds to
    b log points of GDP per log point of oil.

    power_gap, exporter, noise : (power, member); per year, 1 for exporters of oil and gas, N(0, 1)
    oil_rate : (1, member), log points per year over the last step
    persistence : per year, in (0, 1);  oil_effect : elasticity of GDP;  volatility : per year
    Range: gaps of -0.3 to 0.3 per year; dt from a month to a year.
    Cited: Rautava 2002. Parts: reversion, oil, noise.
    Fails for world-wide crises, because powers other than exporters share no common shock.
    """
    weight = rate_weight(persistence, dt)
    return {"power_gap": {
        "reversion": -reversion(persistence, dt) * power_gap,
        "oil": weight * oil_effect * known(exporter) * known(oil_rate) + 0.0 * power_gap,
        "noise": shock(persistence, volatility, dt) * noise,
    }}


@mechanism(
    model="X", phase="exogenous", writes="oil", axes="world", unit="log points",
    source="Hamilton 2009, Energy Journal 30(2): changes are close to a random walk",
)
def oil_path(
    oil: Array, *, persistence: Array, volatility: Array, noise: Array, dt: float
) -> Parts:
    """Log oil price against the start: nearly a random walk, weakly drawn back to the start price.

    x' = phi^dt x + sd sqrt((1-phi^(2dt))/(1-phi^2)) e

    oil, noise : (1, member), log points, N(0, 1)
    persistence : per year, in (0, 1], 1 is a random walk;  volatility : log points, sd of a year's change
    Range: -2 to 2 log points. Cited: Hamilton 2009; Pindyck 1999, Energy Journal 20(2), for the reversion.
    Parts: reversion, noise.
    Fails for regime changes of the oil market, in which the price it is drawn back to moves.
    """
    return {"oil": {
        "reversion": -reversion(persistence, dt) * oil,
        "noise": shock(persistence, volatility, dt) * noise,
    }}


@mechanism(
    model="X", phase="exogenous", writes="currency", axes="power", unit="log points",
    source="Rogoff 1996, Journal of Economic Literature 34(2): half-life of real rates 3 to 5 years",
)
def host_currency(
    currency: Array, oil: Array, oil_rate: Array, exporter: Array, own_currency: Array,
    *, persistence: Array, oil_effect: Array, volatility: Array, noise: Array, dt: float,
) -> Parts:
    """Log of a power's currency in usd against the start; an exporter's follows the oil price at once.

    x' = b s o + phi^dt (x - b s o_before) + sd sqrt((1-phi^(2dt))/(1-phi^2)) e, s = exporter,
    o_before = o - dt dln(oil)/dt. The oil change of the last step passes through whole; what is not
    explained by oil decays.

    currency, exporter, own_currency, noise : (power, member); log points, 1 for exporters, 0 where the
    currency is the usd itself, N(0, 1);  oil, oil_rate : (1, member), log points, log points per year
    persistence : per year, in (0, 1];  oil_effect : elasticity;  volatility : log points, sd of a year
    Range: -1.5 to 1.5 log points. Cited: Rogoff 1996. Parts: oil, reversion, noise.
    Fails for pegs and capital controls, which hold a rate for months and then break.
    """
    own, share = known(own_currency), oil_effect * known(exporter) * known(own_currency)
    step = known(oil_rate) * dt
    return {"currency": {
        "oil": share * step + 0.0 * currency,
        "reversion": -reversion(persistence, dt) * (currency - share * (oil - step)),
        "noise": own * shock(persistence, volatility, dt) * noise,
    }}


@mechanism(
    model="X", phase="exogenous", writes="rivalry", axes="power", unit="sd",
    source="assumption: first-order persistence",
)
def rivalry_path(
    rivalry: Array, *, persistence: Array, volatility: Array, noise: Array, dt: float
) -> Parts:
    """Rivalry of each power with the common rival, relative to the start.

    x' = phi^dt x + sd sqrt((1-phi^(2dt))/(1-phi^2)) e

    rivalry, noise : (power, member), sd of the power's own history, N(0, 1)
    persistence : per year, in (0, 1];  volatility : sd of own history, innovation of a year
    Range: -4 to 4 sd. Cited: assumption. Parts: reversion, noise.
    Fails for shocks that hit several rivals of the same power at once: powers are drawn independently.
    """
    return {"rivalry": {
        "reversion": -reversion(persistence, dt) * rivalry,
        "noise": shock(persistence, volatility, dt) * noise,
    }}


@mechanism(
    model="X", phase="exogenous", writes="threat", axes="power", unit="index",
    source="assumption: first-order persistence",
)
def threat_path(
    threat: Array, *, persistence: Array, volatility: Array, noise: Array, dt: float
) -> Parts:
    """Threat a power sees coming from its own home region, relative to the start.

    x' = phi^dt x + sd sqrt((1-phi^(2dt))/(1-phi^2)) e

    threat, noise : (power, member), index (1 = one level of security effort at unit response), N(0, 1)
    persistence : per year, in (0, 1];  volatility : index, innovation sd of a year
    Range: -4 to 4. Cited: assumption. Parts: reversion, noise.
    Fails for sudden wars next door, which arrive as a jump; give those as a patch.
    """
    return {"threat": {
        "reversion": -reversion(persistence, dt) * threat,
        "noise": shock(persistence, volatility, dt) * noise,
    }}
