"""Write the report of a run: one HTML file that needs nothing else, the same bytes for the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from heartland.charts.beside import Compiler
from heartland.charts.theme import Palette
from heartland.charts.words import count, month
from heartland.report.answer import answer_lines
from heartland.report.causes import ablation_section, event_section, why_section
from heartland.report.content import Context, Section, records
from heartland.report.evidence import evidence_sections, source_section
from heartland.report.focus import focus_of
from heartland.report.interaction import interaction_section
from heartland.report.limits import limit_section, provenance_section, rival_section, scenario_section
from heartland.report.outcomes import outcome_section
from heartland.report.page import page
from heartland.report.paths import fan_section, labour_section
from heartland.report.places import map_section
from heartland.scenarios.summary import OutcomeSummary

if TYPE_CHECKING:
    import pandas as pd

    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.interaction import Interaction

__all__ = ["Begun", "begin_report", "context_of", "render_report", "write_report"]

SCHEMA = "heartland.report/1"

# a table, what gives it once it is computed, or none
Found: TypeAlias = "pd.DataFrame | Callable[[], pd.DataFrame] | None"


@dataclass(frozen=True)
class Begun:
    """A report whose pictures of paths and events are being compiled; they need no answers.

    first : sections in their order, None for one that has nothing to show
    """

    context: Context
    first: tuple[Section | None, ...]


def begin_report(run: Ensemble, baseline: Ensemble, compiler: Compiler) -> Begun:
    """Hand the compiler the pictures that need no answers, so that it draws while those are read.

    Parameters
    ----------
    run, baseline : as for `write_report`;  compiler : stays its owner's to end
    """
    context = context_of(run, baseline, compiler)
    parts = (fan_section, map_section, labour_section, event_section)
    return Begun(context, tuple(part(context) for part in parts))


def write_report(
    run: Ensemble,
    baseline: Ensemble,
    summaries: Sequence[OutcomeSummary],
    path: Path | str,
    *,
    ablations: Found = None,
    rivals: Found = None,
    interactions: Sequence[Interaction] = (),
    seconds: Mapping[str, float] | None = None,
    compiler: Compiler | None = None,
    begun: Begun | None = None,
) -> Path:
    """Write the report of a run beside its store.

    Parameters
    ----------
    run, baseline : on the same random numbers;  summaries : one row for each outcome
    path : file to write
    ablations : columns mechanism, outcome (id), value, and low, high where known: the outcome with that
        mechanism off; a row `nothing off` is what they are held against; if it is still being computed,
        what waits for it, called last
    rivals : columns mechanism, rival, outcome (id), value, low, high: the outcome with that rival in place;
        may be waited for as well
    interactions : of a joint run: each of its scenarios alone, and what the sum leaves open
    seconds : time taken by part; left out by default, since it differs each time and so would the bytes
    compiler : of pictures, started already; default one for this report
    begun : what `begin_report` gave for these runs, in place of `compiler`

    Returns
    -------
    The path written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = render_report(
        run, baseline, summaries, ablations=ablations, rivals=rivals, interactions=interactions,
        seconds=seconds, compiler=compiler, begun=begun,
    )  # fmt: skip
    target.write_bytes(text.encode())
    return target


def render_report(
    run: Ensemble,
    baseline: Ensemble,
    summaries: Sequence[OutcomeSummary],
    *,
    ablations: Found = None,
    rivals: Found = None,
    interactions: Sequence[Interaction] = (),
    seconds: Mapping[str, float] | None = None,
    compiler: Compiler | None = None,
    begun: Begun | None = None,
) -> str:
    """The report as HTML text; parameters as for `write_report`."""
    if begun is None:
        with Compiler() if compiler is None else nullcontext(compiler) as drawing:
            return render_report(
                run, baseline, summaries, ablations=ablations, rivals=rivals, interactions=interactions,
                seconds=seconds, begun=begin_report(run, baseline, drawing),
            )  # fmt: skip
    sections = _sections(begun, summaries, ablations, rivals, seconds)
    joint = interaction_section(interactions)
    if joint is not None:
        sections.insert(2, joint)
    return _page(begun.context, sections, summaries)


def _page(context: Context, sections: Sequence[Section], summaries: Sequence[OutcomeSummary]) -> str:
    run, baseline = context.run, context.base
    scenario = run.scenario
    return page(
        sections, context.palette, title=scenario.title,
        kicker=f"heartland report. {scenario.region.model.title}", question=scenario.question,
        lines=answer_lines(run, baseline, summaries), data=_data(run, baseline, summaries),
        closing=(
            f"Run {run.card.get('run_id', '')}, {count(run.members)} members, seed {run.seed}, "
            f"{month(run.layout.dates[0])} to {month(run.layout.dates[-1])}. "
            f"Region {scenario.region.id} {scenario.region.model.version}."
        ),
    )  # fmt: skip


def context_of(run: Ensemble, baseline: Ensemble, compiler: Compiler) -> Context:
    """What the sections of a page about a run need."""
    tables = run.scenario.region.tables
    palette = Palette.from_rows(records(tables["palette"]))
    names = dict(zip(tables["actors"]["actor_id"], tables["actors"]["name"], strict=True))
    names |= {row["actor_id"]: row["name"] for row in records(tables["names"]) if row["lang"] == "en"}
    shown = {str(key): str(value) for key, value in names.items()}
    return Context(run, baseline, focus_of(run), palette, shown, compiler)


def _sections(
    begun: Begun,
    summaries: Sequence[OutcomeSummary],
    ablations: Found,
    rivals: Found,
    seconds: Mapping[str, float] | None,
) -> list[Section]:
    context = begun.context
    why, mechanisms = why_section(context, summaries)
    first = [scenario_section(context), outcome_section(context, summaries), *begun.first, why]
    last = [
        limit_section(context, summaries, mechanisms),
        *evidence_sections(context, mechanisms),
        provenance_section(context, seconds),
    ]
    off, swapped = _waited_for(ablations), _waited_for(rivals)
    forms = [ablation_section(context, off, summaries), rival_section(swapped, summaries)]
    found = [*first, *forms, *last]
    return [*(section for section in found if section is not None), source_section(context)]


def _waited_for(found: Found) -> pd.DataFrame | None:
    return found() if callable(found) else found


def _data(run: Ensemble, baseline: Ensemble, summaries: Sequence[OutcomeSummary]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run_id": run.card.get("run_id"),
        "baseline_run_id": baseline.card.get("run_id"),
        "region": run.scenario.region.id,
        "scenario": run.scenario.id,
        "seed": run.seed,
        "members": run.members,
        "outcomes": [row.to_json() for row in summaries],
    }
