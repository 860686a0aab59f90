"""The thirty audits of a ledger: one registry, one way to run them, one record per check.

An error means that the folder cannot be trusted as it is, a warning that an editor should look, a note that
a reader should know. Each check is a free function from the material to findings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from heartland.core.dates import parse
from heartland.errors import Finding, HeartlandInputError, suggestion
from heartland.evidence import audit_actors as actors
from heartland.evidence import audit_arguments as arguments
from heartland.evidence import audit_dates as dates
from heartland.evidence import audit_files as files
from heartland.evidence import audit_plover as plover
from heartland.evidence import audit_routes as routes
from heartland.evidence import audit_sources as sources
from heartland.evidence import checks, number_checks
from heartland.evidence.audit_material import Material
from heartland.evidence.checkbook import Book
from heartland.evidence.issues import issue_notes
from heartland.evidence.ledger import Ledger

__all__ = ["AUDITS", "Audit", "audit", "audit_page", "summary"]

Check = Callable[[Material], Iterable[Finding]]


@dataclass(frozen=True)
class Audit:
    """One check of the registry.

    severity : E, W or I, the worst it gives
    finds : what it looks for;  example : a message as it prints, with made-up names;  fix : what to do
    """

    id: str
    severity: str
    finds: str
    example: str
    fix: str
    check: Check


def _rows(check: Callable[[Book], Iterable[Finding]]) -> Check:
    """A check of rows as a check of material."""
    return lambda material: check(material.book)


AUDITS: tuple[Audit, ...] = (
    Audit(
        "A01", "E", "an id used twice in one table", "id F-X1-004 already used in row 17.",
        "give the row an id that was never used", files.duplicate_id,
    ),
    Audit(
        "A02", "E", "a reference that leads nowhere", '"AAB" is not an actor.',
        "take one of the ids that are offered", files.unresolved_reference,
    ),
    Audit(
        "A03", "E", "a date that cannot be read", '"2021-02-30" is not a day.',
        "write what the message offers, or leave the cell empty", files.unparsable_date,
    ),
    Audit(
        "A04", "E", "a value without a unit, a unit without a value", "value 12 has no unit.",
        "write the unit from the unit list", _rows(number_checks.number_without_unit),
    ),
    Audit(
        "A05", "E", "bounds out of order", "low 9 is above value 5.",
        "swap the two", _rows(number_checks.bounds_out_of_order),
    ),
    Audit(
        "A06", "E", "a line outside its text", "line 44 lies outside X1 (1-20).",
        "write the line of the stored text", _rows(checks.line_outside_article),
    ),
    Audit(
        "A07", "E", "a reliability other than F without a reason", '"B" without a reason.',
        "fill reliability_reason or write F", _rows(checks.grade_without_reason),
    ),
    Audit(
        "A08", "E", "credibility 1 without two independent groups",
        "graded 1 but only 1 independent group stands behind it.",
        "cite a second independent source or write a weaker grade", _rows(checks.confirmed_by_nobody),
    ),
    Audit(
        "A09", "E", "a rank without a reason", "rank deprecated needs a rank_reason.",
        "say why, or write normal", _rows(checks.rank_without_reason),
    ),
    Audit(
        "A10", "W", "an event dated after the text that reports it; plans and forecasts are free",
        "2022-05 is after the text (2021-02); planned or forecast?",
        "check the date, or correct the modality", dates.dated_after_its_text,
    ),
    Audit(
        "A11", "W", "a cited item dated after the text that cites it",
        "X1-59 is dated 2021-08-30, after X1; check the printed date.",
        "correct published and keep the printed date", dates.item_after_its_text,
    ),
    Audit(
        "A12", "W", "a tie dated by the coder's own knowledge",
        "date comes from outside the text; verify before calibrating (F-X1-004, presence).",
        "cite a source for the date", dates.from_outside_the_text,
    ),
    Audit(
        "A13", "E", "a number without source that is no declared assumption; of routes a warning",
        "no source: status must be assumption.",
        "name the source, or write assumption", sources.without_source,
    ),
    Audit(
        "A14", "W", "ties on which one independence group alone speaks, by channel and group",
        "127 values of arms (A>C, A>D, B>C and 9 more) all rest on register.",
        "add a second independent source; until then read the intervals as too narrow", sources.one_source,
    ),
    Audit(
        "A15", "W", "independent groups that disagree beyond the limit of pooling, by tie",
        "A>C trade 2013: 5.07 billion usd (mirror) against 1.51 billion usd (customs), ratio 3.4.",
        "find out what each counts; separate the definitions, or prefer one with a reason", sources.conflict,
    ),
    Audit(
        "A16", "W", "an actor's deed known from its own outlets alone, by group",
        "a-press speaks about its own act; no other group confirms (F-X1-004).",
        "cite an independent source as well", sources.interested,
    ),
    Audit(
        "A17", "W", "actors used nowhere and sources cited by nothing, by kind",
        "aaa-press is used nowhere (media).",
        "code what the texts say of it, or write `kept:` and why in its note", actors.orphan,
    ),
    Audit(
        "A18", "W", "a rumour, denial or refutation on a tie", "rumoured fact feeds presence of A, C.",
        "empty channel, or correct the modality", sources.rumour_in_use,
    ),
    Audit(
        "A19", "W", "an actor on both sides; free for mutual types (tie, agreement, border) and where both "
        "sides are the same and no channel is named", "A is both giver and receiver.",
        "take it off one side, or use a mutual type", actors.both_sides,
    ),
    Audit(
        "A20", "W", "an actor in a fact outside its time", "A ended 1991-12-26; fact dated 2005.",
        "name the successor or predecessor, or correct the date", dates.dead_actor,
    ),
    Audit(
        "A21", "W", "a membership stated outside its recorded spells",
        "A was not member of pact on 2001.", "correct the spell, or deprecate the statement",
        dates.role_outside_validity,
    ),
    Audit(
        "A22", "W", "two facts with the same actors, action and topic, overlapping dates and like words",
        "F-X1-004 and F-X2-010: same actors, action, overlapping date; merge or mark different.",
        'deprecate one, or write "not F-X1-004: ..." in the note of the other', actors.near_duplicate,
    ),
    Audit(
        "A23", "W", "series whose newest value is older than their channel allows at the model's start; a "
        "complete register is never stale",
        "newest value of exercises is 11 years old on 2021-12-31 for all 20 series (A>C, A>D and 18 more).",
        "add newer values, or read the tie as unknown", dates.stale,
    ),
    Audit(
        "A24", "W", "arguments with opposite signs that contradictions.csv does not record",
        "C-X1-004 says + and C-X2-010 says - for aid -> trust.",
        "record the pair, or name the causes apart", arguments.sign_clash,
    ),
    Audit(
        "A25", "W", "arguments that no mechanism carries and whose gap is not explained, by system",
        "no mechanism carries aid -> trust (C-X1-004), nor 11 more arguments of defence.",
        "name the mechanisms, or fill gap", arguments.without_mechanism,
    ),
    Audit(
        "A26", "W", "a statement about a collective used as evidence about one of its members",
        "F-X1-004 speaks of valley-states; not evidence for A.",
        "cite a statement about the one, or deprecate the row", actors.collective_for_one,
    ),
    Audit(
        "A27", "E", "eight words in a row of a source text; only where the texts are at hand (--texts)",
        "9 consecutive words equal the source; write it in own words.",
        "say it differently", files.long_run_of_words,
    ),
    Audit(
        "A28", "W", "a leg more than 3 % shorter than the great circle, a route whose legs do not join",
        "K02: L005 does not connect to L009.", "correct the length, add the missing leg", routes.route_faults,
    ),
    Audit(
        "A29", "W", "a table edited without a record in changes.csv",
        "facts differs from its last recorded state.",
        "heartland evidence record --by NAME --reason TEXT", files.changed_by_hand,
    ),
    Audit(
        "A30", "W", "text that a spreadsheet would run", "text starts with '='; a spreadsheet would run it.",
        "begin with a word", files.formula_like,
    ),
)  # fmt: skip
# checks without a number, run with all the others
FURTHER: tuple[Check, ...] = (
    _rows(number_checks.observation_of_nothing),
    _rows(number_checks.unit_clash),
    _rows(number_checks.outside_its_scale),
    _rows(checks.ends_before_it_begins),
    _rows(checks.fact_of_nobody),
    _rows(checks.corrected_without_print),
    _rows(checks.name_of_two_actors),
    plover.coding_rules,
    issue_notes,
)


# of those, the ones that may be asked for by name
NAMED: Mapping[str, Check] = {"plover": plover.coding_rules, "issue": issue_notes}


def audit(
    source: Ledger | Mapping[str, pd.DataFrame],
    folder: Path | None = None,
    *,
    only: Sequence[str] = (),
    known_by: str | date | None = None,
    at: date | None = None,
    mechanisms: Collection[str] | None = None,
    texts: Path | None = None,
) -> list[Finding]:
    """Findings of the audits, in the order of their numbers, errors, warnings and notes alike.

    Parameters
    ----------
    source : a ledger, or the validated tables of a region
    folder : the region's folder, for the audits of files (A03, A29; YAML files that use an actor: A17)
    only : ids of the audits to run; all, and the checks without a number, when empty
    known_by : judge only what was public by then
    at : day the age of numbers is counted to; the date of knowledge, else the end of the newest period
    mechanisms : ids of the known mechanisms; None: any name passes
    texts : folder of source texts (`<document>.txt`); without it A27 does not run

    Raises
    ------
    HeartlandInputError
        An id in `only` that is no audit, A27 without texts, or a folder of texts that is not there.
    """
    _check_usage(only, texts)
    ledger = source if isinstance(source, Ledger) else Ledger(source)
    tables = ledger.tables
    cut = ledger if known_by is None else ledger.as_of(known_by=known_by)
    day = at or cut.known_by or _newest(tables)
    known = None if mechanisms is None else frozenset(mechanisms)
    material = Material(tables, cut, day, folder, texts, known)
    asked = [record for record in AUDITS if not only or record.id in only]
    found = [finding for record in asked for finding in record.check(material)]
    if not only:
        found += [finding for check in FURTHER for finding in check(material)]
    found += [finding for name, check in NAMED.items() if name in only for finding in check(material)]
    return found


def _check_usage(only: Sequence[str], texts: Path | None) -> None:
    if unknown := [name for name in only if name not in _IDS]:
        raise HeartlandInputError.at(
            f'"{unknown[0]}" is not an audit.',
            check="audit",
            why="Nothing would be checked.",
            fix=suggestion(unknown[0], _IDS, listing="Audits: A01 to A30, plover, issue."),
        )
    if texts is None and "A27" in only:
        raise HeartlandInputError.at(
            "A27 compares with the source texts, and none are given.",
            check="texts",
            why="To find nothing without looking would be no finding.",
            fix="Add --texts FOLDER, the folder that holds <document>.txt.",
        )
    if texts is not None and not texts.is_dir():
        raise HeartlandInputError.at(
            "is not a folder.",
            file=str(texts),
            check="texts",
            why="A27 compares with the source texts.",
            fix="Name the folder that holds <document>.txt.",
        )


_IDS = (*(record.id for record in AUDITS), *NAMED)


def _newest(tables: Mapping[str, pd.DataFrame]) -> date:
    frame = tables.get("observations")
    periods = set() if frame is None or frame.empty else set(frame["period"].tolist())
    return max((day for text in periods if text and (day := parse(text).latest)), default=date.max)


def summary(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Number of findings by check, each with its worst severity first: check -> severity -> count."""
    found: dict[str, dict[str, int]] = {}
    for finding in findings:
        counts = found.setdefault(finding.check, {})
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    return {
        check: {letter: counts[letter] for letter in "EWI" if letter in counts}
        for check, counts in found.items()
    }


def audit_page() -> str:
    """Documentation page: a table of all audits, from the registry."""
    words = {"E": "error", "W": "warning", "I": "note"}
    lines = [
        "# Audits",
        "",
        "Written by `docs/make.py` from the registry. `heartland evidence audit` runs them all; `--only A15` "
        "runs one, `--all`",
        "shows every finding, `--strict` lets warnings fail too. An error means that the folder cannot be "
        "trusted as it is, a",
        "warning that an editor should look. Each finding begins with its place, `file:row:column`, and ends "
        "with its fix. Lines",
        "marked `issue` are oddities of the texts that are still open, `plover` are event codes the codebook "
        "would not give; other",
        "words instead of a number are faults that loading a region refuses as well.",
        "",
        "| id | severity | finds | example | fix |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {record.id} | {words[record.severity]} | {record.finds} | `{record.example}` | {record.fix} |"
        for record in AUDITS
    ]
    return "\n".join(lines) + "\n"
