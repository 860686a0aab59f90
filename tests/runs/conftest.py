"""Make the toy run importable by name, here and in spawned workers, which inherit the search path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
