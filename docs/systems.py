"""The page of systems: which of them work, what each answers, and what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import heartland as hl
from heartland.region.region import Region
from heartland.report.system_words import answer_words
from heartland.scenarios.systems import TESTS, SystemStatus, system_status

__all__ = ["PAGE", "main", "page"]

PAGE = Path("docs/systems.md")
HEAD = """# Systems

Written by `docs/make.py` from the region and from the answers that `heartland run --all` recorded in
`answers.csv`. A system works if all of this holds: {tests}.
**{working} of {count} work.** Evidence A to D: the part of an answer that rests on parameters estimated from
data, three quarters or more for A, under a quarter for D. `heartland describe systems ID` gives one in full.

| system | works | headline question | answer | evidence | scenario | cases |
|---|---|---|---|---|---|---|
"""
GAPS = """
## What is missing

| system | missing |
|---|---|
"""
ASKED = """
## How each question is asked

Commands as they run; a note says what one leaves unanswered.

| system | question | command | note |
|---|---|---|---|
"""


def page(region: Region) -> str:
    """The whole page."""
    found = system_status(region)
    head = HEAD.format(
        tests="; ".join(TESTS.values()), working=sum(status.works for status in found), count=len(found)
    )
    gaps = [f"| `{status.system}` | {status.gaps} |\n" for status in found if not status.works]
    asked = [
        f"| `{row['system_id']}` | {row['question']} | `{row['command']}` | {row['note'] or ''} |\n"
        for row in region.tables["system_questions"].to_dict("records")
    ]
    return "".join([head, *map(_row, found), *([GAPS, *gaps] if gaps else []), ASKED, *asked])


def _row(status: SystemStatus) -> str:
    grade = status.answer.evidence_grade if status.answer else ""
    cells = [
        f"`{status.system}` {status.name}", "yes" if status.works else "**no**",
        status.question or "none yet",
        answer_words(status.answer), grade or "", f"`{status.headline}`" if status.headline else "",
        str(len(status.cases)),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Print the page."""
    sys.stdout.write(page(hl.Region.load("central-asia")))


if __name__ == "__main__":
    main()
