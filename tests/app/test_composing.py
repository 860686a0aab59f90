"""`run A --with B`: text, JSON, the report's section, and what is refused."""

from __future__ import annotations

import json

import pytest
from tests.app.conftest import SHORT, Called, call

PAIR = ("run", "kazakhstan-2022", "--with", "thaw-with-the-west", *SHORT)


@pytest.fixture(scope="module")
def joint(tmp_path_factory):
    out = tmp_path_factory.mktemp("joint") / "runs"
    done = call(*PAIR, "--out", out, "--format", "json")
    assert (done.code, done.err) == (0, "")
    return out, done.json


def test_json_holds_all_runs_and_adds_up(joint):
    out, found = joint
    assert list(found) == [
        "schema", "region", "seed", "members", "steps", "together", "baseline", "alone", "outcomes", "notes",
        "report", "seconds",
    ]  # fmt: skip
    assert found["schema"] == "heartland.interaction/1"
    runs = [found["together"], found["baseline"], *found["alone"]]
    assert [item["scenario"] for item in runs] == [
        "kazakhstan-2022-with-thaw-with-the-west", "january-2022-held-off", "kazakhstan-2022",
        "thaw-with-the-west-on-january-2022-held-off",
    ]  # fmt: skip
    assert {path.name for path in out.iterdir()} == {item["run_id"] for item in runs}
    for item in found["outcomes"]:
        rest = item["interaction"]
        if rest["value"] is None:
            assert rest["n"] == 0
            continue
        sums = sum(part["value"] for part in item["alone"])
        assert item["together"]["value"] == pytest.approx(sums + rest["value"], abs=1e-9)


def test_the_parts_know_their_baseline(joint):
    out, found = joint
    for item in found["alone"]:
        asked = json.loads((out / item["run_id"] / "question.json").read_bytes())
        assert asked["baseline"] == found["baseline"]["run_id"]


def test_the_report_keeps_its_section_when_it_is_written_again(joint):
    out, found = joint
    path = out / found["together"]["run_id"] / "report.html"
    assert str(path) == found["report"]
    first = path.read_bytes()
    assert b"Together and alone" in first
    again = call("report", found["together"]["run_id"], "--out", out)
    assert (again.code, again.err) == (0, "")
    assert path.read_bytes().partition(b"machine.")[0] == first.partition(b"machine.")[0]


def test_text_is_one_table(joint):
    out, found = joint
    done = call(*PAIR, "--out", out)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[1:3] == [
        "A: Kazakhstan, January 2022 (kazakhstan-2022)",
        "B: A thaw between Russia and the West (thaw-with-the-west-on-january-2022-held-off)",
    ]
    assert lines[3].split() == [
        "outcome", "unit", "baseline", "A", "alone", "B", "alone", "together", "interaction", "(together",
        "-", "A", "-", "B)", "direction",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[4:14]] == [item["id"] for item in found["outcomes"]]
    assert lines[-1] == f"report {found['report']}"


def said(done: Called) -> str:
    assert (done.code, done.out) == (2, "")
    return done.err


def test_what_cannot_be_joined_is_refused(tmp_path):
    out = tmp_path / "runs"
    assert said(call("run", "--all", "--with", "thaw-with-the-west", "--out", out)) == (
        "heartland: --with joins one scenario to others, and --all names many. Name a scenario, or "
        "--system ID.\n"
    )
    wrong = call("run", "kazakhstan-2022", "--with", "thaw-with-the-wets", "--out", out)
    assert said(wrong).startswith(
        'heartland: There is no scenario "thaw-with-the-wets" in central-asia. Did you mean '
        "thaw-with-the-west?"
    )
    twice = call("run", "kazakhstan-2022", "--with", "nobody-comes", "--out", out)
    assert said(twice) == (
        'heartland: scenarios/nobody-comes.yaml:9:9  "force(protest-wave, actor=KAZ, size=threat, '
        'at=2022-01)" of kazakhstan-2022 and "force(protest-wave, actor=KAZ, size=threat, at=2022-01)" of '
        "nobody-comes are the same patch. Made once, the sum of the two would count it twice. Take one of "
        "the two out in a file of your own, or let one end before the other begins.\n"
    )
    assert not out.exists()
