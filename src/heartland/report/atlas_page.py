"""The page of one system: what it is, its rules, its measured state, its answer, and how to make it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from heartland.charts.theme import Palette
from heartland.charts.words import of_100
from heartland.region.corridors import route_graph
from heartland.report.answer import answer_lines, sign_words
from heartland.report.causes import why_section
from heartland.report.content import Cell, Context, Link, Section, Table, records
from heartland.report.evidence import evidence_sections, source_section
from heartland.report.limits import limit_section
from heartland.report.outcomes import outcome_section
from heartland.report.page import page
from heartland.report.routes import network_section
from heartland.report.system_words import answer_words, measured_words, standing_words
from heartland.scenarios.measured import Measured, state_of
from heartland.scenarios.state import model_labels
from heartland.scenarios.systems import TESTS

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.runs.answered import Answered
    from heartland.scenarios.systems import SystemStatus

__all__ = ["SystemPage", "system_page"]

ROUTES = "M16"


@dataclass(frozen=True)
class SystemPage:
    """What the page of a system is made of.

    context, head : of the headline scenario; None where it was not run
    further : other scenarios of the system that were run
    """

    region: Region
    status: SystemStatus
    palette: Palette
    context: Context | None
    head: Answered | None
    further: Sequence[Answered]

    @property
    def row(self) -> dict[str, Any]:
        """Row of systems.csv."""
        frame = self.region.tables["systems"]
        return records(frame[frame["system_id"] == self.status.system])[0]

    def source(self, name: str) -> Cell:
        """A source as a link into the list at the end, where there is one."""
        return self.context.source_link(name) if self.context else name

    def actor(self, name: str) -> str:
        """Name of an actor."""
        frame = self.region.tables["actors"]
        found = frame.loc[frame["actor_id"] == name, "name"]
        return str(found.iloc[0]) if len(found) else name


def system_page(item: SystemPage) -> str:
    """The page as HTML text."""
    status, region = item.status, item.region
    start = item.head.run.layout.dates[0] if item.head else str(region.model.start)
    measured = list(state_of(region, status.system, start))
    sections = [
        _about(item), *_answer(item), _state(measured, start), _routes(item, start), *_further(item),
        _rules(item), _cases(item), _arguments(item), _commands(item, measured), *_limits(item),
    ]  # fmt: skip
    head = item.head
    lines = answer_lines(head.run, head.base, _headline(item)) if head else [standing_words(status)]
    return page(
        [section for section in sections if section is not None], item.palette, title=status.name,
        kicker=f"heartland atlas. {region.model.title}",
        question=head.scenario.question if head else str(item.row["user_questions"]), lines=lines,
        closing=_closing(item),
        data={"schema": "heartland.atlas.system/1", "system": status.system, "works": status.works,
              "headline": status.headline or None, "missing": {k: list(v) for k, v in status.missing.items()},
              "state": [_plain(one) for one in measured],
              "outcomes": [row.to_json() for row in head.rows] if head else []},
    )  # fmt: skip


def _headline(item: SystemPage) -> list[Any]:
    rows = item.head.rows if item.head else []
    return [row for row in rows if row.id == item.status.outcome] or rows[:1]


def _closing(item: SystemPage) -> str:
    region, head = item.region, item.head
    of_run = (
        f"Run {head.run.card.get('run_id', '')}, {head.run.members} members, seed {head.run.seed}. "
        if head else ""
    )  # fmt: skip
    return f"{of_run}Region {region.id} {region.model.version}."


def _plain(found: Measured) -> dict[str, Any]:
    ends = {key: getattr(found, key) for key in ("value", "low", "high")}
    return {
        **{key: getattr(found, key) for key in ("kind", "name", "giver", "receiver", "other", "part", "at")},
        **{key: value if value == value else None for key, value in ends.items()},
        "unit": found.unit, "evidence": found.evidence, "reason": found.reason,
    }  # fmt: skip


def _about(item: SystemPage) -> Section:
    row, status = item.row, item.status
    labels = model_labels()
    models = ", ".join(f"{labels.get(name, name)} ({name})" for name in status.models)
    texts = [
        f"Read from {', '.join(row['article_ids'])}. Actors: "
        f"{', '.join(item.actor(name) for name in row['elements'])}. Its state is described by "
        f"{'; '.join(row['state_variables'])}. In the model it is carried by {models or 'nothing yet'}.",
        f"What is asked of it: {row['user_questions']}",
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [words, "no" if status.missing[name] else "yes", "; ".join(status.missing[name])]
        for name, words in TESTS.items()
    ]
    points: list[Cell] = [Link("All systems", "index.html")]
    return Section(
        "about", "The system", texts=texts, points=points,
        tables=[Table("Whether it works", ["test", "met", "what is missing"], cells)],
    )  # fmt: skip


def _state(measured: Sequence[Measured], start: str) -> Section:
    cells: list[list[Cell]] = [
        [found.says, measured_words(found), _who(found), found.evidence or "none", found.command]
        for found in measured
    ]
    columns = ["what it tells", "value (interval)", "of what", "evidence", "command that shows it"]
    own = [row[:4] for row in cells]
    texts = [f"As measured on {start}, where the headline scenario starts. Unknown stays unknown."]
    return Section("state", "Its state, measured", texts=texts, tables=[
        Table("State of the system", columns[:4], own, folded=False),
        Table("Where each number comes from", [columns[0], columns[4], "observations"],
              [[found.says, found.command, ", ".join(found.records)] for found in measured]),
    ])  # fmt: skip


def _routes(item: SystemPage, start: str) -> Section | None:
    """The map of the routes, for a system that the route model carries."""
    if ROUTES not in item.status.models:
        return None
    return network_section(item.region, route_graph(item.region, start))


def _who(found: Measured) -> str:
    who = " - ".join(name for name in (found.giver, found.other, found.receiver) if name)
    part = f", {found.part}" if found.part else ""
    return f"{found.name.replace('_', ' ').replace('.', ', ')}: {who}{part}"


def _answer(item: SystemPage) -> Iterator[Section]:
    if item.context is None or item.head is None:
        text = "No scenario that answers its headline question was run for this page."
        yield Section("outcomes", "Its headline question", texts=[text])
        return
    rows = _headline(item)
    found = outcome_section(item.context, rows)
    tables = [replace(table, caption="Its answer") for table in found.tables]
    yield Section(
        found.id, "Its headline question", groups=found.groups, tables=tables, notes=found.notes,
        texts=[f"{item.head.scenario.title}. {rows[0].question}", *_reading(item.head)],
    )  # fmt: skip


def _reading(head: Answered) -> list[str]:
    scenario = head.scenario
    said = [f"Expected: {scenario.expected}"] if scenario.expected else []
    return said + ([f"What would speak against it: {scenario.disproof}"] if scenario.disproof else [])


def _further(item: SystemPage) -> Iterator[Section]:
    if item.context is not None:
        yield why_section(item.context, _headline(item))[0]
    cells: list[list[Cell]] = []
    for done in (*([item.head] if item.head else []), *item.further):
        for row in done.rows:
            if done is item.head and row.id == item.status.outcome:
                continue
            cells.append([
                row.question, done.scenario.title, answer_words(row),
                sign_words(row.difference), row.evidence_grade or "not graded",
            ])  # fmt: skip
    readings: list[list[Cell]] = [
        [done.scenario.title, done.scenario.expected, done.scenario.disproof] for done in item.further
    ]
    known = {done.scenario.id for done in item.further}
    left = [name for name in item.status.scenarios if name not in known and name != item.status.headline]
    tables = [
        Table("Further answers", ["question", "scenario", "answer", "direction", "evidence"], cells,
              folded=False),
        *([Table("What the authors expect, and what would speak against it",
                 ["scenario", "expected", "what would speak against it"], readings)] if readings else []),
    ]  # fmt: skip
    notes = [f"Shipped but not run for this page: {', '.join(left)}."] if left else []
    if cells or notes:
        yield Section("further", "Further answers", tables=tables if cells else [], notes=notes)


def _rules(item: SystemPage) -> Section:
    wanted = set(item.row["rules"])
    cells: list[list[Cell]] = []
    for organisation in item.region.organisations.values():
        name = organisation.title or item.actor(organisation.id)
        for decision, versions in organisation.decisions.items():
            cells += [
                [rule.rule_id, f"{name}: {decision.replace('-', ' ')}",
                 rule.text or rule.kind, " ".join((rule.kind, *rule.modifiers)).replace("_", " "),
                 f"{rule.status}{_span(rule.from_, rule.to)}", item.source(rule.source)]
                for rule in versions if rule.rule_id in wanted
            ]  # fmt: skip
    cells += [
        [policy.rule_id, f"{item.actor(policy.actor)}: {policy.id.replace('-', ' ')}", policy.text, "policy",
         f"default {policy.default}{_span(policy.from_, policy.to)}", item.source(policy.source)]
        for policy in item.region.policies.values() if policy.rule_id in wanted
    ]  # fmt: skip
    texts = [] if cells else ["No rule of the documents belongs to this system."]
    columns = ["rule", "of", "in words", "kind", "standing", "source"]
    tables = [Table("Rules", columns, cells, folded=False)] if cells else []
    return Section("rules", "Its rules", texts=texts, tables=tables)


def _span(start: str, end: str) -> str:
    return f", {start or '...'} to {end or 'now'}" if start or end else ""


def _cases(item: SystemPage) -> Section:
    cells: list[list[Cell]] = [
        [card.says, card.id, card.given, card.when, of_100(card.tolerance), card.then,
         item.source(card.source) if card.source else "assumption"]
        for card in item.status.cases
    ]  # fmt: skip
    text = "What happened, as a test that can fail: the claim has to hold in at least so many of 100 runs."
    columns = ["claim", "case", "scenario", "looked at", "least of 100", "expression", "source"]
    tables = [Table("Historical cases", columns, cells, frozenset({4}), folded=False)] if cells else []
    return Section("cases", "Historical cases", texts=[text if cells else "No case yet."], tables=tables)


def _arguments(item: SystemPage) -> Section:
    wanted = set(item.row["arguments"])
    frame = item.region.tables["arguments"]
    cells: list[list[Cell]] = [
        [str(row["argument_id"]), str(row["paraphrase"]), str(row["sign"]), str(row["strength"]),
         f"{row['article_id']}:{row['lines']}"]
        for row in records(frame[frame["argument_id"].isin(wanted)])
    ]  # fmt: skip
    columns = ["argument", "in words", "sign", "strength", "where"]
    table = Table(f"{len(cells)} arguments of the authors", columns, cells)
    return Section("argued", "What the authors argue", tables=[table] if cells else [])


def _commands(item: SystemPage, measured: Sequence[Measured]) -> Section:
    asked = item.region.tables["system_questions"]
    mine = records(asked[asked["system_id"] == item.status.system])
    table = Table(
        "Questions and the commands that answer them", ["question", "command", "note"],
        [[str(row["question"]), str(row["command"]), str(row["note"] or "")] for row in mine], folded=False,
    )
    runs = [item.head, *item.further] if item.head else list(item.further)
    lines = [
        f"heartland run {done.scenario.id} --members {done.run.members} --seed {done.run.seed}"
        for done in runs
    ]
    lines += [f"heartland describe systems {item.status.system}"]
    again = Table("Everything on this page", ["command"], [[line] for line in
                  dict.fromkeys([*lines, *(found.command for found in measured)])])  # fmt: skip
    return Section("commands", "Ask it yourself", tables=[table, again] if mine else [again])


def _limits(item: SystemPage) -> Iterator[Section]:
    if item.context is None:
        text = f"Nothing beyond its measured state: {standing_words(item.status)}."
        yield Section("limits", "What this cannot say", texts=[text])
        return
    rows = _headline(item)
    _, mechanisms = why_section(item.context, rows)
    yield limit_section(item.context, rows, mechanisms)
    yield from (part for part in evidence_sections(item.context, mechanisms) if part is not None)
    yield source_section(item.context)

