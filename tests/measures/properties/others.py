"""Worlds that differ from another in something that must not matter, or whose effect is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from tests.measures.properties.world import MONEY, PropertyWorld, observation_id, reference_of

_NAMES = {
    "votes": ("yes", "abstain", "no"), "ideal_points": ("actor",), "portfolios": ("actor", "item"),
    "capabilities": ("actor",), "flows": ("from", "to"), "expectations": ("giver", "receiver"),
    "orders": ("organisation", "outsiders", "comparison"), "routes": ("user", "states_crossed"),
    "signed": ("a", "b"), "memberships": ("organisation", "member"),
    "observations": ("giver", "receiver"), "elasticities": (),
}
_AMOUNTS = {"flows": ("value", "low", "high"), "observations": ("value",)}


def reordered(world: PropertyWorld) -> PropertyWorld:
    """Actors, channels, sources, weights and the rows of every table the other way round."""
    settings = SimpleNamespace(**{**vars(world.settings), "weights": tuple(reversed(world.settings.weights))})
    return replace(
        world, powers=world.powers[::-1], receivers=world.receivers[::-1], actors=world.actors[::-1],
        channels=world.channels[::-1], backwards=True, settings=settings,
        organisations={name: members[::-1] for name, members in world.organisations.items()},
        tables={name: list(reversed(rows)) for name, rows in world.tables.items()},
    )


def renamed(world: PropertyWorld, names: Mapping[str, str]) -> PropertyWorld:
    """Actors under other names, at the same places."""
    def new(name: str) -> str:
        return names.get(name, name)

    def keys(table: Mapping[Any, Any]) -> dict[Any, Any]:
        return {tuple(new(part) for part in key): value for key, value in table.items()}

    def cell(text: str) -> str:
        return ";".join(new(word) for word in text.split(";"))

    return replace(
        world, **{axis: tuple(map(new, getattr(world, axis))) for axis in ("powers", "receivers", "actors")},
        ties=keys(world.ties), second=keys(world.second), status=keys(world.status),
        imputed=keys(world.imputed), totals={(new(r), c): pair for (r, c), pair in world.totals.items()},
        bases={name: {new(r): pair for r, pair in by.items()} for name, by in world.bases.items()},
        organisations={name: tuple(map(new, members)) for name, members in world.organisations.items()},
        tables={
            name: [{key: cell(text) if key in _NAMES[name] else text for key, text in row.items()}
                   for row in rows]
            for name, rows in world.tables.items()
        },
    )


def rescaled(world: PropertyWorld, factor: float) -> PropertyWorld:
    """Money in another unit, with the reference; counts of capability too."""
    def pairs(table: Mapping[Any, Any], ours: Callable[[Any], bool]) -> dict[Any, Any]:
        return {key: tuple(x * factor for x in pair) if ours(key) else pair for key, pair in table.items()}

    def row(name: str, entry: Mapping[str, str]) -> dict[str, str]:
        if name == "capabilities" and entry["component"] == "milex":
            columns: Sequence[str] = ("value", "world")
        elif name in _AMOUNTS and entry["unit"] == "usd":
            columns = _AMOUNTS[name]
        else:
            return dict(entry)
        return {**entry, **{key: repr(float(entry[key]) * factor) for key in columns if entry.get(key)}}

    reference = reference_of(world.channels)
    for name in MONEY:
        entry = reference["channels"][name]
        entry |= {"x_ref": entry["x_ref"] * factor, "x_med": entry["x_med"] * factor,
                  "values": [x * factor for x in entry["values"]]}
    return replace(
        world, ties=pairs(world.ties, lambda key: key[2] in MONEY),
        totals=pairs(world.totals, lambda key: key[1] in MONEY),
        bases={name: pairs(by, lambda key: True) for name, by in world.bases.items()},
        settings=SimpleNamespace(**{**vars(world.settings), "reference": reference}),
        tables={name: [row(name, entry) for entry in rows] for name, rows in world.tables.items()},
    )


def with_actor(world: PropertyWorld, name: str, size: float = 0.0) -> PropertyWorld:
    """One power more, first in line, whose every tie is reported as `size` times that of another."""
    first = world.powers[0]
    ties = {(name, *key[1:]): tuple(0.0 if x != x else size * x for x in pair)
            for key, pair in world.ties.items() if key[0] == first}
    rows = list(world.tables["flows"])
    rows += [
        {"from": start, "to": end, "flow": good, "period": year, "value": "0", "unit": "usd",
         "definition": "made", "source_id": source}
        for good, year, source in sorted({(r["flow"], r["period"], r["source_id"]) for r in rows})
        for other in world.actors for start, end in ((name, other), (other, name))
    ]
    expected = [
        {"giver": name, "receiver": r, "channel": "trade", "period": "2020", "value": "0", "unit": "share",
         "source_id": "source-one"} for r in world.receivers
    ]
    income = [
        {"observation_id": f"g-{name.lower()}-{year}", "giver": name, "indicator": "gdp-current",
         "period": year, "value": "300", "unit": "usd", "definition": "made", "source_id": "source-one",
         "rank": "normal"} for year in ("2010", "2020")
    ]
    tables = {
        **world.tables, "flows": rows, "expectations": [*world.tables["expectations"], *expected],
        "observations": [*world.tables["observations"], *income],
    }
    return replace(world, powers=(name, *world.powers), actors=(name, *world.actors),
                   ties={**ties, **world.ties}, tables=tables)


def with_channel(world: PropertyWorld) -> PropertyWorld:
    """One channel more, first in line, that no weight and no measure reads by name."""
    ties = {(g, r, "gifts"): (3.0, 4.0) for g in world.powers for r in world.receivers if g != r}
    channels = {"gifts": SimpleNamespace(unit="usd", scale=None), **world.settings.channels}
    settings = SimpleNamespace(**{**vars(world.settings), "channels": channels})
    return replace(world, channels=("gifts", *world.channels), ties={**ties, **world.ties}, settings=settings)


def with_ties(world: PropertyWorld, ties: Mapping[Any, Any]) -> PropertyWorld:
    """The same with some ties replaced; `observations` keep to what was observed."""
    return replace(world, ties={**world.ties, **ties})


def exact(world: PropertyWorld) -> PropertyWorld:
    """Ties and tables without errors: one source each, no bounds of their own."""
    gone = {"low", "high", "sd", "load_1", "load_2", "load_3", "share_low", "share_high", "cost_low",
            "cost_high", "spare_low", "spare_high", "elsewhere_low", "elsewhere_high"}
    tables = {
        name: [{key: text for key, text in row.items() if key not in gone} for row in rows
               if not (name == "flows" and row["source_id"] == "source-two")]
        for name, rows in world.tables.items() if name != "ideal_points"
    }
    tables["elasticities"] = [{**row, "sd": "0"} for row in tables["elasticities"]]
    return replace(world, noise=0.0, second={}, tables=tables)


__all__ = ["exact", "observation_id", "renamed", "reordered", "rescaled", "with_actor", "with_channel",
           "with_ties"]
