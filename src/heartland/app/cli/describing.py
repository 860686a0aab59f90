"""`heartland describe`: what the region and the model are made of."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.common import (
    Format,
    RegionName,
    aside,
    choice,
    dumps,
    fitted,
    say,
    terminal_width,
    text_table,
)
from heartland.app.cli.describing_truth import with_truth
from heartland.errors import HeartlandInputError, suggestion

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["add"]

Rows = list[dict[str, Any]]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(describe)


def describe(
    what: Annotated[
        str, typer.Argument(help="systems, channels, mechanisms, parameters, rules, measures or scenarios.")
    ],
    name: Annotated[str, typer.Argument(help="One of them, by id (for rules, the organisation).")] = "",
    truth: Annotated[
        bool, typer.Option("--truth", help="With rules: what must come together for a decision to pass.")
    ] = False,
    region: RegionName = "",
    format: Format = "text",
) -> None:
    """Describe what the region and the model are made of."""
    choice("format", format, ("text", "json"))
    if what not in _MAKERS:
        raise HeartlandInputError.at(
            f'"{what}" is nothing that can be described.',
            fix=suggestion(what, _MAKERS, listing=f"Write one of: {', '.join(_MAKERS)}."),
            check="usage",
        )
    if truth and what != "rules":
        raise HeartlandInputError.at(
            f'"{what}" have no truth tables.', why="Only a rule passes or stops a decision.",
            fix="Write heartland describe rules --truth.", check="usage",
        )  # fmt: skip
    from heartland.scenarios.validate import load_region

    loaded = load_region(region)
    rows = _MAKERS[what](loaded)
    if name:
        rows = _one(rows, name)
    if truth:
        rows = with_truth(loaded, rows, spoken=format == "text")
    if format == "json":
        say(dumps({"schema": "heartland.describe/1", "what": what, "rows": rows}))
    elif name or truth:
        say("\n\n".join(_long(row) for row in rows))
    elif what == "systems":
        from heartland.app.cli.describing_systems import overview

        say(overview(rows, terminal_width()))
        aside(_HINTS[what])
    else:
        say(_short(rows))
        if what in _HINTS:
            aside(_HINTS[what])


def _one(rows: Rows, name: str) -> Rows:
    key = next(iter(rows[0])) if rows else ""
    found = [row for row in rows if row[key] == name]
    if not found:
        known = list(dict.fromkeys(str(row[key]) for row in rows))
        listing = f"Known: {', '.join(known)}." if len(known) < 60 else ""
        raise HeartlandInputError.at(
            f'"{name}" is not among them.', fix=suggestion(name, known, listing=listing)
        )
    return found


def _short(rows: Rows) -> str:
    if not rows:
        return "none"
    shown = [column for column in rows[0] if column not in ("text", "doc", "note", "patches", "outcomes")][:6]
    lines = [shown]
    for row in rows:
        lines.append([textwrap.shorten(_said(row[column]), 60, placeholder="...") for column in shown])
    return text_table(fitted(lines, terminal_width()))


def _long(row: Mapping[str, Any]) -> str:
    lines = []
    for key, value in row.items():
        text = "\n".join(str(item) for item in value) if isinstance(value, list) else _said(value)
        lines.append(f"{key}: {text}" if "\n" not in text else f"{key}:\n{textwrap.indent(text, '    ')}")
    return "\n".join(lines)


def _said(value: Any) -> str:
    """A value as a word; nothing where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _systems(region: Region) -> Rows:
    from heartland.app.cli.describing_systems import systems

    return systems(region)


def _channels(region: Region) -> Rows:
    counts = region.tables["observations"].groupby("channel").size().to_dict()
    return [
        {
            "channel": row["channel_id"], "domain": row["domain"], "unit": row["unit"], "kind": row["kind"],
            "observations": int(counts.get(row["channel_id"], 0)), "name": row["name"], "note": row["note"],
        }
        for row in region.tables["channels"].to_dict("records")
    ]  # fmt: skip


def _mechanisms(region: Region) -> Rows:
    from heartland.dynamics.mechanism import catalogue
    from heartland.dynamics.page import outputs_only, prior_words, rivals_of
    from heartland.scenarios.compile import priors_of

    priors = priors_of(region)
    used = set(region.model.mechanisms)
    return [
        {
            "mechanism": record.id, "model": record.model, "phase": record.phase,
            "used": "yes" if record.id in used else "rival", "writes": "; ".join(record.writes),
            "source": record.source, "reads": "; ".join(record.reads), "unit": record.unit,
            "outputs only": "; ".join(outputs_only(record)),
            "waits for": "; ".join(record.idle), "rival of": record.rival_of,
            "rivals": "; ".join(rivals_of(record.id)), "off": f"off({record.id}) or off({record.model})",
            "parameters": [
                f"{name}: {prior_words(vars(prior))} {prior.unit}, {prior.status}, {prior.source_id}"
                if (prior := priors.get(name)) is not None
                else f"{name}: not in this region"
                for name in record.parameter_ids
            ],
            "doc": record.doc,
        }
        for record in catalogue().values()
    ]  # fmt: skip


