"""JSON keys and text forms of the commands, as promised to those who script them."""

from __future__ import annotations

import math
import shutil
from typing import Any

from tests.app.conftest import SHORT, Stored, call
from tests.app.same_answer import lasting

import heartland as hl

RUN = [
    "schema", "run_id", "region", "scenario", "seed", "backend", "members", "steps", "outcomes", "report",
    "store", "seconds",
]  # fmt: skip
OUTCOME = {"id", "question", "unit", "value", "low", "high", "baseline", "difference", "evidence_grade"}
MEASURE_ROW = {
    "giver", "receiver", "channel", "domain", "value", "low", "high", "n_used", "n_missing", "flags",
}  # fmt: skip


def numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, float) else []


def test_run_json(stored: Stored) -> None:
    answer = stored.answer
    assert list(answer) == RUN
    assert answer["schema"] == "heartland.run/1"
    fixed = [answer[key] for key in ("region", "scenario", "seed", "members", "steps")]
    assert fixed == ["central-asia", "kazakhstan-2022", 1, 64, 60]
    assert [item["id"] for item in answer["outcomes"]] == [
        "csto-deploys", "incumbent-falls", "mission-ends", "other-power-objects", "role-split-5y",
        "newcomer-security-5y", "patron-influence-1y", "tension-5y",
    ]  # fmt: skip
    for item in answer["outcomes"]:
        assert set(item) >= OUTCOME
        assert set(item["baseline"]) == {"value", "low", "high"}
        assert set(item["difference"]) >= {"value", "low", "high", "p_sign"}
        assert item["evidence_grade"] in ("A", "B", "C", "D", None)
        if item["unit"] == "probability":
            assert 0 <= item["low"] <= item["value"] <= item["high"] <= 1
    assert all(math.isfinite(number) for number in numbers(answer))
    assert answer["report"] == str(stored.folder / "report.html")
    assert answer["store"] == str(stored.folder / "data.zarr")
    assert (stored.folder / "report.html").is_file()
    assert (stored.folder / "data.zarr").is_dir()


def test_what_was_never_asked_is_null_and_not_zero(stored: Stored) -> None:
    """Without the revolt no troops come, so whether they leave has no value in the baseline."""
    ends = next(item for item in stored.answer["outcomes"] if item["id"] == "mission-ends")
    assert ends["baseline"] == {"value": None, "low": None, "high": None}
    assert ends["difference"]["value"] is None


def test_same_command_gives_the_same_numbers_and_a_short_text(stored: Stored, tmp_path) -> None:
    again = call("run", "kazakhstan-2022", *SHORT, "--out", tmp_path, "--format", "json")
    assert lasting(again.json) == lasting(stored.answer)
    text = call("run", "kazakhstan-2022", *SHORT, "--out", stored.out)
    assert (text.code, text.err) == (0, "")
    lines = text.out.splitlines()
    assert len(lines) <= 11
    span = "64 runs from December 2021 to December 2026, seed 1"
    assert lines[0].startswith(f"Kazakhstan, January 2022. {span}")
    assert lines[-2].startswith("What this cannot say: ")
    assert lines[-1] == f"report {stored.folder / 'report.html'}"


def test_another_seed_gives_other_numbers_and_intervals_that_overlap() -> None:
    from heartland.scenarios.answers import summaries

    scenario = hl.Scenario.load("central-asia", "kazakhstan-2022")
    first, second = (
        {row.id: row.spread for row in summaries(*hl.run_pair(scenario, members=1000, seed=seed))}
        for seed in (1, 2)
    )
    for name, spread in first.items():
        assert second[name].value != spread.value
        assert max(spread.low, second[name].low) < min(spread.high, second[name].high)


def test_compare_json_and_text(stored: Stored) -> None:
    region = hl.Region.load("central-asia")
    other = hl.run(hl.Scenario.load(region, "nobody-comes"), members=64, out=stored.out)
    run, name = stored.answer["run_id"], other.card["run_id"]
    found = call("compare", run, name, "--out", stored.out, "--format", "json").json
    assert list(found) == ["schema", "a", "b", "paired", "outcomes"]
    assert found["schema"] == "heartland.compare/1"
    assert found["a"] == {"run_id": run, "scenario": "kazakhstan-2022"}
    assert found["b"] == {"run_id": name, "scenario": "nobody-comes"}
    assert found["paired"] is True
    deploys = found["outcomes"][0]
    assert deploys["baseline"]["value"] == 0
    assert deploys["difference"]["value"] == deploys["value"]
    text = call("compare", run, name, "--out", stored.out).out.splitlines()
    assert text[0].split() == ["outcome", "unit", "kazakhstan-2022", "nobody-comes", "difference", "P(sign)"]
    assert len(text) == 8, "the question about the mission's end is asked of one of the two"


def test_runs_with_different_members_are_not_paired(stored: Stored) -> None:
    few = hl.run(hl.Scenario.load("central-asia", "kazakhstan-2022"), members=32, out=stored.out)
    found = call(
        "compare", stored.answer["run_id"], few.card["run_id"], "--out", stored.out, "--format", "json"
    ).json
    assert found["paired"] is False
    assert {item["difference"] for item in found["outcomes"]} == {None}


