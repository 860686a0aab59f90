"""Measures of a world: pure functions from arrays to arrays, and one tidy table for all of them."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "Measure", "change", "compare", "expand", "explain", "get", "names", "register", "sources_of_spread",
    "table", "without_source",
]

_HOMES = {
    "Measure": "registry", "expand": "registry", "get": "registry", "names": "registry",
    "register": "registry", "table": "tidy", "explain": "tidy", "compare": "changes", "change": "changes",
    "without_source": "changes", "sources_of_spread": "changes",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
