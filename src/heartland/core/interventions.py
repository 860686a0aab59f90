"""The grammar of scenario patches: `KIND(TARGET, VALUE, at=SPAN, for=DURATION)`.

patch  := KIND "(" TARGET ["," VALUE] {"," KEY "=" VALUE} ")"
KIND   := set | scale | shock | clamp | rule | policy | force | off
TARGET := (STATE | EVENT) ["[" KEY "=" ID {"," KEY "=" ID} "]"]
        | ORGANISATION "." DECISION | POLICY | MECHANISM
VALUE  := ["+"|"-"] NUMBER ["sd"] | ID
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from heartland.core.tree import Where
from heartland.errors import HeartlandInputError, suggestion

__all__ = ["KINDS", "Intervention", "compose", "parse_intervention", "parse_interventions"]

KINDS = ("set", "scale", "shock", "clamp", "rule", "policy", "force", "off")
SELECT_KEYS = (
    *("actor", "giver", "receiver", "organisation", "other", "size"),
    *("leg", "corridor", "proposal", "border", "neighbour", "option"),
)
_NUMERIC = ("set", "scale", "shock", "clamp")
_ID = r"[A-Za-z][A-Za-z0-9]*(?:[-._][A-Za-z0-9]+)*"
_WHOLE = re.compile(
    rf"\s*(?P<kind>[a-z]+)\s*\(\s*(?P<target>{_ID})\s*(?P<select>\[[^\]\[()]*\])?(?P<rest>.*)\)\s*\Z", re.S
)
_PAIR = re.compile(rf"\s*(?P<key>{_ID})\s*=\s*(?P<value>[^,=\s]+)\s*\Z")
_AMOUNT = re.compile(
    r"\s*(?P<sign>[+-]?)(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(?P<sd>sd)?\s*\Z"
)
_TIME = r"(?:[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?|start|end)"
_SPAN = re.compile(rf"{_TIME}(?:/{_TIME})?\Z")
_DURATION = re.compile(r"P([0-9]{1,4})([MY])\Z")


@dataclass(frozen=True)
class Intervention:
    """One parsed patch.

    value is the number of `set scale shock clamp`, or NaN; choice the name given to `rule` and `policy`;
    sd tells that the number counts standard deviations; select the chosen slots; at a span of the grammar
    (`start` when left out); months the duration, 0 = the span itself if `at` is two times joined by /,
    else for good (`clamp`: as long as the time named).
    """

    kind: str
    target: str
    select: tuple[tuple[str, str], ...]
    value: float = field(compare=False)  # NaN differs from itself, and the text says it all
    sd: bool
    choice: str
    at: str
    months: int
    text: str

    def chosen(self, key: str) -> str:
        """Id chosen for a key of the target, or an empty text."""
        return dict(self.select).get(key, "")


def parse_interventions(text: str, where: Where | None = None) -> tuple[Intervention, ...]:
    """Patches separated by `;`."""
    return tuple(parse_intervention(part, where) for part in text.split(";") if part.strip())


def parse_intervention(text: str, where: Where | None = None) -> Intervention:
    """Parse one patch.

    Raises
    ------
    HeartlandInputError
        With column, reason and fix.
    """
    place = where or Where()
    if len(text) > 2_000:
        raise place.error(text, 0, "longer than 2,000 characters", "", "Split it.")
    match = _WHOLE.match(text)
    if match is None:
        raise place.error(
            text,
            0,
            "not a patch",
            "Patches have one closed form.",
            "Write KIND(TARGET[key=id], VALUE, at=2022-01), e.g. scale(gdp[actor=A], .95, at=start).",
        )
    kind = match["kind"]
    if kind not in KINDS:
        near = suggestion(kind, KINDS, listing=f"Kinds: {', '.join(KINDS)}.")
        raise place.error(
            text, match.start("kind"), f'"{kind}" is not a kind of patch', "The list is closed.", near
        )
    select = _pairs((match["select"] or "[]")[1:-1], text, match.start("select"), place)
    value, sd, choice, at, months = float("nan"), False, "", "start", 0
    rest, given = match["rest"], {key for key, _ in select}
    if rest.strip() and not rest.lstrip().startswith(","):
        raise place.error(text, match.start("rest"), "a comma expected after the target", "", 'Add ",".')
    for offset, part in _split(rest, match.start("rest")):
        if "=" not in part:
            if not (choice == "" and value != value):
                raise place.error(text, offset, f'a second value "{part.strip()}"', "", "Keep one.")
            value, sd, choice = _value(kind, part, text, offset, place)
            continue
        ((key, word),) = _pairs(part, text, offset, place, allow=("at", "for", *SELECT_KEYS))
        if key in given:
            raise place.error(text, offset, f'"{key}" is given twice', "", "Keep one.")
        given.add(key)
        if key == "at":
            at = _matched(
                _SPAN, word, "a time", "start, 2022, 2022-01 or 2022-01/2022-06", text, offset, place
            )
        elif key == "for":
            months = _months(word, text, offset, place)
        else:
            select += ((key, word),)
    _complete(kind, value, choice, text, place)
    return Intervention(kind, match["target"], select, value, sd, choice, at, months, text.strip())


def _split(rest: str, start: int) -> list[tuple[int, str]]:
    parts, at = [], start
    for number, part in enumerate(rest.split(",")):
        if number:
            parts.append((at + len(part) - len(part.lstrip()), part))
        at += len(part) + 1
    return parts


def _pairs(
    inner: str, text: str, start: int, place: Where, allow: tuple[str, ...] = SELECT_KEYS
) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for part in inner.split(",") if inner.strip() else ():
        match = _PAIR.match(part)
        if match is None:
            raise place.error(text, start, f'cannot read "{part.strip()}"', "", "Write key=id.")
        key = match["key"]
        if key not in allow:
            near = suggestion(key, allow, listing=f"Keys: {', '.join(allow)}.")
            raise place.error(text, start, f'"{key}" is not a key here', "The list is closed.", near)
        if any(key == other for other, _ in found):
            raise place.error(text, start, f'"{key}" is given twice', "", "Keep one.")
        found.append((key, match["value"]))
    return tuple(found)


def _value(kind: str, part: str, text: str, offset: int, place: Where) -> tuple[float, bool, str]:
    if kind in _NUMERIC:
        match = _AMOUNT.match(part)
        if match is None:
            raise place.error(text, offset, f'"{part.strip()}" is not a number', "", "Write .95, +1sd or -2.")
        value = float(match["sign"] + match["number"])
        if value in (float("inf"), float("-inf")):
            raise place.error(text, offset, f"{part.strip()} is too large", "", "Write a finite number.")
        return value, match["sd"] is not None, ""
    if kind in ("off", "force"):
        raise place.error(text, offset, f'"{kind}" takes no value', "", f'Remove "{part.strip()}".')
    if re.fullmatch(rf"\s*{_ID}\s*", part) is None:
        raise place.error(text, offset, f'"{part.strip()}" is not a name', "", "Name a rule, kind or option.")
    return float("nan"), False, part.strip()


def _matched(
    pattern: re.Pattern[str], word: str, what: str, example: str, text: str, offset: int, place: Where
) -> str:
    if pattern.match(word) is None:
        raise place.error(text, offset, f'"{word}" is not {what}', "", f"Write {example}.")
    return word


def _months(word: str, text: str, offset: int, place: Where) -> int:
    match = _DURATION.match(word)
    if match is None or not int(match[1]):
        raise place.error(text, offset, f'"{word}" is not a duration', "", "Write P6M or P5Y.")
    return int(match[1]) * (12 if match[2] == "Y" else 1)


def _complete(kind: str, value: float, choice: str, text: str, place: Where) -> None:
    if kind in _NUMERIC and value != value:
        raise place.error(text, len(text) - 1, f'"{kind}" needs a number', "", f"Write {kind}(TARGET, 1.0).")
    if kind in ("rule", "policy") and not choice:
        raise place.error(text, len(text) - 1, f'"{kind}" needs a name', "", f"Write {kind}(TARGET, never).")


def compose(change: Mapping[str, Any], at: str, for_: str) -> str:
    """Text of a patch from keywords: one kind with its target, and `to` or `by` for the value.

    Raises
    ------
    HeartlandInputError
        If there is not exactly one kind.
    """
    value = change.get("to", change.get("by"))
    kinds = [name for name in change if name not in ("to", "by")]
    if len(kinds) != 1 or kinds[0] not in KINDS:
        wrong = next((name for name in kinds if name not in KINDS), "")
        near = suggestion(wrong, KINDS, listing=f"Kinds: {', '.join(KINDS)}.")
        raise HeartlandInputError.at("A patch needs exactly one kind.", fix=near, check="patch")
    parts = [str(change[kinds[0]])] + ([] if value is None else [str(value)])
    parts += [f"at={at}"] if at else []
    parts += [f"for={for_}"] if for_ else []
    return f"{kinds[0]}({', '.join(parts)})"
