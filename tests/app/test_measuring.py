"""`heartland measure`: every question in every format, and the one message for every wrong word."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path

import pytest
from tests.app.conftest import call

from heartland.core.yamlio import read_yaml

ROW = [
    "giver", "receiver", "channel", "domain", "value", "low", "high", "n_used", "n_missing", "flags",
    "measure", "unit", "other", "date", "level", "coverage", "age", "disagreement", "data_grade",
]  # fmt: skip
TIE = ("--giver", "RUS", "--receiver", "KAZ")
FEW = ("--draws", "40")
YEARS = ("--from", "2010", "--to", "2013")
NOTE = "This is not the Pardee FBIC: weights, scale and reference period are our own."
# name -> words, schema, keys of the object, columns of a row
MODES = {
    "a table": (("influence", *TIE, *FEW), "heartland.measure/1", None, ROW),
    "a family": (("concentration.*", "--receiver", "KAZ", *FEW), "heartland.measure/1", None, ROW),
    "inputs": (("influence", *TIE, "--explain"), "heartland.measure.explain/1", ["cell", "value"], [
        "part", "domain", "channel", "observation_id", "source_id", "period", "raw value", "unit", "status",
        "transform", "score", "weight", "contribution", "flag"]),
    "a change": (("influence", *TIE, *YEARS, "--change", *FEW), "heartland.measure.change/1",
                 ["t0", "t1", "cell"],
                 ["part", "domain", "channel", "cause", "value", "low", "high", "flags"]),
    "all changes": (("influence", "--receiver", "KAZ", *YEARS, "--change", *FEW),
                    "heartland.measure.compare/1", ["t0", "t1"],
                    ["measure", "giver", "receiver", "other", "channel", "domain", "date", "value", "low",
                     "high", "unit", "coverage", "age", "disagreement", "data_grade", "flags", "before",
                     "after"]),
    "sources": (("influence", *TIE, "--at", "2010", "--without-source"), "heartland.measure.sources/1", [],
                ["group", "channels", "value", "without", "effect", "flags"]),
    "spread": (("influence", *TIE, "--spread", *FEW), "heartland.measure.spread/1", [], [
        "measure", "giver", "receiver", "other", "channel", "domain", "date", "observations", "weights",
        "structure"]),
}  # fmt: skip


def measured(*words):
    done = call("measure", *words)
    assert (done.code, done.err) == (0, ""), done.err
    return done


def refused(*words):
    """Message of a call that must be refused with nothing printed."""
    done = call("measure", *words)
    assert (done.code, done.out) == (2, "")
    return " ".join(done.err.removeprefix("heartland: ").split())


@pytest.mark.parametrize("mode", MODES)
def test_csv_and_json_hold_equal_numbers(mode: str) -> None:
    words, schema, keys, columns = MODES[mode]
    found = measured(*words, "--format", "json").json
    assert found["schema"] == schema
    if keys is not None:
        assert list(found) == ["schema", "measure", *keys, "rows"]
    assert found["rows"]
    assert all(list(row) == columns for row in found["rows"])
    table = list(csv.DictReader(io.StringIO(measured(*words, "--format", "csv").out)))
    assert len(table) == len(found["rows"])
    assert sorted(table[0]) == sorted(columns)
    for own, row in zip(found["rows"], table, strict=True):
        for name, value in own.items():
            if isinstance(value, float):
                assert float(row[name]) == value
            elif value is None:
                assert row[name] == ""


@pytest.mark.parametrize("mode", MODES)
def test_text_is_for_reading(mode: str) -> None:
    out = measured(*MODES[mode][0]).out
    assert max(map(len, out.splitlines())) <= 210
    assert "nan" not in re.sub("nan:", "", out.lower())
    assert not re.search(r"[1-9]\d*\.\d\d\d|0\.0*[1-9]\d\d", out), "two significant digits"


def test_the_table_says_what_holds_for_all_values_once() -> None:
    out = measured("influence", "--receiver", "KAZ", *FEW).out.splitlines()
    assert re.match(r"KAZ: RUS leads among 2 of 7 powers with enough data \(0\.4\d\), ", out[0])
    assert out[2] == "influence (index), KAZ, all, 2021-12-31"
    assert [line for line in out if line.startswith("All values: ")] == [
        "All values: above-reference, assumed-error, imputed, renormalised, single-source, stale."]
    assert out[-1] == NOTE


def test_rows_without_a_value_are_an_answer_with_a_reason() -> None:
    done = measured("influence", "--receiver", "TKM", "--giver", "USA")
    assert "no value: coverage" in done.out
    assert "coverage: less than half of what the value needs is known" in done.out
    (row,) = measured("influence", "--receiver", "TKM", "--giver", "USA", "--format", "json").json["rows"]
    assert row["value"] is None
    assert "nan:coverage" in row["flags"]
    years = measured("influence", *YEARS, "--receiver", "TKM", "--giver", "USA", "--draws", "0").out
    assert "no value (coverage): 2010 to 2013" in years


def test_without_draws_there_are_centres_only() -> None:
    found = measured("influence", *TIE, "--draws", "0", "--format", "json").json
    (row,) = found["rows"]
    assert (found["draws"], row["low"], row["high"]) == (0, None, None)
    assert "no-interval" in row["flags"]
    drawn = measured("influence", *TIE, *FEW, "--format", "json").json["rows"][0]
    assert drawn["value"] == row["value"]


@pytest.mark.parametrize("name", ["influence.lead", "division_of_labour.leader"])
def test_a_probability_is_never_printed_as_certain(name: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = (name, "--giver", "RUS", "--other", "CHN", *FEW)
    out = measured(*words, "--chart", page).out
    values = {float(row["value"]) for row in measured(*words, "--format", "json").json["rows"]
              if row["value"] is not None}  # fmt: skip
    assert 1.0 in values, "a case where all draws agree"
    assert ">0.975" in out
    text = page.read_text(encoding="utf-8")
    body = text[: text.index('<script type="application/json"')]
    cells = re.findall(r'<a href="#behind-[^"]*">(.*?)</a>', body)
    assert not {"1", "1.0", "0"} & set(cells)
    assert "&gt;0.975" in cells
    labels = re.findall(r'role="img" aria-label="([^"]*)"', body)
    assert labels
    assert not [label for label in labels if re.search(r" (1\.0|1|0)(?![\d.])", label.partition(": ")[2])]


def test_a_measure_at_one_level_of_detail_is_cut_to_a_channel() -> None:
    rows = measured("concentration.hhi", "--channel", "trade", *FEW, "--format", "json").json["rows"]
    assert {row["channel"] for row in rows} == {"trade"}
    security = measured("influence", "--domain", "security", *FEW, "--format", "json").json["rows"]
    assert {row["domain"] for row in security} == {"security"}


def test_the_explained_cell_is_the_row_of_the_table() -> None:
    words = ("influence", *TIE, "--channel", "trade", "--format", "json")
    inputs = measured(*words, "--explain").json
    (row,) = measured(*words, "--draws", "0").json["rows"]
    assert inputs["value"] == row["value"]
    assert inputs["cell"]["channel"] == "trade"
    parts = [part["contribution"] for part in inputs["rows"]]
    assert math.isclose(math.fsum(parts), row["value"], abs_tol=1e-9)
    out = measured("influence", *TIE, "--channel", "trade", "--explain").out
    assert "The contributions sum to the value, 0.31." in out
    assert "kaz-bns: Foreign trade by country" in out


def test_the_rows_of_a_change_sum_to_it() -> None:
    rows = measured("influence", *TIE, *YEARS, "--change", *FEW, "--format", "json").json["rows"]
    assert math.isclose(math.fsum(row["value"] for row in rows[:-1]), rows[-1]["value"], abs_tol=1e-9)
    assert rows[-1]["part"] == "total"
    out = measured("influence", *TIE, *YEARS, "--change", *FEW).out
    assert "without effect: " in out


REFUSED = read_yaml(Path(__file__).with_name("refused_measure.yaml")).value


@pytest.mark.parametrize("line", REFUSED)
def test_a_wrong_word_gets_one_message(line: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused(*line.split()) == REFUSED[line]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("mine", encoding="utf-8")
    message = refused("influence", *TIE, *FEW, "--chart", path)
    assert message == f"{path} is there already. Nothing is overwritten unasked. Add --force."
    assert path.read_text(encoding="utf-8") == "mine"
    measured("influence", *TIE, *FEW, "--chart", path, "--force")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [item.name for item in tmp_path.iterdir()] == ["page.html"]


def test_pictures_alone(tmp_path: Path) -> None:
    measured("influence", "--receiver", "KAZ", *FEW, "--chart", tmp_path / "one.svg")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["one-ranking-all.svg", "one-two-powers.svg"]
    assert all((tmp_path / name).read_text(encoding="utf-8").startswith("<svg") for name in names)
    measured("influence", *TIE, *YEARS, "--change", *FEW, "--chart", tmp_path / "why.json")
    spec = json.loads((tmp_path / "why.json").read_text(encoding="utf-8"))
    assert spec["title"]["text"] == ["Change of influence: Russia in", "Kazakhstan, 2010 to 2013"]


def test_pictures_of_several_measures_have_names_of_their_own(tmp_path: Path) -> None:
    measured("capability", "--at", "2005-12-31", *FEW, "--chart", tmp_path / "x.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "x-capability.cinc-ranking-all.json", "x-capability.sdp-ranking-all.json",
        "x-capability.sdp_ln-ranking-all.json"]  # fmt: skip


def test_the_page_says_the_command_that_makes_it_again(tmp_path: Path) -> None:
    words = ["influence", "--receiver", "KAZ", "--domain", "security", *FEW, "--seed", "3"]
    measured(*words, "--chart", tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    said = re.search(r"<footer><p>heartland measure (.*?)\. Region", text)[1]
    measured(*said.split(), "--chart", tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == text


def test_describing_a_measure_gives_its_whole_record() -> None:
    (row,) = call("describe", "measures", "encroachment", "--format", "json").json["rows"]
    assert set(row) >= {
        "measure", "unit", "low", "high", "reading", "citation", "own_definition", "rows", "actors", "by",
        "needs", "drawn", "options", "missing", "counts_actors", "change", "since"}  # fmt: skip
    assert row["rows"] == "one row for each two givers (giver, other) in a receiver"
    assert row["drawn"] == "observations; weights; structure of the index"
    assert row["options"] == "strength; t0; t1"
    assert row["own_definition"] is True
    text = call("describe", "measures", "balance.walk").out.splitlines()
    assert {"own_definition: no", "drawn: nothing: no interval", "options: actors; symmetry"} <= set(text)
