"""Readers of event files, from the smallest to the largest feed."""

from __future__ import annotations

from heartland.evidence.readers.base import Reader
from heartland.evidence.readers.events.acled import ACLED
from heartland.evidence.readers.events.gdelt import GDELT
from heartland.evidence.readers.events.icews import ICEWS
from heartland.evidence.readers.events.polecat import POLECAT
from heartland.evidence.readers.events.ucdp_ged import UCDP_GED

__all__ = ["EVENT_READERS"]

EVENT_READERS: tuple[Reader, ...] = (UCDP_GED, ACLED, ICEWS, POLECAT, GDELT)
