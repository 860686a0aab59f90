"""What `heartland evidence show` prints about one record: as a JSON object and as lines of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from heartland.evidence.disagreement import statement
from heartland.evidence.known import has_clock
from heartland.evidence.ledger import Ledger
from heartland.evidence.records import plain

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
    found["issues"] = _issues(ledger, record_id)
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
        said = " > ".join(f"{link['name']}{_graded(link['reliability'])}" for link in found["chain"])
        lines.append(f"chain: {said}; reliability {found['chain_reliability'] or 'F'}")
    if has_clock(found["table"]):
        lines.append(f"dates: {_dates(found['dates'])}")
        lines.append(f"known from: {found['known_from'] or 'never (no publication date)'}")
    if found["rank"] and found["rank"]["rank"] != "normal":
        lines.append(f"rank: {found['rank']['rank']}, because {found['rank']['reason'] or 'no reason given'}")
    for source in found["sources"]:
        lines.append(
            f"source: {source['source_id']}  {source['title']}  "
            f"({', '.join(part for part in (source['publisher'], source['published']) if part) or 'undated'})"
        )
    for item in found["figures"]:
        lines += _figure(item)
    for issue in found["issues"]:
        reading = f" Read as: {issue['suggested_reading']}" if issue.get("suggested_reading") else ""
        lines.append(f"issue: {issue['issue_id']} ({issue['kind']})  {issue['description']}{reading}")
    if found["neighbours"]:
        lines.append(f"beside it: {', '.join(found['neighbours'])}")
    lines += [f"feeds {what}: {_named(names)}" for what, names in found["feeds"].items()]
    lines += [f"used by {table}: {_named(ids)}" for table, ids in found["used_by"].items()]
    return "\n".join(lines)


def _issues(ledger: Ledger, record_id: str) -> list[dict[str, Any]]:
    from heartland.evidence.issues import issues_for

    found = issues_for(ledger.tables, record_id)
    return [{name: plain(value) for name, value in issue.items()} for issue in found]


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
