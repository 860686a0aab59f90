"""`heartland evidence`: ask the ledger; cite, history, audit and export have files of their own."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from heartland.app.cli import auditing, evidence_cite, evidence_history, exporting
from heartland.app.cli.common import Format, RegionName, choice, dumps, say, terminal_width

__all__ = ["app"]

app = typer.Typer(
    help="Ask the ledger: what is known, says who.", no_args_is_help=True, rich_markup_mode=None
)
MOST_PRINTED = 1_000_000
KnownBy = Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")]
Actor = Annotated[str, typer.Option("--actor", help="On either side.")]
Giver = Annotated[str, typer.Option("--giver")]
Receiver = Annotated[str, typer.Option("--receiver")]
Channel = Annotated[str, typer.Option("--channel")]
Domain = Annotated[str, typer.Option("--domain")]
Type = Annotated[str, typer.Option("--type", help="Of a fact, or the kind of another record.")]
Modality = Annotated[str, typer.Option("--modality", help="asserted, reported, planned, denied, ...")]
From = Annotated[str, typer.Option("--from", help="Not before this date.")]
To = Annotated[str, typer.Option("--to", help="Not after this date.")]
Source = Annotated[str, typer.Option("--source", help="Own text or cited item.")]
Reliability = Annotated[
    str, typer.Option("--reliability", help="A to F: of a source, or the worst in a record's chain.")
]
Credibility = Annotated[str, typer.Option("--credibility", help="1 to 6, of the statement.")]
Rank = Annotated[str, typer.Option("--rank", help="preferred, normal or deprecated.")]
At = Annotated[str, typer.Option("--at", help="Only facts that may hold on this day.")]
Strict = Annotated[bool, typer.Option("--strict", help="With --at: facts that must hold on it.")]
CodedBy = Annotated[str, typer.Option("--coded-by", help="Leave out facts read into the ledger later.")]


@app.command("list")
def list_(
    kind: Annotated[
        str,
        typer.Argument(
            help="facts, sources, arguments, actors, observations, conflicts, memberships, issues, ... "
            "(a wrong name lists all)."
        ),
    ] = "facts",
    actor: Actor = "",
    giver: Giver = "",
    receiver: Receiver = "",
    channel: Channel = "",
    indicator: Annotated[str, typer.Option("--indicator")] = "",
    domain: Domain = "",
    topic: Annotated[str, typer.Option("--topic")] = "",
    type_: Type = "",
    action: Annotated[str, typer.Option("--action", help="Fine verb of a fact.")] = "",
    modality: Modality = "",
    speaker: Annotated[str, typer.Option("--speaker", help="Innermost speaker.")] = "",
    source: Source = "",
    reliability: Reliability = "",
    credibility: Credibility = "",
    rank: Rank = "",
    status: Annotated[str, typer.Option("--status", help="documented, assumption, estimated, ...")] = "",
    system: Annotated[str, typer.Option("--system")] = "",
    role: Annotated[str, typer.Option("--role", help="Of a membership.")] = "",
    from_: From = "",
    to: To = "",
    at: At = "",
    strict: Strict = False,
    known_by: KnownBy = "",
    coded_by: CodedBy = "",
    conflicts: Annotated[bool, typer.Option("--conflicts", help="The same as: list conflicts.")] = False,
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """List records of one kind, filtered; `list conflicts` sets disagreeing values side by side."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.evidence.listing import csv_text, list_json, list_records, list_text

    filters = _asked(
        actor=actor, giver=giver, receiver=receiver, channel=channel, indicator=indicator, domain=domain,
        topic=topic, type=type_, action=action, modality=modality, speaker=speaker, source=source,
        reliability=reliability, credibility=credibility, rank=rank, status=status, system=system, role=role,
        since=from_, until=to,
    )  # fmt: skip
    kind = "conflicts" if conflicts else kind
    ledger = _cut(region, known_by, at, strict, coded_by)
    if format == "json":
        say(dumps(list_json(ledger, kind, **filters)))
    elif format == "csv":
        say(csv_text(list_records(ledger, kind, **filters)))
    else:
        say(list_text(ledger, kind, room=terminal_width(), **filters))


@app.command()
def show(
    record: Annotated[str, typer.Argument(help="Id of any record.")],
    known_by: KnownBy = "",
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """Show one record: what it says, who said it to whom, what it rests on, what disagrees, what used it."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.app.cli.evidence_tables import open_ledger, public
    from heartland.evidence.showing import show_csv, show_json, show_text
    from heartland.region.region import Region

    loaded = Region.load(region)
    public(loaded, record, known_by)
    ledger = open_ledger(loaded, known_by)
    if format == "json":
        say(dumps(show_json(ledger, record)))
    else:
        say((show_csv if format == "csv" else show_text)(ledger, record))


@app.command()
def search(
    words: Annotated[
        list[str], typer.Argument(help='Words (all must occur), "a phrase", word*, or -word after --.')
    ],
    within: Annotated[
        str,
        typer.Option(
            "--in",
            help="facts, arguments, sources, issues, actors, corridors, nodes, document_questions or all.",
        ),
    ] = "facts",
    limit: Annotated[
        int, typer.Option("--limit", min=0, max=MOST_PRINTED, help="Most records printed; 0 for all.")
    ] = 20,
    actor: Actor = "",
    giver: Giver = "",
    receiver: Receiver = "",
    channel: Channel = "",
    domain: Domain = "",
    type_: Type = "",
    modality: Modality = "",
    source: Source = "",
    reliability: Reliability = "",
    credibility: Credibility = "",
    rank: Rank = "",
    from_: From = "",
    to: To = "",
    at: At = "",
    strict: Strict = False,
    known_by: KnownBy = "",
    coded_by: CodedBy = "",
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """Search our own wording, names and titles; a capital finds its state."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.evidence.finding import found_csv, found_json, found_text
    from heartland.evidence.search import search as find

    filters = _asked(
        actor=actor, giver=giver, receiver=receiver, channel=channel, domain=domain, type=type_,
        modality=modality, source=source, reliability=reliability, credibility=credibility, rank=rank,
        since=from_, until=to,
    )  # fmt: skip
    ledger = _cut(region, known_by, at, strict, coded_by)
    found = find(ledger, _query(words), within, limit, **filters)
    if format == "json":
        say(dumps(found_json(found, within, filters, ledger.known_by)))
    else:
        say(found_csv(found) if format == "csv" else found_text(found, within))


def _asked(**filters: str) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value}


def _query(words: list[str]) -> str:
    """Words of the command line as one query; a word with a space in it was quoted, so it is a phrase."""
    if len(words) == 1:
        return words[0]
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def _cut(region: str, known_by: str, at: str, strict: bool, coded_by: str) -> Any:
    """Ledger of a region cut by the three clocks."""
    from heartland.app.cli.evidence_tables import open_ledger
    from heartland.errors import HeartlandInputError
    from heartland.region.region import Region

    if strict and not at:
        raise HeartlandInputError.at(
            "--strict needs a day.",
            check="usage",
            why="It keeps facts that must hold on a day, not only may.",
            fix="Add --at DATE.",
        )
    ledger = open_ledger(Region.load(region), known_by)
    return ledger.as_of(valid=at or None, coded_by=coded_by or None, strict=strict)


evidence_cite.add(app)
evidence_history.add(app)
app.command("audit")(auditing.audit)
app.command("record")(auditing.record)
app.command("export")(exporting.export)
