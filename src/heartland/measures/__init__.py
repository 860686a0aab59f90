"""Measures of a world: pure functions from arrays to arrays, and one tidy table for all of them."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["Measure", "expand", "get", "names", "register", "table"]

_HOMES = {
    "Measure": "registry", "expand": "registry", "get": "registry", "names": "registry",
    "register": "registry", "table": "tidy",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