def test_why_adds_up(stored: Stored) -> None:
    found = call(
        "why", stored.folder, "--variable", "influence", "--giver", "RUS", "--receiver", "KAZ",
        "--at", "2022-12", "--format", "json",
    ).json  # fmt: skip
    assert list(found) == ["schema", "variable", "slots", "rows"]
    assert found["schema"] == "heartland.why/1"
    assert found["slots"] == {"receiver": "KAZ", "giver": "RUS", "at": "2022-12"}
    assert all(list(row) == ["mechanism", "part", "value", "low", "high"] for row in found["rows"])
    *parts, change = found["rows"]
    assert change["mechanism"] == "change"
    assert math.isclose(sum(row["value"] for row in parts), change["value"], abs_tol=1e-9)


def test_why_of_an_event_gives_its_terms(stored: Stored) -> None:
    found = call("why", stored.folder, "--variable", "troops-sent", "--format", "json").json
    assert list(found["rows"][0]) == ["term", "value", "times"]
    assert found["rows"][0]["term"] == "probability at the draw"


def test_why_refuses_what_has_no_split(stored: Stored) -> None:
    unknown = call("why", stored.folder, "--variable", "troop-sent")
    assert unknown.code == 2
    assert unknown.err.startswith(
        'heartland: "troop-sent" is no state, measure or event of the model. Only these can be explained. '
        "Did you mean troops-sent or troops_sent? Known: gdp, "
    )
    whole = call("why", stored.folder, "--variable", "influence")
    assert (whole.code, whole.err) == (
        2, "heartland: influence differs by giver and receiver. Add --giver ID --receiver ID.\n",
    )  # fmt: skip
    wrong = call("why", stored.folder, "--variable", "influence", "--giver", "RUSS", "--receiver", "KAZ")
    assert wrong.code == 2
    assert "Did you mean RUS" in wrong.err


def test_measure_json(cli) -> None:
    chosen = ("--giver", "RUS", "--receiver", "KGZ", "--draws", "50")
    line = ("measure", "influence", *chosen, "--format", "json")
    found = cli(*line).json
    assert {"schema", "measure", "unit", "at", "rows"} <= set(found)
    assert [found[key] for key in ("schema", "measure", "unit", "at")] == [
        "heartland.measure/1", "influence", "index", "2021-12-31",
    ]  # fmt: skip
    (row,) = found["rows"]
    assert set(row) >= MEASURE_ROW
    assert (row["giver"], row["receiver"], row["domain"]) == ("RUS", "KGZ", "all")
    assert row["low"] <= row["value"] <= row["high"]
    assert cli(*line).out == cli(*line).out


def test_measure_of_an_unknown_tie_is_null(cli) -> None:
    found = cli(
        "measure", "influence", "--giver", "USA", "--receiver", "TKM", "--draws", "10", "--format", "json"
    ).json
    (row,) = found["rows"]
    assert (row["value"], row["low"], row["high"]) == (None, None, None)
    assert row["n_missing"] > 0


def test_describe_json(cli) -> None:
    first = {
        "systems": "system", "channels": "channel", "mechanisms": "mechanism", "parameters": "parameter",
        "rules": "organisation", "measures": "measure", "scenarios": "scenario",
    }  # fmt: skip
    for kind, key in first.items():
        found = cli("describe", kind, "--format", "json").json
        assert list(found) == ["schema", "what", "rows"]
        assert (found["schema"], found["what"]) == ("heartland.describe/1", kind)
        assert all(next(iter(row)) == key for row in found["rows"])
    (one,) = cli("describe", "scenarios", "nobody-comes", "--format", "json").json["rows"]
    assert one["baseline"] == "kazakhstan-2022"
    assert one["patches"][-1].startswith("rule(csto.collective-response, never, at=start): ")


def test_validate_json(cli) -> None:
    done = cli("validate", "--format", "json")
    assert (done.code, done.err) == (0, "")
    assert list(done.json) == ["schema", "counts", "findings"]
    assert done.json["schema"] == "heartland.validate/1"
    assert done.json["counts"]["E"] == 0


def test_evidence_json(cli) -> None:
    listed = cli("evidence", "list", "facts", "--giver", "RUS", "--receiver", "KAZ", "--format", "json").json
    assert listed["schema"].startswith("heartland.evidence")
    shown = cli("evidence", "show", "F-A1-008", "--format", "json")
    assert (shown.code, shown.err) == (0, "")
    assert "2500" in shown.out


def test_doctor_finds_nothing_wrong(cli) -> None:
    done = cli("doctor")
    assert (done.code, done.err) == (0, "")
    heads = [line.partition(":")[0].split() for line in done.out.splitlines()]
    assert heads == [["ok", "packages"], ["ok", "region"], ["ok", "run"]]


def test_verify_finds_a_flipped_byte(stored: Stored, tmp_path) -> None:
    copy = tmp_path / stored.folder.name
    shutil.copytree(stored.folder, copy)
    good = call("verify", copy)
    assert (good.code, good.err) == (0, "")
    assert good.out == f"{copy.name}: every file is as it was journaled\n"
    files = [path for path in (copy / "data.zarr").rglob("*") if path.is_file()]
    chunk = max(files, key=lambda path: path.stat().st_size)
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 1
    chunk.write_bytes(content)
    bad = call("verify", copy)
    assert bad.code == 3
    assert str(chunk.relative_to(copy)) in bad.out
    assert bad.err.endswith("of the findings are damage.\n")
    mended = call("verify", copy, "--repair")
    assert mended.code == 0, mended.err
    assert chunk.read_bytes() != bytes(content)
