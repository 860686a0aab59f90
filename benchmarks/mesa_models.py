"""The workload in Mesa 3, twice: with dictionaries of ties, and with a row of NumPy numbers per agent."""

from __future__ import annotations

from typing import Any, TypeAlias

import mesa
import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import ACTORS, CHANNELS, FAME, NOISE, RETURN, SPEED, STEPS, anchors

__all__ = ["run_mesa", "run_mesa_rows"]

Ties: TypeAlias = dict[int, list[float]]


class Country(mesa.Agent):
    """Holds its outgoing ties by partner; first plans from what everybody shows, then moves."""

    def __init__(self, model: Society, number: int, pulls: Ties, ties: Ties) -> None:
        super().__init__(model)
        self.number = number
        self.pulls = pulls
        self.ties = ties
        self.planned = ties

    def plan(self) -> None:
        """Ties of the next step."""
        model, own = self.model, self.number
        gauss = model.random.gauss
        planned = {}
        for partner, ties in self.ties.items():
            back = model.countries[partner].ties[own]
            moved = []
            pulls, fame = self.pulls[partner], model.fame[partner]
            for channel, tie in enumerate(ties):
                target = pulls[channel] + RETURN * back[channel] + FAME * fame[channel]
                tie += SPEED * (target - tie) + gauss(0.0, NOISE)
                moved.append(0.0 if tie < 0.0 else 1.0 if tie > 1.0 else tie)
            planned[partner] = moved
        self.planned = planned

    def move(self) -> None:
        """Take the planned ties up."""
        self.ties = self.planned


class Society(mesa.Model):
    """Countries that move at the same time."""

    def __init__(self, seed: int, anchor: list[list[list[float]]]) -> None:
        super().__init__(seed=seed)
        self.countries = []
        for own, rows in enumerate(anchor):
            others = [partner for partner in range(ACTORS) if partner != own]
            pulls = {partner: [(1 - RETURN - FAME) * x for x in rows[partner]] for partner in others}
            ties = {partner: list(rows[partner]) for partner in others}
            self.countries.append(Country(self, own, pulls, ties))
        self.fame: list[list[float]] = []
        self.datacollector = mesa.DataCollector(
            model_reporters={
                f"mean_{channel}": lambda model, channel=channel: model.mean_of(channel)
                for channel in range(CHANNELS)
            }
        )

    def mean_of(self, channel: int) -> float:
        """Mean tie of a channel."""
        held = sum(ties[channel] for country in self.agents for ties in country.ties.values())
        return float(held) / ACTORS**2

    def step(self) -> None:
        """One step of everybody."""
        self.fame = [
            [sum(column) / ACTORS for column in zip(*self._towards(receiver), strict=True)]
            for receiver in range(ACTORS)
        ]
        self.agents.do("plan")
        self.agents.do("move")
        self.datacollector.collect(self)

    def _towards(self, receiver: int) -> list[list[float]]:
        return [country.ties[receiver] for country in self.countries if country.number != receiver]


class RowCountry(mesa.Agent):
    """Holds its outgoing ties as one array (partner, channel)."""

    def __init__(self, model: RowSociety, number: int, row: NDArray[np.float64]) -> None:
        super().__init__(model)
        self.number = number
        self.pull = (1 - RETURN - FAME) * row
        self.row = row.copy()
        self.planned = row

    def plan(self) -> None:
        """Ties of the next step."""
        model = self.model
        target = self.pull + RETURN * model.shown[:, self.number] + FAME * model.fame
        shocks = model.rng.normal(0.0, NOISE, self.row.shape)
        self.planned = np.clip(self.row + SPEED * (target - self.row) + shocks, 0.0, 1.0)
        self.planned[self.number] = 0.0

    def move(self) -> None:
        """Take the planned ties up."""
        self.row = self.planned


class RowSociety(mesa.Model):
    """The same with arrays: what somebody who knows NumPy writes in Mesa."""

    def __init__(self, seed: int, anchor: NDArray[np.float64]) -> None:
        super().__init__(seed=seed)
        self.countries = [RowCountry(self, number, row) for number, row in enumerate(anchor)]
        self.shown = self.fame = anchor
        self.datacollector = mesa.DataCollector(model_reporters={"mean": lambda model: model.mean()})

    def mean(self) -> NDArray[np.float64]:
        """Mean tie by channel."""
        return np.asarray(sum(country.row.sum(axis=0) for country in self.countries) / ACTORS**2)

    def step(self) -> None:
        """One step of everybody."""
        self.shown = np.stack([country.row for country in self.countries])
        self.fame = self.shown.sum(axis=0) / ACTORS
        self.agents.do("plan")
        self.agents.do("move")
        self.datacollector.collect(self)


def _means(models: list[Any]) -> NDArray[np.float64]:
    made = []
    for model in models:
        for _ in range(STEPS):
            model.step()
        last = model.datacollector.get_model_vars_dataframe().iloc[-1]
        made.append(np.ravel(last.iloc[0] if len(last) == 1 else last.to_numpy(dtype=float)))
    return np.array(made)


def run_mesa(runs: int, seed: int) -> NDArray[np.float64]:
    """Final channel means of some runs of the dictionary version, (run, channel)."""
    anchor = anchors().tolist()
    return np.concatenate([_means([Society(seed + run, anchor)]) for run in range(runs)])


def run_mesa_rows(runs: int, seed: int) -> NDArray[np.float64]:
    """Final channel means of some runs of the version with rows, (run, channel)."""
    anchor = anchors()
    return np.concatenate([_means([RowSociety(seed + run, anchor)]) for run in range(runs)])
