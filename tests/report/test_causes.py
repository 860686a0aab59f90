"""Which events a report shows."""

from __future__ import annotations

from heartland.report.causes import _bears


def test_an_event_bears_on_the_sides_of_its_border_and_on_what_outcomes_name():
    wanted = {"KGZ", "RUS", "CHN"}
    assert _bears("clash", ("border",), "", "KGZ-TJK", wanted, "")
    assert not _bears("clash", ("border",), "", "TJK-UZB", wanted, "")
    assert _bears("option-chosen", ("option",), "", "mediate", wanted, "occurs(option-chosen)")
    assert not _bears("option-chosen", ("option",), "", "mediate", wanted, "occurs(clash)")
    assert _bears("endorsement", ("power", "receiver"), "RUS", "KGZ", wanted, "")
    assert not _bears("endorsement", ("power", "receiver"), "TUR", "KGZ", wanted, "")
    assert _bears("request-made", ("organisation", "receiver"), "club", "KGZ", wanted, "")
