"""A source as a reference: CSL-JSON item, BibTeX entry, line of text. Only a printed title is a title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from heartland.core.dates import EdtfDate, parse

__all__ = ["STYLES", "bibtex_entry", "bibtex_fields", "csl_item", "publishers_of", "text_reference"]

STYLES = ("text", "csl", "bibtex")
# kind of source -> type of the Citation Style Language (CSL 1.0.2, appendix III, 2021)
_CSL_TYPES: Mapping[str, str] = {
    "state-media": "article-newspaper",
    "public-funded-media": "article-newspaper",
    "news-agency": "article-newspaper",
    "private-media": "article-newspaper",
    "exile-media": "article-newspaper",
    "trade-press": "article-magazine",
    "think-tank": "report",
    "ngo": "report",
    "official": "report",
    "academic": "article",
    "blog": "post-weblog",
    "social-media": "post",
    "dataset": "dataset",
}
_BIBTEX_TYPES: Mapping[str, str] = {"report": "techreport"}
_TITLE_WORDS: Mapping[str, str] = {
    "shortened": "title, shortened",
    "topic": "topic",
    "described": "description",
}
_KEYWORDS = (("kind", "kind"), ("reliability", "reliability"), ("group", "independence_group"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces even where a backslash stands before them
    "}": r"\textbraceright{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_ESCAPED = re.compile(r"[\\{}&%$#_~^]")
_NOT_IN_URL = {"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20"}


def publishers_of(actors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Name of each actor by id, for sources whose publisher is an actor; rows of actors.csv."""
    return {str(row["actor_id"]): str(row["name"]) for row in actors}


