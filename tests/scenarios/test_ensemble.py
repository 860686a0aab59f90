"""What an ensemble promises: labels, answers, series, contrasts, charts, and refusals in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.runs.job import variables_of
from heartland.runs.run import run_all
from heartland.scenarios.layout import Layout
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import event_kinds, state_catalogue


@pytest.fixture(scope="module")
def asked(region):
    """The headline scenario over two years with those of its outcomes that lie inside, and its baseline."""
    scenario = Scenario.load(region, "kazakhstan-2022")
    near = tuple(item for item in scenario.outcomes if "2026" not in item.expression)
    scenario = replace(scenario, months=24, outcomes=near)
    return run_all([scenario, scenario.baseline()], members=80, seed=2)


def test_repr_says_what_it_is(pair):
    assert repr(pair[0]) == "Ensemble(kazakhstan-2022, 96 members, 2021-12-31 to 2023-02-28, seed 3)"


def test_the_dataset_has_every_array_with_its_axes_and_labels(pair):
    run = pair[0]
    ds = run.ds
    names = {spec.name for spec in variables_of(run.layout)}
    assert set(ds.data_vars) == names
    for spec in variables_of(run.layout):
        found = ds[spec.name]
        assert found.dims == ("member", *spec.dims), spec.name
        assert found.shape == (96, *spec.shape), spec.name
        assert found.dtype == np.dtype(spec.dtype), spec.name
        np.testing.assert_array_equal(found.values, run.array(spec.name), err_msg=spec.name)
    assert ds["effort"].dims == ("member", "time_dyads", "giver", "receiver")
    assert ds["tension"].dims == ("member", "time_dyads", "giver", "other")
    assert ds["influence"].dims == ("member", "time_dyads", "domain", "giver", "receiver")
    assert ds["gdp"].attrs == {"source": run.card["run_id"], "unit": "usd2015", "label": "GDP"}
    for name, spec in state_catalogue().items():
        if name in ds:
            assert (ds[name].attrs["unit"], ds[name].attrs["label"]) == (spec.unit, spec.label)
    assert (ds.attrs["scenario"], ds.attrs["seed"], ds.attrs["members"]) == ("kazakhstan-2022", 3, 96)
    assert ds.attrs["event_kinds"] == list(event_kinds())
    assert [str(day)[:10] for day in ds["time"].values[[0, 1, -1]]] == [
        "2021-12-31",
        "2022-01-31",
        "2023-02-28",
    ]
    assert ds["domain"].values[-1] == "all"
    found = ds["gdp"].sel(actor="KAZ", time="2022-06-30").values
    np.testing.assert_array_equal(found, run.array("gdp")[:, 6, 0])


def test_the_usual_record_keeps_what_the_contract_names(asked):
    run = asked[0]
    kept = set(run.ds.data_vars)
    assert {
        "gdp",
        "stress",
        "unrest",
        "influence",
        "trade_share",
        "presence",
        "n_events",
        "why_effort",
    } <= kept
    assert not {"tolerance", "bandwidth", "capacity"} & kept
    with pytest.raises(HeartlandInputError) as caught:
        run.array("tolerance")
    assert str(caught.value) == (
        '"tolerance" was not recorded in this run. Only what the outcomes need and the usual series are '
        "kept. Run again with --record full."
    )


def test_series_are_slices_with_their_dates(pair):
    run = pair[0]
    dates, values = run.series("gdp", actor="CHN")
    assert (dates[0], dates[-1], values.shape) == ("2021-12-31", "2023-02-28", (96, 15))
    np.testing.assert_array_equal(values, run.array("gdp")[:, :, 6].astype(float))
    dates, values = run.series("tension", giver="CHN", other="RUS")
    assert dates == ["2021-12-31", "2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31", "2023-02-28"]
    np.testing.assert_array_equal(values, run.array("tension")[:, :, 1, 0].astype(float))
    _, values = run.series("influence", giver="RUS", receiver="KGZ", domain="security")
    place = run.layout.domains.index("security")
    np.testing.assert_array_equal(values, run.array("influence")[:, :, place, 0, 1].astype(float))
    np.testing.assert_array_equal(run.series("oil")[1], run.array("oil")[:, :, 0].astype(float))
    np.testing.assert_array_equal(
        run.series("unrest", actor="KAZ")[1], run.series("unrest", receiver="KAZ")[1]
    )


REFUSES = {
    ("gpd", ()): '"gpd" was not recorded in this run. Only what the outcomes need and the usual series are '
    "kept. Did you mean gdp? Run again with --record full.",
    ("gdp", ()): "gdp has one series for each actor. Add actor=ID.",
    ("effort", (("giver", "RUS"),)): "effort has one series for each receiver. Add receiver=ID.",
    ("gdp", (("actor", "KZA"),)): '"KZA" is not a modelled actor. Only actors on the axis have a state. '
    "Did you mean KAZ",
    ("influence", (("giver", "RUS"), ("receiver", "KAZ"), ("domain", "econmic"))): '"econmic" is not a '
    "domain. Did you mean economic? Name one of economic, security",
}  # fmt: skip


@pytest.mark.parametrize(("state", "slots"), REFUSES, ids=str)
def test_series_that_are_not_there_are_refused_in_words(pair, state, slots):
    for ask in (pair[0].series, pair[0].fan, pair[0].contrast(pair[1]).series):
        with pytest.raises(HeartlandInputError) as caught:
            ask(state, **dict(slots))
        assert str(caught.value).startswith(REFUSES[state, slots])


def test_outcomes_by_id(asked):
    run = asked[0]
    found = run.outcome("csto-deploys")
    assert found.binary
    assert found.valid.all()
    np.testing.assert_array_equal(
        found.values, run.ask("occurs(troops-sent, giver=csto, receiver=KAZ, within=P2M)").values
    )
    with pytest.raises(HeartlandInputError) as caught:
        run.outcome("csto-deploy")
    assert str(caught.value).startswith(
        '"csto-deploy" is not an outcome of kazakhstan-2022. Did you mean csto-deploys? Outcomes: csto'
    )


def test_probability_is_the_share_of_members_with_a_value(asked):
    run = asked[0]
    sent = run.ask("occurs(troops-sent, giver=csto, receiver=KAZ)").values
    gone = run.ask("occurs(troops-withdrawn, giver=csto, receiver=KAZ)").values
    text = "occurs(troops-withdrawn, giver=csto, receiver=KAZ) given occurs(troops-sent, receiver=KAZ)"
    assert run.probability(text) == gone[sent == 1].mean()
    assert run.probability("occurs(troops-sent, giver=csto, receiver=KAZ)") == sent.mean()
    assert np.isnan(run.probability("occurs(protest-wave) given 1 = 2"))


def test_a_contrast_pairs_member_with_member(asked):
    run, base = asked
    contrast = run.contrast(base)
    text = "value(unrest, receiver=KAZ, at=2022-01)"
    np.testing.assert_array_equal(contrast.values(text), run.ask(text).values - base.ask(text).values)
    assert (contrast.values(text) > 0).mean() > 0.9
    a, b, difference = contrast.outcome("csto-deploys")
    np.testing.assert_array_equal(b.values, np.zeros(80))
    assert difference.value == a.values.mean()
    given = "1 given occurs(troops-sent, giver=csto, receiver=KAZ, within=P2M)"
    assert np.isnan(contrast.values(given)).all(), "no troops in the baseline, so nothing to pair"


def test_runs_that_are_unlike_cannot_be_paired(calm):
    short = replace(calm, months=1)
    (run,) = run_all([short], members=64, seed=1)
    for other, options in (
        (short, {"members": 64, "seed": 2}), (short, {"members": 65, "seed": 1}),
        (replace(short, months=2), {"members": 64, "seed": 1}),
        (replace(short, start="2022-12-31"), {"members": 64, "seed": 1}),
    ):  # fmt: skip
        (unlike,) = run_all([other], **options)
        with pytest.raises(HeartlandInputError) as caught:
            run.contrast(unlike)
        assert str(caught.value) == (
            f"{run!r} and {unlike!r} cannot be paired. A contrast needs the same seed, members and dates, so "
            "that only the change shows. Run both with the same seed and number of members, on the same span."
        )


def test_fans_are_altair_charts(asked):
    import altair

    run, base = asked
    chart = run.fan("influence", giver="CHN", receiver="KAZ")
    assert isinstance(chart, altair.TopLevelMixin)
    assert chart.to_dict()["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    text = run.contrast(base).fan("unrest", receiver="KAZ").to_json()
    assert "difference from january-2022-held-off" in text
    assert run.card["run_id"] in text


def test_the_card_says_what_decides_the_bits(asked):
    card = asked[0].card
    assert {"run_id", "region", "region_hash", "seed", "members", "versions", "scenario", "machine"} <= set(
        card
    )
    assert card["scenario"]["patches"][0].startswith("force(protest-wave")
    assert card["run_id"] != asked[1].card["run_id"]


def test_a_layout_comes_back_from_json(pair):
    import json

    for run in pair:
        assert Layout.from_json(json.loads(json.dumps(run.layout.to_json()))) == run.layout


def test_outcomes_set_the_steps_at_which_pairs_are_recorded(calm):
    scenario = replace(calm, months=12)
    from heartland.core.expressions import parse
    from heartland.scenarios.scenario import Outcome

    text = "value(tension, giver=CHN, receiver=RUS, at=2022-05/2022-07)"
    scenario = replace(scenario, outcomes=(Outcome("o", "?", text, "index", parse(text)),))
    run = run_all([scenario], members=64, seed=1)[0]
    assert run.layout.grid.dyads == (0, 3, 5, 6, 7, 9, 12)
    rows = [run.layout.grid.dyads.index(step) for step in (5, 6, 7)]
    wanted = run.array("tension")[:, rows, 1, 0].astype(float).mean(axis=1)
    np.testing.assert_allclose(run.outcome("o").values, wanted)
