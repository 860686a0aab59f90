"""Small frames and the specifications drawn from them, shared by the chart tests."""

import numpy as np
import pandas as pd

from heartland.charts.bars import ablation, why_bars
from heartland.charts.dots import dots100
from heartland.charts.events import distribution, event_timeline
from heartland.charts.fans import contrast, fan, fan_pair
from heartland.charts.frames import fan_frame, paths_frame
from heartland.charts.labour import division_of_labour, role_share_stack
from heartland.charts.theme import Palette, surface_of

DATES = ["2021-12-31", "2022-06-30", "2022-12-31", "2023-06-30", "2023-12-31"]
SOURCE = "heartland run abc123, 64 members"
PALETTE = Palette.from_rows(
    [
        {"actor": "A", "light": "#132786", "dark": "#5A76C4", "dash": "8 3"},
        {"actor": "B", "light": "#CE431B", "dark": "#D8703A", "dash": "solid"},
        {"actor": "other", "light": "#8A8A8A", "dark": "#7C7F86", "dash": "3 6"},
    ]
)
MEMBERS = np.array([[0.1, 0.2, 0.3, 0.4, 0.5], [0.2, 0.3, 0.4, 0.5, 0.6], [0.0, 0.1, 0.2, 0.3, 0.4]])
WHY = pd.DataFrame(
    [
        ("effort", "credit", 0.12, 0.05, 0.2),
        ("troops", "", -0.06, -0.2, 0.0),
        ("change", "", 0.06, -0.1, 0.3),
    ],
    columns=["mechanism", "part", "value", "low", "high"],
)
SHARES = pd.DataFrame(
    [
        (d, year, actor, share)
        for d in ("first", "second")
        for year in ("2021", "2026")
        for actor, share in (("A", 0.6), ("B", 0.3), ("other", 0.1))
    ],
    columns=["domain", "date", "actor", "share"],
)
EVENTS = pd.DataFrame(
    [
        ("troops sent", DATES[1], 0.5, 0.62),
        ("troops sent", DATES[2], 0.12, 0.62),
        ("wave", DATES[1], 1.0, 1.0),
    ],
    columns=["event", "date", "share", "ever"],
)


def every_spec(title="Subject", dark=False):
    """One specification of each kind, by name."""
    more = {"title": title, "source": SOURCE, "surface": surface_of(dark)}
    frame, base = fan_frame(DATES, MEMBERS), fan_frame(DATES, MEMBERS - 0.05)
    paths = paths_frame(DATES, MEMBERS)
    runs = pd.DataFrame({"run": ["what-if"] * 4 + ["baseline"] * 4, "value": [1.0, 2, 3, 4, 1, 1, 2, 2]})
    odds = pd.DataFrame({"label": ["what-if", "baseline"], "probability": [0.62, 0.07]})
    off = pd.DataFrame({"mechanism": ["effort", "troops"], "value": [0.3, 0.6]})
    return {
        "fan": fan(frame, unit="index", paths=paths, label="what-if", **more),
        "fan_pair": fan_pair(frame, base, unit="index", paths=paths, **more),
        "contrast": contrast(fan_frame(DATES, MEMBERS - 0.3), unit="index", **more),
        "dots100": dots100(odds, **more),
        "why_bars": why_bars(WHY, unit="index", **more),
        "ablation": ablation(off, unit="probability", reference=0.5, **more),
        "division_of_labour": division_of_labour(frame, base, **more),
        "role_share_stack": role_share_stack(SHARES, PALETTE, **more),
        "event_timeline": event_timeline(EVENTS, **more),
        "distribution": distribution(runs, unit="bits", **more),
    }