def csl_item(row: Mapping[str, Any], publishers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """CSL-JSON item of one row of sources.csv; its id is the id of the source.

    A title that is not printed stands in `note`. `issued` holds the EDTF text under `edtf`, with `date-parts`
    and `circa` beside it for readers that know only those. What CSL has no field for is under `custom`.

    Parameters
    ----------
    row : a row of sources.csv;  publishers : names of publishers that are actors (`publishers_of`)

    Source: CSL input schema csl-data.json, branch 1.1 (2021).
    """
    title, notes = _title(row)
    item: dict[str, Any] = {
        "id": str(row["source_id"]),
        "type": _CSL_TYPES.get(str(row.get("kind") or ""), "webpage"),
        "title": title,
        "author": [{"literal": name} for name in _authors(row)],
        "publisher": _publisher(row, publishers),
        "issued": _issued(_text(row, "published")),
        "accessed": _issued(_text(row, "retrieved")),
        "URL": _text(row, "url"),
        "language": _text(row, "lang"),
        "note": "; ".join(notes),
        "custom": {
            name: text
            for name in ("title_kind", "kind", "published_basis", "reliability", "independence_group")
            if (text := _text(row, name))
        },
    }
    return {name: value for name, value in item.items() if value}


def bibtex_fields(row: Mapping[str, Any], publishers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Fields of a BibTeX entry as plain text, without escapes; `ENTRYTYPE` and `ID` name the entry.

    `date` and `urldate` hold EDTF for readers of the biblatex fields, `year` and `month` what is certain of
    it for the others. Each author stands in braces, for names are kept as printed; ` and ` joins them.
    """
    title, notes = _title(row)
    when = _text(row, "published")
    year, month = _year_month(parse(when)) if when else ("", "")
    kind = _CSL_TYPES.get(str(row.get("kind") or ""), "webpage")
    fields = {
        "ENTRYTYPE": _BIBTEX_TYPES.get(kind, "misc"),
        "ID": str(row["source_id"]),
        "author": " and ".join(f"{{{name}}}" for name in _authors(row)),
        "title": title,
        "institution" if kind == "report" else "howpublished": _publisher(row, publishers),
        "year": year,
        "month": month,
        "date": when,
        "url": _text(row, "url"),
        "urldate": _text(row, "retrieved"),
        "language": _text(row, "lang"),
        "keywords": ", ".join(
            f"{word}:{text}"
            for word, name in _KEYWORDS
            if (text := _text(row, name))
        ),
        "note": "; ".join(notes),
    }
    return {name: text for name, text in fields.items() if text}


def bibtex_entry(row: Mapping[str, Any], publishers: Mapping[str, str] | None = None) -> str:
    """One BibTeX entry, a field a line, escaped for LaTeX; title and authors keep their letters."""
    fields = bibtex_fields(row, publishers)
    lines = [f"@{fields.pop('ENTRYTYPE')}{{{fields.pop('ID')},"]
    for name, text in fields.items():
        lines.append(f"  {name} = {_bibtex_value(name, text)},")
    return "\n".join([*lines, "}"])


def text_reference(row: Mapping[str, Any], publishers: Mapping[str, str] | None = None) -> str:
    """A source as one line: author, title, publisher, date, grade, address."""
    title, notes = _title(row)
    address = _text(row, "url")
    when = _text(row, "published")
    parts = [
        "; ".join(_authors(row)),
        f'"{title}"' if title else (notes[0] if notes else ""),
        _publisher(row, publishers),
        (when or "undated") + (" (date inferred)" if _text(row, "published_basis") == "inferred" else ""),
        address,
    ]
    said = ", ".join(part for part in parts if part)
    return f"{row['source_id']}: {said} [reliability {_text(row, 'reliability') or 'F'}]"


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else ""


def _title(row: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The printed title, or none and a note that says what stands in its place; then the other notes."""
    title, kind = _text(row, "title"), _text(row, "title_kind") or "printed"
    notes = [] if kind == "printed" or not title else [f"{_TITLE_WORDS.get(kind, kind)}: {title}"]
    author = _text(row, "author")
    if author.startswith("not stated") and author != "not stated":
        notes.append(f"author {author}")
    if _text(row, "published_printed"):
        notes.append(f"printed date {_text(row, 'published_printed')}, corrected")
    notes += [_text(row, "note")] if _text(row, "note") else []
    return (title if kind == "printed" else ""), notes


def _authors(row: Mapping[str, Any]) -> list[str]:
    author = _text(row, "author")
    if author.startswith("not stated"):
        return []
    return [name.strip() for name in author.split(";") if name.strip()]


def _publisher(row: Mapping[str, Any], publishers: Mapping[str, str] | None) -> str:
    publisher = _text(row, "publisher")
    return (publishers or {}).get(publisher, publisher)


def _issued(text: str) -> dict[str, Any]:
    if not text:
        return {}
    when = parse(text)
    found: dict[str, Any] = {"edtf": text}
    parts = [_parts(when)] if when.kind != "interval" else []
    if when.kind == "interval" and when.earliest and when.latest:
        first, _, last = text.partition("/")
        parts = [_parts(parse(first)), _parts(parse(last))]
    if parts and all(parts):
        found["date-parts"] = parts
    if when.start_qualifier != "exact" or when.end_qualifier != "exact":
        found["circa"] = True
    return found


def _parts(when: EdtfDate) -> list[int]:
    """Year, month and day as far as they are stated; empty where not even the year is."""
    day = when.earliest
    if day is None or when.kind in ("decade", "century", "one-of", "season"):
        return [day.year] if day is not None and when.kind == "season" else []
    depth = {"day": 3, "month": 2}.get(when.precision, 1)
    if when.latest is not None and when.kind == "unspecified":
        depth = 2 if day.month == when.latest.month and day.year == when.latest.year else 1
    return [day.year, day.month, day.day][:depth]


def _year_month(when: EdtfDate) -> tuple[str, str]:
    first, last = when.earliest, when.latest
    if first is None or last is None or first.year != last.year:
        return "", ""
    return str(first.year), _MONTHS[first.month - 1] if first.month == last.month else ""


def _bibtex_value(name: str, text: str) -> str:
    if name == "month":
        return text
    if name in ("url", "date", "urldate"):
        return "{" + "".join(_NOT_IN_URL.get(sign, sign) for sign in text) + "}"
    if name == "author":
        names = text.removeprefix("{").removesuffix("}").split("} and {")
        return "{" + " and ".join("{" + _escaped(name) + "}" for name in names) + "}"
    if name == "title":
        return "{{" + _escaped(text) + "}}"
    return "{" + _escaped(text) + "}"


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], " ".join(text.split()))
