"""After all tests of this folder: each mechanism has passed the standard tests, a reference and one of steps.

The name puts this file last. Run alone, or with a choice of tests, it has nothing to count and is skipped.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.dynamics.helpers import HAS_JAX, PASSED

from heartland.dynamics.mechanism import catalogue

FOLDER = Path(__file__).parent
# a test over steps of its own, beside the standard tests
OWN_STEPS = {
    "adoption": "test_digital.py", "engagement": "test_engagement.py", "outbreak-course": "test_pandemic.py",
    **dict.fromkeys(("debt-identity", "trade", "home-trade", "crowding"), "test_dt.py"),
    "choose-option": "test_dt_borders.py",
}  # fmt: skip


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        pytest.skip("a worker sees a part of the tests; run pytest -n0 tests/dynamics")
    files = {item.path for item in request.session.items}
    if request.session.testsfailed or not set(FOLDER.glob("test_*.py")) <= files:
        pytest.skip("all tests of the folder are needed, and all have to pass")
    if request.config.option.keyword or request.config.option.deselect:
        pytest.skip("a choice of tests does not count")


@pytest.mark.parametrize("kind", ["standard", "reference"])
@pytest.mark.usefixtures("whole")
def test_every_mechanism_has_passed(kind: str) -> None:
    assert sorted(set(catalogue()) - PASSED[kind]) == []


@pytest.mark.skipif(not HAS_JAX, reason="jax is not installed; the extra [jax] brings it")
@pytest.mark.usefixtures("whole")
def test_every_mechanism_gives_the_numbers_of_numpy_when_jax_compiles_it() -> None:
    assert sorted(set(catalogue()) - PASSED["jax"]) == []


@pytest.mark.usefixtures("whole")
def test_every_mechanism_that_knows_the_step_has_passed_a_test_over_steps() -> None:
    knowing = {name for name, record in catalogue().items() if record.uses_dt}
    assert sorted(knowing - PASSED["steps"] - set(OWN_STEPS)) == []


@pytest.mark.parametrize(("name", "file"), OWN_STEPS.items())
def test_a_test_of_its_own_takes_several_steps(name: str, file: str) -> None:
    text = (FOLDER / file).read_text(encoding="utf-8")
    assert re.search(rf"\b{name.replace('-', '_')}\b", text)
    assert re.search(r"for per_year in (\(1, 4, 12\)|STEPS)", text)
