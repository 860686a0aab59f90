"""A process that was made ready loads no module of the model later, and keeps the memory of its arrays."""

import platform
import subprocess
import sys

import pytest

CODE = """
import sys
from heartland.scenarios.ready import make_ready
make_ready()
before = set(sys.modules)
from heartland.dynamics.mechanism import catalogue
from heartland.scenarios.subjects import subjects
catalogue(), subjects()
late = {name for name in set(sys.modules) - before if name.startswith("heartland.")}
print(sorted(late), len(catalogue()) > 100, "pandas" in sys.modules)
"""


def test_nothing_of_the_model_is_left_to_load_and_nothing_of_the_region_is_loaded():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True False"


FREED = """
import resource, sys
import numpy as np
from heartland.scenarios.ready import keep_freed
if sys.argv[1] == "kept":
    keep_freed()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    arrays = [np.ones(1 << 17) for _ in range(8)]
    del arrays
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_memory_of_arrays_is_kept_for_the_next():
    def faults(how):
        command = [sys.executable, "-c", FREED, how]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert faults("kept") < 0.2 * faults("as it is")
