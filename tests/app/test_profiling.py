"""`heartland profile`: what it prints, and what it refuses."""

from __future__ import annotations

import pytest
from tests.app.conftest import call

from heartland.runs import profile as module
from heartland.runs.profile import Part, Profile

FOUND = Profile(
    "calm", 64, 12, 1, (Part("load", 1.0, 0.25, 0, "read"), Part("mechanisms", 3.0, 0.75, 24, "all")),
    tuple(Part(f"m{place}", 3.0 / 20, 0.75 / 20, 12) for place in range(20)), 4.0, 2.0, 2.1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _measured(monkeypatch):
    monkeypatch.setattr(module, "profile", lambda scenario, **options: FOUND)


def test_the_table_names_parts_mechanisms_and_what_the_clock_costs():
    lines = call("profile", "kazakhstan-2022").out.splitlines()
    assert lines[:4] == [
        "calm and its baseline, 64 members, 12 steps, one process: 4.00 s",
        "part        seconds  share   calls  what",
        "load        1.000    25.0 %         read",
        "mechanisms  3.000    75.0 %  24     all",
    ]
    assert lines[6] == "m0         0.150    3.8 %  12"
    assert lines[-2:] == [
        "... 5 further mechanisms, 0.75 s together",
        "The clock itself: 2.10 CPU seconds of simulation with it, 2.00 without (+5 %); other work on the "
        "machine may hide a few per cent.",
    ]  # fmt: skip
    assert len(call("profile", "kazakhstan-2022", "--all").out.splitlines()) == len(lines) + 4


def test_json_has_all_mechanisms():
    found = call("profile", "kazakhstan-2022", "--format", "json").json
    assert found["schema"] == "heartland.profile/1"
    assert list(found) == [
        "schema", "scenario", "members", "steps", "seed", "total", "parts", "mechanisms", "clock",
    ]  # fmt: skip
    assert found["parts"][0] == {"name": "load", "seconds": 1.0, "share": 0.25, "calls": 0}
    assert len(found["mechanisms"]) == 20
    assert found["clock"] == {"with": 2.1, "without": 2.0, "overhead": pytest.approx(0.05)}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["kazakhstan-2023"], "Did you mean kazakhstan-2022?"),
        (["kazakhstan-2022", "--members", "0"],
         "0 members cannot be profiled. A profile has 1 to 10,000 members. Write --members 256."),
        (["kazakhstan-2022", "--format", "csv"], '--format "csv" is not known. Write one of: text, json.'),
    ],
)  # fmt: skip
def test_mistakes_are_told(words, message):
    found = call("profile", *words)
    assert found.code == 2
    assert message in found.err
