"""A scenario as a YAML file that reads back equal, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.scenarios.scenario import Scenario

__all__ = ["file_of", "publish", "save", "save_text", "text_of"]

WIDTH = 104
_PLAIN = re.compile(r"[A-Za-z(][^\x00-\x1f\x7f-\x9f]*")
_WORDS = re.compile(r"[^\s]+(?: [^\s]+)*")
_UNQUOTED = ("null", "true", "false", "inf", "infinity", "nan")


def save(scenario: Scenario, path: Path | str, *, overwrite: bool = False) -> Path:
    """Write a scenario; see `Scenario.save`."""
    target = file_of(path, scenario.id)
    save_text(scenario, target, text_of(scenario), overwrite=overwrite)
    return target


def save_text(scenario: Scenario, target: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a text that must read back as the scenario; raises as `Scenario.save`."""
    publish(target, text, overwrite=overwrite, check=lambda file: _reads_back(scenario, file, target.name))


def file_of(path: Path | str, name: str) -> Path:
    """The file that a scenario of this id is written to.

    Raises
    ------
    HeartlandInputError
        If the file is not named after the id.
    """
    target = Path(path)
    if target.is_dir():
        target = target / f"{name}.yaml"
    if target.suffix not in (".yaml", ".yml") or target.stem != name:
        raise HeartlandInputError.at(
            f"{target} is not named after the scenario {name}.", why="Runs and files are named by the id.",
            fix=f"Write {target.with_name(f'{name}.yaml')}, or give the scenario another id.", check="save",
        )  # fmt: skip
    return target


def _reads_back(scenario: Scenario, file: Path, shown: str) -> None:
    from heartland.scenarios.scenario import Scenario as ScenarioClass

    try:
        again = ScenarioClass.read(scenario.region, file, shown)
    except HeartlandInputError as error:
        raise HeartlandInputError(error.findings) from None
    if again != scenario:
        raise HeartlandInputError.at(
            f"{scenario.id} cannot be written so that it reads back equal.",
            why="Some text in it has signs that a file does not keep.",
            fix="Use plain text without control characters.", check="save",
        )  # fmt: skip


def publish(target: Path, text: str, *, overwrite: bool, check: Callable[[Path], None]) -> None:
    """Write a file under a temporary name, check it, and only then give it its name.

    Raises
    ------
    HeartlandInputError
        If the file is there and may not be replaced, its folder is missing, or the check fails.
    """
    taken = HeartlandInputError.at(
        f"{target} is there already.", why="A file of yours is never replaced unasked.",
        fix="Choose another name, or delete it first.", check="save",
    )  # fmt: skip
    if not target.parent.is_dir():
        raise HeartlandInputError.at(
            f"There is no folder {target.parent}.", fix="Make it first, or choose another.", check="save"
        )
    if target.exists() and not overwrite:
        raise taken
    part = target.with_name(f".{target.stem}-{uuid4().hex[:8]}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        check(part)
        if overwrite:
            os.replace(part, target)
        else:
            _link(part, target, taken)
    finally:
        part.unlink(missing_ok=True)


def _link(part: Path, target: Path, taken: HeartlandInputError) -> None:
    """Give a file its name unless it is taken; the check and the naming are one step where links exist."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise taken from None
    except OSError:
        if target.exists():
            raise taken from None
        os.replace(part, target)


def text_of(scenario: Scenario) -> str:
    """The scenario as YAML; keys that are as by default are left out."""
    return "\n".join(_lines(scenario)) + "\n"


def _lines(scenario: Scenario) -> Iterator[str]:
    for key in ("id", "title", "question"):
        yield from _entry(key, getattr(scenario, key))
    if scenario.system:
        yield from _entry("system", scenario.system)
    if scenario.headline:
        yield "headline: true"
    for key in ("also", "also_headline"):
        yield from _list(key, getattr(scenario, key))
    yield from _entry("start", scenario.start)
    yield from _entry("horizon", _horizon(scenario))
    for key, value in (("baseline", scenario.baseline_id), ("known_by", scenario.known_by)):
        if value:
            yield from _entry(key, value)
    yield from _list("receivers", scenario.receivers)
    if scenario.patches:
        yield "patches:"
    for patch in scenario.patches:
        origin = ("source", patch.source) if patch.source else ("assumption", patch.assumption)
        yield from _item(("do", patch.do.text), ("why", patch.why), origin)
    if scenario.outcomes:
        yield "outcomes:"
    for item in scenario.outcomes:
        yield from _item(*((key, getattr(item, key)) for key in ("id", "question", "expression", "unit")))
    yield from _list("levers", scenario.levers)
    for key in ("expected", "disproof"):
        if value := getattr(scenario, key):
            yield from _entry(key, value)


def _horizon(scenario: Scenario) -> str:
    years, months = divmod(scenario.months, 12)
    return f"P{scenario.months}M" if months else f"P{years}Y"


def _entry(key: str, value: str, indent: str = "") -> Iterator[str]:
    """One key with its text: plain, in quotes, or folded where it is long prose."""
    if len(value) > WIDTH - len(key) - len(indent) and _WORDS.fullmatch(value) and _foldable(value):
        yield f"{indent}{key}: >-"
        for line in textwrap.wrap(value, WIDTH - 4, break_long_words=False, break_on_hyphens=False):
            yield f"{indent}  {line}"
        return
    yield f"{indent}{key}: {_scalar(value)}"


def _foldable(value: str) -> bool:
    return not re.search(r"[\x00-\x1f\x7f-\x9f\u0085\u00a0\u2028\u2029]", value)


def _item(*pairs: tuple[str, str]) -> Iterator[str]:
    lines = [line for key, value in pairs for line in _entry(key, value, "    ")]
    yield "  - " + lines[0][4:]
    yield from lines[1:]


def _list(key: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        yield f"{key}:"
        yield from (f"  - {_scalar(value)}" for value in values)


def _scalar(value: str) -> str:
    """A plain scalar where it cannot be taken for anything else, else a text in double quotes."""
    plain = _PLAIN.fullmatch(value) and not re.search(r": | #|:$|\s$", value)
    if plain and value.casefold() not in _UNQUOTED and value.isascii():
        return value
    return json.dumps(value, ensure_ascii=False)
