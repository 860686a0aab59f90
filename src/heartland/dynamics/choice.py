"""A state weighs declared options by what each would do to its ties within a year, and picks one (M23)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.events import step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known, reversion, shock

__all__ = ["bond", "choose_option", "option_prospects", "option_state"]


@mechanism(
    model="M23", phase="powers", writes="bond_target", axes=("option", "power"), unit="index",
    source="C-A3-001, C-A3-026 and C-A3-027 (rivals resent each other's friends, less so when ties are kept "
    "apart by issue); C-A3-018 (a mediator may calm the rivals); C-A3-023", idle="option_actor",
)
def option_prospects(
    option_courting: Array, option_one_sided: Array, option_calm: Array, option_actor: Array, courting: Array,
    courted: Array, pair_rivalry: Array, *, courting_effect: Array, offer_effect: Array, resentment: Array,
    issue_part: Array, calming: Array,
) -> Returned:
    """Closeness to each power that every option leads to in the long run.

    s_op = courting_op + what the actor does under any option;  x = e + (1 - e) one-sided_o
    B*_op = c1 s_op + c2 courted_p max(s_op, 0) - c3 x sum_q r_pq (1 - k calm_o) max(s_oq, 0)

    option_courting (-1 to 1) : (option, P, M);  option_one_sided, option_calm (0-1) : (option, M)
    option_actor : (option, R, M) one-hot;  courting, courted (offers of the power) : (P, R, M)
    pair_rivalry r : (P, P, M), 1 for rivals;  effects c : index per unit;  issue_part e, calming k : 0-1
    Range: about -2 to 2.
    Fails where a power wants to be courted exclusively by a friend's friend.
    """
    xp = namespace(option_courting)

    def own(pairs: Array) -> Array:
        return xp.sum(known(option_actor)[:, None, :, :] * known(pairs)[None, ...], axis=2)

    stance = known(option_courting) + own(courting)
    warm = xp.maximum(stance, 0.0)
    felt = xp.sum(known(pair_rivalry)[None, ...] * warm[:, None, :, :], axis=2)
    scale = (issue_part + (1.0 - issue_part) * known(option_one_sided)) * (1.0 - calming * known(option_calm))
    gain = courting_effect * stance + offer_effect * own(courted) * warm
    return {"bond_target": gain - resentment * scale[:, None, :] * felt}


@mechanism(
    model="M23", phase="decisions", writes="option_chosen", axes="receiver", unit="probability",
    source="McKelvey & Palfrey (1995), Games and Economic Behavior 10(1), 6-38 (quantal response); C-A3-026",
    idle="option_actor",
)
def choose_option(
    bond_target: Array, bond: Array, chosen: Array, option_actor: Array, option_group: Array,
    option_order: Array, option_tie: Array, *, base_value: Array, tie_value: Array, sensitivity: Array,
    year_kept: Array, inertia: Array, review_rate: Array, floor: Array, uniform: Array, uniform_review: Array,
    dt: float,
) -> Returned:
    """Draw an option at the start and at every review, by quantal response on one-year changes of ties.

    v_op = (b + t tie_op) / sum_p;  u_o = a sum_p v_op (1 - y) (B*_op - bond_p) + h chosen_o
    P_o = (1 - eps) softmax_o(u) + eps / n within a set of options;  review: p = 1 - exp(-r dt)

    bond_target : (option, P, M);  bond : (P, R, M);  chosen : (option, M);  option_actor : (option, R, M)
    option_group, option_order : (option, option, M), same set; same set and not later in it
    option_tie : (option, P, M), the actor's dependence on the power, unknown counts as 0
    year_kept y : part of a gap left after a year;  uniforms : (R, M);  dt : years
    Range: [eps/n, 1]; 0 where nothing is under review.
    Fails for options invented on the spot and for choices made by somebody else.
    """
    xp = namespace(bond_target)
    actor, group = known(option_actor), known(option_group)
    weight = base_value + tie_value * known(option_tie)
    weight = weight / xp.sum(weight, axis=1, keepdims=True)
    now = xp.sum(actor[:, None, :, :] * known(bond)[None, ...], axis=2)
    payoff = xp.sum(weight * (1.0 - year_kept) * (bond_target - now), axis=1)
    terms = {"change of ties": sensitivity * payoff, "inertia": inertia * chosen}
    strength = xp.exp(sum(terms.values()))
    size = xp.sum(group, axis=1)
    share = (1.0 - floor) * strength / xp.sum(group * strength[None, ...], axis=1) + floor / size
    below = xp.sum(known(option_order) * share[None, ...], axis=1)
    none_yet = xp.sum(group * chosen[None, ...], axis=1) == 0.0
    again = xp.sum(actor * uniform_review[None, ...], axis=1) < step_probability(review_rate, dt)
    draw = xp.sum(actor * uniform[None, ...], axis=1)
    due = none_yet | again
    chance = xp.where(none_yet, share, share * step_probability(review_rate, dt))
    picked = due & (draw >= below - share) & (draw < below)
    return {"option_chosen": Event(picked, chance, terms)}


@mechanism(
    model="M23", phase="alignment", writes="chosen", axes="option", unit="flag",
    source="assumption: book-keeping of the choice, drawn or forced", idle="option_chosen",
)
def option_state(chosen: Array, option_chosen: Array, option_group: Array) -> Returned:
    """Book the option in force: the last one picked; in a set where none is picked the old one stays.

    chosen' = picked, where the set has a pick;  else chosen

    chosen, option_chosen : (option, M);  option_group : (option, option, M)
    Range: 0 or 1, one per set once picked.
    Fails to hold two options of one set at a time.
    """
    xp = namespace(chosen)
    picked = xp.astype(truth(option_chosen), xp.float64)
    moved = xp.sum(known(option_group) * picked[None, ...], axis=1) > 0.0
    return {"chosen": xp.where(moved, picked - chosen, 0.0)}


@mechanism(
    model="M23", phase="alignment", writes="bond", axes=("power", "receiver"), unit="index",
    source="assumption: closeness follows the option in force with a lag of years", idle="option_actor",
)
def bond(
    bond: Array, chosen: Array, bond_target: Array, option_actor: Array, *, persistence: Array, sd: Array,
    noise: Array, dt: float,
) -> Returned:
    """Move the political closeness of an actor with options to each power toward what its option leads to.

    B' = B* + f^dt (B - B*) + sd sqrt((1 - f^(2 dt)) / (1 - f^2)) z;  B*_pi = sum_o actor_oi chosen_o B*_op

    bond, noise z : (P, R, M), index, 0 = at the start;  chosen : (option, M);  bond_target : (option, P, M)
    option_actor : (option, R, M);  persistence f : of one year;  sd : innovation of a year;  dt : years
    Range: about -2 to 2; receivers without options stay at 0.
    Fails for a rupture, which comes at once.
    """
    xp = namespace(bond)
    held = known(option_actor)[:, None, :, :] * chosen[:, None, None, :]
    target = xp.sum(held * bond_target[:, :, None, :], axis=0)
    acts = xp.astype(xp.any(known(option_actor) > 0.0, axis=0), xp.float64)[None, ...]
    pull = reversion(persistence, dt)
    return {"bond": {"reversion": -pull * bond, "option": pull * target,
                     "noise": acts * shock(persistence, sd, dt) * noise}}
