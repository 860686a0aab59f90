"""Golden check G11, agreement with a peer on random graphs, the edges, and rows."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from heartland.measures import centrality, centrality_family, tidy

assert centrality_family  # registers its measures


def graphs(n: int, *, directed: bool) -> list[nx.Graph]:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(n):
        weights = np.where(rng.random((7, 7)) < 0.45, rng.integers(1, 5, (7, 7)), 0).astype(float)
        np.fill_diagonal(weights, 0.0)
        if directed:
            found.append(nx.from_numpy_array(weights, create_using=nx.DiGraph))
        else:
            found.append(nx.from_numpy_array(np.triu(weights) + np.triu(weights).T))
    return found


def arrays(found: list[nx.Graph]) -> np.ndarray:
    return np.stack([nx.to_numpy_array(g, nodelist=range(7)) for g in found])


def ordered(values: dict[int, float]) -> list[float]:
    return [values[k] for k in sorted(values)]


def test_g11_karate_club() -> None:
    w = nx.to_numpy_array(nx.karate_club_graph(), weight=None)
    ends = [0, 33]
    assert centrality.pagerank(w)[ends] == pytest.approx([0.0969972854, 0.1009191823], abs=1e-7)
    assert centrality.eigenvector(w)[ends] == pytest.approx([0.35549144, 0.37336347], abs=1e-7)
    assert centrality.betweenness(w)[ends] == pytest.approx([0.43763528, 0.30407498], abs=1e-7)
    assert centrality.constraint(w)[ends] == pytest.approx([0.15542330, 0.15641869], abs=1e-7)
    # Wrong: a walk that never starts anew; the club's own weights as lengths.
    assert centrality.pagerank(w, damping=0.9999)[0] != pytest.approx(0.0969972854, abs=1e-3)
    weighted = nx.to_numpy_array(nx.karate_club_graph(), weight="weight")
    assert centrality.betweenness(weighted)[0] != pytest.approx(0.43763528, abs=1e-3)


def test_pagerank_agrees_with_a_peer_also_with_dangling_nodes() -> None:
    found = graphs(12, directed=True)
    mine = centrality.pagerank(arrays(found))
    assert mine.sum(axis=1) == pytest.approx(np.ones(12))
    for own, graph in zip(mine, found, strict=True):
        assert own == pytest.approx(ordered(nx.pagerank(graph, tol=1e-14, max_iter=1000)), abs=1e-10)


@pytest.mark.parametrize("directed", [True, False])
def test_betweenness_agrees_with_a_peer_on_weighted_graphs(directed: bool) -> None:
    found = [g for g in graphs(12, directed=directed) if min(d for _, d in g.degree()) > 0]
    for graph in found:
        for _, _, data in graph.edges(data=True):
            data["length"] = 1 / data["weight"]
    mine = centrality.betweenness(arrays(found))
    for own, graph in zip(mine, found, strict=True):
        assert own == pytest.approx(ordered(nx.betweenness_centrality(graph, weight="length")), abs=1e-10)


def test_constraint_agrees_with_a_peer_and_is_unknown_for_the_lonely() -> None:
    found = graphs(12, directed=True)
    mine = centrality.constraint(arrays(found))
    for own, graph in zip(mine, found, strict=True):
        peer = nx.constraint(graph, weight="weight")
        assert own == pytest.approx(ordered(peer), abs=1e-10, nan_ok=True)
    assert np.isnan(centrality.constraint(np.zeros((3, 3)))).all()


def test_eigenvector_agrees_with_a_peer_inside_one_part_only() -> None:
    found = graphs(12, directed=True)
    mine = centrality.eigenvector(arrays(found))
    joined = [nx.is_strongly_connected(g) for g in found]
    assert centrality.joined(arrays(found)).tolist() == joined
    assert 0 < sum(joined) < 12
    for own, graph, one in zip(mine, found, joined, strict=True):
        if one:
            peer = nx.eigenvector_centrality_numpy(graph, weight="weight")
            assert own == pytest.approx(ordered(peer), abs=1e-8)
        else:
            assert np.isnan(own).all()


def test_a_pair_that_swings_still_has_its_eigenvector() -> None:
    # Plain powers of a two-node graph never settle.
    assert centrality.eigenvector(np.array([[0.0, 1], [1, 0]])) == pytest.approx([0.5**0.5] * 2)


def test_a_node_without_ties_changes_neither_paths_nor_the_eigenvector() -> None:
    w = nx.to_numpy_array(nx.path_graph(4))
    wider = np.pad(w, ((0, 1), (0, 1)))
    assert centrality.betweenness(wider)[:4] == pytest.approx(centrality.betweenness(w))
    assert centrality.eigenvector(wider)[:4] == pytest.approx(centrality.eigenvector(w))
    assert np.isnan(centrality.eigenvector(wider)[4])
    assert centrality.pagerank(wider)[4] > 0  # it counts actors


def test_rows_have_every_actor_and_givers_are_central(world_l) -> None:
    frame = tidy.table(world_l, "centrality.pagerank", draws=40)
    assert frame["giver"].tolist() == ["A", "B", "C", "J", "K"]
    assert frame["value"].sum() == pytest.approx(1.0)
    value = frame.set_index("giver")["value"]
    assert value[["A", "B"]].min() > value[["J", "K"]].max()  # edges run from receiver to giver
    assert (frame["low"] <= frame["high"]).all()
    alone = tidy.table(world_l, "centrality.pagerank", draws=0, giver="J")
    assert alone["value"].tolist() == [pytest.approx(value["J"])]


def test_edges_of_rows_are_the_ties(world_l) -> None:
    trade = tidy.table(world_l, "centrality.*", draws=0, by="channel")
    trade = trade[trade["channel"] == "trade"].pivot(index="giver", columns="measure", values="value")
    w = np.zeros((5, 5))
    w[3, :3], w[4, :3] = (50.0, 40.0, 10.0), (20.0, 60.0, 5.0)
    both = w + w.T
    for name, network in (("pagerank", w), ("betweenness", both), ("constraint", w), ("eigenvector", both)):
        own = getattr(centrality, name)(network)
        assert trade[f"centrality.{name}"].tolist() == pytest.approx(own.tolist())
    directed = tidy.table(world_l, "centrality.eigenvector", draws=0, options={"directed": "yes"})
    assert directed["flags"].str.contains("nan:disconnected").all()  # powers have no edge out


def test_participation_rows(world_l) -> None:
    frame = tidy.table(world_l, "centrality.participation", draws=30)
    f = tidy.table(world_l, "influence", by="domain", draws=0)
    share = f.groupby("domain")["value"].transform(lambda x: x / x.sum())
    k = share[f["giver"] == "A"].groupby(f["domain"]).sum()
    expected = 4 / 3 * (1 - (k**2).sum() / k.sum() ** 2)
    assert frame.set_index("giver").loc["A", "value"] == pytest.approx(expected)
    assert (frame["low"] <= frame["high"]).all()


def test_little_known_networks_and_empty_ones_have_reasons(world_l) -> None:
    few = replace(world_l, ties={key: x for key, x in world_l.ties.items() if key[:2] == ("A", "J")})
    none = replace(world_l, ties={})
    zero = replace(world_l, ties=dict.fromkeys(world_l.ties, 0.0))
    for world, reason in ((few, "coverage"), (none, "unknown"), (zero, "zero-level")):
        frame = tidy.table(world, "centrality.*", draws=0)
        assert frame["value"].isna().all()
        assert frame["flags"].str.contains(f"nan:{reason}").all()


def test_parts_list_the_network(world_l) -> None:
    frame = tidy.explain(world_l, {"measure": "centrality.pagerank", "giver": "A"})
    ties = frame[frame["flag"] == "not additive"]
    assert ties["part"].tolist() == ["A in J", "A in K", "B in J", "B in K", "C in J", "C in K"]
    assert {"O-A-trade-one"} <= set(frame["observation_id"])
