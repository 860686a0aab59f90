"""The standard tests of a mechanism, shared by every file of this folder.

A `Case` holds arrays with the member axis last; `standard` runs the five tests and the comparison of
NumPy with the strict implementation of the array API standard. `reference` compares with a scalar
function written without arrays.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import array_api_strict
import numpy as np

import heartland
from heartland.dynamics.mechanism import Event, Mechanism, catalogue
from heartland.scenarios.traced.engine import double_precision

Direction = tuple[str, str, int]
SMALL = 1e-4
# mechanism ids that have passed, by kind of check
PASSED: dict[str, set[str]] = {"standard": set(), "reference": set(), "steps": set(), "jax": set()}
HAS_JAX = find_spec("jax") is not None


@dataclass(frozen=True)
class Case:
    """Inputs of one call of a mechanism.

    function : the mechanism
    reads : positional inputs by name, last axis = member (length 1 broadcasts)
    parameters : keyword parameters by name, number or (member,)
    noise : random inputs by name, (*axes, member)
    dt : years
    """

    function: Callable[..., Any]
    reads: Mapping[str, Any]
    parameters: Mapping[str, Any]
    noise: Mapping[str, Any] = field(default_factory=dict)
    dt: float = 1 / 12

    @property
    def record(self) -> Mechanism:
        return catalogue()[self.function.__name__.replace("_", "-")]

    @property
    def members(self) -> int:
        sizes = [np.shape(array)[-1] for array in (*self.reads.values(), *self.noise.values())]
        return max(sizes)

    def with_(self, **changes: Any) -> Case:
        """Copy with some inputs, parameters or noise replaced by name (`dt` too)."""
        known = {**self.reads, **self.parameters, **self.noise, "dt": self.dt}
        assert not set(changes) - set(known), f"no input called {sorted(set(changes) - set(known))}"
        groups = [{k: changes.get(k, v) for k, v in group.items()}
                  for group in (self.reads, self.parameters, self.noise)]
        return replace(self, reads=groups[0], parameters=groups[1], noise=groups[2],
                       dt=changes.get("dt", self.dt))

    def call(self, xp: Any = np) -> dict[str, Any]:
        """Run the mechanism with arrays of the given namespace."""
        def to(value: Any) -> Any:
            return xp.asarray(np.asarray(value))

        record, m = self.record, self.members
        assert list(self.reads) == list(record.reads), "reads must be in the order of the signature"
        assert set(self.parameters) == set(record.parameters)
        assert set(self.noise) == set(record.noise)
        keywords = {k: to(np.broadcast_to(np.asarray(v, float), (m,)).copy())
                    for k, v in self.parameters.items()}
        keywords |= {k: to(v) for k, v in self.noise.items()}
        if record.uses_dt:
            keywords["dt"] = self.dt
        return dict(self.function(*(to(v) for v in self.reads.values()), **keywords))


def flat(returned: Mapping[str, Any]) -> dict[str, Any]:
    """All arrays of a result by name: `state`, `state/part`, `event/occurs`, `event/probability`."""
    out: dict[str, Any] = {}
    for name, value in returned.items():
        if isinstance(value, Event):
            out |= {f"{name}/occurs": value.occurs, f"{name}/probability": value.probability}
            out |= {f"{name}/because {k}": v for k, v in value.contributions.items()}
        elif isinstance(value, Mapping):
            out |= {f"{name}/{k}": v for k, v in value.items()}
        else:
            out[name] = value
    return out


def total(returned: Mapping[str, Any], name: str, part: str = "") -> np.ndarray:
    """Increment of a state (sum over parts, or one part), or the probability of an event."""
    value = returned[name]
    if isinstance(value, Event):
        return np.asarray(value.contributions[part] if part else value.probability, float)
    if isinstance(value, Mapping):
        return np.asarray(value[part]) if part else np.asarray(sum(value.values()))
    return np.asarray(value)


def check_shape(case: Case, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Each written array has the declared axes, and extra members change nothing of the first ones."""
    before = {k: np.array(v, copy=True) for k, v in case.reads.items()}
    first = case.call()
    assert set(first) == set(case.record.writes) == set(shapes)
    m = case.members

    def longer(value: Any) -> np.ndarray:
        array = np.asarray(value, float)
        return array if array.ndim == 0 or array.shape[-1] == 1 else np.concatenate(
            [array, array[..., ::-1], array[..., :1]], axis=-1)

    extended = replace(
        case, reads={k: longer(v) for k, v in case.reads.items()},
        parameters={k: longer(v) for k, v in case.parameters.items()},
        noise={k: longer(v) for k, v in case.noise.items()})
    second, kept = flat(extended.call()), flat(first)
    for name, axes in shapes.items():
        assert np.shape(total(first, name)) == (*axes, m), name
        assert np.shape(total(extended.call(), name)) == (*axes, 2 * m + 1), name
    for name, value in kept.items():
        other = np.asarray(second[name])
        cut = other[..., :m] if other.ndim and other.shape[-1] == 2 * m + 1 else other
        np.testing.assert_array_equal(np.asarray(value), cut, err_msg=f"extra members moved {name}")
    for name, array in before.items():
        np.testing.assert_array_equal(array, case.reads[name], err_msg=f"{name} was changed in place")


