"""Outcomes that no run could answer are refused before anything is computed."""

from __future__ import annotations

from dataclasses import replace

import pytest

import heartland as hl
from heartland.core.expressions import parse
from heartland.errors import HeartlandInputError
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Outcome

SCENARIO = hl.Scenario.load("central-asia", "january-2022-held-off")


def compiled(*expressions: str, full: bool = False) -> None:
    outcomes = tuple(Outcome(f"o{i}", "?", text, "index", parse(text)) for i, text in enumerate(expressions))
    compile_plan(replace(SCENARIO, outcomes=outcomes), members=64, seed=1, full=full)


WRONG = {
    "occurs(troop-sent)": '"troop-sent" is not an event the model logs. ',
    "value(presenc, giver=RUS, receiver=KAZ)": '"presenc" is not a state of the model. ',
    "value(presence, giver=RUS, receiver=KAX)": '"KAX" is not a modelled receiver. ',
    "measure(influenc, giver=RUS, receiver=KAZ)": '"influenc" is not measured in runs. ',
    "value(presence, giver=RUS, receiver=*)": "The outcome is a list of values, not one. ",
    "rank(csto, ARM, at=end)": "rank() is not simulated by this region's mechanisms. ",
    "value(gdp, actor=KAZ, at=2031)": '"2031" lies outside the run (2021-12-31 to 2026-12-31). ',
}


@pytest.mark.parametrize("expression", WRONG)
def test_wrong_outcome_is_refused(expression: str) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        compiled(expression)
    assert str(refused.value).startswith(WRONG[expression])


def test_every_wrong_outcome_is_named_once() -> None:
    with pytest.raises(HeartlandInputError) as refused:
        compiled("occurs(troop-sent)", "occurs(troop-sent)", "value(gpd, actor=KAZ)")
    assert len(refused.value.findings) == 2


def test_right_outcomes_pass_whatever_they_read() -> None:
    compiled(
        "first(protest-wave, actor=[KAZ, KGZ], size=threat)",
        "occurs(troops-sent, giver=csto, receiver=KAZ, within=P2M) given occurs(request-made, giver=KAZ)",
        "mean(value(presence, giver=CHN, receiver=*, at=end))",
        "measure(division_of_labour, giver=RUS, other=CHN, receiver=KAZ, at=end)",
        "change(remittances, giver=RUS, receiver=TJK, from=start, to=2023-12)",
        "share(trade, giver=RUS, receiver=KAZ, at=2024)",
        "value(glue, giver=RUS, receiver=CHN) < value(tension, giver=CHN, receiver=RUS)",
    )
