"""The small part of the Python array API standard that mechanisms need beyond operators."""

from __future__ import annotations

import sys
from collections.abc import Callable, MutableMapping
from functools import wraps
from typing import Any, TypeAlias, TypeVar, cast
from weakref import ref

import numpy as np

__all__ = [
    "Array", "Namespace", "alike", "everywhere", "filled", "held", "joint_namespace", "kept", "logistic",
    "namespace", "narrow", "nowhere", "only_where", "rounds", "yearly_to_step",
]  # fmt: skip

# A NumPy, array-api-strict or JAX array; the standard has no common static type.
Array: TypeAlias = Any
Namespace: TypeAlias = Any
_Made = TypeVar("_Made", bound=Callable[..., Any])
_NUMPY = np.ndarray
# one number in so many is compared first; no multiple of it is a block of members
_SAMPLED = 61


def alike(
    mine: Array, other: Array, apart: MutableMapping[str, int] | None = None, name: str = ""
) -> Array:
    """The other of two NumPy arrays if it has the same shape, type and bits, else the first.

    apart : by name, where such a pair was last seen to differ, which is looked at first; kept up to date
    """
    if mine is other or mine.shape != other.shape or mine.dtype != other.dtype:
        return mine
    place = None if apart is None else apart.get(name)
    if place is not None and mine.item(place) != other.item(place):
        return mine
    bits = np.int64 if mine.itemsize == 8 else np.uint8
    old = np.ascontiguousarray(mine).view(bits).reshape(-1)
    new = np.ascontiguousarray(other).view(bits).reshape(-1)
    # most arrays that differ do so all over: a few numbers tell
    for every in (_SAMPLED, 1):
        differs = old[::every] != new[::every]
        if np.count_nonzero(differs):
            if apart is not None:
                apart[name] = int(differs.argmax()) * every // (mine.itemsize // old.itemsize)
            return mine
    return other


def held(array: Array) -> Array:
    """The same array; if it is one of NumPy that lies in memory of its own, nobody may write to it now."""
    if type(array) is np.ndarray and array.base is None:
        array.flags.writeable = False
    return array


def kept(function: _Made) -> _Made:
    """The same function, whose results for arrays that nobody may write to are kept while these live.

    The constants and parameters of a run are such arrays (`held`): what many mechanisms ask of one of them,
    in many steps, is worked out once. Asked of anything else (arrays that can still be written to,
    views, arrays of another library) the function works each time.

    function : of arrays and numbers in their places; returns the first of them or an array that is none of
        them, to which nobody may write
    """
    made: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    @wraps(function)
    def asked(*given: Any) -> Any:
        for x in given:
            if type(x) is _NUMPY:
                if x.flags.writeable or x.base is not None:
                    return function(*given)
            elif type(x) is not float:
                return function(*given)
        key = tuple([id(x) if type(x) is _NUMPY else x for x in given])
        found = made.get(key)
        if found is None:
            found = function(*given)
            if type(found) is not _NUMPY or (found.base is not None and found is not given[0]):
                return found
            # an array that its own result kept alive would never go
            watched = [ref(x, lambda _: made.pop(key, None)) for x in given if type(x) is _NUMPY]
            found = made[key] = (None if found is given[0] else held(found), watched)
        return given[0] if found[0] is None else found[0]

    return cast(_Made, asked)


def namespace(*arrays: Array) -> Namespace:
    """Array namespace of the first argument that has one.

    Raises
    ------
    TypeError
        If no argument is an array of the standard.
    """
    if arrays and type(arrays[0]) is np.ndarray:
        return np
    for array in arrays:
        found = getattr(array, "__array_namespace__", None)
        if found is not None:
            return found()
    raise TypeError("none of the arguments is an array of the array API standard")


def everywhere(flags: Array) -> bool:
    """Whether all flags are seen to hold, so that a shorter way with the same bits may be taken.

    Only a NumPy array is looked at: any other, whose values may not be there yet, goes the whole way.
    """
    return isinstance(flags, np.ndarray) and np.count_nonzero(flags) == flags.size


def nowhere(flags: Array) -> bool:
    """Whether no flag is seen to hold; as `everywhere`, of NumPy arrays alone."""
    return isinstance(flags, np.ndarray) and not np.count_nonzero(flags)


def joint_namespace(*arrays: Array) -> Namespace:
    """Array namespace of the first argument that is no NumPy array; NumPy where all are."""
    for array in arrays:
        if not isinstance(array, np.ndarray):
            return namespace(array)
    return np


def rounds(count: Array, body: Callable[[Any, Any], Any], start: Any) -> Any:
    """What becomes of `start` when `body(k, value)` is applied for k = 0 .. count - 1.

    count : whole number, >= 0, as an array without axes; while JAX compiles, it need not be known yet
    """
    jax = sys.modules.get("jax")
    if jax is not None and isinstance(count, jax.core.Tracer):
        return jax.lax.fori_loop(0, count.astype(int), body, start)
    value = start
    for k in range(int(count)):
        value = body(k, value)
    return value


def filled(array: Array, places: Any, values: Array) -> Array:
    """An array just made with values put at some places: itself where it can be written to, else a copy."""
    at = getattr(array, "at", None)
    if at is not None:
        return at[places].set(values)
    array[places] = values
    return array


def narrow(x: Array) -> Array:
    """One number on axes of length 1 where x is seen to hold no other, else x itself.

    For inputs that stay at one value in most runs: what is made of them stays small until it meets an
    array that differs from slot to slot.
    """
    first = x[(slice(0, 1),) * x.ndim]
    return first if everywhere(x == first) else x


def only_where(some: Array, function: Callable[..., Array], *inputs: Array) -> Array:
    """`function(*inputs)` where `some` holds, else 0, as floats; the function works element by element.

    some : bool (*axes, member);  inputs : arrays that broadcast to it, parameters (member,)
    Of NumPy arrays only the slots are worked out in which it holds for some member.
    """
    xp = joint_namespace(some, *inputs)
    held: Array = some.any(axis=-1) if xp is np else None
    if held is None or held.all():
        return xp.where(some, function(*inputs), 0.0)
    slots = held.nonzero()

    def cut(x: Array) -> Array:
        pairs = zip(x.shape[:-1], slots[some.ndim - x.ndim :], strict=True)
        return x[tuple(0 if size == 1 else slot for size, slot in pairs)]

    found = np.where(some[slots], function(*map(cut, inputs)), 0.0)
    whole = np.zeros((*held.shape, found.shape[-1]))
    whole[slots] = found
    return whole


def logistic(x: Array) -> Array:
    """Standard logistic function 1/(1+exp(-x)), elementwise, without overflow; same shape as x."""
    xp = namespace(x)
    positive = 1.0 / (1.0 + xp.exp(-xp.abs(x)))
    return xp.where(x >= 0, positive, 1.0 - positive)


def yearly_to_step(probability: Array, dt: float) -> Array:
    """Probability per step of `dt` years from a yearly one: 1-(1-p)**dt; p in [0, 1], same shape."""
    return 1.0 - (1.0 - probability) ** dt
