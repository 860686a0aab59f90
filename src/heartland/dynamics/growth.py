"""Growth of the receivers, output of all actors, economic stress of the public (row M5)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known, rate_weight, reversion, shock, split_growth

__all__ = ["growth", "output", "stress"]

Parts = dict[str, dict[str, Array]]


@mechanism(
    model="M5", phase="economy", writes="growth_gap", axes="receiver", unit="per year",
    source="Alturki, Espinosa-Bowen and Ilahi 2009, IMF (spillovers of a large neighbour)",
)
def growth(
    growth_gap: Array, power_surge: Array, trade_weight: Array, remit_ratio: Array, remit_rate: Array,
    oil_rate: Array, oil_share: Array, sales_rate: Array,
    *, persistence: Array, partner_effect: Array, remittance_effect: Array, oil_effect: Array,
    sales_effect: Array, volatility: Array, noise: Array, dt: float,
) -> Parts:
    """Deviation of growth from trend: partners' growth, remittances, oil and energy sales pull it.

    g' = rho^dt g + (1-rho^dt) b_x sum_p share_p g_p + w (b_r sum_p (R_p/GDP) dln R_p/dt
         + b_o oil_share dln(oil)/dt + b_q z) + sd sqrt((1-rho^(2dt))/(1-rho^2)) e,
    w = sqrt(-ln(rho) dt (1-rho^(2dt))/2), which is 1-rho^dt for short steps (`rate_weight`)

    growth_gap, noise : (receiver, member), per year, N(0, 1);  power_surge : (power, member), per year
    trade_weight, remit_ratio, remit_rate : (power, receiver, member); share of trade, share of GDP, change
    per year net of the receiver's trend;  oil_rate : (1, member);  oil_share : (receiver, member)
    sales_rate z : (receiver, member), change of energy volumes sold over GDP, per year; prices count in oil
    persistence : per year, in (0, 1);  *_effect : elasticities;  volatility : per year
    Range: gaps of -0.5 to 0.5. Own loop rho^dt + (1-rho^dt) b_x stays <= 1 while b_x <= 1 (shares sum to 1).
    Cited: Alturki et al. 2009. Parts: reversion, partners, remittances, oil, energy, noise. Unknown share: 0.
    Fails when domestic policy answers a shock (stimulus, devaluation), and in wars.
    """
    xp = namespace(growth_gap)
    pull, weight, own = reversion(persistence, dt), rate_weight(persistence, dt), 0.0 * growth_gap
    partners = xp.sum(known(trade_weight) * power_surge[:, None, :], axis=0)
    workers = xp.sum(known(remit_ratio) * known(remit_rate), axis=0)
    return {"growth_gap": {
        "reversion": -pull * growth_gap,
        "partners": pull * partner_effect * partners + own,
        "remittances": weight * remittance_effect * workers + own,
        "oil": weight * oil_effect * known(oil_share) * known(oil_rate) + own,
        "energy": weight * sales_effect * known(sales_rate) + own,
        "noise": shock(persistence, volatility, dt) * noise,
    }}


@mechanism(
    model="M5", phase="economy", writes="gdp", axes="actor", unit="usd2015",
    source="identity: level = level before times growth; split after Ang 2004, Energy Policy 32",
)
def output(gdp: Array, actor_gap: Array, trend: Array, *, dt: float) -> Parts:
    """Carry each actor's output forward by its trend and its gap.

    Y' = Y exp((trend + gap) dt)

    gdp : (actor, member), usd2015, >= 0;  actor_gap, trend : (actor, member), log points per year
    Range: growth of -0.5 to 0.5 per year.
    Cited: Ang 2004 for the split into parts. Parts: trend, gap (sum exact to rounding).
    Fails to book capacity destroyed by war or disaster, unless a patch lowers the level itself.
    """
    gap = known(actor_gap) + 0.0 * gdp
    return {"gdp": split_growth(gdp, {"trend": trend * dt + 0.0 * gdp, "gap": gap * dt})}


@mechanism(
    model="M5", phase="economy", writes="stress", axes="receiver", unit="sd",
    source="assumption: households feel a weighted average of recent growth, prices and cuts",
)
def stress(
    stress: Array, growth_gap: Array, growth_gap_before: Array, price_shock: Array, austerity: Array,
    *, memory: Array, history_sd: Array, food_effect: Array, austerity_effect: Array, dt: float,
) -> Parts:
    """Economic hardship felt by the public, in sd of past growth.

    s' = m^dt s + (1-m^dt) (-(g + g_before)/(2 h) + b_f food inflation + b_a austerity)

    stress, growth_gap, growth_gap_before : (receiver, member); sd, per year now and one step before (the
    mean of both ends keeps the variance free of the step);  price_shock, austerity : (receiver, member),
    sd of own history, 0 in normal times
    memory : per year, in (0, 1);  history_sd : per year, sd of yearly growth;  *_effect : sd per sd
    Range: -6 to 6 sd. Cited: assumption. Parts: reversion, growth, food, austerity. Unknown forcing: 0.
    Fails where official growth is smoother than what households live through, and for inequality.
    """
    pull = reversion(memory, dt)
    felt = -(growth_gap + growth_gap_before) / (2.0 * history_sd)
    return {"stress": {
        "reversion": -pull * stress,
        "growth": pull * known(felt) + 0.0 * stress,
        "food": pull * food_effect * known(price_shock) + 0.0 * stress,
        "austerity": pull * austerity_effect * known(austerity) + 0.0 * stress,
    }}
