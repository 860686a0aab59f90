"""Checks of statements (A06 to A09 and their kin) and the list of all. Each check is a free function."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from heartland.core.dates import before, parse
from heartland.errors import Finding
from heartland.evidence.checkbook import Book, book_of, each, place
from heartland.evidence.number_checks import (
    bounds_out_of_order,
    number_without_unit,
    observation_of_nothing,
    observation_without_source,
    outside_its_scale,
    unit_clash,
)

__all__ = ["CHECKS", "run_checks"]


def run_checks(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Findings of all checks of this module, in the order of the checks."""
    book = book_of(tables)
    return [finding for check in CHECKS for finding in check(book)]


def line_outside_article(book: Book) -> Iterator[Finding]:
    """A06: lines lie inside the span of their article."""
    spans = {row["article_id"]: (row["first_line"], row["last_line"]) for row in book.get("documents", ())}
    for table, row in each(book, "facts", "arguments"):
        first, last = spans.get(row["article_id"], (math.nan, math.nan))
        for line in (int(number) for number in re.findall(r"\d+", row["lines"])):
            if line < first or line > last:
                yield Finding(
                    "E",
                    "A06",
                    place(table, row, "lines"),
                    f"line {line} lies outside {row['article_id']} ({first:.0f}-{last:.0f}).",
                    "The statement could not be found again.",
                    "Write the line of the stored text.",
                )
                break


def grade_without_reason(book: Book) -> Iterator[Finding]:
    """A07: any reliability but F needs a reason."""
    for table, row in each(book, "sources"):
        if row["reliability"] not in ("", "F") and not row["reliability_reason"]:
            yield Finding(
                "E",
                "A07",
                place(table, row, "reliability"),
                f'"{row["reliability"]}" without a reason.',
                "Grades set the width of every interval built on this source.",
                "Fill reliability_reason or write F.",
            )


def confirmed_by_nobody(book: Book) -> Iterator[Finding]:
    """A08: credibility 1 needs two independence groups other than the speaker's own."""
    confirmed = [
        (table, row) for table, row in each(book, "facts", "observations") if row["credibility"] == "1"
    ]
    if not confirmed:
        return
    groups = {row["source_id"]: row["independence_group"] for row in book.get("sources", ())}
    own = _own_groups(book)
    behind: dict[tuple[str, ...], set[str]] = {}
    about = ("giver", "receiver", "channel", "indicator", "period", "definition")
    for _, row in each(book, "observations"):
        key = tuple(row[name] for name in about)
        behind.setdefault(key, set()).add(groups.get(row["source_id"], row["source_id"]))
    for table, row in confirmed:
        if table == "facts":
            cited = {groups.get(name, name) for name in (row["article_id"], *row["cited_source_ids"])}
            found = cited.difference(*({name, *own.get(name, ())} for name in row["speakers"]))
        else:
            found = behind[tuple(row[name] for name in about)] - {row["giver"], *own.get(row["giver"], ())}
        if len(found) < 2:
            count = "only 1 independent group stands" if found else "no independent group stands"
            yield Finding(
                "E",
                "A08",
                place(table, row, "credibility"),
                f"graded 1 but {count} behind it.",
                "1 means confirmed by others; reprints and the speaker's own outlets are no confirmation.",
                "Cite a second independent source or write a weaker grade.",
            )


def _own_groups(book: Book) -> dict[str, set[str]]:
    """Independence groups of what each actor publishes itself, or an outlet of its own does."""
    homes = {row["actor_id"]: row["home"] for row in book.get("actors", ())}
    kinds = ("state-media", "official", "company")
    found: dict[str, set[str]] = {}
    for row in book.get("sources", ()):
        owners = {row["publisher"]}
        if row["kind"] in kinds:
            owners.add(homes.get(row["publisher"], ""))
        for owner in owners - {""}:
            found.setdefault(owner, set()).add(row["independence_group"] or row["source_id"])
    return found


def rank_without_reason(book: Book) -> Iterator[Finding]:
    """A09: deprecated and preferred need a reason (in the note where a table has no rank_reason)."""
    for table, row in each(book, "facts", "memberships", "observations"):
        column = "rank_reason" if "rank_reason" in row else "note"
        if row["rank"] in ("deprecated", "preferred") and not row[column]:
            yield Finding(
                "E",
                "A09",
                place(table, row, "rank"),
                f"rank {row['rank']} needs a {column}.",
                "A reader must see why one value hides another.",
                f"Fill {column} or write normal.",
            )


def ends_before_it_begins(book: Book) -> Iterator[Finding]:
    """`to` is not before `from`."""
    nouns = {
        "memberships": "A membership",
        "actors": "An actor",
        "legs": "A leg",
        "leg_status": "A status",
        "silence": "A register",
        "actor_names": "A name",
    }
    for table, row in each(book, *nouns):
        start, end = row.get("from", ""), row.get("to", "")
        if start and end and before(parse(end), parse(start)) == "yes":
            yield Finding(
                "E",
                "span-order",
                place(table, row, "to"),
                f'"{end}" is before from "{start}".',
                f"{nouns[table]} cannot end before it begins.",
                "Swap the two, or leave to empty if it still holds.",
            )


def fact_of_nobody(book: Book) -> Iterator[Finding]:
    """A fact has an actor unless its type is other; a channel has an orientation, a value a qualifier."""
    for table, row in each(book, "facts"):
        if row["type"] != "other" and not row["givers"] and not row["receivers"]:
            yield Finding(
                "E",
                "fact-actors",
                place(table, row, "givers"),
                "neither giver nor receiver.",
                "The fact would bear on no tie.",
                "Name one of them, or use type other.",
            )
        for column, needed in (("channel", "tie_orientation"), ("value", "value_qualifier")):
            cell = row[column]
            filled = not math.isnan(cell) if isinstance(cell, float) else bool(cell)
            if filled and not row[needed]:
                yield Finding(
                    "E",
                    "fact-needs",
                    place(table, row, needed),
                    f"empty although {column} is filled.",
                    "The two are read together.",
                    f"Fill {needed} or empty {column}.",
                )


def corrected_without_print(book: Book) -> Iterator[Finding]:
    """A corrected publication date keeps the printed one."""
    for table, row in each(book, "sources"):
        if row["published_basis"] == "corrected" and not row["published_printed"]:
            yield Finding(
                "E",
                "published-printed",
                place(table, row, "published_printed"),
                "empty although the date is corrected.",
                "The printed date must not be lost.",
                "Write the date as printed.",
            )


def name_of_two_actors(book: Book) -> Iterator[Finding]:
    """A name stands for one actor in one span."""
    first: dict[tuple[str, str, str], tuple[str, int]] = {}
    for table, row in each(book, "actor_names"):
        key = (row["text"], row["from"], row["to"])
        actor, earlier = first.setdefault(key, (row["actor_id"], int(row["_row"])))
        if actor != row["actor_id"]:
            yield Finding(
                "E",
                "name-twice",
                place(table, row, "text"),
                f'"{row["text"]}" already names {actor} in row {earlier}.',
                "A text could not be coded to one actor.",
                "Give the two names their dates, or delete one.",
            )


CHECKS: tuple[Callable[[Book], Iterator[Finding]], ...] = (
    number_without_unit,
    bounds_out_of_order,
    line_outside_article,
    grade_without_reason,
    confirmed_by_nobody,
    rank_without_reason,
    observation_without_source,
    observation_of_nothing,
    unit_clash,
    outside_its_scale,
    ends_before_it_begins,
    fact_of_nobody,
    corrected_without_print,
    name_of_two_actors,
)