def _parameters(region: Region) -> Rows:
    from heartland.scenarios.compile import priors_of

    return [
        {
            "parameter": prior.id, "family": prior.family, "location": prior.location, "scale": prior.scale,
            "status": prior.status, "source": prior.source_id, "unit": prior.unit,
            "sign fixed": "yes" if prior.sign_fixed else "no", "note": prior.note,
        }
        for prior in priors_of(region).values()
    ]  # fmt: skip


def _rules(region: Region) -> Rows:
    from heartland.region.rule_words import difference_words, policy_words, rule_words

    names = dict(zip(region.tables["actors"]["actor_id"], region.tables["actors"]["name"], strict=True))
    rows: Rows = []
    for organisation in region.organisations.values():
        for decision, versions in organisation.decisions.items():
            today = next((rule for rule in versions if rule.status == "in-force" and not rule.to), None)
            rows += [
                {
                    "organisation": organisation.id, "decision": decision, "rule": rule.rule_id,
                    "kind": " ".join((rule.kind, *rule.modifiers)), "status": rule.status, "lead": rule.lead,
                    "trigger": rule.trigger, "mandate from": rule.mandate_from, "source": rule.source,
                    "text": rule.text,
                    "in words": rule_words(rule, names)
                    + (
                        f" {difference_words(today, rule, names)}"
                        if today is not None and rule.rule_id != today.rule_id
                        else ""
                    ),
                }
                for rule in versions
            ]  # fmt: skip
    for policy in region.policies.values():
        rows.append(
            {
                "organisation": policy.actor, "decision": policy.id, "rule": policy.rule_id, "kind": "policy",
                "status": f"default {policy.default}", "lead": "", "trigger": "", "mandate from": "",
                "source": policy.source, "text": policy.text, "in words": policy_words(policy, names),
            }
        )  # fmt: skip
    return rows


def _measures(region: Region) -> Rows:
    from heartland.measures.definitions import DEFINITIONS
    from heartland.measures.meanings import DRAWN_WORDS, KIND_WORDS
    from heartland.measures.registry import get, names

    records = [get(name) for name in names()]
    return [
        {
            "measure": record.name, "unit": record.unit, "low": _end(record.low), "high": _end(record.high),
            "reading": record.reading, "citation": record.citation,
            "definition": DEFINITIONS.get(record.name, ""), "references": "; ".join(record.references),
            "own_definition": record.own_definition, "rows": KIND_WORDS[record.kind],
            "actors": "any modelled actor" if record.anyone else "powers to receivers",
            "by": "; ".join(record.by), "needs": "; ".join(record.needs),
            "drawn": "; ".join(DRAWN_WORDS[letter] for letter in record.uncertain) or "nothing: no interval",
            "options": "; ".join(record.options) or "none",
            "missing": "drop; impute; bounds" if record.bounded else "drop; impute",
            "counts_actors": record.counts_actors,
            "change": "x" in record.needs and record.kind in ("d", "p", "r"), "since": record.since,
        }
        for record in records
    ]  # fmt: skip


def _end(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def _scenarios(region: Region) -> Rows:
    from heartland.scenarios.scenario import Scenario

    rows: Rows = []
    for name in region.scenario_ids():
        item = Scenario.load(region, name)
        rows.append(
            {
                "scenario": item.id, "system": item.system, "start": item.start,
                "baseline": item.baseline_id or "itself without patches", "title": item.title,
                "question": item.question,
                "patches": [
                    f"{patch.do.text}: {patch.why} ({patch.source or 'assumption: ' + patch.assumption})"
                    for patch in item.patches
                ],
                "outcomes": [f"{one.id}: {one.question} [{one.expression}]" for one in item.outcomes],
            }
        )  # fmt: skip
    return rows


_HINTS = {
    "systems": "heartland describe systems SYSTEM shows one in full: evidence, cases, what was tested.",
    "scenarios": "heartland describe scenarios ID shows its changes and outcomes; heartland run ID runs it.",
}
_MAKERS: dict[str, Callable[[Region], Rows]] = {
    "systems": _systems, "channels": _channels, "mechanisms": _mechanisms, "parameters": _parameters,
    "rules": _rules, "measures": _measures, "scenarios": _scenarios,
}  # fmt: skip
