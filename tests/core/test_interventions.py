"""The grammar of patches: every kind, every refusal with its place, and a second reader to agree with."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.interventions import KINDS, Intervention, parse_intervention, parse_interventions
from heartland.core.tree import Where
from heartland.errors import HeartlandInputError

NAN = float("nan")


def fields(found: Intervention) -> dict[str, object]:
    """What differs from a patch that says nothing."""
    plain = Intervention(found.kind, found.target, (), NAN, False, "", "start", 0, found.text)
    said = {
        name: getattr(found, name)
        for name in ("select", "value", "sd", "choice", "at", "months")
        if getattr(found, name) != getattr(plain, name)
    }
    if math.isnan(found.value):
        said.pop("value", None)
    return {"kind": found.kind, "target": found.target, **said}


READS = {
    "set(union, 1)": {"kind": "set", "target": "union", "value": 1.0},
    "scale(gdp[actor=A], .95, at=start, for=P2Y)": {
        "kind": "scale", "target": "gdp", "select": (("actor", "A"),), "value": 0.95, "months": 24,
    },
    "shock(rivalry[giver=A], -2sd, at=2022-01)": {
        "kind": "shock", "target": "rivalry", "select": (("giver", "A"),), "value": -2.0, "sd": True,
        "at": "2022-01",
    },
    "shock(x, +.5 sd)": {"kind": "shock", "target": "x", "value": 0.5, "sd": True},
    "clamp(trade-gap[giver=A, receiver=B], 1e-3, at=2022-01/2022-06)": {
        "kind": "clamp", "target": "trade-gap", "select": (("giver", "A"), ("receiver", "B")), "value": 0.001,
        "at": "2022-01/2022-06",
    },
    "rule(o.collective-response, never, at=2022)": {
        "kind": "rule", "target": "o.collective-response", "choice": "never", "at": "2022",
    },
    "rule(o.d, R-O-03, for=P6M)": {"kind": "rule", "target": "o.d", "choice": "R-O-03", "months": 6},
    "policy(outside-offer, none)": {"kind": "policy", "target": "outside-offer", "choice": "none"},
    "force(protest-wave, actor=A, size=threat, at=2022-01)": {
        "kind": "force", "target": "protest-wave", "select": (("actor", "A"), ("size", "threat")),
        "at": "2022-01",
    },
    "force(wave[actor=A], size=threat)": {
        "kind": "force", "target": "wave", "select": (("actor", "A"), ("size", "threat")),
    },
    "off(M6)": {"kind": "off", "target": "M6"},
    "\toff ( M6 ,\nat = end ) ": {"kind": "off", "target": "M6", "at": "end"},
    "set(x[], 1)": {"kind": "set", "target": "x", "value": 1.0},
}  # fmt: skip


@pytest.mark.parametrize("text", READS)
def test_reads(text):
    found = parse_intervention(text)
    assert fields(found) == READS[text]
    assert found.text == text.strip()


def test_chosen_gives_the_id_for_a_key_or_nothing():
    found = parse_intervention("force(wave, actor=A, size=threat)")
    assert (found.chosen("actor"), found.chosen("size"), found.chosen("giver")) == ("A", "threat", "")


def test_several_patches_are_separated_by_semicolons():
    found = parse_interventions(" off(M6) ; set(x, 1);; ")
    assert [item.text for item in found] == ["off(M6)", "set(x, 1)"]
    assert parse_interventions("") == ()


FORM = (
    "not a patch. Patches have one closed form. "
    "Write KIND(TARGET[key=id], VALUE, at=2022-01), e.g. scale(gdp[actor=A], .95, at=start)."
)
SELECT = (
    "actor, giver, receiver, organisation, other, size, leg, corridor, proposal, border, neighbour, option"
)
REFUSES = {
    "": f'column 1 of "": {FORM}',
    "set": f'column 1 of "set": {FORM}',
    "set(x, 1": f'column 1 of "set(x, 1": {FORM}',
    "set(x, 1) set(y, 2)": 'column 8 of "set(x, 1) set(y, 2)": "1) set(y" is not a number. '
    "Write .95, +1sd or -2.",
    "Set(x, 1)": f'column 1 of "Set(x, 1)": {FORM}',
    "set(1, 1)": f'column 1 of "set(1, 1)": {FORM}',
    "sett(x, 1)": 'column 1 of "sett(x, 1)": "sett" is not a kind of patch. The list is closed. '
    f"Did you mean set? Kinds: {', '.join(KINDS)}.",
    "delete(x, 1)": 'column 1 of "delete(x, 1)": "delete" is not a kind of patch. The list is closed. '
    f"Kinds: {', '.join(KINDS)}.",
    "set(x 1)": 'column 7 of "set(x 1)": a comma expected after the target. Add ",".',
    "set(x[actor=A, 1)": 'column 6 of "set(x[actor=A, 1)": a comma expected after the target. Add ",".',
    "set(x)": 'column 6 of "set(x)": "set" needs a number. Write set(TARGET, 1.0).',
    "set(x, )": 'column 8 of "set(x, )": "" is not a number. Write .95, +1sd or -2.',
    "set(x, one)": 'column 8 of "set(x, one)": "one" is not a number. Write .95, +1sd or -2.',
    "set(x, 1sdd)": 'column 8 of "set(x, 1sdd)": "1sdd" is not a number. Write .95, +1sd or -2.',
    "set(x, --1)": 'column 8 of "set(x, --1)": "--1" is not a number. Write .95, +1sd or -2.',
    "set(x, nan)": 'column 8 of "set(x, nan)": "nan" is not a number. Write .95, +1sd or -2.',
    "set(x, 1e999)": 'column 8 of "set(x, 1e999)": 1e999 is too large. Write a finite number.',
    "shock(x, -1e999sd)": 'column 10 of "shock(x, -1e999sd)": -1e999sd is too large. Write a finite number.',
    "set(x, \u0661)": 'column 8 of "set(x, \u0661)": "\u0661" is not a number. Write .95, +1sd or -2.',
    "set(x, 1, 2)": 'column 11 of "set(x, 1, 2)": a second value "2". Keep one.',
    "set(x, 1,)": 'column 10 of "set(x, 1,)": a second value "". Keep one.',
    "rule(o.d)": 'column 9 of "rule(o.d)": "rule" needs a name. Write rule(TARGET, never).',
    "rule(o.d, 5)": 'column 11 of "rule(o.d, 5)": "5" is not a name. Name a rule, kind or option.',
    "policy(p, a, b)": 'column 14 of "policy(p, a, b)": a second value "b". Keep one.',
    "off(M6, 1)": 'column 9 of "off(M6, 1)": "off" takes no value. Remove "1".',
    "force(e, A)": 'column 10 of "force(e, A)": "force" takes no value. Remove "A".',
    "set(x[aktor=A], 1)": 'column 6 of "set(x[aktor=A], 1)": "aktor" is not a key here. The list is closed. '
    f"Did you mean actor? Keys: {SELECT}.",
    "set(x[actor], 1)": 'column 6 of "set(x[actor], 1)": cannot read "actor". Write key=id.',
    "set(x[actor=A, actor=B], 1)": 'column 6 of "set(x[actor=A, actor=B], 1)": "actor" is given twice. '
    "Keep one.",
    "set(x[actor=A], 1, actor=B)": 'column 20 of "set(x[actor=A], 1, actor=B)": "actor" is given twice. '
    "Keep one.",
    "set(x, 1, at=2022, at=2023)": 'column 20 of "set(x, 1, at=2022, at=2023)": "at" is given twice. '
    "Keep one.",
    "set(x, 1, for=P1Y, for=P2Y)": 'column 20 of "set(x, 1, for=P1Y, for=P2Y)": "for" is given twice. '
    "Keep one.",
    "set(x, 1, when=2022)": 'column 11 of "set(x, 1, when=2022)": "when" is not a key here. '
    f"The list is closed. Keys: at, for, {SELECT}.",
    "set(x, 1, at=soon)": 'column 11 of "set(x, 1, at=soon)": "soon" is not a time. '
    "Write start, 2022, 2022-01 or 2022-01/2022-06.",
    "set(x, 1, at=22-01)": 'column 11 of "set(x, 1, at=22-01)": "22-01" is not a time. '
    "Write start, 2022, 2022-01 or 2022-01/2022-06.",
    "set(x, 1, for=6M)": 'column 11 of "set(x, 1, for=6M)": "6M" is not a duration. Write P6M or P5Y.',
    "set(x, 1, for=P0M)": 'column 11 of "set(x, 1, for=P0M)": "P0M" is not a duration. Write P6M or P5Y.',
    "set(x, 1, for=P1W)": 'column 11 of "set(x, 1, for=P1W)": "P1W" is not a duration. Write P6M or P5Y.',
    "set(x, 1, at=)": 'column 11 of "set(x, 1, at=)": cannot read "at=". Write key=id.',
    "shock( x , + .5 )": 'column 12 of "shock( x , + .5 )": "+ .5" is not a number. Write .95, +1sd or -2.',
}


@pytest.mark.parametrize("text", REFUSES)
def test_refuses_with_place_reason_and_fix(text):
    with pytest.raises(HeartlandInputError) as caught:
        parse_intervention(text)
    assert str(caught.value) == REFUSES[text]


def test_file_and_row_come_first():
    with pytest.raises(HeartlandInputError) as caught:
        parse_intervention("set(x)", Where("scenarios/a.yaml", 7))
    assert str(caught.value).startswith('scenarios/a.yaml:7  column 6 of "set(x)"')


def test_a_very_long_patch_is_refused():
    with pytest.raises(HeartlandInputError, match=r"longer than 2,000 characters\. Split it\."):
        parse_intervention("set(x, 1" + " " * 2000 + ")")


ATTACKS = [
    "set(__class__, 1)", "set(x.__class__, 1)", "set(x, __import__('os'))", "set(x, 1); off(M6)",
    "set(x, 1)\x00",
    "set(x[actor=__a], 1) #", "off(../../etc)", "rule(o.d, a b)", "rule(o.d, 'never')", "set(x, 0x10)",
    "set(x, 1_000)", "set(x, inf)", "set((x), 1)", "set(x[[a=b]], 1)", "set(x[a=(b)], 1)",
    "force(e,,actor=A)",
    "policy(p, $HOME)", "set(x, 1, at=2022-01-31T00:00)", "set(\u0430, 1)", "set(x, 1, for=P99999Y)",
    "eval(x, 1)", "set(x, 1)(y, 2)", "set" + "(" * 900, "set(" + "a" * 1990, "set(a" + "-a" * 990 + "(",
    "set(x, 1, =A)", "set(x, 1, actor==A)", "set(x, {1})", "\ud800(x)", "off(M6 or M7)",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_attack_strings_are_refused_as_input_errors(text):
    with pytest.raises(HeartlandInputError) as caught:
        parse_intervention(text)
    assert caught.value.findings[0].fix


PIECES = [
    *KINDS, "(", ")", "[", "]", ",", "=", "A", "b-c", "o.d", "actor", "size", "at", "for", "P3M", "2022-01",
    "start",
    "/", "1", ".5", "+", "-", "sd", " ", "\n", ";",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=60))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(HeartlandInputError):
        for found in parse_interventions(text):
            assert found.kind in KINDS
            assert math.isfinite(found.value) or found.kind not in ("set", "scale", "shock", "clamp")


IDS = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,3}(-[a-z0-9]{1,3})?", fullmatch=True)
SELECTS = st.lists(
    st.tuples(st.sampled_from(["actor", "giver", "receiver", "organisation", "other"]), IDS),
    max_size=3, unique_by=lambda pair: pair[0],
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(KINDS), IDS, SELECTS, st.floats(-1e9, 1e9), st.booleans(), IDS,
    st.sampled_from(["", "start", "2022", "2022-01/end"]), st.integers(0, 60), st.booleans(),
)  # fmt: skip
def test_a_patch_written_out_is_read_back(kind, target, select, value, sd, choice, at, months, inside):
    numeric, named = kind in ("set", "scale", "shock", "clamp"), kind in ("rule", "policy")
    pairs = [f"{key}={name}" for key, name in select]
    parts = [target + (f"[{', '.join(pairs)}]" if inside and pairs else "")]
    parts += [f"{value!r}{'sd' * sd}"] * numeric + [choice] * named + ([] if inside else pairs)
    parts += [f"at={at}"] * bool(at) + [f"for=P{months}M"] * bool(months)
    found = parse_intervention(f"{kind}({', '.join(parts)})")
    assert (found.kind, found.target, found.select) == (kind, target, tuple(select))
    assert found.value == value if numeric else math.isnan(found.value)
    assert (found.sd, found.choice) == (sd and numeric, choice if named else "")
    assert (found.at, found.months) == (at or "start", months)