def check_bounds(case: Case, bounds: Mapping[str, tuple[float, float]]) -> None:
    """Old level plus increment (level itself for derived states, probability for events) stays inside."""
    returned = case.call()
    for name, (low, high) in bounds.items():
        value = total(returned, name)
        assert np.all(np.isfinite(value)), name
        if name in case.reads and not isinstance(returned[name], Event):
            value = np.asarray(case.reads[name]) + value
        assert np.all(value >= low), f"{name} falls to {value.min()}"
        assert np.all(value <= high), f"{name} rises to {value.max()}"


def check_zero(case: Case, zero: Mapping[str, Any], identity: Mapping[str, float] | None = None) -> None:
    """With the inputs of `zero` (a number fills the array) every increment and chance is exactly 0.

    identity : values other than 0 expected of some writes, e.g. a derived state's level
    """
    known = {**case.reads, **case.noise}
    changed = {k: np.full(np.shape(known[k]), float(v)) if np.ndim(v) == 0 and k in known else v
               for k, v in zero.items()}
    returned = case.with_(**changed).call()
    for name in returned:
        value = total(returned, name)
        np.testing.assert_array_equal(value, np.full(value.shape, (identity or {}).get(name, 0.0)), name)
    if identity is None:
        for name, value in flat(returned).items():
            if "/because " not in name:
                assert not np.any(np.asarray(value)), f"{name} is not 0 although its sum is"


def check_directions(
    case: Case, directions: Mapping[str, Direction], bump: float = 0.05, at: Any = ...,
) -> None:
    """Raising a parameter by `bump` moves (write, part or "", sign) everywhere in that sign.

    Every parameter of the mechanism must be named. Choose inputs of the case so that the sign holds in
    every slot; slots that do not move at all are allowed as long as one does.
    at : index of the slots looked at, where what one gains another loses
    """
    assert set(directions) == set(case.record.parameters), "each parameter needs a declared direction"
    base = case.call()
    for parameter, (name, part, sign) in directions.items():
        moved = case.with_(**{parameter: np.asarray(case.parameters[parameter]) + bump}).call()
        step = ((total(moved, name, part) - total(base, name, part)) * sign)[at]
        assert np.all(step >= -1e-15), f"{parameter} moves {name} the wrong way"
        assert np.any(step > 1e-12), f"{parameter} does not move {name}"


def check_namespaces(case: Case) -> None:
    """NumPy and the strict namespace agree, and strict arrays come back as strict arrays."""
    plain, strict = flat(case.call()), flat(case.call(array_api_strict))
    assert plain.keys() == strict.keys()
    for name, value in strict.items():
        if "/because " not in name:
            assert hasattr(value, "__array_namespace__"), name
            assert value.__array_namespace__() is array_api_strict, name
        both = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(plain[name], dtype=float))
        np.testing.assert_allclose(*both, rtol=1e-13, atol=1e-15, err_msg=name)


