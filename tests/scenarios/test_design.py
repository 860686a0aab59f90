"""Designs: which points they have, what each runs, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.scenarios.design import Design
from heartland.scenarios.designing import design_of, is_design, levels_of, read_design
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

REGION = load_region("central-asia")
SCENARIO = Scenario.load(REGION, "kazakhstan-2022")
PRICE, RULE = "trade.cost_elasticity", "rule(csto.collective-response)"


def made(**keys) -> Design:
    return design_of([SCENARIO], **{"over": {}, "ranges": {}, **keys})


def test_every_combination_is_a_point_and_the_reference_comes_first():
    design = made(over={PRICE: [0.5, 2], RULE: ["as-it-is", "never"]})
    levels = [tuple(point.levels.values()) for point in design.points]
    assert levels == [
        ("as-it-is", "as-it-is"), (0.5, "as-it-is"), (0.5, "never"), (2.0, "as-it-is"), (2.0, "never"),
    ]  # fmt: skip


def test_the_reference_is_no_second_time_in_the_grid():
    design = made(over={PRICE: [0.5, 2]}, reference={PRICE: 2})
    assert [point.levels[PRICE] for point in design.points] == [2.0, 0.5]


def test_what_a_point_runs():
    design = made(over={PRICE: [0.5], RULE: ["never"]})
    scenario, values = design.form(design.points[1])
    assert values == {PRICE: 0.5}
    assert [patch.do.text for patch in scenario.patches[len(SCENARIO.patches):]] == [
        "rule(csto.collective-response, never)"
    ]
    assert scenario.patches[: len(SCENARIO.patches)] == SCENARIO.patches
    own, _ = design.form(design.points[0])
    assert own.content() == SCENARIO.content()
    assert [patch.do.text for patch in design.base(design.points[1]).patches][-1:] == [
        "rule(csto.collective-response, never)"
    ]


def test_a_hypercube_meets_every_value_of_the_grid():
    design = made(over={RULE: ["as-it-is", "never"]}, ranges={PRICE: (0.5, 2)}, points=10)
    assert len(design.points) == 1 + 2 * 10
    drawn = np.array([point.levels[PRICE] for point in design.points[1:]])
    assert np.array_equal(drawn[:10], drawn[10:])
    assert (np.histogram(drawn[:10], np.linspace(0.5, 2, 11))[0] == 1).all()
    assert design.points != replace(design, seed=2).points


def test_a_design_comes_back_from_its_manifest():
    design = made(
        over={PRICE: [0.5, "as-it-is"]}, ranges={"remittance.host_elasticity": "prior"}, points=4,
        baseline=True, reference={PRICE: 0.5}, members=128, seed=9, outcomes=["csto-deploys"],
    )  # fmt: skip
    again = Design.from_json(REGION, design.to_json())
    assert again == design
    assert again.points == design.points


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"points": 5}, "A Latin hypercube without ranges. It places points in the ranges of parameters. "
         "Give both: --lhs 200 --range PARAMETER=LOW:HIGH."),
        ({"ranges": {PRICE: (1, 2)}}, "A Latin hypercube without points. It places points in the ranges of "
         "parameters. Give both: --lhs 200 --range PARAMETER=LOW:HIGH."),
        ({"over": {PRICE: [1]}, "ranges": {PRICE: (1, 2)}, "points": 2},
         f"{PRICE} is varied twice. A point has one value of it. Keep one."),
        ({"over": {PRICE: [1]}, "reference": {"trade.cost_elasticit": 1}},
         'The reference names "trade.cost_elasticit", which the sweep does not vary. All points have the '
         f"same value of it. Did you mean {PRICE}? Varied: {PRICE}."),
        ({"ranges": {PRICE: (1, 2)}, "points": 20_001},
         "The sweep has 20,001 points. It may have 20,000. Give fewer values, or replace the grid by a Latin "
         "hypercube (--lhs)."),
        ({"outcomes": ["csto-deploy"]}, '"csto-deploy" is not an outcome of kazakhstan-2022. '
         "Did you mean csto-deploys? Outcomes: "),
        ({"members": 0}, "0 members cannot be run at each point. A point has 1 to 100,000 members. "
         "Write --members 256."),
    ],
)  # fmt: skip
def test_designs_that_do_not_fit_are_refused(keys, message):
    with pytest.raises(HeartlandInputError) as error:
        made(**keys)
    assert str(error.value).startswith(message)


def test_scenarios_of_other_spans_and_without_questions_are_refused():
    other = Scenario.load(REGION, "uzbekistan-2012")
    with pytest.raises(HeartlandInputError) as error:
        design_of([SCENARIO, other], over={}, ranges={})
    assert str(error.value) == (
        f"The scenarios have other spans: kazakhstan-2022 on {SCENARIO.start} for {SCENARIO.months} months, "
        f"uzbekistan-2012 on {other.start} for {other.months} months. "
        "Only runs over one span can be compared member by member. "
        "Sweep them one by one, or give them the same start and horizon."
    )
    with pytest.raises(HeartlandInputError) as error:
        design_of([replace(SCENARIO, outcomes=())], over={}, ranges={})
    assert str(error.value) == (
        "kazakhstan-2022 asks nothing. A sweep is a table of answers. "
        "Add outcomes to the scenario, or take another."
    )
    with pytest.raises(HeartlandInputError) as error:
        design_of([], over={}, ranges={})
    assert str(error.value) == "A sweep needs a scenario. Name one."


FILE = """scenarios: [kazakhstan-2022, nobody-comes]
over:
  trade.cost_elasticity: [0.5, 1, as-it-is]
  off(M6): [yes, no]
