"""The helpers that let one text run on NumPy and, while it is compiled, on JAX"""

import weakref

import array_api_strict
import numpy as np
import pytest

from heartland.core.arrays import (
    alike,
    everywhere,
    filled,
    held,
    joint_namespace,
    kept,
    namespace,
    narrow,
    nowhere,
    only_where,
    rounds,
)


def test_flags_of_numpy_arrays_are_looked_at():
    flags = [np.array([[True, True]]), np.array([[True, False]]), np.array([[False, False]])]
    assert [everywhere(each) for each in flags] == [True, False, False]
    assert [nowhere(each) for each in flags] == [False, False, True]


def test_other_arrays_go_the_whole_way():
    assert not everywhere(array_api_strict.asarray([True, True]))
    assert not nowhere(array_api_strict.asarray([False, False]))


def test_the_namespace_is_that_of_the_first_array_that_is_not_numpys():
    assert joint_namespace(np.zeros(1), array_api_strict.zeros(1)) is array_api_strict
    assert joint_namespace(np.zeros(1), np.zeros(1)) is np
    with pytest.raises(TypeError) as caught:
        namespace(1.0, 2.0)
    assert str(caught.value) == "none of the arguments is an array of the array API standard"


def test_rounds_are_counted_from_nought_and_none_leave_the_start():
    assert rounds(np.float64(4.0), lambda k, seen: [*seen, k], []) == [0, 1, 2, 3]
    assert rounds(np.asarray(0), lambda k, seen: [*seen, k], []) == []


def test_a_new_array_is_filled_in_place_on_numpy():
    zeros = np.zeros((2, 3))
    assert filled(zeros, np.s_[:, [0, 2]], np.ones((2, 2))) is zeros
    assert zeros.tolist() == [[1, 0, 1], [1, 0, 1]]


def test_the_same_on_jax_while_it_compiles():
    jax = pytest.importorskip("jax", reason="jax is not installed; the extra [jax] brings it")

    def body(count, values):
        assert not nowhere(values)
        total = rounds(count, lambda k, so_far: so_far + k, 0.0)
        return filled(jax.numpy.zeros(3), np.array([0, 2]), values) + total

    found = jax.jit(body)(np.int32(4), np.ones(2))
    assert found.tolist() == [7, 6, 7]


def test_an_array_of_one_number_stands_on_one_place():
    assert narrow(np.full((2, 3, 4), 0.7)).tolist() == [[[0.7]]]
    other = np.full((2, 3), 0.7)
    other[1, 2] = 0.8
    assert narrow(other) is other
    assert narrow(np.full((2, 3), np.nan)).shape == (2, 3), "unknown is not the same as unknown"
    assert narrow(array_api_strict.asarray([[1.0, 1.0]])).shape == (1, 2)


@pytest.mark.parametrize("held", [(), (1,), (0, 2), (0, 1, 2)])
def test_only_the_slots_where_something_holds_are_worked_out(held):
    some = np.zeros((3, 2, 4), dtype=bool)
    some[list(held), 1, 2] = True
    wide, row, slot = np.arange(24.0).reshape(3, 2, 4), np.arange(8.0).reshape(2, 4), np.array([[[3.0]]] * 3)
    inputs = (wide, row, slot, np.array([1.0, 2.0, 3.0, 4.0]))
    seen = []

    def law(a, b, c, d):
        seen.append(a.size)
        return a * b - c / d

    found = only_where(some, law, *inputs)
    np.testing.assert_array_equal(found, np.where(some, law(*inputs), 0.0))
    assert seen[0] == 4 * len(held)
    strict = only_where(array_api_strict.asarray(some), law, *map(array_api_strict.asarray, inputs))
    np.testing.assert_array_equal(np.asarray(strict), found)


def test_flags_without_members_of_their_own_take_those_of_the_numbers():
    found = only_where(np.array([[True], [False]]), lambda x: 2.0 * x, np.array([1.0, 2.0, 3.0]))
    assert found.tolist() == [[2.0, 4.0, 6.0], [0.0, 0.0, 0.0]]


def test_the_other_array_is_taken_where_it_has_the_same_bits():
    mine, apart = np.arange(200.0).reshape(2, 100), {}
    same, other = mine.copy(), mine.copy()
    other[1, 30] += 1.0
    assert alike(mine, same, apart, "x") is same
    assert alike(mine, other, apart, "x") is mine
    assert apart == {"x": 130}
    assert alike(mine, same, apart, "x") is same
    assert alike(mine, other, apart, "x") is mine


def test_bits_tell_not_values():
    mine, flags = np.array([0.0, np.nan]), np.array([True, False, True])
    minus, alien = np.array([-0.0, np.nan]), np.array([0, 1], dtype=np.int64)
    assert alike(mine, minus) is mine
    assert alike(mine, alien) is mine
    assert alike(mine, mine[:1]) is mine
    again, turned = flags.copy(), ~flags
    assert alike(flags, again) is again
    assert alike(flags, turned) is flags


def _counting():
    calls = []

    @kept
    def halved(x, by=2.0):
        calls.append(by)
        return x / by

    return halved, calls


def test_what_is_made_of_a_held_array_is_made_once():
    halved, calls = _counting()
    x = held(np.array([2.0, 4.0]))
    first = halved(x)
    assert halved(x) is first
    assert first.tolist() == [1.0, 2.0]
    assert halved(x, 4.0).tolist() == [0.5, 1.0]
    assert len(calls) == 2
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 3.0
    with pytest.raises(ValueError, match="read-only"):
        x[0] = 3.0


def test_what_can_be_written_to_is_asked_anew():
    halved, calls = _counting()
    x = np.array([2.0, 4.0])
    assert halved(x).tolist() == [1.0, 2.0]
    x[0] = 6.0
    assert halved(x).tolist() == [3.0, 2.0]
    view = x[:1]
    view.flags.writeable = False
    assert halved(held(view)).tolist() == [3.0]
    x[0] = 8.0
    assert halved(view).tolist() == [4.0]
    assert halved(array_api_strict.asarray([2.0]))[0] == 1.0
    assert len(calls) == 5


def test_nothing_is_kept_of_an_array_that_is_gone():
    halved, calls = _counting()
    for value in (2.0, 4.0, 6.0):
        assert halved(held(np.array([value]))).tolist() == [value / 2.0]
    assert len(calls) == 3


def test_an_array_that_is_its_own_result_can_go():
    same = kept(lambda x: x)
    x = held(np.ones(3))
    gone = weakref.ref(x)
    assert same(x) is x
    assert same(x) is x
    del x
    assert gone() is None
