"""The helpers that let one text run on NumPy and, while it is compiled, on JAX"""

import array_api_strict
import numpy as np
import pytest

from heartland.core.arrays import everywhere, filled, joint_namespace, namespace, nowhere, rounds


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
