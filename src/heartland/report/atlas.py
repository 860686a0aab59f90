"""The atlas: a page for each system of a region and a table of all, made of files that need nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.charts.beside import Compiler
from heartland.charts.theme import Palette
from heartland.report.atlas_page import SystemPage, system_page
from heartland.report.content import Cell, Link, Section, Table, records
from heartland.report.page import page
from heartland.report.report import context_of
from heartland.report.system_words import answer_words
from heartland.scenarios.systems import TESTS, system_status

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.runs.answered import Answered
    from heartland.scenarios.systems import SystemStatus

__all__ = ["write_atlas"]

INDEX = "index.html"


def write_atlas(folder: Path | str, answered: Sequence[Answered], region: Region | None = None) -> Path:
    """Write the atlas of a region.

    Parameters
    ----------
    folder : gets `index.html` and `<system>.html`
    answered : scenarios with their runs; systems whose headline is not among them get a page without answer
    region : default the region of the first scenario

    Returns
    -------
    Path of the table of all systems.
    """
    found = region or answered[0].scenario.region
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    runs = {item.scenario.id: item for item in answered}
    told = {(item.scenario.id, row.id): row for item in answered for row in item.rows}
    standing = system_status(found, answers=told)
    palette = Palette.from_rows(records(found.tables["palette"]))
    with Compiler() as compiler:
        for status in standing:
            head = runs.get(status.headline)
            context = context_of(head.run, head.base, compiler) if head else None
            further = [runs[name] for name in status.scenarios if name in runs and name != status.headline]
            text = system_page(SystemPage(found, status, palette, context, head, further))
            (target / f"{status.system}.html").write_bytes(text.encode())
    path = target / INDEX
    path.write_bytes(_index(found, standing, palette).encode())
    return path


def _index(region: Region, standing: Sequence[SystemStatus], palette: Palette) -> str:
    working = sum(status.works for status in standing)
    cells: list[list[Cell]] = [
        [Link(status.name, f"{status.system}.html"), "yes" if status.works else "not yet",
         status.question or "none yet", answer_words(status.answer),
         (status.answer.evidence_grade or "not graded") if status.answer else ""]
        for status in standing
    ]  # fmt: skip
    gaps: list[list[Cell]] = [
        [Link(status.name, f"{status.system}.html"), status.gaps] for status in standing if not status.works
    ]
    table = Table(
        "Systems of the region", ["system", "works", "headline question", "answer", "evidence"], cells,
        folded=False,
    )
    tests = "; ".join(TESTS.values())
    sections = [
        Section("systems", "Systems", tables=[table], notes=[
            "Evidence A to D: the part of an answer that rests on parameters estimated from data, three "
            "quarters or more for A, under a quarter for D."]),
        Section("missing", "What is missing", texts=[f"A system works if all of this holds: {tests}."],
                tables=[Table("Missing", ["system", "what"], gaps, folded=False)] if gaps else []),
    ]  # fmt: skip
    return page(
        sections, palette, title=f"Atlas of systems: {region.model.title}", kicker="heartland atlas",
        question=f"{working} of {len(standing)} systems work by all five tests.",
        lines=[], closing=f"Region {region.id} {region.model.version}.", data=_data(region, standing),
    )  # fmt: skip


def _data(region: Region, standing: Sequence[SystemStatus]) -> Mapping[str, Any]:
    return {
        "schema": "heartland.atlas/1", "region": region.id,
        "systems": [
            {"system": status.system, "works": status.works, "headline": status.headline or None,
             "outcome": status.outcome or None, "missing": {k: list(v) for k, v in status.missing.items()}}
            for status in standing
        ],
    }  # fmt: skip
