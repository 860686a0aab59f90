"""What expressions read from events, series and measures, against logs and arrays written by hand."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np
import pytest

from heartland.core.expressions import parse
from heartland.errors import HeartlandInputError
from heartland.scenarios.outcomes import RunView, answer
from heartland.scenarios.state import Axes, event_kinds

AXES = Axes(("A", "B", "C", "P", "Q"), ("P", "Q"), ("A", "B", "C"), ("o", "u"))
# a year in months from the end of 2021
DATES = (date(2021, 12, 31), *(date(2022, month, monthrange(2022, month)[1]) for month in range(1, 13)))
KINDS = list(event_kinds())

# one tuple per event: kind, step, giver axis position, receiver axis position, mark
LOG = [
    [("protest-wave", 1, -1, 0, 1), ("request-made", 1, 0, 0, 0), ("troops-sent", 2, 0, 0, 0)],
    [("protest-wave", 3, -1, 1, 0), ("protest-wave", 12, -1, 0, 0), ("push-back", 6, 1, 0, 0)],
    [],
    [("troops-sent", 3, 1, 2, 0), ("leader-ousted", 4, -1, 2, 0), ("troops-withdrawn", 9, 0, 0, 0)],
]
MEMBERS = len(LOG)


def logged() -> dict[str, np.ndarray]:
    names = ("event_kind", "event_step", "event_giver", "event_receiver", "event_mark")
    found = {name: np.full((MEMBERS, 8), -1, dtype=np.int16) for name in names}
    for member, events in enumerate(LOG):
        for place, (kind, step, first, second, mark) in enumerate(events):
            # giver and receiver are stored as the event's table says which axis plays which role
            record = event_kinds()[kind]
            roles = (second,) if record.giver < 0 else (first, second)
            found["event_kind"][member, place] = KINDS.index(kind)
            found["event_step"][member, place] = step
            found["event_giver"][member, place] = -1 if record.giver < 0 else roles[record.giver]
            found["event_receiver"][member, place] = roles[record.receiver]
            found["event_mark"][member, place] = mark
    return found


_SOURCE = np.random.default_rng(11)
QUARTERS = (0, 3, 6, 9, 12)
STRESS = _SOURCE.normal(size=(MEMBERS, 13, 3))
GDP = np.exp(_SOURCE.normal(size=(MEMBERS, 13, 5)))
REMIT = np.exp(_SOURCE.normal(size=(MEMBERS, 5, 2, 3)))
REMIT[2, :, 0, 1] = np.nan
REMIT[3, 0, 0, 1] = 0.0
TENSION = _SOURCE.normal(size=(MEMBERS, 5, 2, 2))
TOLERANCE = _SOURCE.normal(size=(MEMBERS, 5, 2, 2, 3))
TRADE = _SOURCE.uniform(size=(MEMBERS, 5, 2, 3))
GAP = _SOURCE.normal(size=(MEMBERS, 5, 2, 3))
ARMS = np.random.default_rng(12).uniform(size=(MEMBERS, 5, 2, 3))
INFLUENCE = _SOURCE.uniform(size=(MEMBERS, 5, 4, 2, 3))
DATA = {
    **logged(), "stress": STRESS, "gdp": GDP, "remittances": REMIT, "tension": TENSION,
    "tolerance": TOLERANCE,
    "trade_share": TRADE, "trade_gap": GAP, "influence": INFLUENCE, "arms_share": ARMS,
}  # fmt: skip
SERIES = ("stress", "gdp")
VIEW = RunView(
    AXES, DATES, MEMBERS, DATA.__getitem__,
    lambda name: tuple(range(13)) if name in SERIES else QUARTERS,
    ("economic", "security", "political", "all"),
)  # fmt: skip


def ask(text: str) -> list[float]:
    return answer(parse(text), VIEW).values.tolist()


OCCURS = {
    "protest-wave": [1, 1, 0, 0],
    "protest-wave, actor=A": [1, 1, 0, 0],
    "protest-wave, actor=B": [0, 1, 0, 0],
    "protest-wave, receiver=B": [0, 1, 0, 0],
    "protest-wave, actor=[B, C]": [0, 1, 0, 0],
    "protest-wave, actor=*": [1, 1, 0, 0],
    "protest-wave, size=threat": [1, 0, 0, 0],
    "protest-wave, actor=B, size=threat": [0, 0, 0, 0],
    "request-made, giver=A, receiver=o": [1, 0, 0, 0],
    "request-made, giver=B": [0, 0, 0, 0],
    "request-made, organisation=o": [1, 0, 0, 0],
    "request-made, organisation=u": [0, 0, 0, 0],
    "request-made, actor=A": [1, 0, 0, 0],
    "troops-sent, giver=o": [1, 0, 0, 0],
    "troops-sent, giver=u, receiver=C": [0, 0, 0, 1],
    "troops-sent, organisation=u": [0, 0, 0, 1],
    "troops-sent, actor=C": [0, 0, 0, 1],
    "troops-sent, giver=[o, u]": [1, 0, 0, 1],
    "push-back, giver=Q, receiver=P": [0, 1, 0, 0],
    "push-back, giver=P, receiver=Q": [0, 0, 0, 0],
    "push-back, other=P": [0, 1, 0, 0],
    # windows, steps inclusive
    "protest-wave, at=start": [0, 0, 0, 0],
    "protest-wave, at=2022-01": [1, 0, 0, 0],
    "protest-wave, at=2022-02": [0, 0, 0, 0],
    "protest-wave, at=2022-03": [0, 1, 0, 0],
    "protest-wave, at=2022-03-15": [0, 1, 0, 0],
    "protest-wave, at=2022-02/2022-03": [0, 1, 0, 0],
    "protest-wave, at=start/2022-01": [1, 0, 0, 0],
    "protest-wave, at=2022-04/end": [0, 1, 0, 0],
    "protest-wave, at=end": [0, 1, 0, 0],
    "protest-wave, at=2022": [1, 1, 0, 0],
    "troops-sent, within=P1M": [0, 0, 0, 0],
    "troops-sent, within=P2M": [1, 0, 0, 0],
    "troops-sent, within=P3M": [1, 0, 0, 1],
    "troops-sent, within=P1Y": [1, 0, 0, 1],
    "troops-withdrawn, at=2022-08, within=P1M": [0, 0, 0, 0],
    "troops-withdrawn, at=2022-08, within=P2M": [0, 0, 0, 1],
    "troops-withdrawn, at=2022-09, within=P1M": [0, 0, 0, 1],
    "troops-withdrawn, at=2022-10, within=P3M": [0, 0, 0, 0],
    "protest-wave, at=start, within=P1M": [1, 0, 0, 0],
}


@pytest.mark.parametrize("arguments", OCCURS)
def test_occurs(arguments):
    assert ask(f"occurs({arguments})") == OCCURS[arguments]


def test_occurs_of_several_things_and_given():
    assert ask("occurs(troops-sent) or occurs(push-back)") == [1, 1, 0, 1]
    assert ask("occurs(troops-sent) and occurs(leader-ousted, actor=C)") == [0, 0, 0, 1]
    assert ask("not occurs(troops-sent)") == [0, 1, 1, 0]
    found = answer(parse("occurs(troops-sent, within=P2M) given occurs(protest-wave)"), VIEW)
    assert found.valid.tolist() == [True, True, False, False]
    assert found.values[found.valid].tolist() == [1.0, 0.0]
    assert found.binary


def test_count_and_first():
    assert ask("count(protest-wave)") == [1, 2, 0, 0]
    assert ask("count(protest-wave, actor=A, at=2022-06/end)") == [0, 1, 0, 0]
    assert ask("first(protest-wave)") == [1 / 12, 3 / 12, np.inf, np.inf]
    assert ask("first(protest-wave, actor=A)") == [1 / 12, 1.0, np.inf, np.inf]


def test_reading_events_changes_nothing():
    before = {name: array.copy() for name, array in DATA.items()}
    for text in OCCURS:
        ask(f"occurs({text})")
    for name, array in DATA.items():
        np.testing.assert_array_equal(array, before[name])


def close(text, wanted):
    np.testing.assert_allclose(answer(parse(text), VIEW).values, wanted, rtol=1e-12)


def test_value_reads_the_level_at_a_time_or_the_mean_over_a_span():
    close("value(stress, receiver=B)", STRESS[:, 12, 1])
    close("value(stress, actor=B, at=end)", STRESS[:, 12, 1])
    close("value(stress, actor=B, at=start)", STRESS[:, 0, 1])
    close("value(stress, actor=B, at=2021-12-31)", STRESS[:, 0, 1])
    close("value(stress, actor=B, at=2022-05)", STRESS[:, 5, 1])
    close("value(stress, actor=B, at=2022-05-01)", STRESS[:, 5, 1])
    close("value(stress, actor=B, at=2022-05/2022-07)", STRESS[:, 5:8, 1].mean(axis=1))
    close("value(stress, actor=B, at=2022)", STRESS[:, 1:, 1].mean(axis=1))
    close("value(stress, actor=B, at=start/end)", STRESS[:, :, 1].mean(axis=1))
    close("value(gdp, actor=P)", GDP[:, 12, 3])
    close("mean(value(stress, receiver=[C, A]))", STRESS[:, 12, [2, 0]].mean(axis=1))
    close("max(value(stress, receiver=*))", STRESS[:, 12].max(axis=1))
    close("value(tension, giver=Q, receiver=P)", TENSION[:, 4, 1, 0])
    close("value(tension, giver=Q, other=P)", TENSION[:, 4, 1, 0])
    close("value(tolerance, giver=Q, other=P, receiver=C)", TOLERANCE[:, 4, 1, 0, 2])
    close("sum(value(tolerance, giver=Q, other=P, receiver=*))", TOLERANCE[:, 4, 1, 0].sum(axis=1))


def test_pairs_are_read_only_at_times_that_were_recorded():
    close("value(tension, giver=Q, receiver=P, at=2022-06)", TENSION[:, 2, 1, 0])
    close("value(tension, giver=Q, receiver=P, at=start)", TENSION[:, 0, 1, 0])
    nearest = {"2022-05": "2022-03-31 and 2022-06-30", "2022-04/2022-09": "2022-06-30 and 2022-09-30"}
    for text, dates in nearest.items():
        with pytest.raises(HeartlandInputError) as caught:
            answer(parse(f"value(tension, giver=Q, receiver=P, at={text})"), VIEW)
        assert str(caught.value) == (
            f'Not every step of "{text}" was recorded. The value of another month must not stand in for it. '
            f"Ask at a recorded time (nearest: {dates}), or write it into an outcome of the scenario."
        )


def test_share_and_value_of_trade_are_the_share_of_the_receivers_trade():
    close("share(trade, giver=Q, receiver=B, at=2022-03)", TRADE[:, 1, 1, 1])
    close("value(trade-share, giver=Q, receiver=B)", TRADE[:, 4, 1, 1])


def test_share_of_another_channel_is_the_state_that_holds_it():
    close("share(arms, giver=P, receiver=C, at=2022-03)", ARMS[:, 1, 0, 2])
    close("1 - sum(share(arms, giver=*, receiver=C))", 1 - ARMS[:, 4, :, 2].sum(axis=1))


def test_change_is_relative_to_the_start_and_unknown_from_nothing():
    found = answer(parse("change(remittances, giver=P, receiver=A, from=start, to=2022-06)"), VIEW)
    np.testing.assert_allclose(found.values, REMIT[:, 2, 0, 0] / REMIT[:, 0, 0, 0] - 1)
    assert found.valid.all()
    found = answer(parse("change(remittances, giver=P, receiver=B)"), VIEW)
    assert found.valid.tolist() == [True, True, False, False], "unknown, and from 0"
    np.testing.assert_allclose(found.values[:2], REMIT[:2, 4, 0, 1] / REMIT[:2, 0, 0, 1] - 1)
    close("change(trade-gap, giver=P, receiver=B)", np.exp(GAP[:, 4, 0, 1] - GAP[:, 0, 0, 1]) - 1)
    close("sum(change(gdp, actor=[A, P]))", (GDP[:, 12][:, [0, 3]] / GDP[:, 0][:, [0, 3]] - 1).sum(axis=1))


def test_measures_of_influence():
    close("measure(influence, giver=Q, receiver=B)", INFLUENCE[:, 4, 3, 1, 1])
    close("measure(influence, giver=Q, receiver=B, domain=security)", INFLUENCE[:, 4, 1, 1, 1])
    close("measure(influence, giver=Q, receiver=B, at=2022-03)", INFLUENCE[:, 1, 3, 1, 1])
    close("mean(measure(influence, giver=Q, receiver=*))", INFLUENCE[:, 4, 3, 1].mean(axis=1))


def split_by_hand(a, k):
    """Jensen-Shannon divergence in bits of two profiles over domains."""
    p, q = a / a.sum(), k / k.sum()
    m = (p + q) / 2
    return 0.5 * (p * np.log2(p / m)).sum() + 0.5 * (q * np.log2(q / m)).sum()


def test_division_of_labour_leaves_the_overall_value_out_of_the_profiles():
    wanted = [split_by_hand(INFLUENCE[m, 4, :3, 0, 1], INFLUENCE[m, 4, :3, 1, 1]) for m in range(MEMBERS)]
    close("measure(division_of_labour, giver=P, other=Q, receiver=B)", wanted)


REFUSES = {
    "occurs(troops-sent, within=P13M)": "occurs() looks 13 months ahead of 2021-12-31, beyond the run's end "
    "on 2022-12-31. What happens after the end is not simulated, and silence is not a no. "
    "Shorten within=, or lengthen the horizon.",
    "count(troops-sent, at=2022-12, within=P2M)": "count() looks 2 months ahead of 2022-11-30, beyond the "
    "run's end on 2022-12-31. What happens after the end is not simulated, and silence is not a no. "
    "Shorten within=, or lengthen the horizon.",
    "occurs(push-back, actor=P)": '"push-back" joins two actors, and actor= does not say which. '
    "Write giver= for who acts, receiver= for whom it is aimed at.",
    "change(stress, actor=A)": '"stress" is a change since the start, which is 0 there, and has no relative '
    "change. Ask value(stress, ..., at=...) instead.",
    "occurs(protest-weve)": '"protest-weve" is not an event the model logs. Nothing could ever count. '
    f"Did you mean protest-wave? Events: {', '.join(KINDS)}.",
    "occurs(protest-wave, size=2000)": "Only size=threat is simulated. Write size=threat.",
    "occurs(protest-wave, size>=2000)": "Only size=threat is simulated. Write size=threat.",
    "occurs(protest-wave, actor=P)": '"P" is not a modelled receiver. Only actors on the axis have a state. '
    "Did you mean A or B or C? Known: A, B, C.",
    "occurs(protest-wave, proposal=x)": '"protest-wave" has no proposal. It is a value for each receiver. '
    'Leave "proposal=" out.',
    "measure(influence, receiver=A)": "measure() needs one giver=. Add giver=ID.",
    "measure(influence, giver=*, receiver=A)": "measure() needs one giver=. Add giver=ID.",
    "measure(influence, giver=P)": "measure(influence) needs receiver=. Name one.",
    "measure(division_of_labour, giver=P, receiver=A)": "measure() needs one other=. Add other=ID.",
    "measure(influence, giver=P, receiver=A, domain=securty)": '"securty" is not a domain. '
    "Did you mean security? Name one of economic, security, political, all.",
    "measure(influence, giver=P, receiver=A, domain=[economic, security])": '"" is not a domain. '
    "Name one of economic, security, political, all.",
}


@pytest.mark.parametrize("text", REFUSES)
def test_refuses_in_words(text):
    with pytest.raises(HeartlandInputError) as caught:
        answer(parse(text), VIEW)
    assert str(caught.value) == REFUSES[text]


def test_what_the_grammar_knows_and_the_model_does_not_is_called_so():
    known = ("occurs(protest-wave, cause=x)", "value(stress, actor=A, channel=trade)", "vote(A, topic=x)")
    for text in known:
        with pytest.raises(HeartlandInputError) as caught:
            answer(parse(text), VIEW)
        assert caught.value.findings[0].check == "not-represented"
