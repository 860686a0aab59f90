"""Each rule of the documents changes something in a run: its alternative is tried against what holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.draws import Draws
from heartland.core.interventions import parse_intervention
from heartland.region.region import Region
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan, operations_of
from heartland.scenarios.extent import widened
from heartland.scenarios.filing import Patch
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.rulebook import rules_of
from heartland.scenarios.scenario import Scenario

# a seed with which each alternative meets somebody among the 64 members; a post is seldom left empty
MONTHS, SEED = 6, 1
START = "2021-12-31"
REVOLT_NEXT_DOOR = ("force(protest-wave, actor=UZB, size=threat, at=2022-01)",)
ASKED_NEXT_DOOR = (*REVOLT_NEXT_DOOR, "force(request-made, giver=UZB, receiver=csto, at=2022-01)")
MANDATE = "set(mandate[actor=UZB], 1, at=start)"

# what must happen for a rule to be called on: start and patches of both runs; nothing where it always bears
SITUATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "R-CSTO-01": (START, ("force(request-made, giver=KAZ, receiver=csto, at=2022-01)",)),
    "R-CSTO-02": (START, (*ASKED_NEXT_DOOR, MANDATE)),
    "R-CSTO-03": (START, ASKED_NEXT_DOOR),
    "R-CSTO-04": (START, REVOLT_NEXT_DOOR),
    "R-CSTO-05": (START, (*ASKED_NEXT_DOOR, MANDATE)),
    # asked for without a crisis: a mandate is enough today and would not be under the narrower scope
    "R-CSTO-06": (START, (ASKED_NEXT_DOOR[1], MANDATE)),
    # joint plants make good what the main supplier cannot deliver: it must be short of something
    "R-CSTO-08": (START, ("set(arms_strain[giver=RUS], 1)",)),
    "R-CSTO-09": (START, ("force(clash, border=KGZ-TJK, at=2022-01)",)),
    "R-CSTO-10": (START, ("force(request-refused, giver=csto, receiver=KGZ, at=2022-01)",)),
    "R-CSTO-11": (START, ("set(side_payment[organisation=csto, actor=UZB], 5)",)),
    "R-SCO-01": (START, ("force(proposal-tabled, proposal=sco-bank, at=2022-01)",)),
    # somebody with a lower rank must be about to join
    "R-SCO-02": (START, ("set(join_pressure[organisation=sco, actor=IRN], 4)",)),
    "R-SCO-03": (START, ("force(proposal-tabled, proposal=sco-bank, at=2022-01)",)),
    "R-EEU-01": (START, ("set(membership_benefit[organisation=eeu, actor=KAZ], -3)",)),
    "R-RUS-02": (START, ("force(protest-wave, actor=KAZ, size=threat, at=2022-01)",)),
    "R-RUS-05": (START, ("set(stake[giver=RUS], 2)",)),
    "R-CHN-02": (START, ("force(clash, border=KGZ-TJK, at=2022-01)",)),
    "R-CHN-03": (START, ("force(incident, giver=CHN, receiver=KGZ, at=2022-01)",)),
    "R-CHN-04": ("2020-06-30", ("force(debt-distress, actor=KGZ, at=2020-07)",)),
    "R-COND-02": (START, ("force(base-requested, giver=USA, receiver=UZB, at=2022-01)",)),
    "R-COVID-01": ("2020-01-31", ("force(outbreak-begins, actor=CHN, at=2020-02)",)),
    "R-COVID-02": ("2020-02-29", ("force(outbreak-begins, actor=CHN, at=2020-03)",)),
    "R-COVID-03": ("2020-02-29", ("force(outbreak-begins, actor=KAZ, at=2020-03)",)),
}


def listed(region: Region) -> list[str]:
    """Rules that the region says its systems have."""
    return sorted({name for names in region.tables["systems"]["rules"] for name in names})


RULES = listed(Region.load("central-asia"))


def alternatives(region, rule):
    """Pairs of patches: what holds today, and what might hold instead."""
    found = []
    for policy in region.policies.values():
        if policy.rule_id == rule:
            today = [f"policy({policy.id}, {policy.default})"] * bool(policy.options[policy.default])
            found += [
                (today, [f"policy({policy.id}, {option})"])
                for option in policy.options if option != policy.default
            ]  # fmt: skip
    for organisation in region.organisations.values():
        for decision, versions in organisation.decisions.items():
            for version in versions:
                if version.rule_id == rule:
                    instead = "never" if version.status == "in-force" else rule
                    found.append(([], [f"rule({organisation.id}.{decision}, {instead})"]))
    return found


@pytest.fixture(scope="module")
def bench(region):
    """Runs 64 members from a day under patches; worlds and runs that were made already are used again."""
    plans, runs = {}, {}

    def run(start, receivers, texts):
        key = (start, receivers, tuple(texts))
        if key in runs:
            return runs[key]
        patches = tuple(Patch(parse_intervention(text), "test", assumption="test") for text in texts)
        asked = Scenario(region, "x", "x", "x?", start, MONTHS, patches=patches, receivers=receivers)
        if (start, receivers) not in plans:
            bare = compile_plan(replace(asked, patches=()), members=64, seed=SEED, full=True)
            plans[start, receivers] = replace(bare, parts={})
        plan, operations = plans[start, receivers], operations_of(asked)
        rules = rules_of(widened(region, receivers).at(start), plan.axes, operations)
        plan = replace(plan, operations=operations, rules=rules)
        runs[key] = run_blocks(plan, bind(plan, Draws(SEED, plan.steps, (0,)), (0,)), (0,))
        return runs[key]

    return run


def differing(one, other):
    """Recorded states and events that differ; not the account of why."""
    account = ("event_probability", "event_term", "event_value")
    return [
        name for name in one
        if name not in account and not np.array_equal(one[name], other[name], equal_nan=True)
    ]  # fmt: skip


def test_the_region_lists_34_rules_and_each_has_an_alternative(region):
    assert len(RULES) == 34
    assert all(alternatives(region, rule) for rule in RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_alternative_changes_something(region, bench, rule):
    start, common = SITUATIONS.get(rule, (START, ()))
    for today, instead in alternatives(region, rule):
        actor = next((p.actor for p in region.policies.values() if p.rule_id == rule), "")
        receivers = ("PAK",) if actor == "PAK" else ()
        base, other = bench(start, receivers, [*common, *today]), bench(start, receivers, [*common, *instead])
        assert differing(base, other), f"{instead[0]} changes nothing"
