"""`heartland measure`: a measure at a date or over years, what is behind it, and why it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heartland.app.cli.common import Format, RegionName, choice, dumps, say
from heartland.app.cli.measure_cell import chosen_rows, detail, headline, one_cell
from heartland.app.cli.measure_dates import ends_of, stretch_of, times_of
from heartland.app.cli.measure_options import (
    At,
    By,
    Change,
    Channel,
    Chart,
    Compare,
    Domain,
    Draws,
    Explain,
    Force,
    From,
    Giver,
    KnownBy,
    Level,
    Missing,
    Options,
    Other,
    Receiver,
    Seed,
    Spread,
    To,
    Weights,
    Without,
)
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    import pandas as pd

    from heartland.region.world import World

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(measure)


def measure(
    name: Annotated[
        str, typer.Argument(help="influence, hedging.spread, ...; a family or `family.*`; `*` for all.")
    ],
    at: At = "", from_: From = "", to: To = "", giver: Giver = "", receiver: Receiver = "",
    other: Other = "", by: By = "overall", domain: Domain = "", channel: Channel = "",
    region: RegionName = "", draws: Draws = 1000, seed: Seed = 1, level: Level = 0.9,
    missing: Missing = "drop", weights: Weights = "", known_by: KnownBy = "", option: Options = None,
    explain: Explain = False, change: Change = False, without_source: Without = False,
    spread: Spread = False, compare: Compare = "", chart: Chart = "", force: Force = False,
    format: Format = "table",
) -> None:  # fmt: skip
    """Measure the world: who holds what over whom, with intervals, and reasons for gaps."""
    choice("format", format, ("table", "csv", "json"))
    modes = {"compare": bool(compare), "explain": explain, "without-source": without_source,
             "change": change, "spread": spread}  # fmt: skip
    _one_mode([mode for mode, on in modes.items() if on], chart, force)
    from heartland.measures.registry import expand
    from heartland.region.region import Region

    expand(name)
    world = _world(Region.load(region), at, known_by)
    actors = {"giver": giver or None, "receiver": receiver or None, "other": other or None}
    asked: dict[str, Any] = {
        "weights": weights or None, "known_by": known_by or None, "options": _options(option or []),
    }  # fmt: skip
    wide = {**actors, "draws": draws, "seed": seed, "level": level, **asked, "missing": missing,
            "by": detail(by, domain, channel)}  # fmt: skip
    cell = {
        "measure": name, **{key: word for key, word in actors.items() if word}, "domain": domain,
        "channel": channel, "date": at,
    }  # fmt: skip
    if compare:
        from heartland.measures.published import compare as correlate

        frame = correlate(_table(world, "influence", from_, to, {**wide, "draws": 0}), compare)
        _print(frame, "heartland.measure.compare/1", name, format)
    elif explain:
        _explain(world, one_cell(world, cell, wide, stretch_of(name, from_, to)), asked, format)
    elif without_source:
        _without(world, one_cell(world, cell, wide, None), asked, format)
    elif change:
        _change(world, cell, (from_, to), wide, chart, force, format)
    elif spread:
        _spread(world, cell, (from_, to), wide, format)
    else:
        _plain(world, cell, (from_, to), wide, chart, force, format)


def _world(region: Any, at: str, known_by: str) -> World:
    world: World = region.at(at or region.model.start, known_by=known_by or None)
    return world


def _one_mode(modes: Sequence[str], chart: str, force: bool) -> None:
    """Refuse questions that exclude each other, and a picture that cannot be written.

    Raises
    ------
    HeartlandInputError
    """
    if len(modes) > 1:
        raise HeartlandInputError.at(
            f"{' and '.join(f'--{mode}' for mode in modes)} are different questions.",
            why="One answer is printed at a time.", fix=f"Leave one of them out, say --{modes[-1]}.",
            check="usage",
        )  # fmt: skip
    if chart:
        if modes and modes[0] != "change":
            raise HeartlandInputError.at(
                f"--{modes[0]} has no picture.", why="A chart shows values, or one change taken apart.",
                fix="Leave --chart out.", check="usage",
            )  # fmt: skip
        from heartland.app.cli.picturing import checked

        checked(Path(chart), force)


def _options(given: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE pairs.

    Raises
    ------
    HeartlandInputError
        One that is no pair, or a name given twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name or not value or name in found:
            raise HeartlandInputError.at(
                f'--option "{text}" cannot be read.' if name not in found else f"{name} is given twice.",
                why="An option has one name and one value.", fix="Write --option portfolio=votes.",
                check="usage",
            )  # fmt: skip
        found[name] = value
    return found


def _table(world: World, name: str, first: str, last: str, wide: Mapping[str, Any]) -> pd.DataFrame:
    from heartland.measures.tidy import table

    return table(world, name, times=times_of(first, last), **wide)


def _plain(
    world: World, cell: Mapping[str, Any], years: tuple[str, str], wide: Mapping[str, Any], chart: str,
    force: bool, format: str,
) -> None:
    """The table of a measure or a family, and its pictures."""
    from heartland.measures.registry import expand
    from heartland.measures.text import to_csv, to_json, to_text

    name = str(cell["measure"])
    records = expand(name)
    frame = _table(world, name, *years, wide)
    frame = chosen_rows(frame, str(cell["domain"]), str(cell["channel"]))
    lines = _leaders(world, frame, cell, wide) if format == "table" else []
    if format == "json":
        say(dumps(to_json(frame, records, name)))
    elif format == "csv":
        say(to_csv(frame).rstrip("\n"))
    else:
        say("\n".join([*lines, *([""] if lines else []), to_text(frame, records, draws=wide["draws"])]))
    if chart:
        from heartland.app.cli.picturing import write_chart
        from heartland.report.measures import Names

        write_chart(
            world, frame, records, Path(chart), force=force, command=_said(cell, wide, *years),
            options={**wide, "times": times_of(*years)},
            lines=_leaders(world, frame, cell, wide, Names.of(world.region).actors),
        )  # fmt: skip


def _leaders(
    world: World, frame: pd.DataFrame, cell: Mapping[str, Any], wide: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """Who leads, and whether under the region's rival weights too: overall influence at one date."""
    overall = cell["measure"] == "influence" and wide["by"] == "overall" and not wide["giver"]
    rival = next(iter(world.settings.rivals), "")
    if not overall or not rival or wide["weights"] or frame["date"].nunique() != 1:
        return []
    from heartland.measures.text import leader_lines

    day = str(frame["date"].iloc[0])
    other = _table(world, "influence", "", "", {**wide, "at": day, "draws": 0, "weights": rival})
    return leader_lines(frame, other, rival, names)


