"""From a scenario to a plan: world, draws, rules and patches compiled to arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.core.dates import parse as parse_date
from heartland.core.dates import steps as step_dates
from heartland.core.draws import Draws
from heartland.core.interventions import parse_intervention
from heartland.core.tree import Call, Name, Span, walk
from heartland.dynamics.mechanism import catalogue
from heartland.errors import HeartlandInputError
from heartland.scenarios.binding import bind
from heartland.scenarios.dry import check_outcomes
from heartland.scenarios.extent import axes_of, widened
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.plan import Floats, Grid, Plan
from heartland.scenarios.priors import check_priors, draw, priors_from_rows
from heartland.scenarios.probe import Probe
from heartland.scenarios.recorder import TRACKED_KINDS, recorded
from heartland.scenarios.rulebook import rules_of
from heartland.scenarios.schedule import Operation, compile_patches, last_step
from heartland.scenarios.start import Start, constants, parameters, start_of
from heartland.scenarios.state import BLOCK, DRAW, Axes, state_catalogue

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.region.world import World
    from heartland.scenarios.scenario import Scenario

__all__ = [
    "Openings", "began", "compile_plan", "model_rows", "operations_of", "priors_of", "rival_forms", "set_to",
    "used_parameters",
]  # fmt: skip


def model_rows(mechanisms: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Mechanisms in use by row of the model, `M1` first; exogenous paths belong to no row."""
    records = catalogue()
    found: dict[str, tuple[str, ...]] = {}
    for name in mechanisms:
        row = records[name].model
        if row.startswith("M"):
            found[row] = (*found.get(row, ()), name)
    return dict(sorted(found.items(), key=lambda pair: int(pair[0][1:])))


def priors_of(region: Region) -> Mapping[str, Any]:
    """Priors of a region by parameter id.

    Raises
    ------
    HeartlandInputError
        If a prior's numbers do not fit its family.
    """
    table = region.tables["parameters"]
    names = [str(name) for name in table.columns]
    cells = [table[name].tolist() for name in table.columns]
    priors = priors_from_rows([dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)])
    findings = check_priors(priors, set(region.tables["sources"]["source_id"]))
    if findings:
        raise HeartlandInputError(findings)
    return priors


def used_parameters(region: Region) -> tuple[str, ...]:
    """Ids of the parameters that the start and the mechanisms in use of a region read."""
    known = priors_of(region)
    return tuple(dict.fromkeys([*parameters(), *_wanted(_mechanisms(region), known)]))


def _mechanisms(region: Region) -> list[str]:
    records, chosen = catalogue(), region.model.variants
    return [name for item in region.model.mechanisms if (name := chosen.get(item, item)) in records]


@dataclass(frozen=True)
class Opened:
    """What scenarios that begin on one day in one region share: world, parameters, start, mechanisms."""

    world: World
    axes: Axes
    drawn: Mapping[str, Floats]
    start: Start
    ids: tuple[str, ...]


