"""Numbers of 32 bits: each cell of the table against another quantile function, and the distribution."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from heartland.core.normals import normals, uniforms

RNG = np.random.default_rng(20211005)


def of(bits: NDArray[np.integer]) -> NDArray[np.float64]:
    """Normals of 32-bit numbers."""
    low = bits.astype(np.uint64)
    return normals(np.stack([low], axis=-1))[..., 0]


def cells() -> NDArray[np.int64]:
    """Odd numbers below 2**31: all of those up to 2**16, then both ends and 30 inner ones of every cell."""
    found = [np.arange(1, 1 << 16, 2)]
    for power in range(16, 31):
        width = 1 << power - 9
        begins = (1 << power) + width * np.arange(512)
        inside = RNG.integers(0, width, (30, 512))
        found.append(np.concatenate([begins, begins + width - 1, (begins + inside).ravel()]) | 1)
    return np.unique(np.concatenate(found))


def test_every_cell_is_near_the_quantile_function() -> None:
    odd = cells()
    exact, made = -ndtri(odd / 2**32), of(odd)
    assert np.abs(made - exact).max() < 2.1e-7
    assert np.abs(ndtr(-made) - odd / 2**32).max() < 7e-8


def test_more_of_the_tail_is_nearer_the_middle() -> None:
    assert (np.diff(of(cells())) < 0).all()


def test_the_sign_is_a_mirror_to_the_last_bit() -> None:
    odd = cells()
    np.testing.assert_array_equal(of(2**32 - odd), -of(odd))


@pytest.mark.parametrize("bits", [0, 1])
def test_the_farthest_are_finite(bits: int) -> None:
    farthest = float(-ndtri(2.0**-32))
    assert of(np.array([bits])).tolist() == pytest.approx([farthest], abs=1e-12)
    assert of(np.array([2**32 - 1])).tolist() == pytest.approx([-farthest], abs=1e-12)
    assert of(np.array([2**31 - 1, 2**31])).tolist() == pytest.approx([0.0, 0.0], abs=1e-9)


def test_moments_over_an_even_grid_of_all_bits() -> None:
    step = 2**32 // 2**20
    made = of(np.arange(step // 2, 2**32, step))
    # the grid stops at 5 standard deviations: a tail of 6e-7, which holds 2e-5 of the variance
    assert made.mean() == pytest.approx(0.0, abs=1e-8)
    assert made.var() == pytest.approx(1.0, abs=3e-5)
    assert (made**3).mean() == pytest.approx(0.0, abs=1e-6)
    assert (made**4).mean() == pytest.approx(3.0, abs=2e-3)


def test_a_word_gives_the_normal_of_its_lower_half_first() -> None:
    words = RNG.integers(0, 2**64, (3, 4), dtype=np.uint64)
    made = normals(words)
    assert made.shape == (3, 8)
    low, high = words & np.uint64(0xFFFFFFFF), words >> np.uint64(32)
    np.testing.assert_array_equal(made[:, ::2], of(low))
    np.testing.assert_array_equal(made[:, 1::2], of(high))


def test_uniforms_are_the_middles_of_an_even_grid() -> None:
    words = np.array([[0, 2**64 - 1], [2**32, 0x80000000_00000001]], dtype=np.uint64)
    fraction = 2.0**-32
    assert uniforms(words).tolist() == [
        [0.5 * fraction, 0.5 * fraction, 1 - 0.5 * fraction, 1 - 0.5 * fraction],
        [0.5 * fraction, 1.5 * fraction, 1.5 * fraction, 0.5 + 0.5 * fraction],
    ]


@pytest.mark.parametrize("make", [normals, uniforms])
def test_words_in_any_order_of_memory(make) -> None:
    words = RNG.integers(0, 2**64, (3, 4, 5), dtype=np.uint64)
    turned = make(words.transpose(1, 0, 2))
    assert turned.flags.c_contiguous
    np.testing.assert_array_equal(turned, make(words).swapaxes(0, 1))


@pytest.mark.parametrize("make", [normals, uniforms])
def test_bits_are_not_changed_and_none_give_none(make) -> None:
    words = RNG.integers(0, 2**64, 8, dtype=np.uint64)
    before = words.copy()
    make(words)
    np.testing.assert_array_equal(words, before)
    assert make(np.zeros((3, 0), dtype=np.uint64)).shape == (3, 0)
