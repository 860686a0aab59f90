"""Latin hypercube designs on the streams of `core.noise`: the seed decides everything.

With n points, the unit interval of each dimension is cut into n equal strata; every stratum holds exactly one
point, at a random place within it, and the orders of the dimensions are independent random permutations:

    x[i, d] = (p_d(i) + u[i, d]) / n

McKay, M. D., Beckman, R. J. and Conover, W. J. (1979). A comparison of three methods for selecting values of
input variables in the analysis of output from a computer code. Technometrics 21(2), 239-245.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import stream_uniforms

__all__ = ["latin_hypercube"]

Floats: TypeAlias = NDArray[np.float64]

_OWNER = "latin-hypercube"


def latin_hypercube(seed: int, names: Sequence[str], n: int) -> Floats:
    """A Latin hypercube in the unit cube.

    Parameters
    ----------
    seed : in [0, 2**64)
    names : one for each dimension; each has streams of its own, so that a further dimension moves no other
    n : number of points, >= 1; another number gives another design, not a longer one

    Returns
    -------
    float64 (n, len(names)), each in [0, 1) with exactly one point in every [k/n, (k+1)/n) of each column

    Raises
    ------
    ValueError
        If there is no point, or a name stands twice.
    """
    if n < 1 or len(set(names)) != len(names):
        raise ValueError(f"a design has at least one point and different names, not {n} and {list(names)}")
    found = np.empty((n, len(names)))
    for place, name in enumerate(names):
        order = np.argsort(stream_uniforms(seed, _OWNER, "order", name, n), kind="stable")
        within = stream_uniforms(seed, _OWNER, "place", name, n)
        found[:, place] = np.minimum((order + within) / n, np.nextafter((order + 1) / n, 0))
    return found
