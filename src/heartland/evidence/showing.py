"""What `heartland evidence show` prints about one record: as a JSON object and as lines of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from heartland.evidence.disagreement import statement
from heartland.evidence.issues import bearing, issues_for
from heartland.evidence.known import has_clock
from heartland.evidence.ledger import Ledger
from heartland.evidence.records import plain, publisher_name

__all__ = ["aligned", "cell_text", "rounded", "show_csv", "show_json", "show_text"]

MOST_NAMED = 10


def show_json(ledger: Ledger, record_id: str) -> dict[str, Any]:
    """Object of schema `heartland.evidence.show/1` for one record id.

    Raises
    ------
    HeartlandInputError
        An id that is in no table, with the nearest ids.
    """
    found = {"schema": "heartland.evidence.show/1", **ledger.show(record_id)}
    tables = ledger.public.tables
    found["issues"] = [
        {name: plain(value) for name, value in issue.items()} for issue in issues_for(tables, record_id)
    ]
    if found["table"] == "issues":
        found["bears_on"] = bearing(tables, record_id)
    return found


def show_text(ledger: Ledger, record_id: str) -> str:
    """The same as `show_json`, as lines of text."""
    found = show_json(ledger, record_id)
    record = {name: value for name, value in found["record"].items() if value not in (None, [])}
    deprecated = record.get("rank") == "deprecated"
    name, mark = (f"~~{found['id']}~~", "; deprecated") if deprecated else (found["id"], "")
    row = f", row {found['row']}" if found["row"] else ""
    lines = [f"{name}  ({found['table']}{row}{mark})"]
    lines += [f"  {name}: {cell_text(value)}" for name, value in record.items()]
    if found["chain"]:
        lines.append(f"chain: {_chain(found['chain'])}; reliability {found['chain_reliability'] or 'F'}")
    if has_clock(found["table"]):
        lines.append(f"dates: {_dates(found['dates'])}")
        how = " (no vintage stated: end of the period and the usual lag)" if found["lag_assumed"] else ""
        lines.append(f"known from: {found['known_from'] or 'never (no publication date)'}{how}")
    if found["rank"] and found["rank"]["rank"] != "normal":
        lines.append(f"rank: {found['rank']['rank']}, because {found['rank']['reason'] or 'no reason given'}")
    for source in found["sources"]:
        parts = (publisher_name(ledger.tables, source["publisher"]), source["published"] or "undated")
        said = ", ".join(part for part in parts if part)
        lines.append(f"source: {source['source_id']}  {source['title']}  ({said})")
    for item in found["figures"]:
        lines += _figure(item)
    for issue in found["issues"]:
        reading = f" Read as: {issue['suggested_reading']}" if issue.get("suggested_reading") else ""
        settled = ", settled" if issue["resolved"] else ""
        words = f"{issue['kind'].replace('_', ' ')}, {issue['match']}{settled}"
        lines.append(f"issue: {issue['issue_id']} ({words})  {issue['description']}{reading}")
    lines += [f"bears on, {how}: {_named(ids)}" for how, ids in found.get("bears_on", {}).items()]
    if found["neighbours"]:
        lines.append(f"beside it: {', '.join(found['neighbours'])}")
    lines += [f"feeds {what}: {_named(names)}" for what, names in found["feeds"].items()]
    lines += [f"used by {table}: {_named(ids)}" for table, ids in found["used_by"].items()]
    return "\n".join(lines)


def _chain(links: Sequence[Mapping[str, str]]) -> str:
    """Author > cited source > speaker; several at one place of the chain stand side by side."""
    places: dict[str, list[str]] = {}
    for link in links:
        places.setdefault(link["role"], []).append(f"{link['name']}{_graded(link['reliability'])}")
    return " > ".join(", ".join(dict.fromkeys(names)) for names in places.values())


def _dates(dates: Mapping[str, Any]) -> str:
    words = {"date": "stated", "published": "published", "retrieved": "retrieved", "coded_on": "coded"}
    return "; ".join(f"{word} {dates[name] or 'unknown'}" for name, word in words.items())


def _figure(item: Mapping[str, Any]) -> Iterator[str]:
    who = f"{item['giver']} to {item['receiver']}" if item["receiver"] else item["giver"]
    pooled = "nothing usable is stated"
    if item["value"] is not None:
        pooled = f"pooled {rounded(item['value'])} {item['unit']}"
        pooled += f" ({rounded(item['low'])} to {rounded(item['high'])})"
    groups = f"{item['n_groups']} {'group' if item['n_groups'] == 1 else 'groups'}"
    apart = f", ratio {rounded(item['ratio'])}" if item["ratio"] is not None else ""
    mark = ", conflict" if item["conflict"] else ""
    yield (
        f"figure: {who}, {item['quantity']}, {item['period']}, {item['definition'] or 'undefined'}: "
        f"{pooled}, {groups}{apart}{mark}"
    )
    for claim in item["claims"]:
        number = f"{cell_text(claim['value'])} {claim['unit']}"
        yield f"  {claim['id']}  {statement(claim, number)}"


def rounded(value: object) -> str:
    """A number with four significant digits and separators for thousands."""
    if not isinstance(value, float):
        return cell_text(value)
    short = float(f"{value:.4g}")
    return f"{short:,.0f}" if abs(short) >= 1000 else f"{short:.4g}"


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _graded(letter: str) -> str:
    return f" [{letter}]" if letter else ""


def cell_text(value: object) -> str:
    """A cell as one line of text: lists joined by `;`, unknown empty."""
    cleaned = plain(value)
    if isinstance(cleaned, list):
        return ";".join(str(entry) for entry in cleaned)
    if isinstance(cleaned, float):
        return f"{cleaned:.12g}"
    return "" if cleaned is None else str(cleaned).replace("\n", " ")


def aligned(table: Sequence[Sequence[str]]) -> str:
    """Rows of texts as aligned columns."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table
    )


def show_csv(ledger: Ledger, record_id: str) -> str:
    """The record itself as CSV: one row, in the columns of its table."""
    record = ledger.show(record_id)["record"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(record)
    writer.writerow(cell_text(value) for value in record.values())
    return out.getvalue().rstrip("\n")
