"""Workers that compute a report's other forms of the model end with that where nothing more is asked."""

from __future__ import annotations

import pytest

from heartland.app.cli.reporting import reporting
from heartland.runs.pool import Workers
from heartland.runs.run import run_pair
from heartland.scenarios.answers import summaries
from heartland.scenarios.scenario import Scenario


@pytest.mark.parametrize("last", [True, False])
def test_workers_end_once_the_forms_are_there_only_if_these_are_the_last(tmp_path, last):
    run, base = run_pair(Scenario.load("central-asia", "kazakhstan-2022"), members=16, seed=3)
    with Workers(1) as workers:
        with reporting(run, base, workers, last=last) as write:
            path = write(summaries(run, base), tmp_path, [])
        assert any(process.is_alive() for process in workers._context.started) is not last
    assert "Mechanisms switched off" in path.read_text()
