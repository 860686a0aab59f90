"""`heartland sweep`: a scenario over values of parameters and patches, as one job."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.common import (
    Format,
    Out,
    RegionName,
    choice,
    dumps,
    progress_bar,
    say,
    show,
    text_table,
)
from heartland.app.cli.guards import usable_executor, usable_out
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.runs.sweep_result import Sweep
    from heartland.scenarios.design import Design

__all__ = ["add", "resumed"]

DEFAULT_OUT = Path("heartland-runs")
# points that are listed on a screen
LISTED = 40
TABLE = "table.csv"


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(sweep)


def sweep(
    context: typer.Context,
    what: Annotated[
        list[str], typer.Argument(help="Scenarios by id or file, or one YAML file of a design.")
    ],
    over: Annotated[
        list[str] | None,
        typer.Option("--over", help="Factor and its values: PARAMETER=0.5,1,2 or 'rule(org.decision)=a,b'."),
    ] = None,
    lhs: Annotated[int, typer.Option("--lhs", help="Points of a Latin hypercube in the ranges.")] = 0,
    range_: Annotated[
        list[str] | None,
        typer.Option("--range", help="PARAMETER=LOW:HIGH, PARAMETER=LOW:HIGH:log or PARAMETER=prior."),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option("--reference", help="Factor=value of the point to compare with; default as it is."),
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Outcome to ask; default all of the scenario.")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Compare each point with its baseline, too.")
    ] = False,
    region: RegionName = "",
    members: Annotated[
        int | None, typer.Option("--members", help="Members at each point; default 256.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of members and design; default 1.")] = None,
    out: Out = DEFAULT_OUT,
    executor: Annotated[str, typer.Option("--executor", help="processes or serial.")] = "processes",
    workers: Annotated[int, typer.Option("--workers", help="Processes; 0 for one per core.")] = 0,
    table: Annotated[
        Path | None, typer.Option("--table", help="File for the table, .csv or .parquet.")
    ] = None,
    format: Format = "text",
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Run a scenario over values of parameters and patches, all on the same random numbers.

    Every combination of --over is a point, met with every point of --lhs; each is compared with the
    reference, member by member. An interrupted sweep goes on with the same command.
    """
    choice("format", format, ("text", "csv", "json"))
    usable_executor(executor, workers)
    usable_out(out)
    begun = time.monotonic()
    from heartland.runs.early import early

    computing = context.with_resource(early(executor, workers))
    from heartland.runs.experiment import run_design
    from heartland.scenarios.validate import load_region

    asked: dict[str, Any] = {"over": over, "lhs": lhs, "range": range_, "reference": reference}
    asked |= {"outcome": outcome, "baseline": baseline}
    design = _design(load_region(region), what, asked, {"members": members, "seed": seed})
    bar = progress_bar("points", 1, len(design.points))
    with _naming(out, design, region):
        made = run_design(design, out=out, executor=computing, workers=workers or None, progress=bar)
    _tell(made, table, format, open_, begun)


def _tell(made: Sweep, table: Path | None, format: str, open_: bool, begun: float) -> None:
    path, page = _tables(made, table), _page(made)
    if format == "json":
        say(dumps(_content(made, path, page, time.monotonic() - begun)))
    elif format == "csv":
        say(made.table.to_csv(index=False).rstrip())
    else:
        _say(made, path)
        say(f"report {page}")
    if open_:
        show(page)


def resumed(folder: Path, region: str) -> bool:
    """Compute the points that an interrupted sweep misses and write its table; False where it is no sweep."""
    from heartland.runs.experiment import SWEEP_SCHEMA, resume_sweep
    from heartland.runs.manifest import read_manifest

    manifest = read_manifest(folder)
    if manifest.get("schema") != SWEEP_SCHEMA:
        return False
    bar = progress_bar("points", 1, len(manifest["run_ids"]))
    made = resume_sweep(folder, progress=bar, region=region)
    say(f"{folder.name}: {len(made.finished)} points, complete")
    say(f"table {_tables(made, None)}")
    say(f"report {_page(made)}")
    return True


def _design(
    region: Region, what: list[str], asked: Mapping[str, Any], sizes: Mapping[str, Any]
) -> Design:
    """The design that the words of the command line, or the file they name, stand for."""
    from heartland.app.cli.composing import named
    from heartland.scenarios.designing import design_of, is_design, levels_of, read_design
    from heartland.scenarios.factors import split_assignment

    files = [name for name in what if name.endswith((".yaml", ".yml")) and is_design(name)]
    if files:
        given = [f"--{name}" for name, value in asked.items() if value]
        if len(what) > 1 or given:
            extra = ", ".join([*(name for name in what if name != files[0]), *given])
            raise HeartlandInputError.at(
                f"{files[0]} is a whole design, and {extra} would change it.",
                fix="Write it into the file, or leave the file out.", check="usage",
            )  # fmt: skip
        return read_design(region, files[0], **sizes)
    return design_of(
        [named(region, name)[0] for name in what],
        over=_each("over", (levels_of(text) for text in asked["over"] or ())),
        ranges=_each("range", (split_assignment(text) for text in asked["range"] or ())),
        points=asked["lhs"],
        reference=_each("reference", (split_assignment(text) for text in asked["reference"] or ())),
        outcomes=asked["outcome"] or (),
        baseline=asked["baseline"],
        **{name: value for name, value in sizes.items() if value is not None},
    )


