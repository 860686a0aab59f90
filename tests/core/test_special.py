"""Special functions without their package: the very same functions, and the package is as ever afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

from heartland.core.special import special


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_functions_are_those_of_the_package_which_loads_as_ever_afterwards() -> None:
    code = (
        "import sys; from heartland.core.special import FUNCTIONS, special; found = special()\n"
        "print(found.__name__, 'scipy.special' in sys.modules)\n"
        "import scipy.special, scipy\n"
        "print(scipy.special.gamma(5.0))\n"
        "print(all(getattr(found, name) is getattr(scipy.special, name) for name in FUNCTIONS))\n"
        "print(special() is scipy.special)\n"
    )
    first, second, third, fourth = run(code).splitlines()
    assert first == "scipy.special._ufuncs False"
    assert second == "24.0"
    assert (third, fourth) == ("True", "True")


def test_a_package_that_is_loaded_is_used() -> None:
    import scipy.special

    assert special() is scipy.special


@pytest.mark.parametrize("missing", ["scipy.special.no_such_module", "scipy.special.sf_error"])
def test_where_the_functions_lie_elsewhere_the_package_is_loaded(missing: str) -> None:
    code = (
        f"from heartland.core import special as module; module.COMPILED = {missing!r}\n"
        "found = module.special(); print(found.__name__, float(found.ndtri(0.5)))"
    )
    assert run(code) == "scipy.special 0.0"