def _print(frame: pd.DataFrame, schema: str, name: str, format: str, **more: Any) -> None:
    """A table of its own columns: text with two significant digits, else numbers in full."""
    if format == "json":
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        say(dumps({"schema": schema, "measure": name, **more, "rows": rows}))
    elif format == "csv":
        say(frame.to_csv(index=False, lineterminator="\n").rstrip("\n"))
    else:
        from heartland.measures.plain import frame_text

        say(frame_text(frame))


def _explain(world: World, row: Mapping[str, Any], asked: Mapping[str, Any], format: str) -> None:
    from heartland.measures.plain import explain_text
    from heartland.measures.tidy import explain

    options = {name: value for name, value in asked.items() if value}
    given = {key: value for key, value in row.items() if not isinstance(value, float) and value != ""}
    frame = explain(world, given, **options)
    if format != "table":
        value = None if row["value"] != row["value"] else float(row["value"])
        _print(frame, "heartland.measure.explain/1", str(row["measure"]), format, cell=_named(row),
               value=value)  # fmt: skip
        return
    from heartland.report.behind import assumptions, source_names

    say(headline(row))
    say(explain_text(frame, float(row["value"]), source_names(world), assumptions(world)))


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    keys = ("giver", "receiver", "other", "channel", "domain", "date", "t0", "t1")
    return {key: str(row[key]) for key in keys if row.get(key)}


