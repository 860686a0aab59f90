"""Cells taken apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.measures import tidy
from heartland.measures.cell_parts import EXPLAIN_COLUMNS


@pytest.mark.parametrize("measure", ["influence", "bandwidth", "dependence"])
@pytest.mark.parametrize("domain", ["all", "economic", "security"])
@pytest.mark.parametrize("giver", ["A", "C"])
def test_contributions_sum_to_the_value(world_t, measure: str, domain: str, giver: str) -> None:
    cell = {"measure": measure, "giver": giver, "receiver": "J", "domain": domain}
    frame = tidy.explain(world_t, cell)
    table = tidy.table(world_t, measure, by="overall" if domain == "all" else "domain", giver=giver, draws=0)
    value = table.loc[table["domain"] == domain, "value"].item()
    assert frame["contribution"].sum() == pytest.approx(value, abs=1e-12)
    assert tuple(frame.columns) == EXPLAIN_COLUMNS


def test_a_row_names_its_evidence_and_an_unknown_stays_visible(world_t) -> None:
    frame = tidy.explain(world_t, {"measure": "influence", "giver": "C", "receiver": "J"})
    known = frame[frame["channel"] == "trade"].iloc[0]
    assert known[["observation_id", "source_id", "period"]].tolist() == [
        "O-C-trade-one", "s-O-C-trade-one", "2020"]
    missed = frame[frame["channel"] == "debt"].iloc[0]
    assert missed["status"] == "unknown"
    assert np.isnan(missed["score"])
    assert (missed["weight"], missed["contribution"], missed["observation_id"]) == (0.0, 0.0, "")


def test_the_raw_share_of_a_clipped_input_is_kept(world_t) -> None:
    world = replace(world_t, totals={**world_t.totals, ("J", "debt"): 0.08})
    frame = tidy.explain(world, {"measure": "dependence", "giver": "A", "receiver": "J"})
    row = frame[frame["channel"] == "debt"].iloc[0]
    assert (row["score"], row["flag"]) == (1.0, "clipped: share 1.25")


def test_a_row_of_a_table_is_a_cell(world_l) -> None:
    row = tidy.table(world_l, "influence", giver="A", receiver="K", draws=0).iloc[0]
    assert tidy.explain(world_l, row.to_dict())["contribution"].sum() == pytest.approx(row["value"])


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"measure": "influence", "giver": "A"},
         "The cell names no receiver. Only one cell can be explained at a time. Give giver, receiver."),
        ({"measure": "influence.lead", "giver": "A", "receiver": "J"},
         "The cell names no other. Only one cell can be explained at a time. Give giver, other, receiver."),
        ({"measure": "influence", "giver": "A", "receiver": "J", "domain": "econmic"},
         '"econmic" is not a domain of the weights. It has no inputs. Did you mean economic? '
         "Domains: economic, security, political."),
    ],
)
def test_what_cannot_be_explained(world_t, cell: dict[str, str], message: str) -> None:
    with pytest.raises(HeartlandInputError) as raised:
        tidy.explain(world_t, cell)
    assert str(raised.value) == message


def test_what_rests_on_influence_lists_the_inputs_of_the_powers_it_compares(world_t) -> None:
    lead = tidy.explain(world_t, {"measure": "influence.lead", "giver": "A", "other": "B", "receiver": "J"})
    assert {part.partition(" ")[0] for part in lead["part"]} == {"A", "B"}
    assert lead["contribution"].isna().all()
    shift = tidy.explain(world_t, {"measure": "influence.rank_shift", "receiver": "J"})
    assert {part.partition(" ")[0] for part in shift["part"]} == {"A", "B", "C"}


@pytest.mark.parametrize("name", ["influence", "bandwidth", "dependence"])
def test_the_parts_of_one_channel_sum_to_its_value(world_l, name: str) -> None:
    frame = tidy.table(world_l, name, by="channel", draws=0)
    known = frame[frame["value"].notna()]
    assert len(known) > 3
    for row in known.to_dict("records"):
        parts = tidy.explain(world_l, row)
        assert set(parts["channel"]) == {row["channel"]}
        assert parts["contribution"].sum() == pytest.approx(row["value"], abs=1e-9)