class Openings:
    """Starts that were opened already, so that a scenario and its baseline open theirs once.

    most : how many are held at once, the oldest given up first; 0 for all
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._opened: list[tuple[Scenario, tuple[int, int], Mapping[str, float], Opened]] = []

    def of(
        self, scenario: Scenario, members: int, seed: int, values: Mapping[str, float] | None = None
    ) -> Opened:
        """The start of a scenario for a number of members; arrays in it are read only.

        values : parameters that are set and not drawn; only those that the start reads are set here
        """
        draws = -(-members // BLOCK) * (BLOCK // DRAW)
        given = {name: value for name, value in (values or {}).items() if name in parameters()}
        for other, sizes, others, opened in self._opened:
            same = (other.start, other.known_by, other.receivers) == (
                scenario.start, scenario.known_by, scenario.receivers,
            )  # fmt: skip
            if other.region is scenario.region and same and sizes == (draws, seed) and others == given:
                return opened
        opened = _open(scenario, draws, seed, given)
        self._opened = [*self._opened, (scenario, (draws, seed), given, opened)][-self._most :]
        return opened


def set_to(drawn: Mapping[str, Floats], values: Mapping[str, float]) -> Mapping[str, Floats]:
    """Draws of parameters with some of them the same in every draw; all others stay what they are."""
    return {
        name: np.full_like(draws, values[name]) if name in values else draws for name, draws in drawn.items()
    }


def _open(scenario: Scenario, draws: int, seed: int, values: Mapping[str, float]) -> Opened:
    region = widened(scenario.region, scenario.receivers)
    axes, known, ids = axes_of(region), priors_of(region), _mechanisms(region)
    drawn = set_to(draw(known, [*_wanted(ids, known), *parameters()], seed, draws), values)
    world, start = began(scenario, region, axes, drawn, seed, draws)
    return Opened(world, axes, drawn, start, tuple(ids))


def began(
    scenario: Scenario, region: Region, axes: Axes, drawn: Mapping[str, Floats], seed: int, draws: int,
    first: int = 0,
) -> tuple[World, Start]:  # fmt: skip
    """World and start of a scenario for some draws. region : widened; first : number of the first draw"""
    world = region.at(scenario.start, known_by=scenario.known_by or None)
    own = tuple(scenario.region.model.receivers)
    return world, start_of(world, axes, drawn, seed, draws, own, first)


def compile_plan(
    scenario: Scenario,
    *,
    members: int,
    seed: int,
    full: bool = False,
    per_year: int = 0,
    outcomes: Sequence[Any] | None = None,
    openings: Openings | None = None,
    values: Mapping[str, float] | None = None,
    whole: bool = True,
) -> Plan:
    """Compile a scenario for a number of members.

    Parameters
    ----------
    per_year : steps a year, 0 for the region's own
    outcomes : outcomes whose times must be recorded; default those of the scenario
    openings : starts to share with other scenarios
    values : parameters by id that are set and not drawn from their priors
    whole : learn the names of parts and terms and try the outcomes; without it changes are not split

    Raises
    ------
    HeartlandInputError
        For patches, outcomes or parameters that do not fit the region.
    """
    rate = per_year or scenario.region.model.steps_per_year
    days = _days(scenario, rate)
    opened = (openings or Openings()).of(scenario, members, seed, values)
    asked = scenario.outcomes if outcomes is None else outcomes
    models = {name: catalogue()[name].model for name in opened.ids}
    operations, start = _operations(scenario, opened.axes, days, models, rate), opened.start
    plan = Plan(
        scenario=scenario.id,
        axes=opened.axes,
        dates=tuple(day.isoformat() for day in days),
        dt=1.0 / rate,
        seed=seed,
        mechanisms=opened.ids,
        start=start.state,
        statics=start.statics,
        parameters=set_to(opened.drawn, values or {}),
        operations=operations,
        rules=rules_of(opened.world, opened.axes, operations),
        grid=_grid(days, rate, asked),
        full=full,
        influence=start.spec,
        volumes=start.volumes,
        money=_money(opened.world),
        totals=start.totals,
        bases=start.bases,
        unknown=start.unknown,
        asked=_asked(asked),
    )
    if whole:
        plan = _named(plan)
        check_outcomes(plan, asked)
    return plan


def rival_forms(plan: Plan) -> list[tuple[str, str, str]]:
    """Mechanisms of a plan that have a rival form with parameters: mechanism, rival, row of the model."""
    return [
        (record.rival_of, record.id, record.model)
        for record in catalogue().values()
        if record.rival_of in plan.mechanisms and set(record.parameter_ids) <= set(plan.parameters)
    ]


def _wanted(ids: Sequence[str], known: Mapping[str, Any]) -> list[str]:
    """Parameters of the mechanisms, and those that the region has of their rivals."""
    records = catalogue()
    wanted = [parameter for name in ids for parameter in records[name].parameter_ids]
    for record in records.values():
        if record.rival_of in ids and record.id not in ids:
            wanted += [name for name in record.parameter_ids if name in known]
    return wanted


def _operations(
    scenario: Scenario, axes: Axes, days: Sequence[date], models: Mapping[str, str], rate: int
) -> tuple[Operation, ...]:
    policies = {
        policy.id: {
            option: tuple(parse_intervention(text) for text in patches)
            for option, patches in policy.options.items()
        }
        for policy in scenario.region.policies.values()
    }
    done = [patch.do for patch in scenario.patches]
    return compile_patches(done, axes, days, constants(), models, policies, rate)


def operations_of(scenario: Scenario) -> tuple[Operation, ...]:
    """Compiled patches of a scenario alone, without its world.

    Raises
    ------
    HeartlandInputError
        For patches that do not fit the region.
    """
    region = widened(scenario.region, scenario.receivers)
    rate = region.model.steps_per_year
    records = catalogue()
    chosen = [region.model.variants.get(name, name) for name in region.model.mechanisms]
    models = {name: records[name].model for name in chosen if name in records}
    return _operations(scenario, axes_of(region), _days(scenario, rate), models, rate)


def _days(scenario: Scenario, rate: int) -> tuple[date, ...]:
    start = parse_date(scenario.start).earliest
    assert start is not None
    return tuple(step_dates(start, scenario.months, rate))


def _money(world: World) -> tuple[str, ...]:
    units = {name: info.unit for name, info in world.settings.channels.items()}
    units |= {name: str(row["unit"]) for name, row in world.settings.indicators.items()}
    return tuple(sorted(name for name, unit in units.items() if unit.startswith("usd")))


def _named(plan: Plan) -> Plan:
    """Learn the names of parts and terms from a run of two steps of the first block."""
    probe = Probe()
    running = tuple(op for op in plan.operations if op.action != "off")
    short = replace(plan, dates=plan.dates[:3], grid=Grid((0, 1, 2), (0,), (2,)), operations=running)
    run_blocks(short, bind(short, Draws(plan.seed, 2, (0,)), (0,)), (0,), probe=probe)
    touched = {op.variable for op in plan.operations}
    series, dyads = recorded(plan.full, plan.states, plan.asked)
    parts = {
        name: (*names, "bounds", *(("patch",) if name in touched else ()))
        for name, names in probe.parts.items()
        if name in series or name in dyads
    }
    for name in touched - set(parts):
        if name in (*series, *dyads) and state_catalogue()[name].kind in TRACKED_KINDS:
            parts[name] = ("bounds", "patch")
    return replace(plan, parts=parts, terms=dict(probe.terms))


def _grid(days: Sequence[date], rate: int, outcomes: Sequence[Any]) -> Grid:
    last = len(days) - 1
    asked: set[int] = set()
    ends: set[int] = set()
    for outcome in outcomes:
        for node in walk(outcome.tree):
            if not isinstance(node, Call):
                continue
            for key in node.keys:
                if isinstance(key.value, Span):
                    first, end = last_step(key.value.text, days)
                    asked |= set(range(first, end + 1))
                    ends.add(end)
    quarters = {*range(0, last + 1, max(rate // 4, 1)), last}
    years = {*range(0, last + 1, rate), last}
    return Grid(tuple(range(last + 1)), tuple(sorted(quarters | asked)), tuple(sorted(years | ends)))


def _asked(outcomes: Sequence[Any]) -> tuple[str, ...]:
    """States that outcomes name, to be recorded."""
    found: dict[str, None] = {}
    for outcome in outcomes:
        for node in walk(outcome.tree):
            name = node.text.replace("-", "_") if isinstance(node, Name) else ""
            if isinstance(node, Call):
                special = {"vote": "vote", "stage": "corridor_stage", "status": "membership"}
                name = special.get(node.function, name)
            for state in (name, f"{name}_share"):
                if state in state_catalogue() and state_catalogue()[state].kind != "event":
                    found[state] = None
    return tuple(found)
