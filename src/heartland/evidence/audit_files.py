"""Audits of the files as they stand: ids, references, dates, a source's own words, cells that compute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from heartland.core.cells import ProblemError, reader
from heartland.core.keys import duplicates
from heartland.core.schema import check_references, load_schema
from heartland.core.tables import RawTable, read_csv
from heartland.core.textio import read_document
from heartland.errors import Finding, HeartlandInputError, Place
from heartland.evidence.audit_material import WORD, Material, warn
from heartland.evidence.changes import unrecorded
from heartland.evidence.loading import inside, schema_of

__all__ = [
    "changed_by_hand",
    "duplicate_id",
    "formula_like",
    "long_run_of_words",
    "unparsable_date",
    "unresolved_reference",
]

LIMIT = 8  # words in a row that two texts share by chance only in names and set phrases (assumption)
FORMULA = "=+-@\t\r"
_NUMBERS = re.compile(r"[-+]?[\d.,:/ -]*\d")  # a number or a range of numbers computes nothing harmful
# columns that must be in own words
OWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "facts": ("paraphrase",),
    "arguments": ("paraphrase", "condition"),
    "document_questions": ("text", "confirm_if", "refute_if"),
    "issues": ("description", "suggested_reading"),
    "corridors": ("note",),
}


def duplicate_id(material: Material) -> Iterator[Finding]:
    """A01: an id names one row."""
    for name, frame in material.tables.items():
        found = duplicates(frame, load_schema(schema_of(name)), f"{name}.csv")
        yield from (finding for finding in found if finding.check == "A01")


def unresolved_reference(material: Material) -> Iterator[Finding]:
    """A02: a reference leads to a row."""
    schemas = {name: load_schema(schema_of(name)) for name in material.tables}
    found = check_references(material.tables, schemas)
    yield from (finding for finding in found if finding.check == "A02")


def unparsable_date(material: Material) -> Iterator[Finding]:
    """A03: a date can be read; looks at the files, since a validated table holds no other dates."""
    if material.folder is None:
        return
    for path in sorted([*material.folder.glob("*.csv"), *(material.folder / "series").glob("*.csv")]):
        raw = _raw(material.folder, path)
        if raw is not None:
            yield from _dates(raw)


def _raw(folder: Path, path: Path) -> RawTable | None:
    if not inside(folder, path):
        return None
    try:
        load_schema(schema_of(path.stem))
        return read_csv(path, path.relative_to(folder).as_posix())
    except HeartlandInputError:
        return None  # reading the region reports it


def _dates(raw: RawTable) -> Iterator[Finding]:
    for column in load_schema(schema_of(raw.name)).columns:
        if column.type not in ("edtf", "date", "list(edtf)", "list(date)") or column.name not in raw.columns:
            continue
        at, read = raw.columns.index(column.name), reader(column.type)
        known: dict[str, ProblemError | None] = {}
        for row, number in zip(raw.rows, raw.numbers, strict=True):
            text = row[at]
            if text and text not in known:
                known[text] = None
                try:
                    read(text)
                except ProblemError as error:
                    known[text] = error if error.problem.check == "A03" else None
            error_of = known.get(text)
            if error_of is not None:
                _, what, why, fix = error_of.problem
                yield Finding("E", "A03", Place(raw.file, number, column.name), what, why, fix)


def long_run_of_words(material: Material) -> Iterator[Finding]:
    """A27: no statement repeats eight words in a row of a source text; names and titles do not count."""
    if material.texts is None:
        return
    runs: dict[tuple[str, ...], str] = {}
    for path in sorted(material.texts.glob("*.txt")):
        words = _words(read_document(path, path.name))
        for at in range(len(words) - LIMIT + 1):
            runs.setdefault(tuple(words[at : at + LIMIT]), path.stem)
    exempt = _exempt(material)
    for table, columns in OWN_WORDS.items():
        for row in material.book.get(table, ()):
            for column in columns:
                words = _words(row[column])
                count = _longest(words, runs, _masked(words, exempt))
                if count >= LIMIT:
                    yield Finding(
                        "E",
                        "A27",
                        Place(f"{table}.csv", int(row["_row"]), column),
                        f"{count} consecutive words equal the source; write it in own words.",
                        "The tables may be passed on, the texts may not.",
                        f"Say it differently; runs of fewer than {LIMIT} words, names and titles are free.",
                    )


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in WORD.findall(text)]


def _exempt(material: Material) -> dict[str, list[list[str]]]:
    """Names and printed titles as words, by their first word."""
    texts = [row["name"] for row in material.book.get("actors", ())]
    texts += [row["text"] for row in material.book.get("actor_names", ())]
    texts += [row["title"] for name in ("sources", "documents") for row in material.book.get(name, ())]
    texts += [row["name"] for name in ("nodes", "corridors") for row in material.book.get(name, ())]
    found: dict[str, list[list[str]]] = {}
    for words in map(_words, texts):
        if words:
            found.setdefault(words[0], []).append(words)
    return found


def _masked(words: Sequence[str], exempt: Mapping[str, list[list[str]]]) -> list[bool]:
    """Which words belong to a name or title."""
    masked = [False] * len(words)
    for at, word in enumerate(words):
        for name in exempt.get(word, ()):
            if list(words[at : at + len(name)]) == name:
                masked[at : at + len(name)] = [True] * len(name)
    return masked


def _longest(words: Sequence[str], runs: Mapping[tuple[str, ...], str], masked: Sequence[bool]) -> int:
    """Most own words (not of names) in one run shared with a text; 0 where no run reaches the limit."""
    shared = [tuple(words[at : at + LIMIT]) in runs for at in range(max(0, len(words) - LIMIT + 1))]
    longest, at = 0, 0
    while at < len(shared):
        if not shared[at]:
            at += 1
            continue
        end = at
        while end < len(shared) and shared[end]:
            end += 1
        own = sum(not hidden for hidden in masked[at : end - 1 + LIMIT])
        longest = max(longest, own)
        at = end
    return longest


def formula_like(material: Material) -> Iterator[Finding]:
    """A30: no text begins like a formula; closed lists, numbers, ranges, ids and a sign alone are none."""
    for name, rows in material.book.items():
        kinds = ("text", "list(text)", "url")
        columns = [column.name for column in load_schema(schema_of(name)).columns if column.type in kinds]
        for row in rows:
            for column in columns:
                cells = row[column] if isinstance(row[column], tuple) else (row[column],)
                cell = next((cell for cell in cells if _formula(cell)), "")
                if cell:
                    yield warn(
                        "A30",
                        name,
                        row,
                        column,
                        f"text starts with {cell[0]!r}; a spreadsheet would run it.",
                        "A table passed on must not compute in somebody's spreadsheet.",
                        "Begin with a word; exports put an apostrophe before it.",
                    )


def _formula(cell: str) -> bool:
    return len(cell) > 1 and cell[0] in FORMULA and not _NUMBERS.fullmatch(cell)


def changed_by_hand(material: Material) -> Iterator[Finding]:
    """A29: each table is as the list of changes last recorded it."""
    if material.folder is not None:
        yield from unrecorded(material.folder)
