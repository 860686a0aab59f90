"""Streams: which bits they are, and that nobody moves anybody else's."""

from __future__ import annotations

import struct
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import kolmogorov, ndtr, ndtri

from heartland.core import noise
from heartland.core.noise import (
    Noise,
    check_keys,
    parameter_uniforms,
    stream_key,
    stream_normals,
    stream_uniforms,
)
from heartland.errors import HeartlandInputError


def named(text: str) -> bytes:
    return struct.pack("<I", len(text.encode())) + text.encode()


def fresh(seed: int, mechanism: str, stream: str, slot: str, block: int) -> np.random.Philox:
    """The written rule, with a generator made anew and the counter given as one integer."""
    text = b"heartland/noise/1" + struct.pack("<Q", seed) + named(mechanism) + named(stream) + named(slot)
    key = int.from_bytes(blake2b(text, digest_size=16).digest(), "little")
    return np.random.Philox(key=key, counter=block << 128)


def halves(generator: np.random.Philox, n: int) -> list[int]:
    """So many numbers of 32 bits, the lower ones of each 64 first."""
    words = [int(word) for word in generator.random_raw(-(-n // 2))]
    return [half for word in words for half in (word & 0xFFFFFFFF, word >> 32)][:n]


def normal(bits: int) -> float:
    """The written rule for one normal, by another hand's quantile function."""
    odd = (bits | 1) - (bits >> 31 << 32)
    return float(np.copysign(ndtri(abs(odd) / 2**32), odd))


def test_key_is_length_prefixed_blake2b() -> None:
    text = b"heartland/noise/1" + b"\x07" + b"\0" * 7 + b"\5\0\0\0trade\5\0\0\0noise\3\0\0\0A>B"
    assert stream_key(7, "trade", "noise", "A>B") == blake2b(text, digest_size=16).digest()


def test_keys_are_unambiguous_at_the_borders_of_names() -> None:
    split = [("ab", "c", "d"), ("a", "bc", "d"), ("a", "b", "cd"), ("", "abcd", ""), ("abcd", "", "")]
    assert len({stream_key(1, *names) for names in split}) == len(split)


def test_a_letter_outside_ascii_counts_its_bytes() -> None:
    text = b"heartland/noise/1" + struct.pack("<Q", 0) + named("é") + named("") + named("")
    assert stream_key(0, "é", "", "") == blake2b(text, digest_size=16).digest()


@pytest.mark.parametrize("block", [0, 1, 15, 2**40, 2**64 + 3])
def test_reused_generator_gives_the_bits_of_a_fresh_one(block: int) -> None:
    source = Noise(11, 5, block)
    made = source.normal("growth", "noise", ["A", "B", "C"])
    uniform = source.uniform("growth", "uniform", ["A", "B"])
    for numbers in (made, uniform):
        assert numbers.dtype == np.float64
        assert numbers.flags.c_contiguous
    assert (made.shape, uniform.shape) == ((5, 3, 64), (5, 2, 64))
    for place, slot in enumerate("ABC"):
        drawn = [normal(bits) for bits in halves(fresh(11, "growth", "noise", slot, block), 5 * 64)]
        np.testing.assert_allclose(made[:, place].ravel(), drawn, rtol=0, atol=2.1e-7)
    drawn = [(bits + 0.5) / 2**32 for bits in halves(fresh(11, "growth", "uniform", "B", block), 5 * 64)]
    assert uniform[:, 1].ravel().tolist() == drawn


def test_known_bits_do_not_drift() -> None:
    """Golden: a change here changes every run ever made and needs a new version in the key."""
    assert stream_key(1, "trade", "noise", "A>B").hex() == "2a91630febc686599089061eaa97c079"
    assert stream_uniforms(1, "trade", "noise", "A>B", 2).tolist() == [0.7043825881183239, 0.7979288262531856]
    both = Noise(1, 1, 0)
    even = both.uniform("trade", "noise", ["A>B"])[0, 0, :2]
    assert even.tolist() == [0.84003954322543, 0.7043825880391523]
    drawn = both.normal("trade", "noise", ["A>B"])[0, 0, :2]
    np.testing.assert_allclose(drawn, [-0.9946204961910483, -0.5370476016250186], rtol=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 2**64 - 1), st.integers(0, 1000))
def test_longer_horizon_keeps_its_prefix(short: int, more: int, seed: int, block: int) -> None:
    few = Noise(seed, short, block)
    many = Noise(seed, short + more, block)
    for draw in ("normal", "uniform"):
        a = getattr(few, draw)("m", "noise", ["A", "B"])
        b = getattr(many, draw)("m", "noise", ["A", "B"])
        np.testing.assert_array_equal(a, b[:short])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=6), unique=True, min_size=1, max_size=6), st.data())
