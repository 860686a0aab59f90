"""`python -m heartland` is the command line."""

from __future__ import annotations

from heartland.app.cli.main import entry

__all__ = ["entry"]

if __name__ == "__main__":
    entry()
