"""What a sweep varies: parameters set to values, patches with several values, ranges of parameters.

    trade.cost_elasticity=0.5,1,2          a parameter of the region at each of three values
    rule(org.decision)=never,consensus     a patch of the grammar whose value is left out
    scale(gdp[actor=A], at=start)=0.9,1.1  the same with a time
    off(M6)=yes,no                         a patch that takes no value, made or not

`as-it-is` is a value of every factor: the parameter is drawn from its prior, the patch is not made. A range
is `PARAMETER=LOW:HIGH`, `PARAMETER=LOW:HIGH:log`, or `PARAMETER=prior` for the prior's own distribution.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heartland.core.interventions import parse_intervention
from heartland.core.noise import SMALLEST
from heartland.core.tree import Where
from heartland.errors import suggestion
from heartland.scenarios.compile import priors_of, used_parameters
from heartland.scenarios.plan import Floats
from heartland.scenarios.priors import Prior, quantile

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["AS_IT_IS", "Factor", "Level", "Range", "factor_of", "patch_of", "range_of", "split_assignment"]

Level = float | str

AS_IT_IS = "as-it-is"
# kinds of patch that take no value
_BARE = ("force", "off")
_FORM = re.compile(r"\s*[a-z]+\s*\(")
_HEAD = re.compile(r"\s*([a-z]+)\s*\(\s*[^,()\[\]]+(?:\[[^\]\[()]*\])?")
_SCALES = ("even", "log", "prior")


@dataclass(frozen=True)
class Factor:
    """One thing that a sweep varies over some values; `parameter` or else a patch."""

    name: str
    levels: tuple[Level, ...]
    parameter: bool


@dataclass(frozen=True)
class Range:
    """A parameter varied over an interval: evenly, evenly in its logarithm, or as its prior is spread.

    low, high : ends; for a prior those of its probability, 0 and 1
    """

    name: str
    low: float
    high: float
    scale: str

    def at(self, share: Floats, prior: Prior) -> Floats:
        """Values at shares in [0, 1) of the interval, or of the prior's probability."""
        if self.scale == "prior":
            return quantile(prior, np.maximum(share, SMALLEST))
        if self.scale == "log":
            return np.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)


def split_assignment(text: str, where: Where | None = None) -> tuple[str, str]:
    """Name and value of `NAME=VALUE`, cut at the first equals sign outside brackets.

    Raises
    ------
    HeartlandInputError
        If there is none, or nothing on one side of it.
    """
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "=" and depth == 0 and text[:place].strip() and text[place + 1 :].strip():
            return text[:place].strip(), text[place + 1 :].strip()
    raise (where or Where()).error(
        text, 0, "no value is given", "A factor has a name and values.",
        "Write PARAMETER=0.5,1,2 or rule(org.decision)=never,consensus.",
    )  # fmt: skip


def factor_of(region: Region, name: str, levels: Sequence[Level], where: Where | None = None) -> Factor:
    """A factor, checked against its region.

    Parameters
    ----------
    name : id of a parameter, or a patch without its value
    levels : numbers, texts of numbers, names of choices, or `as-it-is`

    Raises
    ------
    HeartlandInputError
        With near matches for a parameter that the model does not use, a value outside the prior's bounds, a
        value that stands twice, or a patch that cannot be read.
    """
    place = where or Where()
    if not levels:
        raise place.error(name, 0, "no value is given", "", "Give at least one.")
    if _FORM.match(name):
        found = tuple(_choice(name, level, place) for level in levels)
        made = Factor(" ".join(name.split()), found, False)
        for level in found:
            patch_of(made.name, level, place)
    else:
        prior = _prior(region, name, place)
        made = Factor(name, tuple(_number(prior, level, place) for level in levels), True)
    twice = [level for at, level in enumerate(made.levels) if level in made.levels[:at]]
    if twice:
        raise place.error(name, 0, f"the value {twice[0]} stands twice", "", "Keep one.")
    return made


