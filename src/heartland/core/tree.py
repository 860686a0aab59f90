"""The tree that expressions are parsed into: frozen nodes, each with the character it starts at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from heartland.errors import HeartlandInputError

__all__ = [
    "Binary",
    "Call",
    "Duration",
    "Everything",
    "Given",
    "Key",
    "Listing",
    "Name",
    "Node",
    "Number",
    "Span",
    "Unary",
    "Where",
    "walk",
]


@dataclass(frozen=True)
class Where:
    """Where a text stands in the user's files, for messages."""

    file: str = ""
    row: int = 0

    def error(self, text: str, position: int, what: str, why: str, fix: str) -> HeartlandInputError:
        """Error at a character of the text; the message quotes the text and counts columns from 1."""
        shown = text if len(text) <= 120 else text[:117] + "..."
        return HeartlandInputError.at(
            f'column {position + 1} of "{shown}": {what}.',
            why=why,
            fix=fix,
            file=self.file,
            row=self.row,
            check="expression",
        )


@dataclass(frozen=True)
class Number:
    value: float
    position: int = 0


@dataclass(frozen=True)
class Name:
    text: str
    position: int = 0


@dataclass(frozen=True)
class Listing:
    names: tuple[str, ...]
    position: int = 0


@dataclass(frozen=True)
class Everything:
    position: int = 0


@dataclass(frozen=True)
class Span:
    """`start`, `end`, a year, month or day, or two of them joined by `/` (inclusive)."""

    text: str
    position: int = 0


@dataclass(frozen=True)
class Duration:
    months: int
    position: int = 0


@dataclass(frozen=True)
class Key:
    key: str
    op: str
    value: Node
    position: int = 0


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Node, ...]
    keys: tuple[Key, ...]
    position: int = 0

    def key(self, name: str) -> Key | None:
        """The argument written `name=...`, if any."""
        return next((item for item in self.keys if item.key == name), None)


@dataclass(frozen=True)
class Unary:
    op: str
    operand: Node
    position: int = 0


@dataclass(frozen=True)
class Binary:
    op: str
    left: Node
    right: Node
    position: int = 0


@dataclass(frozen=True)
class Given:
    """Members where `condition` fails are left out; their share is reported."""

    expression: Node
    condition: Node
    position: int = 0


Node: TypeAlias = "Number | Name | Listing | Everything | Span | Duration | Call | Unary | Binary | Given"


def walk(node: Node) -> Iterator[Node]:
    """All nodes of a tree, parents first."""
    yield node
    children: tuple[Node, ...] = ()
    if isinstance(node, Call):
        children = node.arguments + tuple(key.value for key in node.keys)
    elif isinstance(node, Binary):
        children = (node.left, node.right)
    elif isinstance(node, Unary):
        children = (node.operand,)
    elif isinstance(node, Given):
        children = (node.expression, node.condition)
    for child in children:
        yield from walk(child)
