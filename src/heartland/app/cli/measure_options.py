"""Options of `heartland measure`."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "At", "By", "Change", "Channel", "Chart", "Compare", "Domain", "Draws", "Explain", "Force", "From",
    "Giver", "KnownBy", "Level", "Missing", "Options", "Other", "Receiver", "Seed", "Spread", "To", "Weights",
    "Without",
]  # fmt: skip

At = Annotated[str, typer.Option("--at", help="Date; default the region's start.")]
From = Annotated[str, typer.Option("--from", help="First year of a range; with --change a date.")]
To = Annotated[str, typer.Option("--to", help="Last year of a range; with --change a date.")]
Giver = Annotated[str, typer.Option("--giver")]
Receiver = Annotated[str, typer.Option("--receiver")]
Other = Annotated[str, typer.Option("--other", help="Second power, or a transit state.")]
By = Annotated[str, typer.Option("--by", help="channel, domain or overall.")]
Domain = Annotated[str, typer.Option("--domain", help="Domain of the cell that is taken apart.")]
Channel = Annotated[str, typer.Option("--channel", help="Channel of the cell that is taken apart.")]
Draws = Annotated[int, typer.Option("--draws", help="Draws of the interval; 0 for centres only.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the draws.")]
Level = Annotated[float, typer.Option("--level", help="Level of the interval.")]
Missing = Annotated[str, typer.Option("--missing", help="drop, impute or bounds.")]
Weights = Annotated[str, typer.Option("--weights", help="A rival set of the region, or a file.")]
KnownBy = Annotated[str, typer.Option("--known-by", help="Leave out what became public later.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", help="NAME=VALUE of a measure, repeatable.")
]
Explain = Annotated[bool, typer.Option("--explain", help="The inputs behind one cell.")]
Change = Annotated[bool, typer.Option("--change", help="The change from --from to --to, and why.")]
Without = Annotated[bool, typer.Option("--without-source", help="One cell without one source at a time.")]
Spread = Annotated[bool, typer.Option("--spread", help="What the width of the intervals rests on.")]
Compare = Annotated[str, typer.Option("--compare", help="CSV of another index: rank correlation with it.")]
Chart = Annotated[str, typer.Option("--chart", help="Also a picture: a file .html, .svg, .png or .json.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the picture.")]
