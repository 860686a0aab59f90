"""Weights, references and transforms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.measures.scores import (
    STRUCTURES,
    ChannelReference,
    Structure,
    compile_spec,
    score,
    spec_from_records,
)

REFERENCE = ChannelReference(x_ref=90.0, x_med=10.0, positive=(1.0, 5.0, 10.0, 90.0), top=4.0)


def test_scores_worked_by_hand() -> None:
    x = np.array([0.0, 10.0, 90.0, 990.0, np.nan])
    log = score(x, "log", REFERENCE)
    assert log[:4] == pytest.approx([0.0, math.log(2) / math.log(10), 1.0, 2.0])
    assert np.isnan(log[4])
    assert score(x, "linear", REFERENCE)[:3] == pytest.approx([0.0, 1 / 9, 1.0])
    assert score(x, "ecdf", REFERENCE)[:4] == pytest.approx([0.0, 0.75, 1.0, 1.0])
    assert np.isnan(score(x, "ecdf", REFERENCE)[4])
    assert score(np.array([0.0, 3.0]), "ordinal", REFERENCE) == pytest.approx([0.0, 0.75])
    assert score(np.array([0.4]), "index", REFERENCE) == pytest.approx([0.4])


def test_a_negative_volume_counts_as_none_and_the_input_is_left_alone() -> None:
    x = np.array([-5.0, 10.0])
    assert score(x, "log", REFERENCE)[0] == 0.0
    assert x.tolist() == [-5.0, 10.0]


@pytest.mark.parametrize("transform", ["log", "linear", "ecdf", "ordinal"])
def test_without_reference_nothing_is_guessed(transform: str) -> None:
    assert np.isnan(score(np.array([1.0]), transform, ChannelReference())).all()


def test_weights_are_normalised_within_domains_and_zero_stays_out(record) -> None:
    spec = spec_from_records([
        record("domain", "economic", w=3), record("domain", "security", w=1), record("domain", "health", w=0),
        record("bandwidth", "economic", "trade", 6), record("bandwidth", "economic", "aid", 2),
        record("bandwidth", "economic", "votes", 0), record("bandwidth", "health", "gifts", 1),
        record("bandwidth", "security", "presence", 1, "ordinal(0-4)"),
        record("dependence", "economic", "trade", 1, base="base:gdp"),
    ])
    compiled = compile_spec(spec)
    assert compiled.domains == ("economic", "security")
    assert [(item.channel, item.weight) for item in compiled.bandwidth] == [
        ("aid", 0.25), ("trade", 0.75), ("presence", 1.0)]
    assert compiled.bandwidth[2].reference.top == 4.0
    assert compiled.w.tolist() == [0.75, 0.25]
    assert compiled.u.tolist() == [1.0, 0.0]
    assert compiled.dependence[0].base == "gdp"


def test_a_structure_changes_only_channels_declared_log(record) -> None:
    spec = spec_from_records([
        record("domain", "economic"), record("bandwidth", "economic", "trade", 1, "log"),
        record("bandwidth", "economic", "share", 1, "index")])
    compiled = compile_spec(spec, Structure(transform="ecdf"))
    assert [item.transform for item in compiled.bandwidth] == ["index", "ecdf"]


def test_there_are_twelve_structures_and_the_first_is_central() -> None:
    assert len({structure.id for structure in STRUCTURES}) == 12
    assert STRUCTURES[0].id == "log/1/product"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"part": "bandwith"},
         'w.csv:7:part  "bandwith" is not a part of the index. A row without a known part has no use. '
         "Did you mean bandwidth? Parts: bandwidth, dependence, domain."),
        ({"weight": -0.1},
         "w.csv:7:weight  weight -0.1 is not a number of 0 or more. Weights are shares of a whole. "
         "Write 0 to leave the channel out."),
        ({"transform": "logg"},
         'w.csv:7:transform  "logg" is not a transform. The volume cannot be scored. Did you mean log? '
         "Transforms: log, linear, ecdf, ordinal, index."),
        ({"part": "dependence", "base": "gdp"},
         'w.csv:7:base  "gdp" is not a base of dependence. Dependence is a share of something. '
         "Write total, or base:NAME such as base:gdp."),
    ],
)
def test_a_bad_row_is_refused_with_its_place(record, row: dict[str, object], message: str) -> None:
    bad = {**record("bandwidth", "economic", "trade"), "_row": 7, **row}
    with pytest.raises(HeartlandInputError) as raised:
        spec_from_records([record("domain", "economic"), bad], file="w.csv")
    assert str(raised.value) == message


def test_a_domain_without_weight_is_refused(record) -> None:
    with pytest.raises(HeartlandInputError, match='domain "economic" has channels but no weight'):
        spec_from_records([record("bandwidth", "economic", "trade")])
