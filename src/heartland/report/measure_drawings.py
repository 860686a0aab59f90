"""Which pictures a table of a measure gets: by the kind of its rows, at one date or through the years."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from heartland.charts.bars import why_bars
from heartland.charts.standings import MOST_ROWS, pair_chart, profile_chart, ranking_chart
from heartland.charts.trends import trend_chart
from heartland.charts.words import number
from heartland.measures.text import probability
from heartland.report.content import records
from heartland.report.measures import Drawing, Names, Row, measure_title, reason_of

if TYPE_CHECKING:
    import pandas as pd

    from heartland.measures.registry import Measure

__all__ = ["change_drawing", "drawings", "two_powers"]

MOST_LINES = 4
MOST_GIVERS = 3
MOST_PANELS = 12
# Between the giver and the other of a pair where their order matters: to the newcomer, ahead of the other.
PAIRS = {"encroachment": "to", "influence.lead": "over", "division_of_labour.leader": "over"}
LONE, TOGETHER = 16, 12  # letters of a name alone in a row, and beside other words
ACTORS = ("giver", "other", "receiver")
KEYS = (*ACTORS, "domain", "channel")
# What the pictures of a kind of rows are split by; `r` and `n` take what makes the fewest pictures.
PANELS = {"d": ("receiver",), "u": ("giver",), "p": ("receiver",), "a": ("domain", "channel")}


def drawings(
    frame: pd.DataFrame, measure: Measure, names: Names, source: str, ranks: pd.DataFrame | None = None,
) -> list[Drawing]:
    """Pictures of the rows of one measure.

    Several dates give lines. One date gives profiles where a giver has several domains or channels, else
    rankings. Pictures are split by receiver (ties and pairs), actor (both orders of two actors) or whatever
    makes the fewest; each shows the strongest rows, and its table all of them.

    Parameters
    ----------
    frame : tidy table of one measure;  ranks : table of `influence.rank` of the same rows, where there is one
    source : last line under each picture
    """
    rows: list[Row] = [dict(row) for row in records(frame)]
    if measure.kind == "u":
        rows = _one_side(rows, names)
    dated = frame["date"].nunique() > 1
    key = _panel_key(rows, measure, dated)
    panels: dict[str, list[Row]] = {}
    for row in rows:
        panels.setdefault(str(row[key]) if key else "", []).append(row)
    placed = {} if ranks is None else {
        (row["giver"], row["receiver"]): row for row in records(ranks) if math.isfinite(row["low"])
    }
    one = _One(measure, names, source, placed, len(panels))
    if measure.unit == "probability":
        one.say = partial(probability, draws=int(frame.attrs.get("draws", 1000)))
    chosen = list(panels.items())[:MOST_PANELS]
    if dated:
        return one.trends(chosen, key)
    layer = _layer(rows)
    if measure.kind == "d" and layer:
        return [one.profile(panel, mine, key, layer) for panel, mine in chosen]
    return [one.ranking(panel, mine, key) for panel, mine in chosen]


def _one_side(rows: list[Row], names: Names) -> list[Row]:
    """Each pair of actors once where one is named, else from the side of the region's own actors."""
    rows = [row for row in rows if row["giver"] != row["receiver"]]
    givers = {row["giver"] for row in rows}
    if len(givers) > 1 and len({row["receiver"] for row in rows}) == 1:
        return [{**row, "giver": row["receiver"], "receiver": row["giver"]} for row in rows]
    own = givers & set(names.receivers)
    return [row for row in rows if row["giver"] in own] if len(givers) > 1 and own else rows


def _distinct(rows: Sequence[Row], key: str) -> int:
    return len({row[key] for row in rows})


def _layer(rows: Sequence[Row]) -> str:
    """Domain or channel, if the rows differ in it."""
    return next((key for key in ("channel", "domain") if _distinct(rows, key) > 1), "")


