"""Returns before and in ``finally``, and arrays that a guarded body changes in place."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """\
def override(x: Tensor[f64, N], n: int, k: int) -> int:
    try:
        if n > 0:
            return 1
        x[k] = 7.0
    finally:
        if n == 2:
            return 2
        x[k] += 1.0
    return 3
def nested(n: int) -> int:
    total = 0
    for i in range(4):
        try:
            try:
                if i == n:
                    return total
                total += 10 // (i - 1)
            finally:
                total += 1
                if i == 3:
                    return -total
        except ZeroDivisionError:
            total += 100
    return total
def in_place(x: Tensor[f64, N], k: int) -> f64:
    y = x * 2.0
    try:
        y += 1.0
        y[k] = 5.0
        y *= 2.0
    except IndexError:
        y -= 3.0
    return y.sum()
"""


JUMPS = """\
def jumps(n: int, w: int) -> int:
    s = 0
    for i in range(n):
        for j in range(3):
            try:
                s += 1
                if w == 1 and j == 1:
                    break
                if w == 2 and j == 1:
                    continue
                if w == 3 and j == 1:
                    return -s
                s += 100 // (j - w + 3)
            except ZeroDivisionError:
                s += 1000
                if w == 5:
                    raise ValueError("x")
            finally:
                s += 10
                if i == 1 and j == 1:
                    break
                if i == 2 and j == 0:
                    continue
                s += 7
            s += 20000
        else:
            s += 500
    return s
def over(n: int) -> int:
    while True:
        try:
            if n > 3:
                break
            n += 1
            return n
        finally:
            if n == 2:
                n = 10
                continue
            if n == 10:
                return 77
    return n + 1000
def twice(n: int) -> int:
    s = 0
    for i in range(6):
        try:
            try:
                s += 10 // (i - n)
            finally:
                s += 1
                if i % 2:
                    continue
                s += 5
        except ZeroDivisionError:
            s += 1000
            break
        finally:
            s += 3
            if i == 4:
                break
    return s
def always(n: int) -> int:
    s = 0
    for i in range(n):
        try:
            s += 10 // (i - 2)
        finally:
            s += 1
            continue
    return s
"""
JUMPS_CASES = [
    *(("jumps", n, w) for n in (1, 4) for w in range(6)),
    *(("over", n) for n in (0, 1, 2, 5, 10)),
    *(("twice", n) for n in (0, 1, 2, 3, 9)),
    *(("always", n) for n in (0, 5)),
]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_break_and_continue_in_finally_take_the_place_of_what_was_before():
    program = Twice(JUMPS, "jumps", "over", "twice", "always")
    for name, *arguments in JUMPS_CASES:
        program.agree(name, *arguments)


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "override", "nested", "in_place")


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("k", [0, 9])
def test_a_return_does_not_skip_finally(twice, n, k):
    twice.agree("override", np.zeros(3), n, k, message=False)


@pytest.mark.parametrize("n", range(-1, 5))
def test_finally_in_loops(twice, n):
    twice.agree("nested", n)


@pytest.mark.parametrize("k", [0, 9])
def test_arrays_changed_in_place_are_as_they_were_left(twice, k):
    twice.agree("in_place", np.arange(4.0), k)
