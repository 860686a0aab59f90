"""Where the time of a run goes: start-up, mechanisms, their inputs, random numbers, books, store.

Nothing of this stands in the way of a usual run: the clock is put around the parts of a run only while
`profile` makes one, and taken off again. It is one clock with one hand, so every moment is counted for
exactly one part, and the parts add up to the whole. The same run is made without it, too, to say what it
costs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from heartland.core.draws import Draws
from heartland.runs import job as working
from heartland.runs.blocks import write_blocks
from heartland.runs.job import Job
from heartland.runs.run import Request, make_writer, planned, side_by_side
from heartland.scenarios.answers import summaries
from heartland.scenarios.binding import Bound
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.loop import Running
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import BLOCK
from heartland.scenarios.validate import load_region

__all__ = ["Clock", "Part", "Profile", "profile"]

Result = TypeVar("Result")

LOOP, NOISE, INPUTS, BOOKS, STORE = "loop", "noise", "inputs", "recording", "store"
OTHER = "other"
MECHANISM = "mechanism "
# of a run's books, what is called from the loop
_BOOKED = ("begin", "settle", "drawn", "force", "add", "follow", "bounds", "patch", "keep", "end", "arrays")
_ABOUT = {
    "import": "a fresh Python that imports what a run needs, in a process of its own",
    "load": "the region read and checked",
    "compile": "world, draws, rules and patches made arrays",
    "mechanisms": "all mechanisms of the model",
    INPUTS: "inputs that mechanisms read and no state holds",
    NOISE: "random numbers drawn",
    BOOKS: "levels summed, changes split by cause, series and events kept",
    LOOP: "the loop round all that: calls, bounds, patches, members set up",
    STORE: "blocks written, synced and journaled; the run opened again",
    "answer": "outcomes, differences, grades",
    OTHER: "whatever none of the rows above stands for",
}


class Clock:
    """One clock with one hand: time counts for the innermost part under way, and only for that."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._under_way = [OTHER]
        self._since = time.perf_counter()

    def _turn(self) -> None:
        now = time.perf_counter()
        part = self._under_way[-1]
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self._since
        self._since = now

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done in this context for a part."""
        self._turn()
        self._under_way.append(name)
        try:
            yield
        finally:
            self._turn()
            self._under_way.pop()

    def around(self, name: str, function: Callable[..., Result]) -> Callable[..., Result]:
        """The function, its time counted for a part."""

        def timed(*arguments: Any, **keywords: Any) -> Result:
            self._turn()
            self._under_way.append(name)
            self.calls[name] = self.calls.get(name, 0) + 1
            try:
                return function(*arguments, **keywords)
            finally:
                self._turn()
                self._under_way.pop()

        return timed

    def stop(self) -> float:
        """Seconds of all parts together."""
        self._turn()
        return sum(self.seconds.values())


@dataclass(frozen=True)
class Part:
    """One row: seconds, share of the whole, calls (0 where it is not called in a loop)."""

    name: str
    seconds: float
    share: float
    calls: int = 0
    about: str = ""


@dataclass(frozen=True)
class Profile:
    """What a run of a scenario and its baseline costs.

    parts : by kind, in the order of a run; their seconds add up to `total`
    mechanisms : the part of that name by mechanism, most costly first
    bare, timed : CPU seconds of the simulation without and with the clock, one after the other
    """

    scenario: str
    members: int
    steps: int
    seed: int
    parts: tuple[Part, ...]
    mechanisms: tuple[Part, ...]
    total: float
    bare: float
    timed: float

    @property
    def overhead(self) -> float:
        """What the clock adds to the simulation, as a share of it; other work on the machine may hide it."""
        return self.timed / self.bare - 1


def profile(scenario: Scenario, *, members: int = 256, seed: int = 1) -> Profile:
    """Run a scenario with its baseline in one process and say where the time goes.

    Wall seconds; the run is stored in a folder that is removed again.

    Raises
    ------
    HeartlandInputError
        If the scenario does not fit its region.
    """
    imported = _import_seconds()
    bare = _bare(scenario, members, seed)
    clock = Clock()
    with clock.part("load"):
        loaded = load_region(str(scenario.region.path))
        chosen = replace(scenario, region=loaded)
    with clock.part("compile"):
        requests = planned([chosen, chosen.baseline()], members, seed, "outcomes")
    with tempfile.TemporaryDirectory() as out:
        with _installed(clock):
            runs, simulated = _stored(requests, Path(out), clock)
        with clock.part("answer"):
            summaries(*runs)
        clock.stop()
    clock.seconds["import"] = imported
    parts, mechanisms, total = _rows(clock)
    steps = max(request.plan.steps for request in requests)
    return Profile(scenario.id, members, steps, seed, parts, mechanisms, total, bare, simulated)


def _import_seconds() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import heartland.runs.run"], check=True)
    return time.perf_counter() - begun


def _bare(scenario: Scenario, members: int, seed: int) -> float:
    """CPU seconds of the simulation alone, without a clock; a first block warms everything up."""
    requests = planned([scenario, scenario.baseline()], members, seed, "outcomes")
    job = Job(tuple(request.plan for request in requests))
    job.many((0,))
    begun = time.process_time()
    for blocks in _groups(requests[0]):
        job.many(blocks)
    return time.process_time() - begun


def _groups(request: Request) -> list[range]:
    many = -(-request.members // BLOCK)
    side = side_by_side(many, "serial", 1)
    return [range(first, min(first + side, many)) for first in range(0, many, side)]


def _stored(requests: Sequence[Request], out: Path, clock: Clock) -> tuple[list[Ensemble], float]:
    """Compute and store the runs and open them again; CPU seconds of the simulation."""
    from heartland.runs.opening import open_run

    with clock.part(STORE):
        distinct = {request.spec.id: request for request in requests}
        writers = [make_writer(out, request) for request in distinct.values()]
    work = Job(tuple(request.plan for request in distinct.values()))
    many, simulated = clock.around(LOOP, work.many), 0.0
    for blocks in _groups(requests[0]):
        begun = time.process_time()
        computed = many(blocks)
        simulated += time.process_time() - begun
        with clock.part(STORE):
            for number, writer in enumerate(writers):
                made = {block: row[number] for block, row in zip(blocks, computed, strict=True)}
                for record in write_blocks(writer.layout, made):
                    writer.journal(record)
    with clock.part(STORE):
        for writer in writers:
            writer.close()
        region = requests[0].scenario.region
        return [open_run(out / request.spec.id, region) for request in requests], simulated


@contextmanager
def _installed(clock: Clock) -> Iterator[None]:
    """Put the clock round the parts of a run that `runs.job` makes, in this process and for this context."""
    before = {name: getattr(working, name) for name in ("Draws", "bind", "Running")}
    records: dict[str, Any] = {}

    def bound(*arguments: Any, **keywords: Any) -> list[list[Bound]]:
        found: list[list[Bound]] = before["bind"](*arguments, **keywords)
        return [[_clocked(item, records, clock) for item in phase] for phase in found]

    def drawing(*arguments: Any, **keywords: Any) -> Draws:
        found: Draws = before["Draws"](*arguments, **keywords)
        stream = found.stream

        def opened(*asked: Any) -> Any:
            numbers: Any = stream(*asked)
            if "at" not in vars(numbers):
                numbers.at = clock.around(NOISE, numbers.at)
            return numbers

        vars(found)["stream"] = opened
        return found

    def running(*arguments: Any, **keywords: Any) -> Running:
        made: Running = before["Running"](*arguments, **keywords)
        vars(made.members.inputs)["get"] = clock.around(INPUTS, made.members.inputs.get)
        for name in _BOOKED:
            vars(made.recorder)[name] = clock.around(BOOKS, getattr(made.recorder, name))
        return made

    for name, made in {"Draws": drawing, "bind": bound, "Running": running}.items():
        setattr(working, name, made)
    try:
        yield
    finally:
        for name, made in before.items():
            setattr(working, name, made)


def _clocked(item: Bound, records: dict[str, Any], clock: Clock) -> Bound:
    """A bound mechanism with the clock round it; one record for all runs, which compare them by identity."""
    name = item.record.id
    if name not in records:
        records[name] = replace(
            item.record, function=clock.around(f"{MECHANISM}{name}", item.record.function)
        )
    return replace(item, record=records[name])


def _rows(clock: Clock) -> tuple[tuple[Part, ...], tuple[Part, ...], float]:
    """Parts, mechanisms and the whole."""
    seconds: Mapping[str, float] = clock.seconds
    total = sum(seconds.values())
    own = {name: value for name, value in seconds.items() if name.startswith(MECHANISM)}
    calls = {name: clock.calls.get(name, 0) for name in own}

    def part(name: str, value: float, count: int = 0) -> Part:
        return Part(name.removeprefix(MECHANISM), value, value / total, count, _ABOUT.get(name, ""))

    parts = [
        part(name, sum(own.values()), sum(calls.values())) if name == "mechanisms"
        else part(name, seconds.get(name, 0.0), clock.calls.get(name, 0))
        for name in _ABOUT
    ]  # fmt: skip
    ranked = sorted(own.items(), key=lambda pair: -pair[1])
    return tuple(parts), tuple(part(name, value, calls[name]) for name, value in ranked), total
