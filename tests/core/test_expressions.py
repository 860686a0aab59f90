"""The closed grammar of outcomes: what it reads, what it refuses and where, and that it never breaks."""

from __future__ import annotations

import contextlib
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.expressions import FUNCTIONS, KEYS, parse
from heartland.core.tree import (
    Binary,
    Call,
    Duration,
    Everything,
    Given,
    Key,
    Listing,
    Name,
    Node,
    Number,
    Span,
    Unary,
    Where,
    walk,
)
from heartland.errors import HeartlandInputError


def shape(node: Node) -> object:
    """A tree as nested tuples, without positions."""
    match node:
        case Number(value=value):
            return value
        case Name(text=text):
            return text
        case Unary(op=op, operand=inner):
            return (op, shape(inner))
        case Binary(op=op, left=left, right=right):
            return (op, shape(left), shape(right))
        case Given(expression=expression, condition=condition):
            return ("given", shape(expression), shape(condition))
        case Call(function=function, arguments=arguments, keys=keys):
            named = {key.key + key.op: shape(key.value) for key in keys}
            return (function, *(shape(part) for part in arguments), *([named] if named else []))
        case Listing(names=names):
            return list(names)
        case Everything():
            return "*"
        case Span(text=text):
            return ("span", text)
        case Duration(months=months):
            return ("months", months)


READS = {
    "1": 1.0,
    ".95": 0.95,
    "8e10": 8e10,
    "1.": 1.0,
    "2.5E-3": 0.0025,
    "a": "a",
    "a-b.c_d": "a-b.c_d",
    "a - b": ("-", "a", "b"),
    "a-b": "a-b",
    "1 - 2 - 3": ("-", ("-", 1.0, 2.0), 3.0),
    "8 / 4 / 2": ("/", ("/", 8.0, 4.0), 2.0),
    "1 + 2 * 3": ("+", 1.0, ("*", 2.0, 3.0)),
    "(1 + 2) * 3": ("*", ("+", 1.0, 2.0), 3.0),
    "-a * 2": ("*", ("-", "a"), 2.0),
    "-(1 + 2)": ("-", ("+", 1.0, 2.0)),
    "1 < 2": ("<", 1.0, 2.0),
    "a <= b + 1": ("<=", "a", ("+", "b", 1.0)),
    "not a = b": ("not", ("=", "a", "b")),
    "a and b or c": ("or", ("and", "a", "b"), "c"),
    "a or b and not c": ("or", "a", ("and", "b", ("not", "c"))),
    "(a or b) and c": ("and", ("or", "a", "b"), "c"),
    "not (not a)": ("not", ("not", "a")),
    "a given b or c": ("given", "a", ("or", "b", "c")),
    "\n a\t+\r\n b ": ("+", "a", "b"),
    "log(x)": ("log", "x"),
    "max(1, 2, a)": ("max", 1.0, 2.0, "a"),
    "where(a > 1, 2, 3)": ("where", (">", "a", 1.0), 2.0, 3.0),
    "where(x >= 3, 1, 0)": ("where", (">=", "x", 3.0), 1.0, 0.0),
    "occurs(e, actor=A, within=P3M)": ("occurs", "e", {"actor=": "A", "within=": ("months", 3)}),
    "occurs(e, within=P2Y)": ("occurs", "e", {"within=": ("months", 24)}),
    "occurs(e, size>=2000)": ("occurs", "e", {"size>=": 2000.0}),
    "occurs(e, size<=5)": ("occurs", "e", {"size<=": 5.0}),
    "value(s, receiver=[A, B-c])": ("value", "s", {"receiver=": ["A", "B-c"]}),
    "value(s, receiver=*)": ("value", "s", {"receiver=": "*"}),
    "value(s, at=2022)": ("value", "s", {"at=": ("span", "2022")}),
    "value(s, at=2022-01-31)": ("value", "s", {"at=": ("span", "2022-01-31")}),
    "value(s, at= 2022-01/end )": ("value", "s", {"at=": ("span", "2022-01/end")}),
    "change(s, from=start, to=end)": ("change", "s", {"from=": ("span", "start"), "to=": ("span", "end")}),
    "value(a)-1": ("-", ("value", "a"), 1.0),
}


@pytest.mark.parametrize("text", READS)
def test_reads(text):
    assert shape(parse(text)) == READS[text]


