import pytest

from heartland.report.report import render_report
from heartland.runs.run import run_pair
from heartland.scenarios.answers import summaries
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="session")
def pair():
    """A shipped scenario and its baseline with 64 members, in memory."""
    return run_pair(Scenario.load("central-asia", "kazakhstan-2022"), members=64, seed=3)


@pytest.fixture(scope="session")
def rows(pair):
    return summaries(*pair)


@pytest.fixture(scope="session")
def page(pair, rows):
    return render_report(*pair, rows)
