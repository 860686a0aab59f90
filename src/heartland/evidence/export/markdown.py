"""Markdown: one note per actor with a YAML head, links between actors, and facts with their sources.

For reading in a notes program; there is no reading back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from heartland.evidence.export.licences import readme
from heartland.evidence.export.material import Material, Row, unknown
from heartland.evidence.export.writing import MARK
from heartland.evidence.references import publishers_of, text_reference

__all__ = ["note", "write"]

_CONTENT = """One note per actor under `actors/`: its data in the YAML head, its memberships, and every fact
it gives, receives or says. Facts that were withdrawn are ~~struck through~~: they are kept for the record and
are not current. `sources.md` lists what they rest on."""
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~!&{}$])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
# names that some file systems keep for devices
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


def write(material: Material, out: Path) -> None:
    """Write `actors/<id>.md`, `sources.md` and README.md into the folder `out`."""
    actors = material.table("actors")
    files = _files([row["actor_id"] for row in actors])
    names = {row["actor_id"]: row["name"] for row in actors}
    (out / "actors").mkdir()
    facts = _by_actor(material.table("facts"), ("givers", "receivers", "speakers"))
    spells = _by_actor(material.table("memberships"), ("organisation", "member"))
    for row in actors:
        actor = row["actor_id"]
        text = note(row, facts.get(actor, ()), spells.get(actor, ()), names, files)
        (out / "actors" / files[actor]).write_text(text, encoding="utf-8", newline="")
    index = [f"- {_link(actor, names, files, 'actors/')}" for actor in names]
    (out / "sources.md").write_text(_sources(material), encoding="utf-8", newline="")
    page = readme(material, f"{_CONTENT}\n\n## Actors\n\n" + "\n".join(index))
    (out / "README.md").write_text(page, encoding="utf-8", newline="")


def note(
    row: Row, facts: Sequence[Row], spells: Sequence[Row], names: Mapping[str, str], files: Mapping[str, str]
) -> str:
    """Note of one actor.

    row : of actors;  facts, spells : facts and memberships that name it;  names, files : of all actors by id
    """
    actor = row["actor_id"]
    lines = [*_head(row), "", f"# {_escaped(row['name'])}"]
    if row["note"]:
        lines += ["", _escaped(row["note"])]
    if row["home"] and row["home"] != actor:
        lines += ["", f"Belongs to {_link(row['home'], names, files)}."]
    if spells:
        lines += ["", "## Memberships", "", *(_spell(spell, actor, names, files) for spell in spells)]
    roles = {"Gives": "givers", "Receives": "receivers", "Says": "speakers"}
    for title, column in roles.items():
        said = [_fact(fact, names, files) for fact in facts if actor in fact[column]]
        if said:
            lines += ["", f"## {title}", "", *said]
    return "\n".join(lines) + "\n"


def _files(ids: Iterable[str]) -> dict[str, str]:
    """File name of each actor; one that a file system takes for another or for a device gets a mark."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for actor in ids:
        stem = re.sub(r"[^A-Za-z0-9-]", "-", actor).strip("-") or "actor"
        while stem.casefold() in taken or stem.casefold() in _DEVICES:
            stem += "_"
        taken.add(stem.casefold())
        found[actor] = f"{stem}.md"
    return found


def _by_actor(rows: Sequence[Row], columns: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        cells = (row[column] if isinstance(row[column], tuple) else (row[column],) for column in columns)
        for actor in dict.fromkeys(actor for cell in cells for actor in cell):
            found.setdefault(actor, []).append(row)
    return found


def _head(row: Row) -> list[str]:
    lines = ["---", f"id: {_yaml(row['actor_id'])}", f"aliases: [{_yaml(row['name'])}]"]
    for column in ("kind", "iso3", "home", "from", "to", "qid", "status"):
        if row[column]:
            lines.append(f"{column}: {_yaml(row[column])}")
    for column in ("members", "sectors"):
        if row[column]:
            lines.append(f"{column}: [{', '.join(_yaml(item) for item in row[column])}]")
    return [*lines, "---"]


def _yaml(text: str) -> str:
    """Text as a double-quoted YAML scalar; so no word turns into a boolean, a number or a date."""
    quoted = json.dumps(text, ensure_ascii=False)
    for sign in "\u2028\u2029\ufeff":  # line breaks and the mark of order to YAML, plain letters to JSON
        quoted = quoted.replace(sign, f"\\u{ord(sign):04x}")
    return quoted


def _escaped(text: str) -> str:
    """Text on one line with everything that Markdown would read as markup escaped."""
    flat = " ".join(text.split())
    return _LINE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", flat))


def _link(actor: str, names: Mapping[str, str], files: Mapping[str, str], folder: str = "") -> str:
    if actor not in files:
        return _escaped(actor)
    return f"[{_escaped(names[actor])}]({folder}{files[actor]})"


def _links(actors: Sequence[str], names: Mapping[str, str], files: Mapping[str, str]) -> str:
    return ", ".join(_link(actor, names, files) for actor in actors) or "nobody named"


def _spell(row: Row, actor: str, names: Mapping[str, str], files: Mapping[str, str]) -> str:
    span = f"{row['from'] or '?'} to {row['to'] or '?'}" if row["from"] or row["to"] else "dates unknown"
    other = row["member"] if actor == row["organisation"] else row["organisation"]
    text = f"{_link(other, names, files)}: {row['role']}, {_escaped(span)}"
    return f"- {_struck(text, row)}"


def _struck(text: str, row: Mapping[str, Any]) -> str:
    if row["rank"] != "deprecated":
        return text
    return f"~~{text}~~ (deprecated: {_escaped(row['rank_reason']) or 'no reason given'})"


def _fact(row: Row, names: Mapping[str, str], files: Mapping[str, str]) -> str:
    unit = f" {row['unit']}" if row["unit"] else ""
    qualifier = "" if row["value_qualifier"] in ("", "exact") else f"{row['value_qualifier']} "
    number = "" if unknown(row["value"]) else f"[{qualifier}{row['value']:.12g}{unit}]"
    grade = f"{row['modality']}, credibility {row['credibility']}"
    parties = f"{_links(row['givers'], names, files)} → {_links(row['receivers'], names, files)}"
    cited = "".join(f", citing {_escaped(source)}" for source in row["cited_source_ids"])
    body = f"{_escaped(row['date'])}: {_escaped(row['paraphrase'])} {_escaped(number)}".rstrip()
    where = f"{_escaped(row['article_id'])}:{_escaped(row['lines'])}{cited}"
    return f"- {_struck(body, row)} ({parties}; {grade}; {_escaped(row['fact_id'])}; {where})"


def _sources(material: Material) -> str:
    publishers = publishers_of(material.table("actors"))
    lines = [MARK, "# Sources", ""]
    for row in material.table("sources"):
        licence = _escaped(row["licence"]) or "licence unknown"
        lines.append(f"- {_escaped(text_reference(row, publishers))}; {licence}")
    return "\n".join(lines) + "\n"
