"""Strict YAML: plain readings, positions, every refusal, models, fuzz."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from heartland.core import yamlio
from heartland.core.dates import parse
from heartland.core.modelcheck import checked
from heartland.core.yamlio import YamlNode, check_model, read_yaml
from heartland.errors import HeartlandInputError


def read(tmp_path: Path, text: str | bytes) -> YamlNode:
    path = tmp_path / "t.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path)


def message(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(HeartlandInputError) as caught:
        read(tmp_path, text)
    return str(caught.value)


@pytest.fixture(params=["libyaml", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pure":
        monkeypatch.setattr(yamlio, "_FAST", None)
    elif not hasattr(yaml, "CBaseLoader"):
        pytest.skip("PyYAML was built without libyaml")
    return str(request.param)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None), ("true", True), ("false", False), ("", None),
        ("0", 0), ("-12", -12), ("+3", 3), ("1.5", 1.5), (".5", 0.5), ("-0.25", -0.25), ("1e3", 1000.0),
        ("2.5E-3", 0.0025),
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("Null", "Null"), ("True", "True"), ("~", "~"),
        ("1:30", "1:30"), ("014", "014"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("1_000", "1_000"),
        ("2021-10-05", "2021-10-05"), ("2021-10-05T01:02:03Z", "2021-10-05T01:02:03Z"),
        ("2022-01~", "2022-01~"),
        ("=", "="), ("1.2.3", "1.2.3"), ("- 1", [1]), ("'12'", "12"), ('"true"', "true"), ('"<<"', "<<"),
        ("'.nan'", ".nan"), ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_plain_readings(tmp_path: Path, parser: str, text: str, value: Any) -> None:
    found = read(tmp_path, text).value
    assert found == value
    assert type(found) is type(value)


def test_block_texts_and_nesting(tmp_path: Path, parser: str) -> None:
    text = "\ufeffa:\n  - b: [1, x]\n    c: |\n      kept\n      lines\nd:\n"
    assert read(tmp_path, text).value == {"a": [{"b": [1, "x"], "c": "kept\nlines\n"}], "d": None}


def test_positions(tmp_path: Path, parser: str) -> None:
    node = read(tmp_path, "# remark\nid: x\npatches:\n  - do: set\n    why: [p, q]\n  - off\n")
    assert node.at() == (2, 1)
    assert node.at(("id",)) == (2, 5)
    assert node.at(("patches",)) == (4, 3)
    assert node.at(("patches", 0, "why", 1)) == (5, 14)
    assert node.at(("patches", 1)) == (6, 5)
    assert node.key_at(("patches", 0, "why")) == (5, 5)
    assert node.key_at(("patches",)) == (3, 1)
    assert node.at(("patches", 0, "absent")) == (4, 5)
    assert node.key_at(("patches", 7, "absent")) == (4, 3)
    assert node.has(("patches", 0, "do"))
    assert not node.has(("patches", 2))
    assert not node.has(("id", 0))


TWICE = "Every value stands where it is used."
CODE = "Tags can name code."
SYNTAX = (
    "Nothing after it can be read. Check the indentation, the colons and the quotes just before this place."
)
BIG = (
    "It has no exact place in the computer's numbers. Write a smaller one, or put quotes around it if it is"
    " text."
)
NOT_FINITE = "A value is finite or unknown. Leave it out, write null, or put quotes around it if it is text."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: &x 1\n",
            f"t.yaml:1:4  &x is an anchor. {TWICE} Delete the anchor and write the value wherever it is"
            " needed.",
        ),
        (
            "a: &x [1]\n",
            f"t.yaml:1:4  &x is an anchor. {TWICE} Delete the anchor and write the value wherever it is"
            " needed.",
        ),
        ("a: 1\nb: *x\n", f"t.yaml:2:4  *x is an alias. {TWICE} Write the value itself."),
        ("a:\n  <<: {b: 1}\n", f"t.yaml:2:3  << is a merge key. {TWICE} Write the keys out."),
        (
            "a: !!python/object/apply:os.getcwd []\n",
            f't.yaml:1:4  the tag "tag:yaml.org,2002:python/object/apply:os.getcwd". {CODE} Delete the'
            ' tag; put'
            " quotes around the value if it is text.",
        ),
        ("a: ! 12\n", f't.yaml:1:4  the tag "!". {CODE} Delete the tag; put quotes around the value if it'
        ' is text.'),
        ("%TAG !x! tag:x,1:\n---\na: 1\n", f"t.yaml:1:1  a %TAG line. {CODE} Delete the line."),
        (
            "a: 1\n---\nb: 2\n",
            "t.yaml:2:1  a second document begins. A file is one document. Move it to a file of its own.",
        ),
        (
            "a: 1\nb: 2\na: 3\n",
            't.yaml:3:1  the key "a" stands twice in this mapping. Only one of the two could be read.'
            ' Delete or'
            " rename one.",
        ),
        ("2021: x\n", 't.yaml:1:1  the key 2021 is not text. Keys are text. Write "2021" in quotes.'),
        ("true: x\n", 't.yaml:1:1  the key true is not text. Keys are text. Write "true" in quotes.'),
        ("?\n: x\n", "t.yaml:1:2  the key (nothing) is not text. Keys are text. Write a word before the"
        " colon."),
        (
            "? [a]\n: x\n",
            "t.yaml:1:3  the key is a list or a mapping. Keys are text. Write a word before the colon.",
        ),
        ("a: .nan\n", f"t.yaml:1:4  .nan is not a number. {NOT_FINITE}"),
        ("a: -.INF\n", f"t.yaml:1:4  -.INF is not a number. {NOT_FINITE}"),
        ("a: nan\n", f"t.yaml:1:4  nan is not a number. {NOT_FINITE}"),
        ("a: 1e999\n", f"t.yaml:1:4  1e999 is too large a number. {BIG}"),
        ("a: " + "9" * 5000, f"t.yaml:1:4  {'9' * 40} is too large a number. {BIG}"),
        (
            "a: 1\nb: x\x07y\n",
            "t.yaml:2:5  contains the control character U+0007. It cannot be seen and may hide text."
            " Delete it.",
        ),
        (
            'a: "x\\u0007"\n',
            "t.yaml:1:4  the text contains the control character U+0007. It cannot be seen and may hide text."
            " Delete it.",
        ),
    ],
)
def test_refused(tmp_path: Path, parser: str, text: str, expected: str) -> None:
    assert message(tmp_path, text) == expected


def test_syntax_errors_have_a_place(tmp_path: Path, parser: str) -> None:
    found = message(tmp_path, "a: [1, 2\nb: 3\n")
    assert found.startswith("t.yaml:2:")
    assert "is not valid YAML: " in found
    assert found.endswith(SYNTAX)
    assert message(tmp_path, "a:\n\t- b\n").endswith("Nothing after it can be read. Indent with spaces.")


def test_encoding_is_checked_before_parsing(tmp_path: Path) -> None:
    assert "is UTF-16." in message(tmp_path, "a: 1\n".encode("utf-16"))
    assert message(tmp_path, b'a: "\nb\n\xff"').startswith("t.yaml:3  is not UTF-8: byte 0xff")


CAP = "Caps keep a broken or hostile file from filling the memory. If the file is meant to be this large, set"


def test_depth(tmp_path: Path, parser: str) -> None:
    assert read(tmp_path, "[" * 32 + "]" * 32).value
    assert message(tmp_path, "[" * 100_000) == (
        "t.yaml:1:33  the document nests more than 32 deep, above the limit of 32."
        f" {CAP} HEARTLAND_LIMIT_YAML_DEPTH to a higher number."
    )


def test_nodes_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTLAND_LIMIT_YAML_NODES", "5")
    assert message(tmp_path, "[1, 2, 3, 4, 5]") == (
        "t.yaml:1:14  the document has more than 5 nodes, above the limit of 5."
        f" {CAP} HEARTLAND_LIMIT_YAML_NODES to a higher number."
    )
    monkeypatch.setenv("HEARTLAND_LIMIT_YAML_BYTES", "8")
    assert message(tmp_path, "[1, 2, 3]") == (
        f"t.yaml  the file has more than 8 bytes, above the limit of 8. {CAP} HEARTLAND_LIMIT_YAML_BYTES to a"
        " higher number."
    )


def test_without_libyaml_the_cap_is_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamlio, "_FAST", None)
    assert message(tmp_path, "#" * 500_001).startswith("t.yaml  the file has more than 500,000 bytes,"
        " above the")


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")
    do: str
    why: str
    size: float = Field(default=0.0, ge=0)
    kind: Literal["set", "scale", "shock"] = "set"
    from_: Annotated[str, AfterValidator(checked(parse))] | None = Field(default=None, alias="from")


class Play(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    open: bool = False
    count: int = 0
    steps: list[Step] = []
    named: dict[str, Step] = {}

    @field_validator("id")
    @classmethod
    def short(cls, value: str) -> str:
        if len(value) > 5:
            raise ValueError("is longer than 5 letters")
        return value


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(HeartlandInputError) as caught:
        check_model(read(tmp_path, text), Play, "plays/t.yaml")
    return str(caught.value).split("\n")


def test_model_is_built(tmp_path: Path) -> None:
    play = check_model(read(tmp_path, "id: a\nsteps:\n  - {do: x, why: y, from: 2022-01~}\n"), Play)
    assert play.id == "a"
    assert str(play.steps[0].from_) == "2022-01~"


UNKNOWN = "Unknown keys are refused so that a typo cannot pass as a default."
KIND = "A value of another kind would be read differently from what was meant."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "id: a\nstep: []\n",
            f"plays/t.yaml:2:1  unknown key step. {UNKNOWN} Did you mean steps? Known keys: count, id, named,"
            " open, steps.",
        ),
        (
            "id: a\nsteps:\n  - do: x\n    why: y\n    form: '2022'\n",
            f"plays/t.yaml:5:5  unknown key steps[0].form. {UNKNOWN} Did you mean from? Known keys: do, from,"
            " kind, size, why.",
        ),
        (
            "id: a\nnamed:\n  one: {do: x, why: y, wy: z}\n",
            f"plays/t.yaml:3:24  unknown key named.one.wy. {UNKNOWN} Did you mean why or do? Known keys:"
            " do, from,"
            " kind, size, why.",
        ),
        (
            "id: a\nsteps:\n  - do: x\n",
            'plays/t.yaml:3:5  steps[0].why is missing. The document means nothing without it. Add "why:"'
            ' here.',
        ),
        (
            "id: a\ncount: 1.5\n",
            "plays/t.yaml:2:8  count: input should be a valid integer, got a number with a fractional"
            " part, not"
            f' "1.5". {KIND} Write a whole number.',
        ),
        (
            "id: a\nopen: maybe\n",
            "plays/t.yaml:2:7  open: input should be a valid boolean, unable to interpret input, not"
            f' "maybe". {KIND} Write true or false.',
        ),
        (
            "id: 12\n",
            f'plays/t.yaml:1:5  id: input should be a valid string, not "12". {KIND} Write text; put quotes'
            " around a number or true/false that is meant as text.",
        ),
        (
            "id: a\nsteps: 3\n",
            f'plays/t.yaml:2:8  steps: input should be a valid list, not "3". {KIND} Write a list: [a, b].',
        ),
        (
            "id: abcdefg\n",
            f"plays/t.yaml:1:5  id: is longer than 5 letters. {KIND} Change the value.",
        ),
        (
            "id: a\nsteps: [{do: x, why: y, kind: sett}]\n",
            "plays/t.yaml:2:31  steps[0].kind: input should be 'set', 'scale' or 'shock', not"
            f' "sett". {KIND} Did you mean set? Allowed: set, scale, shock.',
        ),
        (
            "id: a\nsteps: [{do: x, why: y, from: 2021-13}]\n",
            'plays/t.yaml:2:31  steps[0].from: "2021-13" is not a month. As-of queries need real bounds.'
            ' Write'
            " 2021-12, 2021 or 2021-XX.",
        ),
        (
            "",
            "plays/t.yaml:1:1  the document: input should be a valid dictionary or instance of Play, not"
            " nothing."
            f" {KIND} Write a mapping: key and value, separated by a colon.",
        ),
    ],
)
def test_model_problems(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [expected]


def test_all_problems_are_listed(tmp_path: Path) -> None:
    found = problems(tmp_path, "count: x\nsteps:\n  - do: x\n    why: 1\n")
    places = [line.split("  ")[0] for line in found]
    assert places == ["plays/t.yaml:1:1", "plays/t.yaml:1:8", "plays/t.yaml:4:10"]


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"])
FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)
NUMBER = st.integers(-(10**15), 10**15) | FINITE
SCALAR = st.none() | st.booleans() | NUMBER | st.text(LETTERS, max_size=10)
TREE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.from_regex(r"[a-z]{1,6}_", fullmatch=True), inner, max_size=3), max_leaves=8,
)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return isinstance(b, (int, float)) and math.isclose(a, b, rel_tol=1e-12)
    return type(a) is type(b) and a == b


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREE)
def test_reads_json_as_it_is(tmp_path: Path, tree: Any) -> None:
    import json
    import unicodedata

    text = unicodedata.normalize("NFC", json.dumps(tree, ensure_ascii=False))
    if "\ufeff" in text:
        return
    assert same(json.loads(text), read(tmp_path, text).value)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=100)
    | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text("ab:-[]{},&*!|>'\"%@`#?~<=\\ \n\tx0123.eUFu\ufeff\x85", max_size=60).map(str.encode)
)
def test_fuzz_only_input_errors(tmp_path: Path, data: bytes) -> None:
    for fast in (getattr(yaml, "CBaseLoader", None), None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yamlio, "_FAST", fast)
            node, findings = None, ()
            try:
                node = read(tmp_path, data)
            except HeartlandInputError as error:
                findings = error.findings
            assert all(finding.fix and finding.place.file == "t.yaml" for finding in findings)
            assert (node is None) == bool(findings)
            if node is None:
                continue
            assert node.at()[0] >= 1
            with pytest.raises(HeartlandInputError):
                check_model(YamlNode([node.value], node.file, node.mark), Play)
