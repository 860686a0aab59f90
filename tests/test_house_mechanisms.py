"""House rules for mechanisms: described, sourced, short, pure, and every parameter has its row."""

import ast
import csv
import inspect
import re
import textwrap
from pathlib import Path

import pytest

from heartland import dynamics
from heartland.dynamics.mechanism import PHASES, catalogue
from heartland.scenarios.start import parameters as start_parameters

SOURCE = Path(__file__).resolve().parents[1] / "src" / "heartland"
REGION = SOURCE / "regions" / "central-asia"
MECHANISMS = sorted(catalogue().values(), key=lambda record: record.id)


def rows(table: str) -> list[dict[str, str]]:
    with open(REGION / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_module_on_the_list_defines_a_mechanism():
    homes = {record.function.__module__.rsplit(".", 1)[1] for record in MECHANISMS}
    assert homes == set(dynamics.MODULES)


@pytest.mark.parametrize("record", MECHANISMS, ids=lambda record: record.id)
def test_a_mechanism_is_described(record):
    assert record.source.strip(), "no source"
    assert record.unit.strip(), "no unit"
    assert record.phase in PHASES
    assert re.fullmatch(r"M([1-9]|1\d|2[0-6])|X", record.model)
    first, *rest = record.doc.splitlines()
    assert first.endswith("."), "the first line is a sentence"
    assert any(re.match(r"\s*Range\b", line) for line in rest), "no Range line"
    assert any(re.match(r"\s*Fails\b", line) for line in rest), "no Fails line"
    assert any("=" in line for line in rest), "no equation"
    shapes = r"\((?:\w+, )*(?:member|M),?\)|arrays as in `"
    assert re.search(shapes, record.doc), "no shapes, such as (receiver, member)"


@pytest.mark.parametrize("record", MECHANISMS, ids=lambda record: record.id)
def test_a_mechanism_is_short_and_leaves_its_inputs_alone(record):
    text = textwrap.dedent(inspect.getsource(record.function))
    (function,) = ast.parse(text).body
    assert function.end_lineno - function.lineno + 1 <= 40
    inputs = {*record.reads, *record.parameters, *record.noise}
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                assert target.value.id not in inputs, f"writes into {target.value.id}"
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            assert node.target.id not in inputs, f"{node.target.id} is changed in place"


@pytest.mark.parametrize("name", dynamics.MODULES)
def test_a_mechanism_module_takes_the_namespace_from_its_input(name):
    tree = ast.parse((SOURCE / "dynamics" / f"{name}.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = {"__future__", "heartland", "collections", "typing", "math"}
    assert {module.split(".")[0] for module in imported} <= allowed


def test_states_written_are_declared():
    with open(SOURCE / "schema" / "states.csv", encoding="utf-8", newline="") as file:
        declared = {row["name"] for row in csv.DictReader(file)}
    assert {state for record in MECHANISMS for state in record.writes} <= declared


def test_parameters_and_their_rows_match():
    declared = {name for record in MECHANISMS for name in record.parameter_ids} | set(start_parameters())
    listed = [row["id"] for row in rows("parameters")]
    assert sorted(declared - set(listed)) == [], "parameters without a row in parameters.csv"
    assert sorted(set(listed) - declared) == [], "rows of parameters.csv no mechanism uses"
    assert len(listed) == len(set(listed))


def test_a_parameter_row_names_its_mechanism_and_source():
    for row in rows("parameters"):
        assert row["id"].split(".")[0] == row["mechanism"]
        assert row["source_id"].strip(), row["id"]


@pytest.mark.parametrize("record", [r for r in MECHANISMS if r.idle], ids=lambda record: record.id)
def test_what_a_mechanism_waits_for_is_among_its_inputs(record):
    assert set(record.idle) <= set(record.reads)