hypercube:
  points: 3
  ranges:
    remittance.host_elasticity: "1:3:log"
reference:
  trade.cost_elasticity: 1
outcomes: [csto-deploys]
ask:
  - id: tension-1y
    question: Tension after a year?
    expression: value(tension, giver=CHN, receiver=RUS, at=2022-12)
    unit: index
members: 64
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "design.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_all_that_the_words_of_a_command_say(tmp_path):
    path = written(tmp_path, FILE)
    design = read_design(REGION, path, seed=4, members=None)
    assert is_design(path)
    assert not is_design(REGION.scenario_file("kazakhstan-2022"))
    assert len(design.points) == 1 + 2 * 3 * 2 * 3
    assert (design.members, design.seed) == (64, 4)
    assert [item.id for item in design.outcomes] == ["csto-deploys", "tension-1y"]
    assert design.reference == {PRICE: 1.0, "off(M6)": "as-it-is", "remittance.host_elasticity": "as-it-is"}
    assert levels_of("off(M6)=yes,no") == ("off(M6)", ["yes", "no"])
    assert levels_of(f"{PRICE}=0.5,1, as-it-is") == (PRICE, [0.5, 1.0, "as-it-is"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("over:", "ovr:", 'design.yaml:2:1  unknown key ovr. Unknown keys are refused '
         'so that a typo cannot pass as a default. Did you mean over? '),
        ("nobody-comes", "nobody-come", 'design.yaml:1  There is no scenario "nobody-come" in central-asia. '
         "Did you mean nobody-comes? Known: "),
        ("trade.cost_elasticity: [0.5", "trade.cost_elasticiti: [0.5",
         'design.yaml:3  column 1 of "trade.cost_elasticiti": "trade.cost_elasticiti" is no parameter'),
        ("1:3:log", "3:1", 'design.yaml:8  column 1 of "remittance.host_elasticity=3:1": 3 is not below 1.'),
        ("points: 3", "points: 0", "design.yaml  A Latin hypercube without points."),
        ("unit: index", "unit: probability", 'design.yaml:15'),
        ("members: 64", "members: 0", "design.yaml:17  0 members cannot be run at each point."),
        ("scenarios: [kazakhstan-2022, nobody-comes]", "scenarios: []",
         "design.yaml:1  A sweep needs a scenario. Name at least one."),
    ],
)  # fmt: skip
def test_mistakes_of_a_file_are_told_with_their_row(tmp_path, old, new, message):
    with pytest.raises(HeartlandInputError) as error:
        read_design(REGION, written(tmp_path, FILE.replace(old, new)))
    assert message in str(error.value)


def test_the_design_on_the_page_can_be_read(tmp_path):
    page = Path(__file__).resolve().parents[2] / "docs" / "do" / "sweep.md"
    text = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    design = read_design(REGION, written(tmp_path, text))
    assert len(design.points) == 1 + 2 * 100
    assert design.baseline
