"""Who backs or blames an incumbent in a regime crisis, and what stays of it (M6, M26)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.events import truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["backing_credit", "endorsement", "support"]


@mechanism(
    model="M6", phase="decisions", writes=("endorsed", "criticised"), axes=("power", "receiver"),
    unit="probability",
    source="Bader, Graevingholt & Kaestner (2010), Contemporary Politics 16(1) (autocracies gain from "
    "like regimes nearby); C-A1-009", idle="threat_mark",
)
def endorsement(
    onset: Array, threat_mark: Array, crisis: Array, autocracy: Array, counter_revolution: Array,
    position_gap: Array, backing_stake: Array, *, back: Array, blame: Array, regime_effect: Array,
    blame_regime_effect: Array, doctrine_effect: Array, distance_effect: Array,
    stake_effect: Array, floor: Array, uniform: Array,
) -> Returned:
    """Draw, once per regime-threatening onset, whether a power backs the incumbent, blames it or is silent.

    u_back = k0 + k1 (a_p - 1/2) + k2 c_p - k3 gap_pi + k4 stake_pi
    u_blame = l0 - l1 (a_p - 1/2) + k3 gap_pi;  u_silent = 0;  P = (1 - eps) softmax + eps / 3

    onset, threat_mark, crisis : (R, M);  autocracy a, counter_revolution c (1 = declared policy) : (P, M)
    position_gap : (P, R, M), change on the UN scale since the start;  backing_stake : (P, R, M), 0-1
    back, blame, effects : log odds;  floor eps : share spread over the three options;  uniform : (P, R, M)
    Range: [eps/3, 1 - 2 eps/3] at an onset, else 0; unknown autocracy counts as one half, the rest as 0.
    Fails for a power that has made up its mind about the leader and not about the regime.
    """
    xp = namespace(uniform)
    due = truth(onset) & truth(threat_mark) & ~truth(crisis)
    fear = known(autocracy - 0.5)[:, None, :]
    backing = {"base rate": back, "own regime": regime_effect * fear,
               "doctrine": doctrine_effect * known(counter_revolution)[:, None, :],
               "distance": -distance_effect * known(position_gap),
               "stake": stake_effect * known(backing_stake)}
    blaming = {"base rate": blame, "own regime": -blame_regime_effect * fear,
               "distance": distance_effect * known(position_gap)}
    yes, no = xp.exp(sum(backing.values()) + 0.0 * uniform), xp.exp(sum(blaming.values()) + 0.0 * uniform)
    whole = 1.0 + yes + no
    p_yes = xp.where(due[None, ...], (1.0 - floor) * yes / whole + floor / 3.0, 0.0)
    p_no = xp.where(due[None, ...], (1.0 - floor) * no / whole + floor / 3.0, 0.0)
    return {"endorsed": Event(uniform < p_yes, p_yes, backing),
            "criticised": Event(due[None, ...] & (uniform >= 1.0 - p_no), p_no, blaming)}


@mechanism(
    model="M6", phase="alignment", writes="backing", axes=("power", "receiver"), unit="flag",
    source="assumption: backing lasts as long as the crisis it was given for", idle=("backing", "endorsed"),
)
def support(backing: Array, endorsed: Array, crisis: Array) -> Returned:
    """Book which powers stand behind the incumbent while the crisis lasts.

    backing' = crisis and (backing or endorsed)

    backing, endorsed : (P, R, M);  crisis : (R, M), after the exits of this step
    Range: 0 or 1.
    Fails for backing withdrawn half-way.
    """
    xp = namespace(backing)
    stands = truth(crisis)[None, ...] & (truth(backing) | truth(endorsed))
    return {"backing": xp.astype(stands, xp.float64) - xp.astype(backing, xp.float64)}


@mechanism(
    model="M26", phase="alignment", writes="credit", axes=("power", "receiver"), unit="level",
    source="assumption: incumbents reward backing and punish blame; record of 2005, when a base was closed "
    "to a critic and a pact signed with a backer", idle=("endorsed", "criticised"),
)
def backing_credit(
    endorsed: Array, criticised: Array, ousted: Array, *, backing_gain: Array, blame_loss: Array
) -> Returned:
    """Shift the credit of a power with an incumbent it backed or blamed; `patron_credit` lets it fade.

    dc_pi = g [backed] - b [blamed]

    endorsed, criticised : (P, R, M);  ousted : (R, M), who falls in the same step owes nothing
    backing_gain, blame_loss : level of effort, >= 0
    Range: a few tenths of a level per crisis.
    Fails where the successor remembers who stood by the fallen.
    """
    xp = namespace(endorsed)
    stays = 1.0 - xp.astype(truth(ousted), xp.float64)[None, ...]
    return {"credit": {"backing": backing_gain * xp.astype(endorsed, xp.float64) * stays,
                       "blame": -blame_loss * xp.astype(criticised, xp.float64) * stays}}
