"""The loop on the shipped region: patches that change nothing, blocks, horizons, switches, spans, rest."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heartland.core.draws import Draws
from heartland.dynamics.mechanism import catalogue
from heartland.errors import HeartlandError
from heartland.runs.job import Job
from heartland.runs.run import run_all
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import event_kinds, state_catalogue
from heartland.scenarios.validate import load_region

SEED = 3


def full(scenario: Scenario, members: int = 64) -> Ensemble:
    return run_all([scenario], members=members, seed=SEED, record="full")[0]


def patched(scenario: Scenario, *patches: str) -> Scenario:
    for text in patches:
        scenario = scenario.patch(text, why="test", id="patched")
    return scenario


@pytest.fixture(scope="module")
def run_with(calm):
    """Runs of the unpatched world with some patches, each made once."""
    made: dict[tuple[str, ...], Ensemble] = {}

    def run(*patches: str) -> Ensemble:
        if patches not in made:
            made[patches] = full(patched(calm, *patches))
        return made[patches]

    return run


def parts_of(run: Ensemble, name: str) -> tuple[str, ...]:
    return run.layout.parts[name.removeprefix("why_")]


def assert_no_contrast(run: Ensemble, base: Ensemble, arrays) -> None:
    """Every element of every recorded array equal; splits compared part by part."""
    mine, theirs = arrays(run), arrays(base)
    assert theirs.keys() <= mine.keys()
    for name, array in mine.items():
        if name not in theirs:
            assert name.startswith("why_")
            assert not array.any(), name
            continue
        if not name.startswith("why_"):
            np.testing.assert_array_equal(array, theirs[name], err_msg=name)
            continue
        for place, part in enumerate(parts_of(run, name)):
            if part in parts_of(base, name):
                other = theirs[name][:, :, parts_of(base, name).index(part)]
                np.testing.assert_array_equal(array[:, :, place], other, err_msg=f"{name} {part}")
            else:
                assert part == "patch"
                assert not array[:, :, place].any(), f"{name} {part}"


NULL = [
    "scale(gdp[actor=RUS], 1, at=start, for=P6M)",
    "scale(effort, 1, at=2022-05)",
    "shock(currency, 0, at=2022-03)",
    "shock(tension, 0, at=2022-03)",
    "set(union, 0, at=start)",
    "set(mandate, 0, at=2022-03/2022-05)",
    "clamp(sanction[giver=RUS], 0, at=2022-03/2022-05)",
    "rule(csto.collective-response, R-CSTO-01, at=start)",
    "rule(csto.collective-response, lead, at=2022-03, for=P2M)",
    "rule(csto.mission-abroad, R-CSTO-02)",
]


def test_patches_that_change_nothing_change_nothing(calm, calm_run, arrays):
    held = full(patched(calm, *NULL))
    assert_no_contrast(held, calm_run, arrays)


def test_setting_the_value_already_held_changes_nothing(calm, calm_run, arrays):
    plan = calm_run.plan()
    gdp = {name: float(plan.start["gdp"][place, 0]) for place, name in enumerate(plan.axes.actor)}
    texts = [f"set(gdp[actor={name}], {value!r}, at=start)" for name, value in gdp.items()]
    assert_no_contrast(full(patched(calm, *texts)), calm_run, arrays)


def test_the_same_seed_gives_the_same_bits_and_another_seed_none(calm, calm_run, arrays):
    mine, again = arrays(calm_run), arrays(full(calm))
    other = arrays(run_all([calm], members=64, seed=SEED + 1, record="full")[0])
    for name in mine:
        np.testing.assert_array_equal(mine[name], again[name], err_msg=name)
    for name in ("power_gap", "oil", "trade_gap", "ideal_point"):
        moved = mine[name][:, 1:] != other[name][:, 1:]
        assert moved.mean() > 0.99, name


def test_a_longer_horizon_keeps_its_beginning(calm, calm_run, arrays):
    short = arrays(full(replace(calm, months=6)))
    for name in ("gdp", "stress", "unrest", "oil", "ideal_point", "capacity"):
        np.testing.assert_array_equal(short[name], calm_run.array(name)[:, :7], err_msg=name)
    for name in ("effort", "remittances", "trade_gap", "influence"):
        np.testing.assert_array_equal(short[name], calm_run.array(name)[:, :3], err_msg=name)


def test_blocks_side_by_side_are_the_blocks_one_by_one(crisis):
    job = Job(
        (
            compile_plan(crisis, members=192, seed=SEED),
            compile_plan(crisis.baseline(), members=192, seed=SEED),
        )
    )
    together = job.many((0, 1, 2))
    for block in range(3):
        alone = job(block)
        for one, other in zip(together[block], alone, strict=True):
            assert one.keys() == other.keys()
            for name in one:
                np.testing.assert_array_equal(one[name], other[name], err_msg=f"block {block} {name}")
    backwards = job.many((2, 0))
    np.testing.assert_array_equal(backwards[0][0]["gdp"], together[2][0]["gdp"])
    assert (together[0][0]["oil"] != together[1][0]["oil"]).mean() > 0.9, "blocks differ"


def test_a_plan_for_more_members_has_the_same_first_ones(calm, calm_run, arrays):
    many = arrays(full(calm, 128))
    for name, array in arrays(calm_run).items():
        np.testing.assert_array_equal(many[name][:64], array, err_msg=name)


# --- another actor ---
NOWHERE = "XYZ"


def with_another_actor(folder: Path, shipped: Path, *, power: bool) -> Path:
    copy = folder / "region"
    shutil.copytree(shipped, copy)
    actors = copy / "actors.csv"
    lines = actors.read_text(encoding="utf-8").splitlines()
    header, row = lines[0].split(","), next(line for line in lines if line.startswith("BLR,")).split(",")
    row[header.index("actor_id")] = NOWHERE
    actors.write_text("\n".join([*lines, ",".join(row)]) + "\n", encoding="utf-8")
    model = (copy / "model.yaml").read_text(encoding="utf-8")
    model = model.replace("IRN, ARM, BLR]", f"IRN, {NOWHERE}, ARM, BLR]")
    if power:
        model = model.replace("TUR, IND, IRN]", f"TUR, IND, {NOWHERE}, IRN]")
    assert model.count(NOWHERE) == 1 + power
    (copy / "model.yaml").write_text(model, encoding="utf-8")
    return copy


@pytest.mark.parametrize("power", [False, True], ids=["actor", "power"])
def test_another_actor_without_ties_moves_nobody_else(calm, calm_run, region, arrays, tmp_path, power):
    copy = load_region(with_another_actor(tmp_path, region.path, power=power))
    other = full(replace(calm, region=copy))
    kept = {axis: [other.layout.axes.ids(axis).index(name) for name in calm_run.layout.axes.ids(axis)]
            for axis in ("actor", "power", "receiver", "organisation", "world")}  # fmt: skip
    assert len(other.layout.axes.actor) == len(calm_run.layout.axes.actor) + 1
    axis_of = {"giver": "power", "other": "power"}
    mine, theirs = arrays(calm_run), arrays(other)
    for name, array in mine.items():
        found = theirs[name]
        for position, dim in enumerate(calm_run.layout.dims(name), start=1):
            axis = axis_of.get(dim, dim)
            if axis in kept:
                found = np.take(found, kept[axis], axis=position)
        if not name.startswith("event_") and name != "n_events":
            np.testing.assert_array_equal(found, array, err_msg=name)
    # a new power may be objected to like any other; every other event is the same
    for member in range(64):
        assert [e for e in events(other, member) if NOWHERE not in e] == events(calm_run, member)


def events(run: Ensemble, member: int) -> list[tuple[object, ...]]:
    axes, kinds = run.layout.axes, list(event_kinds().values())
    rows = []
    for place in range(int(run.array("n_events")[member])):
        kind = kinds[run.array("event_kind")[member, place]]
        on = state_catalogue()[kind.variable].axes
        roles = []
        for name, position in (("event_giver", kind.giver), ("event_receiver", kind.receiver)):
            index = int(run.array(name)[member, place])
            roles.append(axes.ids(on[position])[index] if position >= 0 else "")
        chance, step = (
            float(run.array("event_probability")[member, place]),
            int(run.array("event_step")[member, place]),
        )
        rows.append((step, kind.event, *roles, chance))
    return rows


# --- switches ---
# what else moves transfers: pressure and reward, epidemics
QUIET = ("off(M14)", "off(M17)")


def test_a_mechanism_switched_off_moves_nothing_and_leaves_others_their_numbers(run_with, calm_run):
    off = run_with("off(M3)", *QUIET)
    np.testing.assert_array_equal(
        off.array("remittances"), np.repeat(off.array("remittances")[:, :1], 6, axis=1)
    )
    assert not np.nan_to_num(off.array("why_remittances")).any()
    assert parts_of(off, "remittances")[:-1] == parts_of(calm_run, "remittances")[:-1]
    np.testing.assert_array_equal(off.array("oil"), calm_run.array("oil"))
    assert (off.array("gdp") != calm_run.array("gdp")).any(), "what transfers feed has changed"


def test_without_unrest_there_are_no_waves(run_with, calm_run):
    off = run_with("off(M6)")
    for event in ("protest-wave", "leader-ousted", "revolt-ended", "request-made", "troops-sent"):
        assert off.probability(f"occurs({event})") == 0.0
    assert not off.array("unrest").any()
    assert calm_run.probability("occurs(protest-wave)") > 0.2


def test_a_mechanism_off_for_a_while_comes_back_with_its_parts(run_with, calm_run):
    some = run_with("off(M3, at=start, for=P6M)", *QUIET)
    assert set(parts_of(some, "remittances")) == set(parts_of(calm_run, "remittances"))
    moved = some.array("remittances")
    np.testing.assert_array_equal(moved[:, 1:3], np.repeat(moved[:, :1], 2, axis=1))
    assert (moved[:, 3] != moved[:, 0])[~np.isnan(moved[:, 0])].mean() > 0.9


def test_why_of_influence_works_with_a_mechanism_off(run_with):
    table = run_with("off(M3)").why("influence", giver="RUS", receiver="KAZ")
    assert "remittance" not in set(table["mechanism"])
    assert table["mechanism"].iloc[-1] == "change"


def test_every_model_row_can_be_switched_off(calm, region):
    short = replace(calm, months=2)
    models = {catalogue()[name].model for name in region.model.mechanisms}
    runs = run_all([patched(short, f"off({model})") for model in sorted(models)], members=64, seed=1)
    for run in runs:
        assert np.isfinite(run.array("gdp")).all()


# --- spans: `capacity` and `mandate` are written by no mechanism, so what a patch does to them is bare ---
def capacity(run: Ensemble) -> np.ndarray:
    return run.array("capacity")[:, :, 0].astype(float)


def test_nothing_else_moves_capacity(calm_run):
    held = capacity(calm_run)
    np.testing.assert_array_equal(held, np.repeat(held[:, :1], 15, axis=1))


SPANS = {
    "set(capacity[receiver=KAZ], .25, at=2022-03, for=P3M)": lambda start: 0.25 + 0 * start,
    "set(capacity[receiver=KAZ], .25, at=2022-03/2022-05)": lambda start: 0.25 + 0 * start,
    "clamp(capacity[receiver=KAZ], .25, at=2022-03/2022-05)": lambda start: 0.25 + 0 * start,
    "scale(capacity[receiver=KAZ], .5, at=2022-03, for=P3M)": lambda start: 0.5 * start,
    "shock(capacity[receiver=KAZ], -.04, at=2022-03, for=P3M)": lambda start: start - 0.04,
    "shock(capacity[receiver=KAZ], +2, at=2022-03, for=P3M)": lambda start: 1 + 0 * start,
    "scale(capacity[receiver=KAZ], 100, at=2022-03/2022-05)": lambda start: 1 + 0 * start,
}


@pytest.mark.parametrize("text", SPANS)
def test_a_span_holds_for_its_steps_and_is_undone(run_with, text):
    found = capacity(run_with(text))
    start = found[:, 0]
    inside = np.tile(start, (15, 1)).T
    if text.startswith("clamp"):  # a clamp lets go; what it left stays until something moves it
        inside[:, 3:] = 0.25
    else:
        inside[:, 3:6] = SPANS[text](start)[:, None]
    np.testing.assert_allclose(found, inside, rtol=2e-7)
    others = run_with(text).array("capacity")[:, :, 1:]
    np.testing.assert_array_equal(others, np.repeat(others[:, :1], 15, axis=1))


@pytest.mark.parametrize("text", ["set(capacity, .5)", "scale(capacity, .5, at=end)", "shock(capacity, .01)"])
def test_without_a_duration_a_patch_is_for_good(run_with, text):
    found = capacity(run_with(text))
    first = 14 if "end" in text else 1
    np.testing.assert_array_equal(found[:, :first], np.repeat(found[:, :1], first, axis=1))
    assert (found[:, first:] != found[:, :1]).mean() > 0.9
    assert np.ptp(found[:, first:], axis=1).max() == 0


def test_a_clamp_holds_a_moving_state_exactly_and_books_it(run_with, calm_run):
    held = run_with("clamp(oil, .3, at=2022-04/2022-08)")
    oil = held.array("oil")[:, :, 0]
    assert (oil[:, 4:9] == np.float32(0.3)).all()
    np.testing.assert_array_equal(oil[:, :4], calm_run.array("oil")[:, :4, 0])
    assert (oil[:, 9] != np.float32(0.3)).all(), "it moves on from there"
    assert "patch" in parts_of(held, "oil")


def test_a_clamped_constant_is_set_for_its_span(run_with, calm_run):
    clamped = run_with("clamp(sanction[giver=RUS], 1, at=2022-03/2022-05)")
    same = run_with("set(sanction[giver=RUS], 1, at=2022-03/2022-05)")
    np.testing.assert_array_equal(clamped.array("trade_gap"), same.array("trade_gap"))
    assert (clamped.array("trade_gap")[:, 2, 0] != calm_run.array("trade_gap")[:, 2, 0]).any()


def test_two_spans_of_one_state_are_undone_each_by_itself(run_with):
    found = capacity(
        run_with("scale(capacity, .5, at=2022-02/2022-06)", "shock(capacity, .1, at=2022-03/2022-04)")
    )
    start = found[:, 0]
    wanted = np.tile(start, (15, 1)).T
    wanted[:, 2:7] = 0.5 * start[:, None]
    wanted[:, 3:5] += 0.1
    np.testing.assert_allclose(found, wanted, rtol=3e-7)


# --- events ---
def test_forced_events_happen_then_and_held_off_ones_do_not(run_with, calm_run):
    run = run_with(
        "force(protest-wave, actor=TJK, size=threat, at=2022-04)",
        "clamp(protest-wave[receiver=KAZ], 0, at=start)",
    )
    assert run.probability("occurs(protest-wave, actor=TJK, size=threat, at=2022-04)") == 1.0
    assert run.probability("occurs(protest-wave, actor=KAZ)") == 0.0
    assert calm_run.probability("occurs(protest-wave, actor=KAZ)") > 0.0
    crisis = run.array("crisis")[:, 4, 2]
    assert (crisis == 1).all(), "the wave of the step is booked into the flag in the same step"
    kinds, steps = run.array("event_kind"), run.array("event_step")
    wave = (kinds == 0) & (steps == 4) & (run.array("event_receiver") == 2)
    assert wave.any(axis=1).all()
    assert np.isnan(run.array("event_probability")[wave]).all(), "a patch has no chance"
    drawn = (kinds >= 0) & ~wave
    chance = run.array("event_probability")[drawn]
    assert ((chance > 0) & (chance <= 1)).all()


def test_events_stand_in_the_order_of_their_steps(pair):
    for run in pair:
        steps, count = run.array("event_step").astype(int), run.array("n_events")
        for member in range(run.members):
            logged = steps[member, : count[member]]
            assert (np.diff(logged) >= 0).all()
            assert (logged >= 1).all()
            assert (steps[member, count[member] :] == -1).all()
        assert not run.array("events_dropped").any()


def test_a_rule_for_a_while_binds_then_and_only_then(crisis):
    asked = replace(crisis, patches=())
    asked = patched(
        asked, "force(protest-wave, actor=KAZ, size=threat, at=2022-04)",
        "force(request-made, giver=KAZ, receiver=csto, at=2022-04)",
    )  # fmt: skip
    sent = "occurs(troops-sent, giver=csto, receiver=KAZ, at=2022-04)"
    never = "rule(csto.collective-response, never"
    free, bound, before, under = run_all(
        [
            asked, patched(asked, f"{never}, at=2022-03, for=P2M)"),
            patched(asked, f"{never}, at=2022-02/2022-03)"),
            patched(asked, f"{never})", "rule(csto.collective-response, R-CSTO-01, at=2022-02/2022-03)"),
        ],
        members=64, seed=SEED,
    )  # fmt: skip
    assert free.probability(sent) > 0.2
    assert bound.probability(sent) == 0.0
    assert under.probability(sent) == 0.0, "the rule for good is back once the rule for a while is over"
    np.testing.assert_array_equal(before.ask(sent).values, free.ask(sent).values)


# --- the start ---
def test_derived_states_have_their_levels_at_the_start(calm_run):
    plan = calm_run.plan()
    accustomed = plan.statics["accustomed"]
    margin = plan.parameters["tolerance.margin"]
    wanted = np.maximum(np.repeat(accustomed + margin, 16, axis=-1), 0.0)
    found = calm_run.array("tolerance")[:, 0].astype(float)
    np.testing.assert_allclose(
        found, np.moveaxis(np.broadcast_to(wanted, (7, *wanted.shape)), -1, 0), rtol=1e-6
    )
    np.testing.assert_allclose(calm_run.array("glue")[:, 0], 0.0, atol=1e-12)


def test_the_accustomed_do_not_quarrel_over_what_was_there_before(calm_run):
    names = list(calm_run.layout.axes.power)
    insiders = [names.index(name) for name in calm_run.scenario.region.model.insiders]
    margin = np.repeat(calm_run.plan().parameters["tolerance.margin"], 16) >= 0
    tension = calm_run.array("tension")[margin, 0][:, insiders][:, :, insiders]
    friction = calm_run.array("friction")[margin, 0][:, insiders][:, :, insiders]
    np.testing.assert_allclose(tension, 0.0, atol=1e-12)
    np.testing.assert_allclose(friction, 0.0, atol=1e-6)


STILL = (
    "power_gap", "oil", "currency", "rivalry", "threat", "trade_gap", "growth_gap", "stress", "credit",
    "unrest",
)  # fmt: skip
# rows of the model whose events come at random and are no answer to a shock
EVENTFUL = ("M4", "M6", "M7", "M8", "M9", "M12", "M14", "M16", "M17", "M18", "M20", "M21", "M22")
# volatilities, and how trade follows the growth of its partners, whose trends differ
SHOCKS = (".volatility", ".sd", "trade.gravity")


def test_without_shocks_the_start_is_a_rest_point(calm):
    used = {catalogue()[name].model for name in calm.region.model.mechanisms}
    still = patched(calm, *(f"off({model})" for model in EVENTFUL if model in used))
    plan = compile_plan(still, members=64, seed=SEED, full=True)
    quiet = {
        name: np.zeros_like(values) if name.endswith(SHOCKS) else values
        for name, values in plan.parameters.items()
    }
    plan = replace(plan, parameters=quiet)
    found = run_blocks(plan, bind(plan, Draws(SEED, plan.steps, (0,)), (0,)), (0,))
    for name in STILL:
        np.testing.assert_allclose(found[name], 0.0, atol=1e-9, err_msg=name)
    for name in ("effort", "presence", "capacity", "deployed"):
        np.testing.assert_allclose(
            found[name], np.repeat(found[name][:, :1], found[name].shape[1], axis=1), atol=1e-6
        )
    gdp = np.log(found["gdp"].astype(float))
    trend = np.broadcast_to(plan.statics["trend"][:, 0], gdp[:, 0].shape)
    np.testing.assert_allclose((gdp[:, -1] - gdp[:, 0]) * 12 / 14, trend, atol=1e-5)


# --- failures ---
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_infinite_value_stops_the_run_and_names_mechanism_step_and_member(calm):
    with pytest.raises(HeartlandError) as caught:
        full(patched(calm, "scale(gdp[actor=RUS], 0, at=2022-02)"))
    text = str(caught.value)
    assert "made growth_gap infinite in step 2, member 0" in text
    assert "mechanism growth" in text


def test_a_failing_mechanism_is_named_with_its_step(calm):
    plan = compile_plan(calm, members=64, seed=SEED)
    bound = bind(plan, Draws(SEED, plan.steps, (0,)), (0,))

    def broken(*_, **__):
        raise ZeroDivisionError("by hand")

    phase = next(items for items in bound if any(item.record.id == "trade" for item in items))
    place = next(i for i, item in enumerate(phase) if item.record.id == "trade")
    phase[place] = replace(phase[place], record=replace(phase[place].record, function=broken))
    with pytest.raises(HeartlandError) as caught:
        run_blocks(plan, bound, (0,))
    assert str(caught.value) == "mechanism trade failed in step 1: by hand"


def test_states_stay_inside_their_bounds(pair):
    for run in pair:
        for spec in state_catalogue().values():
            if spec.bounded and spec.kind != "event":
                values = run.array(spec.name)
                known = values[~np.isnan(values)]
                assert (known >= spec.low).all(), spec.name
                assert (known <= spec.high).all(), spec.name


def test_calling_mechanisms_on_the_members_concerned_changes_no_bit(calm, arrays, monkeypatch):
    from heartland.scenarios import calling

    quick = full(calm)
    skipped = []
    monkeypatch.setattr(calling, "concerned", lambda members, item: skipped.append(item.record.id))
    monkeypatch.setattr(calling, "_nobody", lambda members, item: False)
    thorough = full(calm)
    assert set(skipped) == set(calm.region.model.mechanisms)
    assert_no_contrast(quick, thorough, arrays)