def test_adding_or_moving_slots_changes_no_other(slots: list[str], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations([*slots, "the one that came later"]))
    before = Noise(3, 4, 2).normal("m", "noise", slots)
    source = Noise(3, 4, 2)
    source.uniform("another mechanism", "uniform", ["A"])
    after = source.normal("m", "noise", mixed)
    for place, slot in enumerate(slots):
        np.testing.assert_array_equal(before[:, place], after[:, mixed.index(slot)])


def test_order_of_calls_does_not_matter() -> None:
    one, other = Noise(5, 3, 0), Noise(5, 3, 0)
    first = (one.normal("m", "noise", ["A"]), one.normal("n", "noise", ["A"]))
    second = (other.normal("n", "noise", ["A"]), other.normal("m", "noise", ["A"]))
    np.testing.assert_array_equal(first[0], second[1])
    np.testing.assert_array_equal(first[1], second[0])
    assert not np.array_equal(first[0], first[1])


def test_blocks_are_independent_and_do_not_overlap() -> None:
    blocks = [Noise(5, 60, block).uniform("m", "uniform", ["A"]).ravel() for block in range(8)]
    # of 32 bits: two of so many numbers may be equal, two blocks may not
    assert len({tuple(numbers) for numbers in blocks}) == 8
    assert np.unique(np.concatenate(blocks)).size > 8 * 60 * 64 - 5
    correlation = np.corrcoef(blocks) - np.eye(8)
    assert np.abs(correlation).max() < 5 / np.sqrt(60 * 64)


def test_members_seeds_and_names_differ() -> None:
    base = Noise(5, 50, 0).normal("m", "noise", ["A"])[:, 0]
    assert np.unique(base).size == base.size
    for source, mechanism, stream, slot in (
        (Noise(6, 50, 0), "m", "noise", "A"),
        (Noise(5, 50, 0), "n", "noise", "A"),
        (Noise(5, 50, 0), "m", "noise-shock", "A"),
        (Noise(5, 50, 0), "m", "noise", "B"),
    ):
        other = source.normal(mechanism, stream, [slot])[:, 0]
        assert abs(np.corrcoef(base.ravel(), other.ravel())[0, 1]) < 5 / np.sqrt(base.size)


def ks_probability(uniform: np.ndarray) -> float:
    """Asymptotic two-sided Kolmogorov-Smirnov p-value against the uniform."""
    n = uniform.size
    ordered = np.sort(uniform)
    above = (np.arange(1, n + 1) / n - ordered).max()
    below = (ordered - np.arange(n) / n).max()
    return float(kolmogorov(max(above, below) * np.sqrt(n)))


def test_two_hundred_streams_are_what_they_claim() -> None:
    slots = [f"actor-{i}" for i in range(200)]
    # of 400 probabilities some leave these bounds with one seed in two or three; with this one none does
    source = Noise(3, 60, 3)
    normal, uniform = source.normal("ks", "noise", slots), source.uniform("ks", "uniform", slots)
    normal_p = [ks_probability(ndtr(normal[:, i]).ravel()) for i in range(200)]
    uniform_p = [ks_probability(uniform[:, i].ravel()) for i in range(200)]
    for p in (normal_p, uniform_p):
        assert min(p) >= 0.001
        assert max(p) <= 0.999
        assert ks_probability(np.array(p)) > 0.001
    assert uniform.min() > 0
    assert uniform.max() < 1


def test_streams_of_many_seeds_together_are_what_they_claim() -> None:
    normal_p, uniform_p = [], []
    for seed in range(2000, 2020):
        source = Noise(seed, 60, seed % 7)
        draws = (source.normal, source.uniform)
        normal, uniform = (draw("ks", "noise", list("abcdefghij")) for draw in draws)
        normal_p += [ks_probability(ndtr(normal[:, i]).ravel()) for i in range(10)]
        uniform_p += [ks_probability(uniform[:, i].ravel()) for i in range(10)]
    assert ks_probability(np.array(normal_p)) > 0.01
    assert ks_probability(np.array(uniform_p)) > 0.01