def _panel_key(rows: Sequence[Row], measure: Measure, dated: bool) -> str:
    """Column that splits the rows into pictures; empty for one picture."""
    varying = [key for key in KEYS if _distinct(rows, key) > 1]
    lines = {tuple(row[key] for key in KEYS) for row in rows}
    if measure.kind in PANELS:
        key = next((name for name in PANELS[measure.kind] if name in varying), "")
        needed = len(varying) > 1 or (dated and measure.kind == "p")
        return key if needed else ""
    if dated and "receiver" in varying:
        return "receiver"
    if len(varying) < 2 or len(lines) <= MOST_ROWS:
        return ""
    if measure.family == "route" and "channel" in varying:
        return "channel"
    return min(varying, key=lambda name: _distinct(rows, name))


class _One:
    """Pictures of one measure."""

    def __init__(
        self, measure: Measure, names: Names, source: str, placed: Mapping[tuple[str, str], Row], panels: int,
    ) -> None:
        self.measure, self.names, self.source, self.placed = measure, names, source, placed
        self.rising = measure.reading.startswith("lower")
        self.say: Callable[[float], str] = number
        left = panels - MOST_PANELS
        self.notes = [f"{left} more pictures are left out; name an actor to see them."] if left > 0 else []

    def head(self, panel: str, rows: Sequence[Row], key: str) -> str:
        """Measure, what the picture is about, and what all its rows share."""
        shared = [name for name in KEYS if name != key and _distinct(rows, name) == 1]
        if "channel" in (key, *shared) and rows[0]["channel"]:
            shared = [name for name in shared if name != "domain"]
        words = [self.word(key, panel)] if key else []
        words += [self.word(name, str(rows[0][name])) for name in shared if rows[0][name] not in ("", "all")]
        title = measure_title(self.measure.name)
        return f"{title}: {', '.join(words)}" if words else title

    def word(self, key: str, value: str) -> str:
        """An actor's name, or the id of a channel, domain or organisation as words."""
        return self.names.name(value) if key in ACTORS else value.replace("-", " ")

    def varying(self, rows: Sequence[Row], key: str) -> list[str]:
        """Columns that set the rows of a picture apart; a channel speaks for its domain."""
        found = [name for name in KEYS if name != key and _distinct(rows, name) > 1]
        return [name for name in found if name != "domain" or "channel" not in found]

    def label(self, row: Row, varying: Sequence[str]) -> str:
        """What sets a row apart from the others in its picture."""
        kept = [key for key in varying if row[key] not in ("", "all")]
        room = LONE if len(kept) == 1 else TOGETHER
        found = {
            key: self.names.short(str(row[key]), room) if key in ACTORS else self.word(key, str(row[key]))
            for key in kept
        }
        if "other" in found and self.measure.family == "route":
            through = f"through {found.pop('other')}"
            return ": ".join([*_take(found, "channel"), " ".join([*_take(found, "receiver"), through])])
        word = next((word for end, word in PAIRS.items() if self.measure.name.startswith(end)), "and")
        two = _take(found, "giver") + _take(found, "other") if self.measure.kind == "p" else []
        pair = f" {word} ".join(two)
        words = [*_take(found, "domain"), *([pair] if pair else []), *found.values()]
        if words:
            return ": ".join(words)
        if self.measure.kind == "p" and row["giver"] and row["other"]:  # both stand in the title
            return "both"
        same = next((key for key in ("giver", "receiver", "other") if row[key]), "")
        return self.word(same, str(row[same])) if same else "all actors"

    def ranking(self, panel: str, rows: Sequence[Row], key: str) -> Drawing:
        """Rows by value."""
        varying = self.varying(rows, key)
        drawn = [
            {"actor": _actor(row, varying), "name": self.label(row, varying), "value": row["value"],
             "low": row["low"], "high": row["high"],
             "note": self.note(row, self.placed.get((row["giver"], row["receiver"])))}
            for row in rows
        ]  # fmt: skip
        told = "ranks the draws allow" if self.placed else "value and data grade"
        notes = [f"At the right: {told}.", *self.notes]
        spec = ranking_chart(
            drawn, self.names.palette, title=self.head(panel, rows, key), unit=self.measure.unit,
            source=self.source, notes=notes, rising=self.rising, say=self.say,
        )
        known = [row for row in rows if math.isfinite(row["value"])]
        known.sort(key=lambda row: row["value"] if self.rising else -row["value"])
        return Drawing(f"ranking-{panel or 'all'}", spec, rows, known[:MOST_ROWS])

    def note(self, row: Row, rank: Mapping[str, Any] | None) -> str:
        """Ranks that the draws allow, else the value and its grade, or why there is none."""
        reason = reason_of(row)
        if reason:
            return f"no value: {reason}"
        if rank is not None:
            low, high = (round(float(rank[end])) for end in ("low", "high"))
            return f"rank {low}" if low == high else f"rank {low} to {high}"
        return f"{self.say(row['value'])}, {row['data_grade']}"

    def profile(self, panel: str, rows: Sequence[Row], key: str, layer: str) -> Drawing:
        """The best known givers by domain or channel."""
        lines: dict[str, list[Row]] = {}
        for row in rows:
            lines.setdefault(str(row["giver"]), []).append(row)
        best = sorted(lines.values(), key=_weight, reverse=True)[:MOST_GIVERS]
        notes = list(self.notes)
        if len(lines) > len(best):
            notes.append(f"The first {len(best)} of {len(lines)} givers; all are in the table.")
        drawn = [
            {"domain": self.word(layer, str(row[layer])), "actor": row["giver"],
             "name": self.names.name(row["giver"]), "value": row["value"], "low": row["low"],
             "high": row["high"]}
            for line in best for row in line
        ]  # fmt: skip
        spec = profile_chart(
            drawn, self.names.palette, title=f"{self.head(panel, rows, key)} by {layer}",
            unit=self.measure.unit, source=self.source, notes=notes,
        )
        return Drawing(f"profile-{panel or 'all'}", spec, rows, [row for line in best for row in line])

    def trends(self, panels: Sequence[tuple[str, list[Row]]], key: str) -> list[Drawing]:
        """Lines; pictures with one line each share their scale, so that they can be read side by side."""
        single = len(panels) > 1 and all(_lines(rows) == 1 for _, rows in panels)
        span = _span([row for _, rows in panels for row in rows]) if single else None
        return [self.trend(panel, rows, key, span) for panel, rows in panels]

    def trend(
        self, panel: str, rows: Sequence[Row], key: str, span: tuple[float, float] | None,
    ) -> Drawing:
        """The strongest lines of one picture."""
        varying = self.varying(rows, key)
        lines: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            lines.setdefault(tuple(str(row[name]) for name in KEYS), []).append(row)
        best = sorted(lines.values(), key=_latest, reverse=not self.rising)
        best = [line for line in best if _latest(line)[0]][:MOST_LINES] or best[:1]
        actors = [_actor(line[0], varying) for line in best]
        drawn = [
            {"actor": actor if actors.count(actor) == 1 else f"{actor}#{place}",
             "name": self.label(row, varying), "date": str(row["date"]),
             **{end: float(row[end]) for end in ("value", "low", "high")}}
            for place, (actor, line) in enumerate(zip(actors, best, strict=True)) for row in line
        ]  # fmt: skip
        left = len(lines) - len(best)
        notes = [*self.notes, *([f"{left} more {_plural(left)} in the table."] if left else [])]
        spec = trend_chart(
            drawn, self.names.palette, title=self.head(panel, rows, key), unit=self.measure.unit,
            source=self.source, notes=notes, span=span, say=self.say,
        )
        return Drawing(f"trend-{panel or 'all'}", spec, rows, [row for line in best for row in line])


