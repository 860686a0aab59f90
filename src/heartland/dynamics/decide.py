"""The decision rules of organisations: a closed list of kinds, one pure function."""

from __future__ import annotations

from fractions import Fraction

from heartland.core.arrays import Array, Namespace, namespace, rounds

__all__ = ["CODES", "KINDS", "chance_of_at_most", "decide", "decide_by_code", "objections_survived"]

KINDS = ("consensus", "majority", "two-thirds", "weighted", "lead", "unilateral", "never")
CODES = {kind: code for code, kind in enumerate(KINDS)}


def decide(
    kind: str,
    votes: Array,
    *,
    weights: Array | None = None,
    lead: int | None = None,
    veto_holders: Array | None = None,
    quorum: float | Fraction | None = None,
    abstain_blocks: bool = False,
    mandate: Array | None = None,
) -> Array:
    """Outcome of a vote under a written rule.

    * `consensus`: at least one yes, nobody against.
    * `majority`: more yes than half of the votes cast; `two-thirds`: at least two thirds of them.
    * `weighted`: the yes votes hold more than half of the weight cast.
    * `lead`: the lead votes yes; the others may speak but not stop it, unless they hold a veto.
    * `unilateral`: one yes is enough, the lead's if a lead is named; no vote is held, so no quorum,
      veto or abstention matters.
    * `never`: no decision is possible.

    Parameters
    ----------
    kind : one of `KINDS`
    votes : (voter, ...) float; 1 yes, 0 abstention, -1 no, NaN absent
    weights : (voter,) non-negative weights, needed by `weighted`
    lead : position of the lead among the voters, needed by `lead`
    veto_holders : (voter,) bool; a no of one of them ends the matter
    quorum : share of the voters, in (0, 1], who must be present (an abstention is presence)
    abstain_blocks : an abstention counts against: it breaks consensus and counts as a vote cast
    mandate : bool, broadcastable to the trailing axes; False = the mandate the rule asks for is
        missing and no decision is lawful, of whatever kind. None = the rule asks for none.

    Returns
    -------
    bool array of the trailing axes of `votes`: True where the decision is taken.

    Raises
    ------
    ValueError
        Unknown kind, missing `weights` or `lead`, or a quorum outside (0, 1].

    Source: closed list of the design; kinds and majorities as in Blake & Payton (2015), Review of
    International Organizations 10(3), 377-402 (unanimity, majority, weighted votes).
    """
    _check(kind, weights, lead, quorum)
    xp = namespace(votes)
    yes, no, idle = votes == 1.0, votes == -1.0, votes == 0.0
    passed = _passes(xp, kind, yes, no, idle, weights, lead, abstain_blocks)
    if kind not in ("unilateral", "never"):
        if veto_holders is not None:
            holders = xp.reshape(veto_holders, (-1,) + (1,) * (votes.ndim - 1))
            passed = passed & ~xp.any(holders & no, axis=0)
        if quorum is not None:
            share = Fraction(quorum).limit_denominator(1000)
            present = _count(xp, yes | no | idle)
            passed = passed & (present * share.denominator >= votes.shape[0] * share.numerator)
    return passed if mandate is None else passed & mandate


def _check(kind: str, weights: Array | None, lead: int | None, quorum: float | Fraction | None) -> None:
    if kind not in KINDS:
        raise ValueError(f"no decision rule {kind!r}; the kinds are {', '.join(KINDS)}")
    if kind == "weighted" and weights is None:
        raise ValueError("a weighted vote needs `weights`, one per voter")
    if kind == "lead" and lead is None:
        raise ValueError("a rule with a lead needs `lead`, its position among the voters")
    if quorum is not None and not 0 < quorum <= 1:
        raise ValueError(f"quorum is a share of the voters in (0, 1], not {quorum}")


def _passes(
    xp: Namespace, kind: str, yes: Array, no: Array, idle: Array,
    weights: Array | None, lead: int | None, abstain_blocks: bool,
) -> Array:
    """The bare rule, before veto, quorum and mandate; arrays (voter, ...) -> bool (...)."""
    against = no | idle if abstain_blocks else no
    if kind == "consensus":
        return xp.any(yes, axis=0) & ~xp.any(against, axis=0)
    if kind in ("lead", "unilateral"):
        return yes[lead, ...] if lead is not None else xp.any(yes, axis=0)
    if kind == "weighted":
        size = xp.reshape(weights, (-1,) + (1,) * (yes.ndim - 1))
        return xp.sum(size * _number(xp, yes), axis=0) > xp.sum(size * _number(xp, against), axis=0)
    for_it, cast = _count(xp, yes), _count(xp, yes | against)
    if kind == "majority":
        return 2.0 * for_it > cast
    if kind == "two-thirds":
        return (for_it > 0) & (3.0 * for_it >= 2.0 * cast)
    return xp.zeros(yes.shape[1:], dtype=xp.bool)


