"""Golden check T1 and the edges of the index."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.measures import tidy
from heartland.measures.influence import InfluenceEngine, influence
from heartland.measures.scores import ChannelReference, InfluenceSpec, Structure, WeightRow, compile_spec

EXACT = {"abs": 1e-9, "rel": 0}


def parts(world):
    found = tidy.inputs(world, constants=False)
    return found.volume(), found.totals(), found.base, found.spec


def test_t1_totals_and_domains(world_t) -> None:
    result = influence(*parts(world_t))
    assert result.overall_bandwidth[:, 0, 0] == pytest.approx([0.684, 0.356, 0.084], **EXACT)
    assert result.overall_dependence[:, 0, 0] == pytest.approx([0.5, 0.3, 0.05], **EXACT)
    assert result.overall[:, 0, 0] == pytest.approx([0.342, 0.1068, 0.0042], **EXACT)
    assert result.influence[0, :, 0, 0] == pytest.approx([0.112, 0.243, 0.003], **EXACT)
    assert result.influence[1, :, 0, 0] == pytest.approx([0.72, 0.015, 0.0], **EXACT)
    assert np.isnan(result.influence[2]).all()  # no dependence row in the political domain
    assert result.bandwidth[2, 0, 0, 0] == pytest.approx(0.5, **EXACT)


def test_t1_counts_and_coverage_of_the_giver_with_an_unknown(world_t) -> None:
    result = influence(*parts(world_t))
    assert result.n_used is not None
    assert result.n_missing is not None
    assert result.n_used[:, 2, 0, 0].sum() == 6
    assert result.n_missing[:, 2, 0, 0].sum() == 1
    assert result.overall_coverage[:, 0, 0] == pytest.approx([1.0, 1.0, 0.75], **EXACT)


def test_t1_zero_is_not_missing(world_t) -> None:
    volume, total, base, spec = parts(world_t)
    volume["debt"][2, 0, 0] = 0.0
    result = influence(volume, total, base, spec)
    assert result.overall_dependence[2, 0, 0] == pytest.approx(0.0375, **EXACT)


@pytest.mark.parametrize(("rho", "expected"), [(0.5, 0.512), (0.0, 0.4594793420)])
def test_t1_other_means(world_t, rho: float, expected: float) -> None:
    result = influence(*parts(world_t), structure=Structure(rho=rho))
    assert result.bandwidth[0, 0, 0, 0] == pytest.approx(expected, **EXACT)


def test_the_sum_of_domains_uses_only_domains_with_a_product(world_t) -> None:
    result = influence(*parts(world_t), structure=Structure(total="sum"))
    assert result.overall[0, 0, 0] == pytest.approx((0.4 * 0.112 + 0.4 * 0.72) / 0.8, **EXACT)


SPEC = InfluenceSpec(
    (
        WeightRow("bandwidth", "e", "trade", 0.7, "linear"),
        WeightRow("bandwidth", "e", "aid", 0.3, "linear"),
        WeightRow("dependence", "e", "trade", 0.7, "", "total"),
        WeightRow("dependence", "e", "aid", 0.3, "", "base:external-debt"),
    ),
    {"e": 1.0}, {"trade": ChannelReference(10.0, 2.0), "aid": ChannelReference(10.0, 2.0)},
)


def one(**changes: float):
    numbers = {"trade": 5.0, "aid": 2.0, "total": 20.0, "base": 8.0} | changes
    return (
        {"trade": np.array([[numbers["trade"]]]), "aid": np.array([[numbers["aid"]]])},
        {"trade": np.array([numbers["total"]])}, {"external_debt": np.array([numbers["base"]])},
    )


def test_a_base_is_found_under_either_spelling() -> None:
    result = influence(*one(), SPEC)
    assert result.dependence[0, 0, 0] == pytest.approx(0.7 * 0.25 + 0.3 * 0.25)


def test_total_zero_is_undefined_not_zero_and_leaves_the_declared_weight() -> None:
    result = influence(*one(total=0.0, trade=0.0), SPEC)
    assert result.dependence[0, 0, 0] == pytest.approx(0.25)
    assert result.overall_dependence_coverage == pytest.approx(1.0)


def test_everything_undefined_gives_no_number() -> None:
    result = influence(*one(total=0.0, base=0.0), SPEC)
    assert np.isnan(result.overall).all()
    assert np.isnan(result.overall_dependence_coverage).all()


def test_less_than_half_of_the_weight_gives_no_number_and_half_does() -> None:
    assert np.isnan(influence(*one(trade=np.nan), SPEC).overall_bandwidth).all()
    even = InfluenceSpec(tuple(WeightRow(r.part, r.domain, r.channel, 0.5, r.transform, r.base)
                               for r in SPEC.rows), {"e": 1.0}, SPEC.reference)
    assert influence(*one(trade=np.nan), even).overall_bandwidth == pytest.approx(0.2)
    assert influence(*one(trade=np.nan), SPEC, least=0.0).overall_bandwidth == pytest.approx(0.2)


def test_a_share_above_one_is_clipped() -> None:
    result = influence(*one(trade=30.0), SPEC)
    assert result.dependence[0, 0, 0] == pytest.approx(0.7 + 0.3 * 0.25)
    assert result.bandwidth[0, 0, 0] == pytest.approx(0.7 * 3.0 + 0.3 * 0.2)


def test_fills_of_zero_and_one_enclose_the_value_left_by_dropping() -> None:
    low, middle, high = (
        influence(*one(aid=np.nan), SPEC, fill=fill).overall[0, 0] for fill in (0.0, None, 1.0))
    assert low == pytest.approx(0.35 * 0.175)
    assert middle == pytest.approx(0.5 * 0.25)
    assert high == pytest.approx((0.35 + 0.3) * (0.175 + 0.3))


def test_an_absent_channel_is_unknown_and_can_be_filled() -> None:
    volume, total, base = one()
    del volume["aid"]
    assert influence(volume, total, base, SPEC).overall_bandwidth == pytest.approx(0.5)
    assert influence(volume, total, base, SPEC, fill=1.0).overall_bandwidth == pytest.approx(0.65)


def blocks(seed: int = 0, rest: tuple[int, ...] = (64,)):
    rng = np.random.default_rng(seed)
    volume = {name: rng.lognormal(size=(3, 2, *rest)) for name in ("trade", "aid")}
    volume["aid"][1, 0] = np.nan
    total = {"trade": volume["trade"].sum(axis=0) * 1.3}
    return volume, total, {"external_debt": rng.lognormal(size=(2, *rest))}


def test_members_and_extra_axes_are_independent() -> None:
    volume, total, base = blocks()
    whole = influence(volume, total, base, SPEC)
    single = influence(
        {k: v[..., 7] for k, v in volume.items()}, {k: v[..., 7] for k, v in total.items()},
        {k: v[..., 7] for k, v in base.items()}, SPEC)
    assert whole.overall.shape == (3, 2, 64)
    np.testing.assert_array_equal(whole.overall[..., 7], single.overall)
    folded = influence(
        {k: v.reshape(3, 2, 8, 8) for k, v in volume.items()},
        {k: v.reshape(2, 8, 8) for k, v in total.items()},
        {k: v.reshape(2, 8, 8) for k, v in base.items()}, SPEC)
    np.testing.assert_array_equal(folded.influence.reshape(1, 3, 2, 64), whole.influence)


@pytest.mark.parametrize("structure", [Structure(), Structure("linear", 0.5, "sum")])
def test_the_engine_agrees_with_the_function_whatever_is_fixed(structure: Structure) -> None:
    volume, total, base = blocks()
    still = {"aid": volume["aid"][..., :1]}
    volume["aid"] = np.broadcast_to(still["aid"], volume["trade"].shape).copy()
    compiled = compile_spec(SPEC, structure)
    expected = influence(volume, total, base, compiled)
    moving = InfluenceEngine(compiled, still).step({"trade": volume["trade"]}, total, base)
    np.testing.assert_allclose(moving.overall, expected.overall, rtol=1e-12)
    flat = InfluenceEngine(compiled, {"aid": still["aid"][..., 0]})
    np.testing.assert_allclose(flat.step({"trade": volume["trade"]}, total, base).overall, expected.overall)
    assert moving.n_used is None


def test_an_engine_step_depends_on_its_arguments_alone() -> None:
    volume, total, base = blocks()
    other, other_total, _ = blocks(seed=5)
    engine = InfluenceEngine(compile_spec(SPEC), {"aid": volume["aid"]}, {}, base)
    first = engine.step({"trade": volume["trade"]}, total).overall
    engine.step({"trade": other["trade"]}, other_total)
    np.testing.assert_array_equal(engine.step({"trade": volume["trade"]}, total).overall, first)
    replaced = engine.step({"trade": volume["trade"], "aid": other["aid"]}, total).overall
    expected = influence({"trade": volume["trade"], "aid": other["aid"]}, total, base, SPEC).overall
    np.testing.assert_allclose(replaced, expected, rtol=1e-12)


def test_inputs_are_not_changed() -> None:
    volume, total, base = blocks()
    before = {name: values.copy() for name, values in volume.items()}
    influence(volume, total, base, SPEC, fill=0.0)
    for name, values in before.items():
        np.testing.assert_array_equal(volume[name], values)


def test_drawn_weights_enter_by_draw() -> None:
    volume, total, base = blocks(rest=(2,))
    weights = (np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]), np.ones((1, 2)),
               np.ones((1, 2)))
    result = influence(volume, total, base, SPEC, weights=weights)  # items in order: aid, trade
    expected = [volume["trade"][0, 0, 0] / 10, volume["aid"][0, 0, 1] / 10]
    assert result.bandwidth[0, 0, 0] == pytest.approx(expected)