def test_positions_are_the_characters_where_things_start():
    tree = parse("1 + value(s, at=2022) given not b")
    assert isinstance(tree, Given)
    assert tree.position == 22
    assert isinstance(tree.expression, Binary)
    assert tree.expression.position == 2
    call = tree.expression.right
    assert isinstance(call, Call)
    assert (call.position, call.keys[0].position, call.keys[0].value.position) == (4, 13, 16)
    assert tree.condition.position == 28
    assert call.key("at") is call.keys[0]
    assert call.key("from") is None


def test_walk_gives_every_node_with_parents_first():
    tree = parse("not (value(s, giver=[A, B], at=2022) > -x) and 1 = 2 given c")
    kinds = [type(node).__name__ for node in walk(tree)]
    assert kinds == [
        "Given",
        "Binary",
        "Unary",
        "Binary",
        "Call",
        "Name",
        "Listing",
        "Span",
        "Unary",
        "Name",
        "Binary",
        "Number",
        "Number",
        "Name",
    ]


KEY_LIST = ", ".join(sorted(KEYS))
FUNCTION_LIST = ", ".join(sorted(FUNCTIONS))
NAMES_AND_MORE = "Use names, numbers, + - * / ( ) < > =."
SPACES = "Put spaces round a minus sign, or join the parts with and, or, + - * /."
REFUSES = {
    "": 'column 1 of "": empty expression. Write one, e.g. value(NAME, actor=A, at=end).',
    "  \n": 'column 1 of "  \n": empty expression. Write one, e.g. value(NAME, actor=A, at=end).',
    "a +": 'column 4 of "a +": a value expected, found "the end". Add a number, name or function.',
    "a + + b": 'column 5 of "a + + b": a value expected, found "+". Add a number, name or function.',
    "--1": 'column 2 of "--1": a value expected, found "-". Add a number, name or function.',
    "not": 'column 4 of "not": a value expected, found "the end". Add a number, name or function.',
    "not not a": 'column 5 of "not not a": a value expected, found "not". Add a number, name or function.',
    "and": 'column 1 of "and": a value expected, found "and". Add a number, name or function.',
    "a given given": 'column 9 of "a given given": a value expected, found "given". '
    "Add a number, name or function.",
    "a given b given c": f'column 11 of "a given b given c": unexpected "given". {SPACES}',
    "a b": f'column 3 of "a b": unexpected "b". {SPACES}',
    "a 1": f'column 3 of "a 1": unexpected "1". {SPACES}',
    "a)": f'column 2 of "a)": unexpected ")". {SPACES}',
    "(a": 'column 3 of "(a": ")" expected, found "the end". Add ")".',
    "(a]": 'column 3 of "(a]": ")" expected, found "]". Add ")".',
    "()": 'column 2 of "()": a value expected, found ")". Add a number, name or function.',
    "1 < 2 < 3": 'column 7 of "1 < 2 < 3": comparisons cannot be chained. One reading only is allowed. '
    "Write (a < b) and (b < c).",
    "a == b": 'column 4 of "a == b": a value expected, found "=". Add a number, name or function.',
    "2 ** 3": 'column 4 of "2 ** 3": a value expected, found "*". Add a number, name or function.',
    "1e999": 'column 1 of "1e999": 1e999 is too large. Write a finite number.',
    "12abc": f'column 1 of "12abc": cannot read "12abc". {NAMES_AND_MORE}',
    "1.5.2": f'column 1 of "1.5.2": cannot read "1.5.2". {NAMES_AND_MORE}',
    "a ; b": f'column 3 of "a ; b": cannot read "; b". {NAMES_AND_MORE}',
    "_a": f'column 1 of "_a": cannot read "_a". {NAMES_AND_MORE}',
    "a\x00b": 'column 2 of "a\x00b": a control character. Remove it.',
    "\u0663": f'column 1 of "\u0663": cannot read "\u0663". {NAMES_AND_MORE}',
    "\u0430": f'column 1 of "\u0430": cannot read "\u0430". {NAMES_AND_MORE}',
    "valu(s)": 'column 1 of "valu(s)": "valu" is not a function. The list is closed. '
    f"Did you mean value? Functions: {FUNCTION_LIST}.",
    "eval(a)": f'column 1 of "eval(a)": "eval" is not a function. The list is closed. '
    f"Functions: {FUNCTION_LIST}.",
    "getattr(a)": f'column 1 of "getattr(a)": "getattr" is not a function. The list is closed. '
    f"Functions: {FUNCTION_LIST}.",
    "value(s actor=A)": 'column 9 of "value(s actor=A)": "," expected, found "actor". Add ",".',
    "value(s,": 'column 9 of "value(s,": a value expected, found "the end". Add a number, name or function.',
    "value(,s)": 'column 7 of "value(,s)": a value expected, found ",". Add a number, name or function.',
    "value(s, aktor=A)": 'column 10 of "value(s, aktor=A)": "aktor" is not a key. The list is closed. '
    f"Did you mean actor? Keys: {KEY_LIST}.",
    "value(s, actor=A, actor=B)": 'column 19 of "value(s, actor=A, actor=B)": "actor" is given twice. '
    "Keep one.",
    "value(actor=A, s)": 'column 16 of "value(actor=A, s)": a plain argument after a key. '
    "Put it before the keys.",
    "value(s, at=soon)": 'column 13 of "value(s, at=soon)": no time after "at=". '
    "Write start, end, 2022, 2022-01, 2022-01-31 or two of them joined by /.",
    "value(s, at=*)": 'column 13 of "value(s, at=*)": no time after "at=". '
    "Write start, end, 2022, 2022-01, 2022-01-31 or two of them joined by /.",
    "value(s, at=202)": 'column 13 of "value(s, at=202)": no time after "at=". '
    "Write start, end, 2022, 2022-01, 2022-01-31 or two of them joined by /.",
    "occurs(e, within=3M)": 'column 18 of "occurs(e, within=3M)": no duration after "within=". '
    "Write P6M or P5Y.",
    "occurs(e, within=P3D)": 'column 18 of "occurs(e, within=P3D)": no duration after "within=". '
    "Write P6M or P5Y.",
    "value(s, giver=[])": 'column 16 of "value(s, giver=[])": empty list. Name at least one.',
    "value(s, giver=[A B])": 'column 19 of "value(s, giver=[A B])": "," expected, found "B". Add ",".',
    "value(s, giver=[A, 1])": 'column 20 of "value(s, giver=[A, 1])": a name expected in the list, '
    'found "1". Add it.',
    "value(s, giver=[A": 'column 18 of "value(s, giver=[A": "," expected, found "the end". Add ",".',
    "[a]": 'column 1 of "[a]": a value expected, found "[". Add a number, name or function.',
    "*": 'column 1 of "*": a value expected, found "*". Add a number, name or function.',
}


