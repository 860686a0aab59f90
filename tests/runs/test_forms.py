"""Forms of one scenario's model: each answered as a run of its own would be."""

import dataclasses
import pickle

import numpy as np
import pytest

from heartland.runs.forms import Asked, Forms
from heartland.runs.run import run
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.schedule import Operation


@pytest.fixture(scope="module")
def scenario():
    found = Scenario.load("central-asia", "kazakhstan-2022")
    return dataclasses.replace(found, months=6, outcomes=found.outcomes[:2])


@pytest.fixture(scope="module")
def forms(scenario):
    plan = compile_plan(scenario, members=100, seed=5)
    off = Operation("off", "alliance-response", (), 0.0, 1, 6, False, "off(alliance-response)")
    changed = dataclasses.replace(plan, operations=(*plan.operations, off))
    return Forms((plan, changed), scenario.outcomes[0].tree, 2, 100)


def test_the_form_as_it_is_gives_the_answer_of_the_run(scenario, forms):
    whole = run(scenario, members=100, seed=5).outcome(scenario.outcomes[0].id)
    as_it_is, changed = forms.answers()
    assert as_it_is.binary
    assert as_it_is.values.tolist() == whole.values.tolist()
    assert as_it_is.valid.tolist() == whole.valid.tolist()
    assert changed.values.shape == (100,)
    assert not np.array_equal(changed.values, as_it_is.values)


def test_a_set_is_answered_by_its_number_wherever_it_was_sent(forms):
    few = dataclasses.replace(forms, plans=forms.plans[1:])
    sent = pickle.loads(pickle.dumps(Asked((forms, few))))
    assert [len(sent(number)) for number in (0, 1)] == [2, 1]
    assert sent(1)[0].values.tolist() == forms.answers()[1].values.tolist()
