"""Which keys came before, against a plain set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.evidence.readers.events import seen
from heartland.evidence.readers.events.seen import Seen, keys_of

KEYS = st.lists(st.lists(st.integers(-5, 60) | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20))


@pytest.mark.parametrize("growing", [0, 3, 50_000])
@given(batches=KEYS, ordered=st.booleans())
def test_as_a_set(growing: int, batches: list[list[int]], ordered: bool) -> None:
    before, seen.MOST_GROWING = seen.MOST_GROWING, growing
    try:
        found, known = Seen(), set()
        for batch in batches:
            keys = sorted(batch) if ordered else batch
            repeats = []
            for at, key in enumerate(keys):
                if key in known:
                    repeats.append(at)
                known.add(key)
            assert found.repeats(keys) == repeats
    finally:
        seen.MOST_GROWING = before


def test_equal_texts_share_a_key_and_others_do_not() -> None:
    texts = ["1", "01", "0", "", "9" * 19, "a\tb", "a", "٣"]
    assert len(set(keys_of(texts))) == 8
    assert keys_of(texts) == keys_of(list(texts))
