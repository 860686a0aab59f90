"""The page of the measures: what each one says, how it is computed, what it may be quoted with."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from heartland.measures.definitions import DEFINITIONS
from heartland.measures.literature import METHODS, cited
from heartland.measures.meanings import DRAWN_WORDS, FLAG_WORDS, KIND_WORDS, REASON_WORDS
from heartland.measures.registry import Measure, get, names

__all__ = ["measures_page", "reference_line"]

# why a row stays that no figure rests on; said for the audit, not for a reference
_KEPT = re.compile(r"^kept: [^;]*(?:; |$)")

HEAD = """\
# Measures

Written by `docs/make.py` from the program's own catalogue. `heartland measure NAME` computes one,
`heartland describe measures NAME` describes one; `--explain` shows what stands behind a value.

**own** marks a definition that is this project's own: it has no published original to be checked against.
Names in brackets lead to the references at the end. A range holds inside the reference period of an index.
"""


def measures_page(sources: Iterable[Mapping[str, str]]) -> str:
    """The page in Markdown.

    Parameters
    ----------
    sources : rows of a region's sources.csv that hold the works; one that is missing is shown by its id
    """
    rows = {row["source_id"]: row for row in sources}
    records = [get(name) for name in names()]
    families = list(dict.fromkeys(record.family for record in records))
    parts = [HEAD]
    for family in families:
        parts.append(f"## {family}\n\n{_table([r for r in records if r.family == family])}")
    parts.append("## Methods that several measures share\n\n" + "".join(
        f"- {what}: {text}{_marks(cited(text))}.\n" for what, text in METHODS.items()))
    parts.append("## Words of the table\n\n" + "".join(
        f"- {what}: {words}.\n" for what, words in (
            ("rows", "; ".join(f"`{key}` {word}" for key, word in KIND_WORDS.items())),
            ("drawn", "; ".join(f"`{key}` {word}" for key, word in DRAWN_WORDS.items())),
        )))
    parts.append("## Why a cell is empty\n\n" + "".join(
        f"- `nan:{key}` {word}.\n" for key, word in REASON_WORDS.items()))
    parts.append("## What to know before a value is quoted\n\n" + "".join(
        f"- `{key}` {word}.\n" for key, word in FLAG_WORDS.items()))
    used = {work for record in records for work in record.references}
    used |= {work for text in METHODS.values() for work in cited(text)}
    parts.append("## References\n\n" + "".join(
        f'- <a id="{work}"></a>**{work}** {reference_line(rows.get(work, {}))}\n' for work in sorted(used)))
    return "\n".join(parts)


def reference_line(row: Mapping[str, str]) -> str:
    """Full reference of one row of sources.csv; its note says where it appeared and how that was checked."""
    if not row:
        return "not in the sources of this region."
    title = row["title"] if row["title_kind"] == "printed" else f"[{row['title']}]"
    year = row["published"][:4] or "no date"
    head = f"{row['author'] or row['publisher']} ({year}). {_end(title)}"
    place = _end(row["publisher"]) if row["author"] else ""
    return " ".join(text for text in (head, place, _end(_KEPT.sub("", row["note"])), row["url"]) if text)


def _end(text: str) -> str:
    return text if text.endswith(("?", ".", "!")) or not text else f"{text}."


def _table(records: Sequence[Measure]) -> str:
    lines = ["| measure | computed as | reading | unit, range | rows | drawn | options | definition |",
             "|---|---|---|---|---|---|---|---|"]
    for record in records:
        cells = (
            f"`{record.name}`", DEFINITIONS.get(record.name, ""), record.reading,
            f"{record.unit}, {_range(record)}", f"`{record.kind}`",
            " ".join(f"`{letter}`" for letter in record.uncertain) or "nothing",
            " ".join(f"`{option}`" for option in record.options) or "none",
            _definition(record),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _range(record: Measure) -> str:
    low, high = record.low, record.high
    if not math.isfinite(low) and not math.isfinite(high):
        return "any number"
    if not math.isfinite(low):
        return f"at most {high:g}"
    return f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"


def _definition(record: Measure) -> str:
    own = "**own**" if record.own_definition else ""
    text = "" if record.citation == "ours" else f"{record.citation}{_marks(record.references)}"
    return "; ".join(part for part in (own, text) if part)


def _marks(works: Sequence[str]) -> str:
    return "".join(f" [[{work}](#{work})]" for work in works)