def _each(option: str, pairs: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise HeartlandInputError.at(
                f"--{option} names {name} twice.", fix="Put all its values into one.", check="usage"
            )
        found[name] = value
    return found


@contextmanager
def _naming(out: Path, design: Design, region: str) -> Iterator[None]:
    """Add to an interruption how the sweep is taken up again."""
    from heartland.runs.executors import BlockFailedError, RunInterruptedError
    from heartland.runs.experiment import folder_of

    try:
        yield
    except (BlockFailedError, RunInterruptedError) as error:
        where = f" --region {region}" if region else ""
        error.add_note(
            f"Finished points are kept. Finish it with: heartland resume {folder_of(out, design)}{where}"
        )
        raise


def _tables(made: Sweep, table: Path | None) -> Path:
    """Write the table beside the store, and where it was asked for."""
    assert made.folder is not None
    path = made.save(made.folder / TABLE)
    return path if table is None else made.save(table)


def _page(made: Sweep) -> Path:
    """Draw the main effects beside the store."""
    from heartland.report.sweep import write_sweep_report

    assert made.folder is not None
    return write_sweep_report(made, made.folder / "report.html")


def _say(made: Sweep, path: Path) -> None:
    design = made.design
    first = design.scenarios[0]
    item = design.outcomes[0]
    say(
        f"{first.title}. {len(design.points)} points of {design.members} members each, seed {design.seed}, "
        f"on the same random numbers. {item.question}"
    )
    rows = made.table[made.table["outcome"] == item.id]
    say(text_table(_lines(made, rows.head(LISTED).to_dict("records"))))
    if len(rows) > LISTED:
        say(f"... {len(rows) - LISTED} further points in the table")
    others = len(design.outcomes) - 1
    say(
        f"Reference: point 0. Evidence {made.evidence.get(item.id) or 'not graded'}; {others} further "
        "outcomes in the table. A difference between points is one of the model: its direction may be put in."
    )
    say(f"table {path}")


def _lines(made: Sweep, rows: list[dict[Any, Any]]) -> list[list[str]]:
    several = len(made.design.scenarios) > 1
    names = [*(["scenario"] if several else []), *made.design.names]
    lines = [["point", *names, "value", "90 % interval", "difference", "90 % interval"]]
    for row in rows:
        levels = [_short(row[name]) for name in names]
        lines.append([
            str(row["point"]), *levels, _short(row["value"]), _between(row["low"], row["high"]),
            _short(row["difference"], sign=True), _between(row["difference_low"], row["difference_high"]),
        ])  # fmt: skip
    return lines


def _short(value: Any, sign: bool = False) -> str:
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else f"{value:+.3g}" if sign else f"{value:.3g}"


def _between(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"{low:.3g} to {high:.3g}"


def _content(made: Sweep, path: Path, page: Path, seconds: float) -> dict[str, Any]:
    """`heartland.sweep/1`."""
    design = made.design
    assert made.folder is not None
    return {
        "schema": "heartland.sweep/1",
        "sweep_id": made.card["sweep_id"],
        "region": design.region.id,
        "scenarios": [item.id for item in design.scenarios],
        "seed": design.seed,
        "members": design.members,
        "points": len(made.finished),
        "factors": [{"name": item.name, "values": list(item.levels)} for item in design.factors],
        "ranges": [
            {"name": item.name, "low": _plain(item.low), "high": _plain(item.high), "scale": item.scale}
            for item in design.ranges
        ],
        "reference": dict(design.reference),
        "outcomes": [
            {"id": item.id, "question": item.question, "unit": item.unit} for item in design.outcomes
        ],
        "rows": [_row(made, row) for row in made.table.to_dict("records")],
        "table": str(path),
        "store": str(made.folder / "data.zarr"),
        "report": str(page),
        "seconds": {"total": round(seconds, 2)},
    }


def _row(made: Sweep, row: Mapping[Any, Any]) -> dict[str, Any]:
    def group(name: str, before: str = "") -> dict[str, float | None] | None:
        if name not in row or _plain(row[name]) is None:
            return None
        found = {"value": _plain(row[name]), "low": _plain(row[f"{name}_low"])}
        found |= {"high": _plain(row[f"{name}_high"])}
        return found if name == "baseline" else found | {"p_sign": _plain(row[f"{before}p_sign"])}

    return {
        "point": row["point"],
        "run_id": row["run_id"],
        "scenario": row["scenario"],
        "levels": {name: row[name] for name in made.design.names},
        "outcome": row["outcome"],
        "value": _plain(row["value"]),
        "low": _plain(row["low"]),
        "high": _plain(row["high"]),
        "n": row["n"],
        "difference": group("difference"),
        **({"baseline": group("baseline")} if made.design.baseline else {}),
        **({"effect": group("effect", "effect_")} if made.design.baseline else {}),
        "evidence_grade": row["evidence_grade"] or None,
        "note": row["note"],
    }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