@pytest.mark.parametrize("text", REFUSES)
def test_refuses_with_place_reason_and_fix(text):
    with pytest.raises(HeartlandInputError) as caught:
        parse(text)
    assert str(caught.value) == REFUSES[text]
    assert caught.value.findings[0].check == "expression"


def test_file_and_row_come_first_and_long_texts_are_cut():
    text = "value(" + "a" * 200 + " b)"
    with pytest.raises(HeartlandInputError) as caught:
        parse(text, Where("scenarios/a.yaml", 12))
    assert str(caught.value) == (
        f'scenarios/a.yaml:12  column 208 of "value({"a" * 111}...": "," expected, found "b". Add ",".'
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a" * 2001, "column 1 of .*longer than 2000 characters. Split it."),
        ("(" * 50 + "a" + ")" * 50, "column 51 of .*nested deeper than 50. Split the expression."),
        ("max(" * 50 + "a" + ")" * 50, "nested deeper than 50. Split the expression."),
        ("+".join(["1"] * 251), "more than 500 parts. Split the expression."),
        ("max(" + ",".join(["1"] * 500) + ")", "more than 500 parts. Split the expression."),
    ],
)
def test_limits(text, what):
    with pytest.raises(HeartlandInputError, match=what):
        parse(text)


def test_just_inside_the_limits():
    assert shape(parse("(" * 49 + "a" + ")" * 49)) == "a"
    assert len(list(walk(parse("+".join(["1"] * 250))))) == 499
    assert parse("a" * 2000) == Name("a" * 2000, 0)