def check_jax(case: Case, rtol: float = 1e-6) -> None:
    """The compiled mechanism gives on JAX, in double precision, the numbers of NumPy and the same events.

    Every input is traced, so nothing may depend on a number before the mechanism runs. Without JAX there is
    nothing to compare; `test_zz_complete.py` says so.
    """
    if not HAS_JAX:
        return
    import jax

    record = case.record

    def body(reads: list[Any], keywords: dict[str, Any]) -> dict[str, Any]:
        return flat(record.function(*reads, **keywords, **({"dt": case.dt} if record.uses_dt else {})))

    keywords = {k: np.broadcast_to(np.asarray(v, float), (case.members,)) for k, v in case.parameters.items()}
    keywords |= {k: np.asarray(v, float) for k, v in case.noise.items()}
    with double_precision():
        traced = jax.jit(body)([np.asarray(v, float) for v in case.reads.values()], keywords)
        found = {name: np.asarray(value) for name, value in traced.items()}
    for name, value in flat(case.call()).items():
        plain = np.asarray(value)
        if plain.dtype == np.bool_:
            np.testing.assert_array_equal(found[name], plain, err_msg=f"{name} on JAX")
            continue
        assert found[name].dtype == np.float64, f"{name} is {found[name].dtype} on JAX"
        scale = float(np.nanmax(np.abs(plain), initial=0.0, where=np.isfinite(plain)))
        np.testing.assert_allclose(
            *np.broadcast_arrays(found[name], plain), rtol=rtol, atol=1e-12 * scale, err_msg=f"{name} on JAX")
    PASSED["jax"].add(record.id)


def check_closure(case: Case, new: Mapping[str, Any], rtol: float = 1e-12) -> None:
    """Parts of each named state sum to the exact change to the level `new`."""
    returned = case.call()
    for name, level in new.items():
        assert isinstance(returned[name], Mapping), f"{name} is not split into parts"
        change = np.asarray(level) - np.asarray(case.reads[name])
        np.testing.assert_allclose(total(returned, name), change, rtol=0,
                                   atol=rtol * max(1.0, float(np.nanmax(np.abs(level)))), err_msg=name)


