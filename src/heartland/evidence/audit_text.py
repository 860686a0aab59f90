"""Findings of an audit as text, JSON and rows: grouped by check, places first, few enough to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from heartland.errors import Finding
from heartland.evidence.audit import AUDITS, summary

__all__ = ["COLUMNS", "SHOWN", "audit_json", "audit_rows", "audit_text", "counts_of"]

SHOWN = 5  # findings of one check printed unless all are asked for
COLUMNS = ("severity", "check", "file", "row", "column", "what", "why", "fix")
_WORDS = {"E": "error", "W": "warning", "I": "note"}
_TITLES = {record.id: record.finds.partition(";")[0] for record in AUDITS} | {
    "issue": "an oddity of the texts that is still open",
    "plover": "an event code the codebook would not give",
}


def counts_of(findings: Iterable[Finding]) -> dict[str, int]:
    """Findings per severity: E, W and I, zero included."""
    found = list(findings)
    return {letter: sum(finding.severity == letter for finding in found) for letter in "EWI"}


def audit_text(findings: Sequence[Finding], *, most: int | None = SHOWN) -> str:
    """Findings grouped by check, errors first; what they have in common is said once per check.

    most : findings printed per check; None prints all
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.check), []).append(finding)
    lines: list[str] = []
    for (letter, check), found in sorted(groups.items(), key=lambda item: "EWI".index(item[0][0])):
        title = _TITLES.get(check, "")
        lines.append(f"{check}  {_count(len(found), _WORDS[letter])}" + (f": {title}" if title else ""))
        lines += _group(found, most)
        lines.append("")
    counts = counts_of(findings)
    lines.append(", ".join(_count(counts[letter], _WORDS[letter]) for letter in "EWI"))
    return "\n".join(lines)


def _group(found: Sequence[Finding], most: int | None) -> list[str]:
    """Lines of one check: the findings, then how many are left, then why and fix where they are the same."""
    advice = {(finding.why, finding.fix) for finding in found}
    shown = found if most is None else found[:most]
    if len(advice) > 1:
        lines = [f"  {finding}" for finding in shown]
    else:
        lines = [f"  {finding.place}  {finding.what}" for finding in shown]
    if len(shown) < len(found):
        lines.append(f"  and {len(found) - len(shown)} more: --only {found[0].check}")
    if len(advice) == 1:
        lines.append(f"  {' '.join(part for part in next(iter(advice)) if part)}")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def audit_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """One row per finding with the columns of `COLUMNS`."""
    return [
        {
            "severity": finding.severity,
            "check": finding.check,
            "file": finding.place.file,
            "row": finding.place.row,
            "column": finding.place.column,
            "what": finding.what,
            "why": finding.why,
            "fix": finding.fix,
        }
        for finding in findings
    ]


def audit_json(findings: Sequence[Finding], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Object of schema `heartland.evidence.audit/1`: what was asked, counts, and every finding.

    asked : region, known_by and only, as the caller gave them
    """
    return {
        "schema": "heartland.evidence.audit/1",
        **asked,
        "counts": counts_of(findings),
        "checks": summary(findings),
        "findings": audit_rows(findings),
    }
