"""Transport: stages of corridors, standing of their legs, and what pairs pay over the ways left (M16)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow, only_where
from heartland.dynamics.events import step_probability
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["corridor_progress", "corridor_state", "leg_state", "route_cost"]

# ln of the highest rate of a stage, four a year: no state passes two stages in a month
FASTEST = 1.3862943611198906


@mechanism(
    model="M16", phase="exogenous", writes=("leg_open", "leg_shut"), axes="leg", unit="share",
    source="assumption: a leg is used or not; part closures are left to the state of the border",
)
def leg_state(
    leg_open: Array, leg_built: Array, leg_closed: Array, transit_denied: Array, leg_conflict: Array,
    leg_border: Array, *, border_threshold: Array,
) -> Returned:
    """Say which legs can be used now, and which of those used a step ago have closed.

    open = built and not (closed by order or denied or in conflict, each >= 1/2, or border shut >= threshold)

    leg_open, leg_border : (leg, member), 0 or 1 and share of the border traffic that is stopped
    leg_built, leg_closed, transit_denied, leg_conflict : (leg, member), 0..1; unknown counts as 0
    border_threshold : share of the traffic of a border at whose stop goods give the leg up, in (0, 1]
    Range: 0 or 1. The event is no draw: its chance is 0 or 1.
    Fails for legs that are slow and not shut: queues, convoys, quotas.
    """
    xp = namespace(leg_open)
    shut = {
        "order": known(leg_closed), "denial": known(transit_denied), "conflict": known(leg_conflict),
        "border": 0.5 * narrow(known(leg_border)) / border_threshold,
    }
    blocked = (shut["order"] >= 0.5) | (shut["denial"] >= 0.5) | (shut["conflict"] >= 0.5)
    usable = (known(leg_built) >= 0.5) & ~blocked & ~(shut["border"] >= 0.5) & (leg_open == leg_open)
    closes = (leg_open >= 0.5) & ~usable
    new = xp.astype(usable, leg_open.dtype)
    return {"leg_open": new, "leg_shut": Event(closes, xp.astype(closes, leg_open.dtype), shut)}


@mechanism(
    model="M16", phase="exogenous", writes="cost_gap", axes=("power", "receiver"), unit="log points",
    source="McFadden 1978, Modelling the Choice of Residential Location (inclusive cost of a logit choice)",
)
def route_cost(
    ways_open: Array, ways_start: Array, *, spread: Array, no_route: Array,
) -> dict[str, Array]:
    """Log of what a pair pays for transport over its open ways, against the start.

    C / c0 = 1 - s ln S, S = sum over open ways of exp(-(c - c0) / (s c0)), c0 the cheapest of all its ways
    cost_gap = ln C - ln C_start; with no way open, the dearest of: no_route, and what it paid at the start

    ways_open, ways_start : (power, receiver, member), S now and at the start, >= 0; S_start = 0 is unknown
    spread : s, width of the choice as part of the cheapest cost;  no_route : log points, >= 0
    Range: about -1 to 2 log points. Unknown ways leave the gap unknown.
    Fails to see congestion: a way that takes the goods of a closed one costs what it cost before.
    """
    xp = namespace(ways_open)

    def paid(total: Array, some: Array) -> Array:
        return xp.where(some, 1.0 - spread * xp.log(xp.where(some, total, 1.0)), 1.0)

    left, known_ways = ways_open > 0.0, ways_start > 0.0
    gap = xp.log(paid(ways_open, left)) - xp.log(paid(ways_start, known_ways))
    return {"cost_gap": xp.where(known_ways, xp.where(left, gap, no_route), xp.nan)}


@mechanism(
    model="M16", phase="corridors", writes=("corridor_agreed", "corridor_begun", "corridor_opened"),
    axes="corridor", unit="per year",
    source="assumption: one hazard for each stage; rates from ten corridors of the region, 1993-2025",
)
def corridor_progress(
    corridor_stage: Array, corridor_consent: Array, finance_gap: Array, alternative_blocked: Array,
    spoiler: Array, *, agree: Array, build: Array, finish: Array, will_effect: Array, finance_effect: Array,
    blocked_effect: Array, spoiler_effect: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw whether a corridor passes to its next stage.

    rate = exp(min(ln 4, c_stage + c1 (w - 1/2) - c2 (f - 1/2) + c3 blocked - c4 spoiler))
    p = 1 - exp(-rate dt)

    corridor_stage : (corridor, member), 0 idea, 1 agreed, 2 being built; no draw in later stages
    corridor_consent : w, will of the least willing state, 0..1;  finance_gap : f, missing part of the money
    alternative_blocked : part of the ways around it that has closed since the start;  spoiler : 0..1
    agree, build, finish : ln of the yearly rate out of each stage;  effects : ln rate per unit, >= 0
    Range: at most 4 a year. Unknown inputs count as the middle.
    Fails for corridors that open in parts, and sees no bargain between the states.
    """
    xp = namespace(uniform)

    def middle(x: Array) -> Array:
        return xp.where(xp.isfinite(x), x - 0.5, xp.zeros_like(x))

    shared = {
        "will": will_effect * middle(corridor_consent), "finance": -finance_effect * middle(finance_gap),
        "blocked": blocked_effect * narrow(known(alternative_blocked)),
        "spoiler": -spoiler_effect * narrow(known(spoiler)),
    }
    bases = {"corridor_agreed": agree, "corridor_begun": build, "corridor_opened": finish}
    at = [corridor_stage == float(stage) for stage in range(len(bases))]

    def passes(base: Array, *moved: Array) -> Array:
        return step_probability(xp.exp(xp.minimum(base + sum(moved), FASTEST)), dt)

    base = xp.where(at[0], agree, xp.where(at[1], build, finish))
    chances = only_where(at[0] | at[1] | at[2], passes, base, *shared.values())
    found: dict[str, Event] = {}
    for here, (name, log_rate) in zip(at, bases.items(), strict=True):
        chance = xp.where(here, chances, 0.0)
        found[name] = Event(uniform < chance, chance, {"base": log_rate, **shared})
    return found


@mechanism(
    model="M16", phase="alignment", writes="corridor_stage", axes="corridor", unit="stage",
    source="assumption: stages follow one another; an opening without an agreement counts as one",
    idle=("corridor_agreed", "corridor_begun", "corridor_opened"),
)
def corridor_state(
    corridor_stage: Array, corridor_agreed: Array, corridor_begun: Array, corridor_opened: Array,
) -> dict[str, Array]:
    """Carry the stage of each corridor to what this step's events say.

    stage' = max(stage, 1 if agreed, 2 if begun, 3 if opened), and 3 if a closed one is opened again

    all : (corridor, member); stage 0..4, events 0 or 1
    Range: 0 to 4.
    Fails for corridors that are given up: only a patch closes one.
    """
    xp = namespace(corridor_stage)
    reached = xp.maximum(xp.maximum(known(corridor_agreed), 2.0 * known(corridor_begun)),
                         3.0 * known(corridor_opened))  # fmt: skip
    new = xp.where(reached == 3.0, reached, xp.maximum(corridor_stage, reached))
    return {"corridor_stage": new - corridor_stage}
