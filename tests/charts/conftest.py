import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples():
    """The module of sample frames beside this file."""
    spec = importlib.util.spec_from_file_location("chart_samples", Path(__file__).with_name("samples.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["chart_samples"] = module
    spec.loader.exec_module(module)
    return module