def _number(xp: Namespace, flags: Array) -> Array:
    return xp.astype(flags, xp.float64)


def _count(xp: Namespace, flags: Array) -> Array:
    return xp.sum(_number(xp, flags), axis=0)


def decide_by_code(
    code: Array, votes: Array, voter: Array, *, weights: Array, lead: Array, veto: Array, quorum: Array,
    abstain_blocks: Array, mandate: Array,
) -> Array:
    """`decide` for rules that differ from slot to slot: the same outcome as `decide` for each kind.

    Parameters
    ----------
    code : (...), positions in `KINDS`;  votes : (voter, ...), as in `decide`
    voter : (voter, ...) bool, who has a vote at all;  weights : (voter, ...), used by `weighted`
    lead : (voter, ...) bool, at most one; where none has a vote, `lead` decides nothing and `unilateral`
        is open to all;  veto, abstain_blocks : (...) bool, a veto of every voter
    quorum : (...), share of the voters who must be present, 0 = none;  mandate : (...) bool, False = missing
    """
    xp = namespace(votes)
    yes, no, idle = ((votes == value) & voter for value in (1.0, -1.0, 0.0))
    against = no | (idle & abstain_blocks)
    led, some = voter & lead, xp.any(yes, axis=0)
    has_lead = xp.any(led, axis=0)
    lead_yes = xp.any(yes & led, axis=0)
    for_it, cast = _count(xp, yes), _count(xp, yes | against)
    heavier = xp.sum(weights * _number(xp, yes), axis=0) > xp.sum(weights * _number(xp, against), axis=0)
    passed = xp.where(code == CODES["consensus"], some & ~xp.any(against, axis=0), False)
    passed = xp.where(code == CODES["majority"], 2.0 * for_it > cast, passed)
    passed = xp.where(code == CODES["two-thirds"], some & (3.0 * for_it >= 2.0 * cast), passed)
    passed = xp.where(code == CODES["weighted"], heavier, passed)
    passed = xp.where(code == CODES["lead"], lead_yes, passed)
    here, voters = _count(xp, yes | no | idle), _count(xp, voter)
    held = (~veto | ~xp.any(no, axis=0)) & (here >= quorum * voters - 1e-9)
    alone = xp.where(has_lead, lead_yes, some)
    return xp.where(code == CODES["unilateral"], alone, passed & held) & mandate


def objections_survived(code: Array, others: Array, veto: Array) -> Array:
    """How many objections a proposal of the lead survives; -1 where no proposal can pass.

    The lead votes yes, `others` further voters vote yes unless they object. With k objections
    `decide` says yes exactly where k <= the number returned (proved by test for every kind).

    Parameters
    ----------
    code : positions in `KINDS`, as numbers; `weighted` is read with equal weights
    others : number of voters beside the lead; same shape as `code` or broadcastable
    veto : True where any voter may veto
    """
    xp = namespace(code)
    others = others + xp.zeros_like(code)
    by_majority = (code == CODES["majority"]) | (code == CODES["weighted"])
    limit = xp.where(code == CODES["consensus"], 0.0, others)
    limit = xp.where(by_majority, xp.floor(others / 2.0), limit)
    limit = xp.where(code == CODES["two-thirds"], xp.floor((others + 1.0) / 3.0), limit)
    limit = xp.where(veto & (code != CODES["unilateral"]), 0.0, limit)
    return xp.where(code == CODES["never"], -1.0, limit)


def chance_of_at_most(limit: Array, n: Array, q: Array) -> Array:
    """Binomial chance that at most `limit` of `n` voters object, each with probability q < 1.

    P(K <= limit) = sum over k <= limit of C(n, k) q**k (1-q)**(n-k). Comparing ONE uniform number with
    it has the same law as n independent draws counted, since only the count K enters the rule and
    the uniform inverts the distribution function of K. limit, n, q broadcast; -1 gives 0.
    """
    xp = namespace(q)
    term = (1.0 - q) ** n

    def add(k: Array, so_far: tuple[Array, Array]) -> tuple[Array, Array]:
        total, term = so_far
        return total + xp.where(limit >= k, term, 0.0), term * (n - k) / (k + 1.0) * q / (1.0 - q)

    open_ended = limit >= n
    most = xp.max(xp.where(open_ended, -1.0, limit)) if n.size else xp.asarray(-1)
    total, _ = rounds(most + 1, add, (xp.zeros_like(term + limit), term))
    return xp.where(open_ended, 1.0, total)
