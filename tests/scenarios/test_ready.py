"""A process that was made ready loads no module of the model later."""

import subprocess
import sys

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