def range_of(region: Region, name: str, text: str, where: Where | None = None) -> Range:
    """A range of a parameter from `LOW:HIGH`, `LOW:HIGH:log` or `prior`; raises as `factor_of`."""
    place = where or Where()
    prior = _prior(region, name, place)
    parts = text.split(":")
    if text == "prior":
        if prior.family == "fixed":
            raise place.error(
                f"{name}={text}", 0, f"{name} is fixed at {prior.location:g}", "Its prior has no spread.",
                "Give its ends: LOW:HIGH.",
            )  # fmt: skip
        return Range(name, 0.0, 1.0, "prior")
    if len(parts) not in (2, 3) or (len(parts) == 3 and parts[2] not in _SCALES[:2]):
        raise place.error(
            f"{name}={text}", 0, "not a range", "", "Write LOW:HIGH, LOW:HIGH:log, or prior for its prior."
        )
    low, high = (float(_number(prior, part, place)) for part in parts[:2])
    if not low < high:
        raise place.error(f"{name}={text}", 0, f"{low:g} is not below {high:g}", "", "Swap the two.")
    scale = parts[2] if len(parts) == 3 else "even"
    if scale == "log" and low <= 0:
        raise place.error(
            f"{name}={text}", 0, f"{low:g} has no logarithm", "", "Begin above 0, or leave out :log."
        )
    return Range(name, low, high, scale)


def patch_of(name: str, level: Level, where: Where | None = None) -> str:
    """Text of the patch that a level makes; empty where it makes none.

    Raises
    ------
    HeartlandInputError
        If it is no patch of the grammar.
    """
    if level in (AS_IT_IS, "no"):
        return ""
    text = name
    if level != "yes":
        head = _HEAD.match(name)
        at = head.end() if head else len(name)
        shown = f"{level:g}" if isinstance(level, float) else level
        text = f"{name[:at]}, {shown}{name[at:]}"
    parse_intervention(text, where)
    return text


def _choice(name: str, level: Level, place: Where) -> Level:
    head = _HEAD.match(name)
    text = f"{level:g}" if isinstance(level, float) else str(level).strip()
    bare = head is not None and head[1] in _BARE
    if bare and text not in ("yes", "no", AS_IT_IS):
        raise place.error(
            f"{name}={text}", 0, f'"{head[1] if head else name}" takes no value', "It is made or not.",
            "Write yes,no.",
        )  # fmt: skip
    if not bare and text in ("yes", "no"):
        raise place.error(
            f"{name}={text}", 0, f'"{text}" is no value of this patch', "", f"Write {AS_IT_IS} for no patch."
        )
    return AS_IT_IS if text == "no" else text


def _number(prior: Prior, level: Level, place: Where) -> Level:
    if isinstance(level, str) and level.strip() == AS_IT_IS:
        return AS_IT_IS
    shown = f"{prior.id}={level}"
    try:
        value = float(level)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise place.error(
            shown, 0, f'"{level}" is not a number', "",
            f"Write a number, or {AS_IT_IS} for draws from the prior.",
        )  # fmt: skip
    if not prior.low <= value <= prior.high:
        raise place.error(
            shown, 0, f"{value:g} lies outside the bounds of {prior.id}, {prior.low:g} to {prior.high:g}",
            "Beyond them the mechanism has no meaning.", "Choose a value within, ends included.",
        )  # fmt: skip
    return value


def _prior(region: Region, name: str, place: Where) -> Prior:
    known: Mapping[str, Prior] = priors_of(region)
    used = used_parameters(region)
    if name in known and name in used:
        return known[name]
    what = f'"{name}" is no parameter of {region.id}'
    if name in known:
        what = f"{name} belongs to no mechanism in use"
    raise place.error(
        name, 0, what, "Only what the model reads can be varied.",
        suggestion(name, used, listing=_listing(name, used)),
    )  # fmt: skip


def _listing(name: str, used: Iterable[str]) -> str:
    owner = name.partition(".")[0]
    own = [item for item in used if item.startswith(f"{owner}.")]
    if own:
        return f"Of {owner}: {', '.join(own)}."
    return "Known: heartland describe parameters."
