"""Which events a report shows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heartland.report.causes import _bears, _shares

EVENTS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6)), max_size=30)


def test_an_event_bears_on_the_sides_of_its_border_and_on_what_outcomes_name():
    wanted = {"KGZ", "RUS", "CHN"}
    assert _bears("clash", ("border",), "", "KGZ-TJK", wanted, "")
    assert not _bears("clash", ("border",), "", "TJK-UZB", wanted, "")
    assert _bears("option-chosen", ("option",), "", "mediate", wanted, "occurs(option-chosen)")
    assert not _bears("option-chosen", ("option",), "", "mediate", wanted, "occurs(clash)")
    assert _bears("endorsement", ("power", "receiver"), "RUS", "KGZ", wanted, "")
    assert not _bears("endorsement", ("power", "receiver"), "TUR", "KGZ", wanted, "")
    assert _bears("request-made", ("organisation", "receiver"), "club", "KGZ", wanted, "")


@given(events=EVENTS)
def test_shares_count_each_member_once_a_step_and_once_in_all(events):
    member = np.array([event[0] for event in events], dtype=np.int64)
    step = np.array([event[1] for event in events], dtype=np.int16)
    steps, shares, ever = _shares(member, step, 5)
    by_step = {at: {m for m, s in events if s == at} for at in sorted({s for _, s in events})}
    assert steps == list(by_step)
    assert shares == [len(members) / 5 for members in by_step.values()]
    assert ever == len({m for m, _ in events}) / 5