def _take(found: dict[str, str], key: str) -> list[str]:
    return [found.pop(key)] if key in found else []


def _actor(row: Row, varying: Sequence[str]) -> str:
    """Whose colour a row has: that of the actor it differs by."""
    key = next((name for name in ("giver", "receiver", "other") if name in varying and row[name]), "")
    return str(row[key]) if key else str(row["giver"] or row["receiver"] or row["other"])


def _lines(rows: Sequence[Row]) -> int:
    return len({tuple(row[name] for name in KEYS) for row in rows})


def _plural(count: int) -> str:
    return "row is" if count == 1 else "rows are"


def _span(rows: Sequence[Row]) -> tuple[float, float] | None:
    ends = [row[key] for row in rows for key in ("value", "low", "high") if math.isfinite(row[key])]
    return (min(0.0, *ends), max(0.0, *ends)) if len(ends) > 1 and any(ends) else None


def _latest(line: Sequence[Row]) -> tuple[str, float]:
    """The last date with a value, and the value."""
    known = [row for row in line if math.isfinite(row["value"])]
    last = max(known, key=lambda row: str(row["date"]), default=None)
    return ("", 0.0) if last is None else (str(last["date"]), float(last["value"]))


def _weight(line: Sequence[Row]) -> tuple[int, float]:
    """How much is known of a giver, and how much that is."""
    known = [row["value"] for row in line if math.isfinite(row["value"])]
    return len(known), sum(known)


