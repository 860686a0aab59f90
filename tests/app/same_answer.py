"""Compare two JSON answers of `heartland run`: `python same_answer.py FIRST SECOND`.

Everything but the seconds and the folder must be equal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PLACES = ("report", "store", "seconds")


def lasting(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an answer that the same command must give again."""
    return {key: value for key, value in answer.items() if key not in PLACES}


def main(first: str, second: str) -> int:
    """Exit code 0 if both answers agree, with the differing keys on standard error if not."""
    a, b = (lasting(json.loads(Path(name).read_text(encoding="utf-8"))) for name in (first, second))
    differing = [key for key in {**a, **b} if a.get(key) != b.get(key)]
    if differing:
        print(f"{first} and {second} differ in: {', '.join(differing)}", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
