"""`heartland evidence`: ask the ledger."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say

__all__ = ["app"]

app = typer.Typer(
    help="Ask the ledger: what is known, says who.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(
    kind: Annotated[
        str, typer.Argument(help="facts, sources, arguments, actors, observations or memberships.")
    ] = "facts",
    actor: Annotated[str, typer.Option("--actor", help="Giver or receiver.")] = "",
    giver: Annotated[str, typer.Option("--giver")] = "",
    receiver: Annotated[str, typer.Option("--receiver")] = "",
    channel: Annotated[str, typer.Option("--channel")] = "",
    domain: Annotated[str, typer.Option("--domain")] = "",
    type_: Annotated[str, typer.Option("--type")] = "",
    modality: Annotated[str, typer.Option("--modality")] = "",
    from_: Annotated[str, typer.Option("--from", help="Not before this date.")] = "",
    to: Annotated[str, typer.Option("--to", help="Not after this date.")] = "",
    known_by: Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")] = "",
    source: Annotated[str, typer.Option("--source")] = "",
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """List records of one kind, filtered."""
    choice("format", format, ("table", "csv", "json"))
    from heartland.evidence.listing import list_json, list_records, list_text
    from heartland.region.region import Region

    asked = {
        "actor": actor, "giver": giver, "receiver": receiver, "channel": channel, "domain": domain,
        "type": type_, "modality": modality, "since": from_, "until": to, "known_by": known_by,
        "source": source,
    }  # fmt: skip
    filters: dict[str, Any] = {name: value for name, value in asked.items() if value}
    ledger = Region.load(region).ledger
    if format == "json":
        say(dumps(list_json(ledger, kind, **filters)))
    elif format == "csv":
        say(list_records(ledger, kind, **filters).to_csv(index=False).rstrip("\n"))
    else:
        say(list_text(ledger, kind, width=60, **filters))


@app.command()
def show(
    record: Annotated[str, typer.Argument(help="Id of any record.")],
    region: RegionName = "",
    format: Format = "table",
) -> None:
    """Show one record: what it says, who said it to whom, what it rests on, what stands near."""
    choice("format", format, ("table", "json"))
    from heartland.evidence.listing import show_json, show_text
    from heartland.region.region import Region

    ledger = Region.load(region).ledger
    say(dumps(show_json(ledger, record)) if format == "json" else show_text(ledger, record))