def one_member(case: Case, m: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Reads, parameters and noise of one member as nested lists or numbers."""
    def cut(value: Any) -> Any:
        array = np.asarray(value)
        return array.tolist() if array.ndim == 0 else array[..., m if array.shape[-1] > 1 else 0].tolist()

    reads, parameters, noise = ({k: cut(v) for k, v in group.items()}
                                for group in (case.reads, case.parameters, case.noise))
    return reads, parameters, noise


def new_level(case: Case, scalar: Callable[..., Mapping[str, Any]], name: str) -> np.ndarray:
    """Level after the step of a state the mechanism reads, by the scalar function, all members."""
    steps = [np.asarray(scalar(*one_member(case, m), case.dt)[name]) for m in range(case.members)]
    return np.asarray(case.reads[name]) + np.stack(steps, axis=-1)


def reference(case: Case, scalar: Callable[..., Mapping[str, Any]], rtol: float = 1e-11) -> None:
    """Compare each member with `scalar(reads, parameters, noise, dt)`, which sees one member only.

    It gets nested lists or plain numbers without the member axis, and returns name -> nested list: the
    increment (or level, or probability). Names may be `state/part` or `event/occurs` too.
    """
    returned = case.call()
    named = {**{k: total(returned, k) for k in returned}, **flat(returned)}

    for m in range(case.members):
        expected = scalar(*one_member(case, m), case.dt)
        for name, value in expected.items():
            np.testing.assert_allclose(named[name][..., m].astype(float), np.asarray(value, float),
                                       rtol=rtol, atol=1e-13, err_msg=f"{name}, member {m}")
    PASSED["reference"].add(case.record.id)


with (Path(heartland.__file__).parent / "schema" / "events.csv").open(encoding="utf-8", newline="") as table:
    EVENTS = frozenset(row["variable"] for row in csv.DictReader(table))


def check_steps(
    case: Case, year: Mapping[str, float] | None = None, of: Mapping[str, tuple[str, ...]] | None = None,
    rel: float = 0.03,
) -> None:
    """A year in one step, in quarters and in months comes to the same.

    All inputs stay as they are but the states it writes, which move; noise is 0, and no event happens, since
    one that happened each step would happen more often in shorter steps. The levels after the year agree, and
    so do the variance that independent noise adds and the yearly chance of an event, 1 - (1 - p)^(1/dt), all
    within `rel` of the largest.

    year : inputs set to a number for this, such as changes of one step to 0
    of : event -> events that share one draw with it (exclusive ones, or the one it is a part of)
    """
    if not case.record.uses_dt:
        return
    even = {name: np.full(np.shape(case.reads[name]), float(value)) for name, value in (year or {}).items()}
    years = {n: _year(case.with_(**even), n, of or {}) for n in (1, 4, 12)}
    month = years.pop(12)
    for per_year, other in years.items():
        for name, value in month.items():
            scale = max(float(np.nanmax(np.abs(value), initial=0.0)), 1e-9)
            gap = float(np.nanmax(np.abs(other[name] - value), initial=0.0)) / scale
            assert gap < rel, f"{name} at dt = 1/{per_year} is {gap:.0%} off"


def _year(case: Case, per_year: int, of: Mapping[str, tuple[str, ...]]) -> dict[str, np.ndarray]:
    quiet = {name: np.zeros_like(np.asarray(array, float)) for name, array in case.noise.items()}
    still = {name: np.zeros_like(np.asarray(array, float)) if name in EVENTS else array
             for name, array in case.reads.items()}
    here = replace(case, reads=still, noise=quiet, dt=1 / per_year)
    found: dict[str, np.ndarray] = {}
    start = {name: np.asarray(here.reads[name], float) for name in case.record.writes if name in case.reads}
    for step in range(per_year):
        returned = here.call()
        found |= _spread(here, returned, found)
        if step == 0:
            for name, value in returned.items():
                if isinstance(value, Event):
                    drawn = sum(total(returned, other) for other in of.get(name, (name,)))
                    part = total(returned, name) / np.where(drawn > 0, drawn, 1.0)
                    found[f"chance of {name}"] = part * (1 - (1 - drawn) ** per_year)
        moved = {name: np.asarray(here.reads[name]) + total(returned, name) for name in start
                 if not isinstance(returned[name], Event)}
        here = here.with_(**moved)
    return found | {f"change of {name}": np.asarray(here.reads[name]) - start[name] for name in start}


def _spread(here: Case, base: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Variance of each state that one noise moves, after a step: r^2 times that before, and c^2."""
    found = {}
    for name in here.record.writes:
        if "noise" not in here.noise or name not in here.reads or isinstance(base[name], Event):
            continue
        if np.shape(here.noise["noise"]) != np.shape(total(base, name)):
            continue
        level = np.asarray(here.reads[name], float)
        step = SMALL * max(1.0, float(np.nanmax(np.abs(level))))
        kicked = here.with_(noise=np.full_like(here.noise["noise"], SMALL)).call()
        further = here.with_(**{name: level + step}).call()
        c = (total(kicked, name) - total(base, name)) / SMALL
        r = 1.0 + (total(further, name) - total(base, name)) / step
        found[f"variance of {name}"] = before.get(f"variance of {name}", 0.0) * r**2 + c**2
    return found


def standard(
    case: Case, *, shapes: Mapping[str, tuple[int, ...]], bounds: Mapping[str, tuple[float, float]],
    zero: Mapping[str, Any], directions: Mapping[str, Direction], by_hand: tuple[Case, Mapping[str, Any]],
    identity: Mapping[str, float] | None = None, bump: float = 0.05, directed: Case | None = None,
    year: Mapping[str, float] | None = MappingProxyType({}), of: Mapping[str, tuple[str, ...]] | None = None,
    at: Any = ...,
) -> None:
    """Run the five standard tests on NumPy and the strict namespace.

    shapes, bounds, zero, identity, directions, bump, at : see the single checks
    by_hand : a small case and, by `write` or `write/part`, the values worked with pencil (rel. 1e-9)
    directed : the case used for directions when signs hold only for special inputs
    year, of : see `check_steps`; None where a test in test_dt*.py of its own stands for it
    """
    check_shape(case, shapes)
    check_bounds(case, bounds)
    check_zero(case, zero, identity)
    check_directions(directed or case, directions, bump, at)
    check_namespaces(case)
    if year is not None:
        check_steps(case, year, of)
        PASSED["steps"].add(case.record.id)
    small, values = by_hand
    returned = small.call()
    named = {**{k: total(returned, k) for k in returned}, **flat(returned)}
    for name, value in values.items():
        np.testing.assert_allclose(np.asarray(named[name], dtype=float), np.asarray(value, dtype=float),
                                   rtol=1e-9, atol=1e-12, err_msg=name)
    check_jax(case)
    PASSED["standard"].add(case.record.id)
