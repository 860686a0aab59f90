"""Sections of evidence: ties of the start with their observations, mechanisms, parameters, arguments."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from heartland.charts.words import interval, number, with_interval
from heartland.dynamics.mechanism import Mechanism, catalogue
from heartland.evidence.issues import attachments
from heartland.report.content import Cell, Context, Link, Section, Table, anchor, records
from heartland.scenarios.compile import priors_of
from heartland.scenarios.priors import Prior

__all__ = ["evidence_sections", "prior_words", "source_section"]

MOST_OBSERVATIONS = 400
STATUS_WORDS = {
    0: "actor not born", 1: "unknown", 2: "not applicable", 3: "zero", 4: "observed", 5: "pooled",
    6: "carried on", 7: "assumed",
}  # fmt: skip


def evidence_sections(context: Context, mechanisms: Sequence[str]) -> list[Section]:
    """Ties at the start, mechanisms with their parameters, arguments of the system, oddities of the texts."""
    sections = [_start_section(context), _mechanism_section(context, mechanisms), _argument_section(context)]
    return sections + _oddity_sections(context)


def _start_section(context: Context) -> Section:
    scenario = context.run.scenario
    world = scenario.region.at(scenario.start, scenario.known_by or None)
    weighted = list(dict.fromkeys(w.channel for w in world.settings.weights if w.channel and w.weight > 0))
    channels = [name for name in world.settings.channels if name in weighted]
    order = sorted(world.receivers, key=lambda r: r != context.focus.receiver)
    pairs = [(p, r) for p in context.focus.powers for r in order]
    used: dict[str, None] = {}
    tables = []
    for giver, receiver in pairs:
        cells = [_tie(context, world, giver, receiver, name, used) for name in channels]
        tables.append(Table(
            f"{context.name(giver)} to {context.name(receiver)}: what was known at the start",
            ["channel", "value", "unit", "standing", "speaks of", "observations"], cells, frozenset({1}),
            id=anchor("ties", f"{giver}-{receiver}"),
        ))  # fmt: skip
    tables.append(_observations(context, list(used)[:MOST_OBSERVATIONS]))
    notes = []
    if len(used) > MOST_OBSERVATIONS:
        notes.append(f"{len(used) - MOST_OBSERVATIONS} further observations: heartland evidence list.")
    return Section(
        "start", f"What the start of {scenario.start} rests on",
        texts=["Influence is computed from these ties. A channel that is unknown is left out of it, not "
               "counted as "
               "zero; a value that is carried on is older than the year it stands for."],
        tables=tables, notes=notes,
    )  # fmt: skip


def _tie(
    context: Context, world: Any, giver: str, receiver: str, channel: str, used: dict[str, None]
) -> list[Cell]:
    cell = world.cell(giver, receiver, channel)
    pooled, info = cell.pooled, world.settings.channels[channel]
    used.update(dict.fromkeys(pooled.used_ids))
    until = cell.end.isoformat() if cell.end else ""
    return [
        info.name, with_interval(pooled.value, pooled.low, pooled.high, 3), info.unit,
        STATUS_WORDS.get(int(cell.status), "unknown"), f"to {until}" if until else "",
        tuple(Link(name, f"#{anchor('observation', name)}") for name in pooled.used_ids) or "none",
    ]  # fmt: skip


def _observations(context: Context, ids: Sequence[str]) -> Table:
    frame = context.run.scenario.region.tables["observations"]
    kept = frame[frame["observation_id"].isin(ids)]
    cells: list[list[Cell]] = []
    anchors = []
    for row in records(kept):
        what = row["channel"] or row["indicator"]
        who = " to ".join(context.name(x) for x in (row["giver"], row["receiver"]) if x)
        cells.append([
            row["observation_id"], f"{who}, {what}", row["period"],
            with_interval(row["value"], row["low"], row["high"], 3), row["unit"], row["definition"],
            context.source_link(row["source_id"]), row["note"],
        ])  # fmt: skip
        anchors.append(anchor("observation", row["observation_id"]))
    columns = ["observation", "what", "period", "value", "unit", "definition", "source", "note"]
    return Table("Observations behind these ties", columns, cells, frozenset({3}), anchors, id="observations")


def _mechanism_section(context: Context, used: Sequence[str]) -> Section:
    region = context.run.scenario.region
    priors = priors_of(region)
    known = catalogue()
    modelled = [name for name in region.model.mechanisms if name in known]
    order = [name for name in used if name in known] + [name for name in modelled if name not in used]
    draws = context.run.plan().parameters
    links = _arguments_of(context)
    tables = [_mechanism(context, known[name], priors, draws, links) for name in order]
    rest = [p for p in priors.values() if p.mechanism not in known]
    if rest:
        tables.append(
            _parameters(
                context, "Start of the run: parameters", rest, draws, anchor("mechanism", "start"), links
            )
        )
    return Section(
        "mechanisms", "Mechanisms and their parameters",
        texts=["Those that carried an outcome come first. Every run draws its parameters from the "
               "priors below; "
               "16 runs share a draw."],
        tables=tables,
    )  # fmt: skip


def _mechanism(
    context: Context, record: Mechanism, priors: Mapping[str, Prior], draws: Mapping[str, Any],
    links: Mapping[str, Cell],
) -> Table:
    first = record.doc.partition("\n")[0]
    own = [priors[name] for name in record.parameter_ids if name in priors]
    title = f"{record.id} ({record.model}): {first}"
    table = _parameters(context, title, own, draws, anchor("mechanism", record.id), links)
    return Table(
        table.caption, table.columns, table.rows, table.numbers, table.anchors, table.id,
        note=f"Form of the mechanism: {record.source}.",
    )  # fmt: skip


def _parameters(
    context: Context, title: str, priors: Iterable[Prior], draws: Mapping[str, Any], place: str,
    links: Mapping[str, Cell],
) -> Table:
    cells: list[list[Cell]] = []
    anchors = []
    for prior in priors:
        cells.append([
            prior.id, prior_words(prior), _drawn(draws.get(prior.id)), prior.unit, prior.status,
            "one direction only" if prior.sign_fixed else "either", context.source_link(prior.source_id),
            links.get(prior.id, ""), prior.note,
        ])  # fmt: skip
        anchors.append(anchor("parameter", prior.id))
    columns = [
        "parameter",
        "prior",
        "5-95 % of draws",
        "unit",
        "standing",
        "direction",
        "source",
        "arguments",
        "note",
    ]
    return Table(title, columns, cells, frozenset({2}), anchors, id=place)


def _arguments_of(context: Context) -> dict[str, Cell]:
    frame = context.run.scenario.region.tables["parameters"]
    return {
        str(row["id"]): tuple(Link(name, f"#{anchor('argument', name)}") for name in row["argument_ids"])
        for row in records(frame) if row["argument_ids"]
    }  # fmt: skip


def prior_words(prior: Prior) -> str:
    """A prior in words: family, centre and spread, cut where it is truncated."""
    centre, spread = number(prior.location, 3), number(prior.scale, 3)
    median = number(math.exp(min(prior.location, 700.0)), 3)
    said = {
        "fixed": f"fixed at {centre}",
        "normal": f"normal, mean {centre}, sd {spread}",
        "half-normal": f"half-normal, sd {spread}",
        "lognormal": f"lognormal, median {median}, sd of ln {spread}",
        "beta": f"beta({centre}, {spread})",
        "gamma": f"gamma({centre}, {spread})",
        "student-t": f"Student t, centre {centre}, scale {spread}",
    }.get(prior.family, prior.family)
    low, high = math.isfinite(prior.low), math.isfinite(prior.high)
    if low or high:
        cut = f"between {number(prior.low, 3)} and {number(prior.high, 3)}" if low and high else (
            f"above {number(prior.low, 3)}" if low else f"below {number(prior.high, 3)}")  # fmt: skip
        said += f", {cut}"
    return said


def _drawn(values: Any) -> str:
    if values is None or not np.size(values):
        return ""
    low, high = np.quantile(np.asarray(values, dtype=np.float64), [0.05, 0.95])
    return number(float(low), 3) if low == high else interval(float(low), float(high), 3)


def _argument_section(context: Context) -> Section:
    region = context.run.scenario.region
    frame = region.tables["arguments"]
    wanted = {name for row in region.tables["parameters"]["argument_ids"].tolist() for name in row}
    system = context.run.scenario.system
    cells: list[list[Cell]] = []
    anchors = []
    for row in records(frame):
        if not (system and system in row["systems"]) and row["argument_id"] not in wanted:
            continue
        condition = f" if {row['condition']}" if row["condition"] else ""
        cells.append([
            row["argument_id"], row["paraphrase"],
            f"{_plain(row['cause'])} -> {_plain(row['effect'])} ({row['sign']}){condition}",
            f"{row['kind']}, {row['strength'] or 'unstated'} wording", context.source_link(row["article_id"]),
            f"lines {row['lines']}",
        ])  # fmt: skip
        anchors.append(anchor("argument", row["argument_id"]))
    columns = ["argument", "claim", "cause and effect", "kind", "source", "where"]
    table = Table("Arguments of authors that bear on this run", columns, cells, frozenset(), anchors)
    text = (
        "What the authors of the documents claim. A claim is not evidence that it is so; where a "
        "parameter was set "
        "from one, it names it."
    )
    return Section("arguments", "Arguments", texts=[text], tables=[table])


def _oddity_sections(context: Context) -> list[Section]:
    """What is odd in the texts cited so far: doubtful dates, contradictions, notes that say other things."""
    tables = context.run.scenario.region.tables
    bears = attachments(tables)
    cells: list[list[Cell]] = []
    anchors = []
    for row in records(tables["issues"]):
        texts = [name for name in row["article_ids"] if name in context.cited]
        if not texts:
            continue
        bearing = bears[row["issue_id"]]
        named = ", ".join(name for name, how in bearing.items() if how == "named")
        cells.append([
            row["issue_id"], _plain(row["kind"]).replace("_", " "), row["description"],
            row["suggested_reading"], "settled" if row["resolved"] else "open",
            tuple(Link(name, f"#{anchor('source', name)}") for name in texts), f"lines {row['lines']}",
            named or "the whole text",
        ])  # fmt: skip
        anchors.append(anchor("issue", row["issue_id"]))
    if not cells:
        return []
    columns = ["issue", "kind", "what is odd", "read as", "standing", "text", "where", "bears on"]
    table = Table("Oddities of the texts cited", columns, cells, frozenset(), anchors, id="oddities-table")
    text = (
        "Doubtful dates, contradictions between texts and within one, notes that say something else than the "
        "text they belong to. A settled one is followed in the tables; an open one leaves the record as the "
        "text has it."
    )
    return [Section("oddities", "Oddities of the texts", texts=[text], tables=[table])]


def _plain(name: str) -> str:
    return str(name).replace("-", " ")


def source_section(context: Context) -> Section:
    """Every source cited above, with its grade and address."""
    cells: list[list[Cell]] = []
    anchors = []
    for name in sorted(context.cited):
        row = context.known_sources[name]
        address = str(row["url"])
        safe = address if address.startswith(("https://", "http://")) else ""
        cells.append([
            name, str(row["title"]), str(row["author"]), str(row["publisher"]),
            str(row["published"]) or "undated",
            f"{row['kind']}, reliability {row['reliability']}", Link(safe, safe) if safe else "",
        ])  # fmt: skip
        anchors.append(anchor("source", name))
    columns = ["id", "title", "author", "publisher", "published", "kind", "address"]
    table = Table("Sources cited in this report", columns, cells, frozenset(), anchors, folded=False)
    return Section("sources", "Sources", tables=[table])
