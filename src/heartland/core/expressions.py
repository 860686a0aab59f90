"""The one closed grammar for outcomes, questions and conditions: text to a tree, never evaluated as code.

    expr := or ; or := and {"or" and} ; and := not {"and" not} ; not := ["not"] cmp
    cmp := sum [("<"|"<="|">"|">="|"="|"!=") sum] ; sum := prod {(" + "|" - ") prod}
    prod := unary {("*"|"/") unary} ; unary := ["-"] atom ; atom := NUMBER | ID | call | "(" expr ")"
    whole := expr ["given" expr]

Arguments written `key=value` accept a number, a name, a list `[a, b]`, `*`, a span of time (after `at=`,
`from=`, `to=`) or a duration (after `within=`, `for=`). Interventions are read by `core.interventions`.
"""

from __future__ import annotations

import re

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
)
from heartland.errors import HeartlandInputError, suggestion

__all__ = ["FUNCTIONS", "KEYS", "parse"]

MAX_CHARACTERS, MAX_NODES, MAX_DEPTH = 2_000, 500, 50
SPAN_KEYS = frozenset({"at", "from", "to"})
DURATION_KEYS = frozenset({"within", "for"})
KEYS = (
    SPAN_KEYS
    | DURATION_KEYS
    | {
        "actor",
        "giver",
        "receiver",
        "other",
        "organisation",
        "proposal",
        "leg",
        "corridor",
        "border",
        "neighbour",
        "option",
        "cause",
        "scheme",
        "size",
        "domain",
        "channel",
        "topic",
    }
)
FUNCTIONS = frozenset(
    {
        "occurs",
        "count",
        "first",
        "value",
        "share",
        "measure",
        "rank",
        "change",
        "status",
        "stage",
        "vote",
        "max",
        "min",
        "exp",
        "log",
        "logit",
        "clip",
        "abs",
        "where",
        "sum",
        "mean",
    }
)

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_.])"
    r"|(?P<id>[A-Za-z][A-Za-z0-9]*(?:[-._][A-Za-z0-9]+)*)"
    r"|(?P<op><=|>=|!=|[-+*/()\[\],=<>]))"
)
_TIME = r"(?:[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?|start|end)"
_SPAN = re.compile(rf"\s*({_TIME}(?:/{_TIME})?)")
_DURATION = re.compile(r"\s*P([0-9]{1,4})([MY])(?![A-Za-z0-9])")


def parse(text: str, where: Where | None = None) -> Node:
    """Parse one expression.

    Parameters
    ----------
    text : at most 2,000 characters, 500 nodes, depth 50
    where : place of the text in a file, for messages

    Raises
    ------
    HeartlandInputError
        With the column (1-based) inside the text, the reason and the fix; nothing else is ever raised.
    """
    return _Parser(text, where or Where()).whole()


