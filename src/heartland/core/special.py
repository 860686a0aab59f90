"""The few special functions that priors need, without the rest of their package.

`scipy.special` has compiled functions that load in a hundredth of a second. As a package it then loads what
tests, Fortran builders and other array libraries need: an eighth of a second and 15 MB more for nothing.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

__all__ = ["FUNCTIONS", "special"]

PACKAGE = "scipy.special"
COMPILED = f"{PACKAGE}._ufuncs"
# the distribution functions of priors, and their inverses
FUNCTIONS = ("betainc", "betaincinv", "gammainc", "gammaincinv", "ndtr", "ndtri", "stdtr", "stdtrit")


def special() -> ModuleType:
    """A module that has `FUNCTIONS`: those of `scipy.special`, the very same objects.

    It is the package itself where that is loaded already, or where a version of SciPy keeps them elsewhere.
    """
    loaded = sys.modules.get(PACKAGE) or sys.modules.get(COMPILED) or _compiled()
    if loaded is not None and all(hasattr(loaded, name) for name in FUNCTIONS):
        return loaded
    return importlib.import_module(PACKAGE)


def _compiled() -> ModuleType | None:
    """The compiled functions, loaded while an empty package stands in for theirs; None if not there."""
    place = find_spec(PACKAGE)
    if place is None:
        return None
    sys.modules[PACKAGE] = module_from_spec(place)
    try:
        return importlib.import_module(COMPILED)
    except ImportError:
        return None
    finally:
        del sys.modules[PACKAGE]
