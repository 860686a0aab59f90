"""Truth tables of decision rules: what must come together before the engine lets a decision be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.decide import decide_by_code
from heartland.region.rule_words import plain, speak
from heartland.region.rules import RuleRecord
from heartland.scenarios.plan import Floats
from heartland.scenarios.rulebook import CODES, codes_of

if TYPE_CHECKING:
    from heartland.region.world import World

__all__ = ["TruthTable", "decided", "truth_table", "voters_of"]

Bools: TypeAlias = NDArray[np.bool_]
YES, NO, IDLE, ABSENT = 1.0, -1.0, 0.0, np.nan


@dataclass(frozen=True)
class TruthTable:
    """Conditions that a rule distinguishes, and the decision for each way in which they can hold.

    rows : (True, False for each condition), then the decision;  short : the same with rows joined that
        differ in one condition and agree in the decision, None where the condition does not matter
    """

    rule_id: str
    conditions: tuple[str, ...]
    rows: tuple[tuple[tuple[bool, ...], bool], ...]

    @property
    def short(self) -> tuple[tuple[tuple[bool | None, ...], bool], ...]:
        """Rows for the eye: as few as it takes."""
        found: dict[tuple[bool | None, ...], bool] = dict(self.rows)
        for place in reversed(range(len(self.conditions))):
            for row in list(found):
                twin = (*row[:place], row[place] is not True, *row[place + 1 :])
                if row in found and twin in found and row[place] is not None and found[twin] == found[row]:
                    yes = found.pop(row)
                    found.pop(twin)
                    found[*row[:place], None, *row[place + 1 :]] = yes
        return tuple(sorted(found.items(), key=lambda item: (not item[1], _order(item[0]))))


def _order(row: Sequence[bool | None]) -> tuple[int, ...]:
    return tuple({True: 0, False: 1, None: 2}[cell] for cell in row)


def voters_of(world: World, rule: RuleRecord) -> tuple[str, ...]:
    """Who may vote under a rule at the world's date: actors that it names, members of organisations."""
    found: dict[str, None] = {}
    for voter in rule.voters:
        body = voter.removeprefix("members-of:")
        found |= dict.fromkeys((voter,) if body == voter else world.members(body))
    return tuple(found)


def decided(
    rule: RuleRecord, voters: Sequence[str], votes: Floats, asked: Bools, mandate: Bools
) -> Bools:
    """Whether the decision is taken, by the codes and the function that a run uses.

    Parameters
    ----------
    voters : who has a vote;  votes : (voter, situation), 1 for, -1 against, 0 abstains, NaN absent
    asked : (situation,), whether what the rule is about has happened;  mandate : (situation,), given or not
    """
    codes = dict(zip(CODES, codes_of(rule, tuple(voters)), strict=False))
    weights = codes_of(rule, tuple(voters))[len(CODES) :, None]
    wide = np.ones(votes.shape[1], dtype=np.bool_)
    lead = (np.arange(len(voters)) == codes["lead"])[:, None] & wide
    passed = decide_by_code(
        np.full(wide.shape, codes["kind"]), votes, (weights > 0) & wide,
        weights=np.broadcast_to(weights, votes.shape),
        lead=lead, veto=wide & bool(codes["veto"]), quorum=np.full(wide.shape, codes["quorum"]),
        abstain_blocks=wide & bool(codes["abstain"]), mandate=mandate | (codes["mandate"] == 0),
    )  # fmt: skip
    return np.asarray(passed & asked, dtype=np.bool_)


def truth_table(rule: RuleRecord, voters: Sequence[str], names: Mapping[str, str]) -> TruthTable:
    """Truth table of one version of a rule for a body of voters.

    All ways in which the occasion, the mandate, the lead's vote and the number of others for, against,
    abstaining and absent can come together are decided by the engine; a condition is kept only if the
    decision hangs on it.

    Parameters
    ----------
    voters : who has a vote, the lead included if it has one;  names : actor id -> name to print
    """
    votes, asked, mandate = _situations(rule, voters)
    outcome = decided(rule, voters, votes, asked, mandate)
    kept = {
        words: np.broadcast_to(holds, outcome.shape)
        for words, holds in _conditions(rule, voters, votes, asked, mandate, names).items()
    }
    for words in reversed(list(kept)):
        rest = {key: holds for key, holds in kept.items() if key != words}
        if _determines(rest, outcome):
            kept = rest
    rows = {
        tuple(bool(holds[k]) for holds in kept.values()): bool(outcome[k]) for k in range(outcome.size)
    }
    ordered = sorted(rows.items(), key=lambda item: _order(item[0]))
    return TruthTable(rule.rule_id, tuple(kept), tuple(ordered))


