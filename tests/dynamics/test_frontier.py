"""Appeals of attacked members, the alliance's answer and its drills."""

from __future__ import annotations

import math

import numpy as np
from tests.dynamics.helpers import Case, reference, standard

from heartland.dynamics.frontier import appeal, frontier_aid, frontier_drills

G, P, R, M = 2, 3, 3, 4
RNG = np.random.default_rng(141)
LEAD = np.array([[1, 0, 0], [0, 1, 0]], float)[..., None]


def test_appeal():
    parameters = {"willingness": 0.2, "repeat_effect": 0.5}
    reads = {
        "attack": np.repeat([[1.0], [1.0], [0.0]], M, axis=1),
        "alliance_member": np.array([[1, 0, 1], [1, 1, 1]], float)[..., None],
        "recent_attack": 0.1 + 0.9 * RNG.random((R, M)),
    }
    case = Case(appeal, reads, parameters, {"uniform": RNG.random((G, R, M))})
    hand = case.with_(recent_attack=np.full((R, 1), 0.5), attack=reads["attack"][:, :1],
                      uniform=np.full((G, R, 1), 0.3))  # fmt: skip
    level = np.array([[[0.4], [0.0], [0.0]], [[0.4], [0.4], [0.0]]])
    standard(
        case, shapes={"appeal": (G, R)}, bounds={"appeal": (0, 1)}, zero={"attack": 0.0},
        directions=dict.fromkeys(parameters, ("appeal", "", 1)),
        by_hand=(hand, {"appeal": level, "appeal/occurs": level > 0}),
    )  # fmt: skip
    reference(case, lambda reads, p, noise, dt: {"appeal": [
        [(p["willingness"] + (1 - p["willingness"]) * p["repeat_effect"] * r) * a * m
         for a, m, r in zip(reads["attack"], row, reads["recent_attack"], strict=True)]
        for row in reads["alliance_member"]]})  # fmt: skip


def test_frontier_aid():
    parameters = {"reference": 0.5, "overstretch_effect": 1.0, "floor": 0.03}
    reads = {"appeal": np.ones((G, R, M)), "lead": LEAD, "overstretch": 1.0 + RNG.random((P, M))}
    case = Case(frontier_aid, reads, parameters, {"uniform": RNG.random((G, R, M))})
    hand = case.with_(overstretch=np.array([[0.0], [math.log(3)], [9.0]]), reference=0.0, floor=0.0,
                      appeal=np.ones((G, R, 1)), uniform=np.full((G, R, 1), 0.4))  # fmt: skip
    level = np.repeat([[[0.5]], [[0.25]]], R, axis=1)
    standard(
        case, shapes={"frontier_aid": (G, R)}, bounds={"frontier_aid": (0, 1)}, zero={"appeal": 0.0},
        directions={"reference": ("frontier_aid", "", 1), "overstretch_effect": ("frontier_aid", "", -1),
                    "floor": ("frontier_aid", "", 1)},
        by_hand=(hand, {"frontier_aid": level, "frontier_aid/occurs": level > 0.4}),
    )  # fmt: skip

    def scalar(reads, p, noise, dt):
        out = []
        for o in range(G):
            burden = sum(w * s for w, s in zip(reads["lead"][o], reads["overstretch"], strict=True))
            yes = 1 / (1 + math.exp(p["overstretch_effect"] * burden - p["reference"]))
            out.append([((1 - p["floor"]) * yes + p["floor"] / 2) * a for a in reads["appeal"][o]])
        return {"frontier_aid": out}

    reference(case, scalar)


def test_frontier_drills():
    aid = np.repeat([[[1.0], [0.0], [0.0]], [[0.0], [1.0], [0.0]]], M, axis=2)
    case = Case(frontier_drills, {"exercise_gap": RNG.random((P, R, M)), "frontier_aid": aid, "lead": LEAD},
                {"jump": 0.4}, {})  # fmt: skip
    level = np.zeros((P, R, M))
    level[0, 0] = level[1, 1] = 0.4
    standard(
        case, shapes={"exercise_gap": (P, R)}, bounds={"exercise_gap": (0, 2)}, zero={"frontier_aid": 0.0},
        directions={"jump": ("exercise_gap", "", 1)}, by_hand=(case, {"exercise_gap": level}),
    )  # fmt: skip
    reference(case, lambda reads, p, noise, dt: {"exercise_gap": level[..., 0].tolist()})