class _Tokens:
    def __init__(self, text: str, where: Where) -> None:
        self.text, self.where, self.at, self.nodes, self.depth = text, where, 0, 0, 0
        if len(text) > MAX_CHARACTERS:
            raise self.error(0, f"longer than {MAX_CHARACTERS} characters", "", "Split it.")
        control = next((i for i, c in enumerate(text) if ord(c) < 32 and c not in "\t\n\r"), None)
        if control is not None:
            raise self.error(control, "a control character", "", "Remove it.")

    def error(self, position: int, what: str, why: str, fix: str) -> HeartlandInputError:
        return self.where.error(self.text, position, what, why, fix)

    def peek(self) -> tuple[str, str, int]:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            rest = self.text[self.at :].lstrip()
            position = len(self.text) - len(rest)
            if not rest:
                return "end", "", len(self.text.rstrip())
            raise self.error(
                position, f'cannot read "{rest[:12]}"', "", "Use names, numbers, + - * / ( ) < > =."
            )
        kind = match.lastgroup or "op"
        return kind, match.group(kind), match.start(kind)

    def take(self) -> tuple[str, str, int]:
        token = self.peek()
        self.at = token[2] + len(token[1])
        return token

    def accept(self, *texts: str) -> tuple[str, int] | None:
        _, text, position = self.peek()
        if text in texts:
            self.take()
            return text, position
        return None

    def expect(self, text: str) -> None:
        if self.accept(text) is None:
            _, found, position = self.peek()
            raise self.error(
                position, f'"{text}" expected, found "{found or "the end"}"', "", f'Add "{text}".'
            )

    def node(self, made: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.error(made.position, f"more than {MAX_NODES} parts", "", "Split the expression.")
        return made


class _Parser(_Tokens):
    def whole(self) -> Node:
        if not self.text.strip():
            raise self.error(0, "empty expression", "", "Write one, e.g. value(NAME, actor=A, at=end).")
        expression = self._either()
        found = self.accept("given")
        if found:
            expression = self.node(Given(expression, self._either(), found[1]))
        kind, text, position = self.peek()
        if kind != "end":
            raise self.error(
                position,
                f'unexpected "{text}"',
                "",
                "Put spaces round a minus sign, or join the parts with and, or, + - * /.",
            )
        return expression

    def _either(self) -> Node:
        return self._chain(("or",), self._both)

    def _both(self) -> Node:
        return self._chain(("and",), self._negation)

    def _chain(self, words: tuple[str, ...], below: object) -> Node:
        assert callable(below)
        self.depth += 1
        if self.depth > MAX_DEPTH * 4:
            raise self.error(self.at, f"nested deeper than {MAX_DEPTH}", "", "Split the expression.")
        left: Node = below()
        while found := self.accept(*words):
            right: Node = below()
            left = self.node(Binary(found[0], left, right, found[1]))
        self.depth -= 1
        return left

    def _negation(self) -> Node:
        found = self.accept("not")
        return self.node(Unary("not", self._comparison(), found[1])) if found else self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        found = self.accept("<=", ">=", "!=", "<", ">", "=")
        if not found:
            return left
        right = self._sum()
        again = self.accept("<=", ">=", "!=", "<", ">", "=")
        if again:
            raise self.error(
                again[1],
                "comparisons cannot be chained",
                "One reading only is allowed.",
                "Write (a < b) and (b < c).",
            )
        return self.node(Binary(found[0], left, right, found[1]))

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._unary)

    def _unary(self) -> Node:
        found = self.accept("-")
        return self.node(Unary("-", self._atom(), found[1])) if found else self._atom()

    def _atom(self) -> Node:
        kind, text, position = self.take()
        if kind == "number":
            value = float(text)
            if value in (float("inf"), float("-inf")):
                raise self.error(position, f"{text} is too large", "", "Write a finite number.")
            return self.node(Number(value, position))
        if text == "(":
            inner = self._either()
            self.expect(")")
            return inner
        if kind != "id" or text in ("and", "or", "not", "given"):
            shown = text or "the end"
            raise self.error(
                position, f'a value expected, found "{shown}"', "", "Add a number, name or function."
            )
        if self.accept("("):
            return self._call(text, position)
        return self.node(Name(text, position))

    def _call(self, function: str, position: int) -> Node:
        if function not in FUNCTIONS:
            near = suggestion(function, FUNCTIONS, listing=f"Functions: {', '.join(sorted(FUNCTIONS))}.")
            raise self.error(position, f'"{function}" is not a function', "The list is closed.", near)
        arguments: list[Node] = []
        keys: list[Key] = []
        while not self.accept(")"):
            if arguments or keys:
                self.expect(",")
            self._argument(arguments, keys)
        return self.node(Call(function, tuple(arguments), tuple(keys), position))

    def _argument(self, arguments: list[Node], keys: list[Key]) -> None:
        start = self.at
        kind, text, position = self.peek()
        if kind == "id":
            self.take()
            op = self.accept("=", ">=", "<=")
            if op and (text in KEYS or op[0] == "="):
                if any(item.key == text for item in keys):
                    raise self.error(position, f'"{text}" is given twice', "", "Keep one.")
                if text not in KEYS:
                    raise self.error(
                        position,
                        f'"{text}" is not a key',
                        "The list is closed.",
                        suggestion(text, KEYS, listing=f"Keys: {', '.join(sorted(KEYS))}."),
                    )
                keys.append(Key(text, op[0], self._key_value(text), position))
                return
            self.at = start
        if keys:
            raise self.error(position, "a plain argument after a key", "", "Put it before the keys.")
        arguments.append(self._either())

    def _key_value(self, key: str) -> Node:
        if key in SPAN_KEYS:
            match = _SPAN.match(self.text, self.at)
            if match is None:
                raise self.error(
                    self.at,
                    f'no time after "{key}="',
                    "",
                    "Write start, end, 2022, 2022-01, 2022-01-31 or two of them joined by /.",
                )
            self.at = match.end()
            return self.node(Span(match.group(1), match.start(1)))
        if key in DURATION_KEYS:
            found = _DURATION.match(self.text, self.at)
            if found is None:
                raise self.error(self.at, f'no duration after "{key}="', "", "Write P6M or P5Y.")
            self.at = found.end()
            months = int(found.group(1)) * (12 if found.group(2) == "Y" else 1)
            return self.node(Duration(months, found.start()))
        star = self.accept("*")
        if star:
            return self.node(Everything(star[1]))
        bracket = self.accept("[")
        return self._listing(bracket[1]) if bracket else self._either()

    def _listing(self, position: int) -> Node:
        names: list[str] = []
        while not self.accept("]"):
            if names:
                self.expect(",")
            kind, text, at = self.take()
            if kind != "id":
                raise self.error(
                    at, f'a name expected in the list, found "{text or "the end"}"', "", "Add it."
                )
            names.append(text)
        if not names:
            raise self.error(position, "empty list", "", "Name at least one.")
        return self.node(Listing(tuple(names), position))
