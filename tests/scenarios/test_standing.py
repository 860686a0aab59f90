"""Partners and shares by hand, their properties, and votes by name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.scenarios.standing import effective_partners, influence_share, vote_code


def test_two_equal_partners_count_two_and_hold_half_each():
    strength = np.array([[[1.0, 3.0], [1.0, 1.0], [0.0, np.nan]]])
    np.testing.assert_allclose(effective_partners(strength), [[2.0, 16 / 10]])
    np.testing.assert_allclose(influence_share(strength, [0]), [[0.5, 0.75]])
    np.testing.assert_allclose(influence_share(strength, [0, 1, 2]), [[1.0, np.nan]])


def test_nothing_known_is_unknown():
    strength = np.full((2, 3, 1), np.nan)
    assert np.isnan(effective_partners(strength)).all()
    assert np.isnan(influence_share(strength, [1])).all()


@given(st.lists(st.floats(0.01, 10), min_size=2, max_size=6), st.floats(0.1, 5))
def test_scale_and_order_of_partners_do_not_matter(values, factor):
    strength = np.array(values)[None, :, None]
    count = effective_partners(strength)
    assert 1 - 1e-9 <= count[0, 0] <= len(values) + 1e-9
    np.testing.assert_allclose(effective_partners(factor * strength[:, ::-1]), count)
    parts = [influence_share(strength, [k])[0, 0] for k in range(len(values))]
    assert sum(parts) == pytest.approx(1.0)


def test_votes_have_names():
    assert [vote_code(name) for name in ("no", "abstain", "yes", "absent")] == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(HeartlandInputError) as caught:
        vote_code("abstains")
    assert str(caught.value) == (
        '"abstains" is not a vote. A vote is compared with one of four. '
        "Did you mean abstain? Votes: no, abstain, yes, absent."
    )
