"""Shortcuts are taken where a NumPy array shows that they may be, and nowhere else."""

import array_api_strict
import numpy as np

from heartland.core.arrays import everywhere, nowhere


def test_flags_of_numpy_arrays_are_looked_at():
    flags = [np.array([[True, True]]), np.array([[True, False]]), np.array([[False, False]])]
    assert [everywhere(each) for each in flags] == [True, False, False]
    assert [nowhere(each) for each in flags] == [False, False, True]


def test_other_arrays_go_the_whole_way():
    assert not everywhere(array_api_strict.asarray([True, True]))
    assert not nowhere(array_api_strict.asarray([False, False]))
