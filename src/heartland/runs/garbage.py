"""How often a process looks for garbage in cycles, and that a program does not tidy up before it ends.

Loading a region makes a hundred thousand objects that stay. Python by itself searches them for cycles again
and again, a tenth of the time until a run begins, and once more, piece by piece, when the program ends; but
the system takes all of its memory back at once.
"""

from __future__ import annotations

import atexit
import gc

__all__ = ["rarely"]

# new objects between two searches, and how many searches of the young, and of the older, until one of older
# objects still: Python's own are 700, 10, 10
RARE = (20_000, 20, 50)


def rarely() -> None:
    """Search for garbage in cycles rarely from now on, and not at all once the program has ended.

    Whatever else is done at the end (files closed, processes waited for, output written) is done as ever.
    """
    gc.set_threshold(*RARE)
    atexit.unregister(_leave)
    atexit.register(_leave)


def _leave() -> None:
    gc.disable()
    gc.freeze()
