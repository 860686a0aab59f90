"""Pages of corridors: the table of all of them, and the command with its real output."""

from __future__ import annotations

from pathlib import Path

from heartland.region.corridor_answers import route_answer
from heartland.region.corridor_records import corridors_of, path_of
from heartland.region.corridor_text import answer_lines, corridor_row
from heartland.region.corridors import route_graph
from heartland.region.region import Region

__all__ = ["LOOK_UP", "PAGE", "look_up", "page"]

LOOK_UP, PAGE = Path("docs/look-up/corridors.md"), Path("docs/do/corridors.md")
ASKED = (
    ("Which route, and which state is the bottleneck?", "CHN", "UZB", (), "cost"),
    ("Which routes stay open if Kazakhstan closes?", "CHN", "UZB", ("KAZ",), "cost"),
    ("What if goods no longer cross Russia?", "duisburg", "almaty", ("RUS",), "cost"),
    ("India to Russia: the corridor by Iran or the sea by Suez?", "mumbai", "st-petersburg", (), "both"),
    ("And with the port's country shut?", "IND", "UZB", ("IRN",), "cost"),
)


def look_up(region: Region) -> str:
    """All corridors with stage, length, days, cost, states and bottleneck."""
    graph = route_graph(region, region.model.start)
    lines = [
        "# Corridors", "",
        f"Written by `docs/make.py`. Stage and standing on {graph.at}. Days and cost of 20 t are computed",
        "from the legs; the bottleneck is the state in transit whose closure adds most to the best way",
        "between the corridor's two ends.", "",
        "| id | corridor | stage | km | days | usd | states | bottleneck |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    notes = []
    for item in corridors_of(region, graph.at).values():
        way = path_of(graph, item)
        neck = "no single path"
        if way is not None:
            answer = route_answer(region, way.places[0], way.places[-1], at=region.model.start)
            first = answer.closings[0] if answer.closings else None
            neck = "no way open" if not answer.ways else "none" if first is None else (
                f"{first.state}, no way without" if first.ratio == float("inf")
                else f"{first.state} {first.ratio - 1:+.0%}")  # fmt: skip
        lines.append(f"| {' | '.join([*corridor_row(graph, item)[:7], neck])} |")
        if item.no_path:
            notes.append(f"- {item.id}: {item.no_path}.")
    return "\n".join([*lines, "", "Why some are no single path:", "", *notes, ""])


def page(region: Region) -> str:
    """The command with questions people ask and the answers it gives."""
    parts = [
        "# Ask for a route\n\nWritten by `docs/make.py` from the command's own output. Places are named "
        "by id, name, state or capital;\n"
        "`--closed` takes a leg, a state, a corridor, a place or a mode, and may be "
        "repeated.\n"
    ]
    for question, start, end, closed, by in ASKED:
        answer = route_answer(region, start, end, at=region.model.start, closed=closed, by=by, k=3)
        words = [f"heartland corridors route {start} {end}", *(f"--closed {name}" for name in closed)]
        words += [f"--by {by}"] if by != "cost" else []
        text = "\n".join(answer_lines(answer))
        parts.append(f"## {question}\n\n```console\n$ {' '.join(words)} -k 3\n{text}\n```\n")
    parts.append(
        "`heartland corridors list` shows all corridors, `heartland corridors show K05` one with its dated "
        "stages and\nlegs; `--with-planned` lets ways use legs that are not built, `--at` moves the date, "
        "`--format json` and `csv`\nhand the numbers on.\n"
    )
    return "\n".join(parts)
