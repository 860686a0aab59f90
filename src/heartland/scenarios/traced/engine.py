"""JAX, loaded only where a run asks for it: double precision while it lasts, and the device in use."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from heartland.errors import HeartlandInputError

__all__ = ["double_precision", "engine", "platform", "versions"]


@cache
def engine() -> Any:
    """The module `jax`.

    Raises
    ------
    HeartlandInputError
        With how to install it, if it is not there.
    """
    try:
        return import_module("jax")
    except ImportError as error:
        raise HeartlandInputError.at(
            f"The backend jax needs the library jax, which cannot be loaded: {error}.",
            why="It is an extra: NumPy is the usual backend and needs nothing further.",
            fix="Install it (uv run --extra jax heartland ..., or pip install 'heartland[jax]'), or leave"
            " --backend out.",
            check="backend",
        ) from error


def double_precision() -> AbstractContextManager[None]:
    """Within it JAX computes in float64; outside it stays as it was set."""
    jax = engine()
    switch = getattr(jax, "enable_x64", None)
    if switch is None:  # before jax 0.8
        switch = import_module("jax.experimental").enable_x64
    found: AbstractContextManager[None] = switch(True)
    return found


def platform() -> str:
    """Kind of device on which JAX computes unless told otherwise: `gpu` when it sees one, else `cpu`."""
    return str(engine().default_backend())


def versions() -> dict[str, str]:
    """What decides the bits of a run on JAX beside what decides those of a run on NumPy."""
    engine()
    return {"backend": "jax", "device": platform(), "jax": version("jax"), "jaxlib": version("jaxlib")}