def _determines(conditions: Mapping[str, Bools], outcome: Bools) -> bool:
    key = np.zeros(outcome.shape, dtype=np.int64)
    for number, holds in enumerate(conditions.values()):
        key += holds.astype(np.int64) << number
    yes, no = set(key[outcome].tolist()), set(key[~outcome].tolist())
    return not yes & no


def _situations(rule: RuleRecord, voters: Sequence[str]) -> tuple[Floats, Bools, Bools]:
    """Votes (voter, situation), occasion and mandate: every split of the voters beside the lead."""
    led = rule.lead in voters
    others = [place for place, name in enumerate(voters) if not led or name != rule.lead]
    if rule.weights:
        others.sort(key=lambda place: dict(rule.weights).get(voters[place], 0.0))
    orders = [others, others[::-1]] if rule.weights else [others]
    columns, asked, mandate = [], [], []
    mine = (YES, NO, IDLE, ABSENT) if led else (ABSENT,)
    for order, lead, split in product(orders, mine, _splits(len(others))):
        column = np.full(len(voters), ABSENT)
        if led:
            column[list(voters).index(rule.lead)] = lead
        column[order] = split
        for occasion, given in product((True, False), repeat=2):
            columns.append(column)
            asked.append(occasion)
            mandate.append(given)
    stacked = np.stack(columns, axis=1) if columns else np.zeros((len(voters), 0))
    return stacked, np.array(asked, dtype=np.bool_), np.array(mandate, dtype=np.bool_)


def _splits(count: int) -> list[list[float]]:
    """Votes of so many voters up to their order."""
    return [
        [YES] * a + [NO] * b + [IDLE] * c + [ABSENT] * (count - a - b - c)
        for a in range(count + 1) for b in range(count + 1 - a) for c in range(count + 1 - a - b)
    ]  # fmt: skip


def _conditions(
    rule: RuleRecord, voters: Sequence[str], votes: Floats, asked: Bools, mandate: Bools,
    names: Mapping[str, str],
) -> dict[str, Bools]:
    """What may be true of a situation, in words; the plainest first, as the last ones are dropped first."""
    led = rule.lead in voters
    mine = votes[list(voters).index(rule.lead)] if led else np.full(votes.shape[1], ABSENT)
    rest = np.array([not led or name != rule.lead for name in voters], dtype=np.bool_)
    weight = codes_of(rule, tuple(voters))[len(CODES) :]

    def number(vote: float, sized: Floats | None = None) -> Floats:
        each = np.ones(len(voters)) if sized is None else sized
        return np.asarray(((votes == vote) * each[:, None]).sum(axis=0), dtype=np.float64)

    pro, con, idle = number(YES), number(NO), number(IDLE)
    present = pro + con + idle
    found: dict[str, Bools] = {f"on {plain(rule.trigger) or 'any occasion'}": asked}
    if rule.mandate_from:
        found[f"mandate of {speak(rule.mandate_from, names)}"] = mandate
    if led:
        found[f"{speak(rule.lead, names)} is for it"] = mine == YES
    other = "another" if led else "somebody"
    against = (votes[rest] == NO).any(axis=0) if rest.any() else np.zeros(votes.shape[1], dtype=np.bool_)
    tests: dict[str, Callable[[], Bools]] = {
        "somebody is for it": lambda: pro > 0,
        f"{other} is against it": lambda: against,
        "somebody abstains": lambda: idle > 0,
        "more are for it than against": lambda: pro > con,
        "two thirds of the votes are for it": lambda: (pro > 0) & (pro >= 2 * con),
        "the heavier votes are for it": lambda: number(YES, weight) > number(NO, weight),
        "more are for it than against or abstaining": lambda: pro > con + idle,
        "two thirds, abstentions counted, are for it": lambda: (pro > 0) & (pro >= 2 * (con + idle)),
        "the heavier votes, abstentions against, are for it":
            lambda: number(YES, weight) > number(NO, weight) + number(IDLE, weight),
    }  # fmt: skip
    found |= {words: test() for words, test in tests.items()}
    if rule.quorum:
        found[f"{rule.quorum:.0%} take part"] = present >= rule.quorum * len(voters) - 1e-9
    return found