def _without(world: World, row: Mapping[str, Any], asked: Mapping[str, Any], format: str) -> None:
    from heartland.measures.changes import without_source

    named = {"measure": row["measure"], **_named(row)}
    frame = without_source(world, named, **asked)
    if format == "table":
        say(headline(row))
    _print(frame, "heartland.measure.sources/1", str(row["measure"]), format)


def _spread(
    world: World, cell: Mapping[str, Any], years: tuple[str, str], wide: Mapping[str, Any], format: str,
) -> None:
    from heartland.measures.changes import sources_of_spread

    frame = sources_of_spread(world, str(cell["measure"]), times=times_of(*years), **wide)
    frame = chosen_rows(frame, str(cell["domain"]), str(cell["channel"]))
    _print(frame, "heartland.measure.spread/1", str(cell["measure"]), format)


def _change(
    world: World, cell: Mapping[str, Any], years: tuple[str, str], wide: Mapping[str, Any], chart: str,
    force: bool, format: str,
) -> None:
    """The change of every row, or why one cell changed where the cell is named whole."""
    from heartland.measures import changes
    from heartland.measures.registry import expand, get

    t0, t1 = ends_of(*years)
    name = str(cell["measure"])
    needed = {"d": ("giver", "receiver"), "p": ("giver", "other", "receiver"), "r": ("receiver",)}
    kind = get(name).kind if len(expand(name)) == 1 and "x" in get(name).needs else ""
    if kind not in needed or not all(cell.get(key) for key in needed[kind]):
        if chart:
            raise HeartlandInputError.at(
                "A picture of a change shows one cell.", why="Its bars sum to one change.", check="usage",
                fix=f"Add {', '.join(f'--{key}' for key in needed.get(kind, ()))}." if kind in needed
                else "Leave --chart out.",
            )  # fmt: skip
        frame = chosen_rows(
            changes.compare(world, name, t0, t1, **wide), str(cell["domain"]), str(cell["channel"]))
        kept = [column for column in frame.columns if column not in ("level", "n_used", "n_missing")]
        _print(frame[kept], "heartland.measure.compare/1", name, format, t0=t0, t1=t1)
        return
    kept_options = {key: wide[key] for key in
                    ("draws", "seed", "level", "weights", "known_by", "options")}  # fmt: skip
    frame = changes.change(world, cell, t0, t1, **kept_options)
    if format == "table":
        from heartland.measures.plain import change_text

        say(headline({**cell, "unit": get(name).unit, "t0": t0, "t1": t1}))
        say(change_text(frame))
    else:
        _print(frame, "heartland.measure.change/1", name, format, t0=t0, t1=t1, cell=_named(cell))
    if chart:
        from heartland.app.cli.picturing import write_change

        write_change(
            world, frame, cell, (t0, t1), Path(chart), force=force, unit=get(name).unit, options=wide,
            command=_said(cell, wide, *years, change=True),
        )  # fmt: skip


def _said(
    cell: Mapping[str, Any], wide: Mapping[str, Any], first: str, last: str, *, change: bool = False,
) -> str:
    """The command as it could be given again, without what is default."""
    words = [f"heartland measure {cell['measure']}", *(["--change"] if change else [])]
    pairs = {"at": cell["date"], "from": first, "to": last, "giver": wide["giver"], "other": wide["other"],
             "receiver": wide["receiver"], "domain": cell["domain"], "channel": cell["channel"],
             "weights": wide["weights"], "known-by": wide["known_by"]}  # fmt: skip
    words += [f"--{key} {value}" for key, value in pairs.items() if value]
    usual = {"draws": 1000, "seed": 1, "level": 0.9, "missing": "drop"}
    if wide["by"] != detail("overall", str(cell["domain"]), str(cell["channel"])):
        words.append(f"--by {wide['by']}")
    words += [f"--{key} {wide[key]}" for key, value in usual.items() if wide[key] != value]
    words += [f"--option {key}={value}" for key, value in (wide["options"] or {}).items()]
    return " ".join(words)
