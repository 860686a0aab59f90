"""Strict YAML: built from parser events, with the line and column of every node; no loader is ever used.

Refused: anchors, aliases, merge keys, tags, a second document, double or non-text keys, control characters,
numbers that are not finite. Plain scalars become only null, true, false, decimal integers and floats; all
other text stays text (`no`, `1:30`, `014`, `1_000` and dates too).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import yaml

from heartland.core.datehelp import quote
from heartland.core.limits import limit, over
from heartland.core.modelcheck import check_model
from heartland.core.textio import nfc, read_text
from heartland.errors import Finding, HeartlandInputError, Place

__all__ = ["NOWHERE", "Mark", "YamlNode", "check_model", "read_yaml"]

Keys: TypeAlias = "tuple[str | int, ...]"

SMALL_BYTES = 500_000
_FAST: Any = getattr(yaml, "CBaseLoader", None)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.?(?:inf|infinity|nan)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORDS: dict[str, bool | None] = {"": None, "null": None, "true": True, "false": False}


class Mark(NamedTuple):
    """Where a node starts and what is in it; a key's own place is kept beside its value's."""

    line: int
    column: int
    children: dict[str, tuple[int, int, Mark]] | list[Mark] | None


# mark of content that was not read from a file
NOWHERE = Mark(0, 0, None)


@dataclass(frozen=True)
class YamlNode:
    """A document with positions: `value` is plain Python (dict, list, str, int, float, bool, None)."""

    value: Any
    file: str
    mark: Mark

    def at(self, path: Keys = ()) -> tuple[int, int]:
        """Line and column, counted from 1, of the value at `path`; of its nearest parent if it is absent."""
        found = self._walk(path)
        return found.line, found.column

    def key_at(self, path: Keys) -> tuple[int, int]:
        """Line and column, counted from 1, of the key (or list item) that `path` ends with."""
        parent = self._walk(path[:-1]) if self.has(path[:-1]) else None
        if parent is not None and path and isinstance(parent.children, dict) and path[-1] in parent.children:
            return parent.children[str(path[-1])][:2]
        return self.at(path)

    def has(self, path: Keys) -> bool:
        """Whether there is a node at `path`."""
        mark = self.mark
        for part in path:
            below = _child(mark, part)
            if below is None:
                return False
            mark = below
        return True

    def _walk(self, path: Keys) -> Mark:
        mark = self.mark
        for part in path:
            mark = _child(mark, part) or mark
        return mark


def _child(mark: Mark, part: str | int) -> Mark | None:
    children = mark.children
    if isinstance(children, dict):
        found = children.get(part) if isinstance(part, str) else None
        return found[2] if found else None
    if isinstance(children, list) and isinstance(part, int) and 0 <= part < len(children):
        item: Mark = children[part]
        return item
    return None


def read_yaml(path: Path | str, shown: str = "") -> YamlNode:
    """Read one strict YAML document.

    Parameters
    ----------
    path : UTF-8 file
    shown : file name used in messages; the path's own name unless given

    Returns
    -------
    YamlNode; an empty file has the value None

    Raises
    ------
    HeartlandInputError with file:line:column for everything the module refuses, bad syntax, and anything
    above a cap (`HEARTLAND_LIMIT_YAML_BYTES, _YAML_DEPTH, _YAML_NODES`)
    """
    path = Path(path)
    shown = shown or path.name
    small = None if _FAST else SMALL_BYTES
    text = read_text(path, shown, cap="YAML_BYTES", default=small)
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise _error(
            f"contains the control character U+{ord(found[0]):04X}.",
            "It cannot be seen and may hide text.", "Delete it.", shown, line, column,
        )
    return _Builder(shown).build(text)


def _error(what: str, why: str, fix: str, file: str, line: int, column: int) -> HeartlandInputError:
    place = Place(file, line, str(column))
    return HeartlandInputError(Finding("E", "yaml", place, what, why, fix))


class _Open:
    """A mapping or list whose end has not been reached."""

    __slots__ = ("items", "key", "mark", "value")

    def __init__(self, mark: Mark, value: Any) -> None:
        self.mark, self.value = mark, value
        self.key: tuple[str, int, int] | None = None


class _Builder:
    """Turns parser events into plain Python and marks, refusing what is not in the subset."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.nodes = 0
        self.most_nodes, self.most_depth = limit("YAML_NODES"), limit("YAML_DEPTH")
        self.stack: list[_Open] = []
        self.result: tuple[Any, Mark] | None = None

    def build(self, text: str) -> YamlNode:
        """Plain value and marks of the one document in `text`."""
        for event in self._events(text):
            self._take(event)
        value, mark = self.result or (None, Mark(1, 1, None))
        return YamlNode(value, self.shown, mark)

    def _events(self, text: str) -> Iterator[Any]:
        loader: Any = _FAST or yaml.BaseLoader
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            problem = str(getattr(error, "problem", None) or getattr(error, "reason", "") or "unreadable")
            fix = "Check the indentation, the colons and the quotes just before this place."
            rows = text.split("\n", line)
            if mark and rows[mark.line : line] and "\t" in rows[mark.line][: mark.column + 1]:
                fix = "Indent with spaces."
            what = f"is not valid YAML: {problem}."
            raise _error(what, "Nothing after it can be read.", fix, self.shown, line, column) from None
        except (ValueError, OverflowError):
            raise _error(
                "has an escape that is no character.", "Nothing after it can be read.",
                "Write the character itself.", self.shown, 1, 1,
            ) from None

    def _refuse(self, event: Any, what: str, why: str, fix: str) -> HeartlandInputError:
        mark = event.start_mark
        return _error(what, why, fix, self.shown, mark.line + 1, mark.column + 1)

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._check_plain_node(event)
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._check_plain_node(event)
            self._start(event, kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = self.stack.pop()
            self._place(done.value, done.mark)
        elif kind is yaml.AliasEvent:
            raise self._refuse(
                event, f"*{event.anchor} is an alias.", "Every value stands where it is used.",
                "Write the value itself.",
            )
        elif kind is yaml.DocumentStartEvent:
            if self.result is not None:
                raise self._refuse(
                    event, "a second document begins.", "A file is one document.",
                    "Move it to a file of its own.",
                )
            if event.tags:
                raise self._refuse(event, "a %TAG line.", "Tags can name code.", "Delete the line.")

    def _check_plain_node(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > self.most_nodes:
            mark = event.start_mark
            raise over("YAML_NODES", f"the document has more than {self.most_nodes:,} nodes", file=self.shown,
                       row=mark.line + 1, column=str(mark.column + 1))
        if event.anchor is not None:
            raise self._refuse(
                event, f"&{event.anchor} is an anchor.", "Every value stands where it is used.",
                "Delete the anchor and write the value wherever it is needed.",
            )
        if event.tag is not None:
            raise self._refuse(
                event, f"the tag {quote(event.tag)}.", "Tags can name code.",
                "Delete the tag; put quotes around the value if it is text.",
            )

    def _start(self, event: Any, mapping: bool) -> None:
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
            raise self._refuse(
                event, "the key is a list or a mapping.", "Keys are text.", "Write a word before the colon."
            )
        if len(self.stack) >= self.most_depth:
            mark = event.start_mark
            raise over("YAML_DEPTH", f"the document nests more than {self.most_depth} deep", file=self.shown,
                       row=mark.line + 1, column=str(mark.column + 1))
        where = event.start_mark
        if mapping:
            self.stack.append(_Open(Mark(where.line + 1, where.column + 1, {}), {}))
        else:
            self.stack.append(_Open(Mark(where.line + 1, where.column + 1, []), []))

    def _scalar(self, event: Any) -> None:
        where = event.start_mark
        line, column = where.line + 1, where.column + 1
        parent = self.stack[-1] if self.stack else None
        if parent is not None and parent.key is None and isinstance(parent.value, dict):
            parent.key = (self._key(event, parent.value), line, column)
            return
        value = self._plain(event) if event.implicit[0] else self._text(event)
        self._place(value, Mark(line, column, None))

    def _place(self, value: Any, mark: Mark) -> None:
        if not self.stack:
            self.result = (value, mark)
            return
        parent = self.stack[-1]
        if isinstance(parent.mark.children, dict) and parent.key is not None:
            name, line, column = parent.key
            parent.value[name] = value
            parent.mark.children[name] = (line, column, mark)
            parent.key = None
        elif isinstance(parent.mark.children, list):
            parent.value.append(value)
            parent.mark.children.append(mark)

    def _key(self, event: Any, known: dict[str, Any]) -> str:
        name = self._text(event)
        if event.implicit[0]:
            if name == "<<":
                raise self._refuse(
                    event, "<< is a merge key.", "Every value stands where it is used.", "Write the keys out."
                )
            if name in _WORDS or _FLOAT.fullmatch(name):
                shown = name or "(nothing)"
                raise self._refuse(
                    event, f"the key {shown} is not text.", "Keys are text.", f'Write "{name}" in quotes.'
                    if name else "Write a word before the colon.",
                )
        if name in known:
            raise self._refuse(
                event, f"the key {quote(name)} stands twice in this mapping.",
                "Only one of the two could be read.", "Delete or rename one.",
            )
        return name

    def _text(self, event: Any) -> str:
        text = nfc(event.value)
        if event.style == '"' and (found := _CONTROL.search(text)):
            raise self._refuse(
                event, f"the text contains the control character U+{ord(found[0]):04X}.",
                "It cannot be seen and may hide text.", "Delete it.",
            )
        return text

    def _plain(self, event: Any) -> Any:
        text: str = event.value
        if text in _WORDS:
            return _WORDS[text]
        if text[0] in "+-.0123456789iInN":
            if _NOT_FINITE.fullmatch(text):
                raise self._refuse(
                    event, f"{text} is not a number.", "A value is finite or unknown.",
                    "Leave it out, write null, or put quotes around it if it is text.",
                )
            if _INTEGER.fullmatch(text):
                if len(text) > 19:
                    raise self._too_large(event, text)
                return int(text)
            if _FLOAT.fullmatch(text):
                value = float(text)
                if not math.isfinite(value):
                    raise self._too_large(event, text)
                return value
        return self._text(event)

    def _too_large(self, event: Any, text: str) -> HeartlandInputError:
        return self._refuse(
            event, f"{text[:40]} is too large a number.", "It has no exact place in the computer's numbers.",
            "Write a smaller one, or put quotes around it if it is text.",
        )