def test_no_steps_and_no_slots_give_empty_arrays() -> None:
    assert Noise(1, 0, 0).normal("m", "noise", ["A"]).shape == (0, 1, 64)
    assert Noise(1, 3, 0).uniform("m", "noise", []).shape == (3, 0, 64)


def test_flat_streams_are_block_zero_and_keep_their_prefix() -> None:
    a = stream_normals(4, "m", "weights", "A", 101)
    np.testing.assert_array_equal(a[:64], Noise(4, 1, 0).normal("m", "weights", ["A"])[0, 0])
    np.testing.assert_array_equal(a[:10], stream_normals(4, "m", "weights", "A", 10))
    np.testing.assert_array_equal(
        stream_uniforms(4, "m", "weights", "A", 7),
        np.random.Generator(fresh(4, "m", "weights", "A", 0)).random(7),
    )


@given(st.integers(0, 200), st.integers(0, 50))
def test_any_stretch_of_a_stream_is_that_of_the_whole(first: int, n: int) -> None:
    for draw in (stream_normals, stream_uniforms):
        whole = draw(4, "m", "weights", "A", 250)
        assert draw(4, "m", "weights", "A", n, first).tolist() == whole[first : first + n].tolist()


def test_parameter_draws_use_their_own_stream_inside_the_open_interval() -> None:
    drawn = parameter_uniforms(4, "trade.distance", 1000)
    np.testing.assert_array_equal(drawn, stream_uniforms(4, "", "parameter:trade.distance", "", 1000))
    np.testing.assert_array_equal(drawn[:63], parameter_uniforms(4, "trade.distance", 63))
    assert drawn.min() > 0
    assert not np.array_equal(drawn, parameter_uniforms(4, "trade.union", 1000))


def test_a_drawn_zero_becomes_the_smallest_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "stream_uniforms", lambda *args: np.array([0.0, 0.5]))
    assert parameter_uniforms(1, "a.b", 2).tolist() == [2.0**-54, 0.5]


def test_a_slot_named_twice_is_refused_wherever_it_comes_from() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        Noise(1, 2, 0).normal("trade", "noise", ["A>B", "A>C", "A>B"])
    assert str(caught.value) == (
        "Slot 'A>B' of trade/noise is drawn twice. Both would get the same random numbers, so they would "
        "move together for no reason. Give each slot an id of its own."
    )
    with pytest.raises(HeartlandInputError, match="drawn twice"):
        check_keys(1, [("m", "noise", ["A"]), ("m", "other", ["A"]), ("m", "noise", ["A"])])


def test_two_names_that_hash_alike_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "stream_key", lambda seed, mechanism, stream, slot: b"0" * 16)
    with pytest.raises(HeartlandInputError) as caught:
        check_keys(1, [("m", "noise", ["A"]), ("n", "noise", ["B"])])
    assert str(caught.value).startswith("Slots 'A' of m/noise and 'B' of n/noise have the same key.")


def test_check_keys_counts_what_is_drawn() -> None:
    assert check_keys(1, [("m", "noise", ["A", "B"]), ("m", "uniform", ["A"]), ("n", "noise", [])]) == 3


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, True, "7"])
def test_a_seed_that_is_no_u64_is_refused(seed: object) -> None:
    with pytest.raises(HeartlandInputError, match=r"is not a whole number from 0 to 2\*\*64-1"):
        stream_key(seed, "m", "noise", "A")  # type: ignore[arg-type]  # the point of the test


def test_a_numpy_integer_is_a_seed() -> None:
    assert stream_key(np.int64(3), "m", "s", "A") == stream_key(3, "m", "s", "A")  # type: ignore[arg-type]  # as users pass it


@pytest.mark.parametrize(("steps", "block"), [(-1, 0), (1, -1)])
def test_negative_counts_are_refused(steps: int, block: int) -> None:
    with pytest.raises(ValueError, match="steps and block are counts"):
        Noise(1, steps, block)