ATTACKS = [
    "__import__('os').system('id')", "().__class__.__bases__[0]", "open('/etc/passwd')", "exec(a)",
    "compile(a)", "lambda: 1", "a.__class__", "value.__globals__", "f'{a}'", '"a"', "'a'", "a if b else c",
    "[x for x in y]", "{a: b}", "a := 1", "a; b", "a\\b", "`a`", "$a", "a @ b", "a // b", "a % b", "a ^ b",
    "a & b", "a | b", "~a", "a ** 9 ** 9", "0x10", "1_000", "1e", "inf(1)", "nan(1)", "value(s)[0]",
    "value(*args)", "value(**kw)", "${jndi:ldap://x}", "<script>alert(1)</script>", "../../etc/passwd",
    "a\u202eb", "a\u200bb", "\ud800", "max(1,,2)", "value(s, at=2022-01-31T00:00)",
    "occurs(e, within=P99999Y)",
    "a\u00a0b", "value(s, giver=[*])", "a,b", "value (s, at = ",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_attack_strings_are_refused_as_input_errors(text):
    with pytest.raises(HeartlandInputError) as caught:
        parse(text)
    assert len(caught.value.findings) == 1
    assert caught.value.findings[0].fix


PIECES = [
    *sorted(FUNCTIONS), *sorted(KEYS), "and", "or", "not", "given", "A", "b-c", "1", ".5", "2e3", "P3M",
    "2022-01", "start/end", "(", ")", "[", "]", ",", "=", "<", ">=", "!=", "+", " - ", "*", "/", " ", "\n",
]  # fmt: skip


def only_input_errors(text: str) -> None:
    with contextlib.suppress(HeartlandInputError):
        assert all(0 <= node.position < len(text) for node in walk(parse(text)))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_shuffle_of_tokens_raises_anything_else(text):
    only_input_errors(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60) | st.text(alphabet=string.printable, max_size=200))
def test_no_text_raises_anything_else(text):
    only_input_errors(text)


# Random trees, written out with as few brackets as the grammar allows, and read back.
IDS = st.sampled_from(["a", "b-c", "state.x", "e_f", "Z9"])
LEVELS = {"or": 1, "and": 2, "not": 3, "<": 4, "=": 4, "!=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}


def keys() -> st.SearchStrategy[tuple[Key, ...]]:
    values = (
        st.tuples(st.sampled_from(["actor", "giver", "domain"]), IDS.map(Name))
        | st.tuples(st.just("receiver"), st.lists(IDS, min_size=1, max_size=3).map(tuple).map(Listing))
        | st.tuples(st.just("other"), st.just(Everything()))
        | st.tuples(st.just("at"), st.sampled_from(["2022", "start/2022-03", "end"]).map(Span))
        | st.tuples(st.just("within"), st.integers(1, 99).map(Duration))
    )
    made = st.lists(values, max_size=3, unique_by=lambda item: item[0])
    return made.map(lambda items: tuple(Key(key, "=", value) for key, value in items))


LEAVES = st.floats(0, 1e6, allow_nan=False).map(Number) | IDS.map(Name)


def bigger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return (
        st.tuples(st.sampled_from([op for op in LEVELS if op != "not"]), inner, inner).map(
            lambda x: Binary(x[0], x[1], x[2])
        )
        | st.tuples(st.sampled_from(["-", "not"]), inner).map(lambda x: Unary(*x))
        | st.tuples(
            st.sampled_from(["value", "log", "max", "occurs"]), st.lists(inner, max_size=2), keys()
        ).map(lambda x: Call(x[0], tuple(x[1]), x[2]))
    )


TREES = st.recursive(LEAVES, bigger, max_leaves=12)


# `a = 1` as an argument would be read as a key
KEY_LIKE = re.compile(r"[A-Za-z][\w.-]* = ")


def level(node: Node) -> int:
    if isinstance(node, Binary):
        return LEVELS[node.op]
    return {"not": 3, "-": 7}[node.op] if isinstance(node, Unary) else 8


def written(node: Node) -> str:
    def inside(part: Node, least: int) -> str:
        text = written(part)
        return f"({text})" if level(part) < least else text

    match node:
        case Number(value=value):
            return repr(value)
        case Name(text=text) | Span(text=text):
            return text
        case Duration(months=months):
            return f"P{months}M"
        case Everything():
            return "*"
        case Listing(names=names):
            return f"[{', '.join(names)}]"
        case Unary(op=op, operand=inner):
            return f"not {inside(inner, 4)}" if op == "not" else f"-{inside(inner, 8)}"
        case Binary(op=op, left=left, right=right):
            least = LEVELS[op]
            first = inside(left, least + 1 if least == 4 else least)
            return f"{first} {op} {inside(right, least + 1)}"
        case Call(function=function, arguments=arguments, keys=named):
            parts = [written(part) for part in arguments]
            parts = [f"({text})" if KEY_LIKE.match(text) else text for text in parts]
            parts += [f"{key.key}{key.op}{written(key.value)}" for key in named]
            return f"{function}({', '.join(parts)})"
        case Given(expression=expression, condition=condition):
            return f"{written(expression)} given {written(condition)}"


@settings(max_examples=400, deadline=None)
@given(TREES, st.none() | TREES)
def test_a_tree_written_out_is_read_back(tree, condition):
    whole = tree if condition is None else Given(tree, condition)
    text = written(whole)
    if len(text) > 2000:
        return
    assert shape(parse(text)) == shape(whole)