def two_powers(
    frame: pd.DataFrame, lead: pd.DataFrame, pair: tuple[str, str], names: Names, source: str,
) -> Drawing:
    """Influence of two powers in every receiver, and how sure it is which of them leads.

    Parameters
    ----------
    frame : `influence` at one date;  lead : `influence.lead` of the pair at the same date
    """
    values = {(row["giver"], row["receiver"]): row["value"] for row in records(frame)}
    sure = {row["receiver"]: row for row in records(lead)}
    shown = (names.name(pair[0]), names.name(pair[1]))
    rows: list[Row] = []
    for receiver in dict.fromkeys(frame["receiver"]):
        first, second = (values.get((actor, receiver), math.nan) for actor in pair)
        rows.append({"name": names.name(receiver), "first": first, "second": second,
                     "note": _ahead(sure.get(receiver), shown)})  # fmt: skip
    spec = pair_chart(
        rows, names.palette, pair, shown, title=f"Influence of {shown[0]} and {shown[1]}", unit="index",
        source=source, notes=["At the right: who leads, and in how many of the draws."],
    )
    kept = [dict(row) for row in records(frame) if row["giver"] in pair]
    return Drawing("two-powers", spec, kept, kept)


def _ahead(row: Mapping[str, Any] | None, shown: tuple[str, str]) -> str:
    """Who leads in how many of a hundred draws; never printed as certain."""
    p = math.nan if row is None else float(row["value"])
    if not math.isfinite(p):
        return f"no order: {reason_of(row) or 'unknown'}" if row is not None else "no order"
    sure = max(p, 1 - p)
    text = "over 99 %" if sure > 0.99 else f"{100 * sure:.0f} %"
    return f"{shown[0] if p >= 0.5 else shown[1]}, {text}"


def change_drawing(
    frame: pd.DataFrame, names: Names, *, title: str, unit: str, source: str,
) -> Drawing:
    """A change taken apart, as bars that sum to it.

    Parameters
    ----------
    frame : columns of `measures.change_rows.CHANGE_COLUMNS`, last row `total`
    """
    rows = [dict(row) for row in records(frame)]
    drawn: list[Row] = []
    for row in rows[:-1]:
        who = names.name(str(row["cause"])) if row["part"] == "tie" else str(row["cause"])
        words = [word for word in (str(row["channel"]), who) if word]
        name = str(row["part"]) if not row["channel"] else ", ".join(words)
        drawn.append({"mechanism": name, "part": row["part"] if row["channel"] else "", **_ends(row)})
    drawn = [row for row in drawn if row["value"] != 0]
    drawn.sort(key=lambda row: -abs(row["value"]))
    drawn.append({"mechanism": "change", "part": "", **_ends(rows[-1])})
    import pandas as pd

    spec = why_bars(pd.DataFrame(drawn), title=title, unit=unit, source=source)
    return Drawing("change", spec, rows)


def _ends(row: Mapping[str, Any]) -> Row:
    return {key: float(row[key]) for key in ("value", "low", "high")}
