from types import SimpleNamespace

import numpy as np
import pytest

from heartland.core.expressions import parse
from heartland.report.focus import Focus, focus_of, subject_of
from heartland.scenarios.scenario import Outcome
from heartland.scenarios.state import Axes

AXES = Axes(("R1", "R2", "A", "B", "C"), ("A", "B", "C"), ("R1", "R2"), ("o",))


def ensemble(expressions, patches=(), influence=(0.1, 0.5, np.nan)):
    block = np.full((4, 1, 2, 3, 2), np.nan)
    block[:, 0, -1, :, :] = np.array(influence)[:, None]

    def array(name):
        if name != "influence":
            raise LookupError(name)
        return block

    scenario = SimpleNamespace(
        outcomes=[SimpleNamespace(expression=text) for text in expressions],
        patches=[SimpleNamespace(do=SimpleNamespace(text=text)) for text in patches],
    )
    return SimpleNamespace(scenario=scenario, layout=SimpleNamespace(axes=AXES), array=array)


def outcome(text):
    return Outcome("x", "x?", text, "index", parse(text))


def test_the_most_named_receiver_and_power_come_first():
    run = ensemble(
        ["value(presence, giver=A, receiver=R2, at=end)"], ["force(protest-wave, actor=R2, at=2022-01)"]
    )
    assert focus_of(run) == Focus("R2", ("A", "B"))


def test_without_names_the_larger_influence_decides_and_the_unknown_is_left_out():
    assert focus_of(ensemble([])) == Focus("R1", ("B", "A"))


def test_without_any_known_influence_all_powers_stand_in_order():
    assert focus_of(ensemble([], influence=(np.nan,) * 3)).powers == ("A", "B", "C")


def test_an_unknown_power_is_kept_when_the_scenario_names_it():
    assert "C" in focus_of(ensemble(["measure(influence, giver=C, receiver=R1, at=end)"])).powers


def test_one_power_has_no_pair():
    assert Focus("R1", ("A",)).pair is None
    assert Focus("R1", ("A", "B", "C")).pair == ("A", "B")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (
            "measure(influence, giver=A, receiver=R2, at=2022-12)",
            ("measure", "influence", {"giver": "A", "receiver": "R2", "at": "2022-12"}),
        ),
        (
            "mean(value(presence, giver=B, receiver=*, at=end))",
            ("value", "presence", {"giver": "B", "receiver": "R1", "at": "end"}),
        ),
        (
            "occurs(troops-sent, giver=o, receiver=R1, within=P2M) given occurs(x, actor=R1)",
            ("occurs", "troops-sent", {"giver": "o", "receiver": "R1"}),
        ),
        ("1 + 2", None),
    ],
)
def test_the_subject_of_an_outcome(text, subject):
    found = subject_of(outcome(text), Focus("R1", ("A", "B")))
    assert found == subject
