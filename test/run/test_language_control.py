"""Loops and branches: the statements that run, and in which order, are Python's."""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from language import Twice

SOURCE = """
def visited(start: int, stop: int, step: int) -> tuple[int, int]:
    count = 0
    last = 0
    for i in range(start, stop, step):
        count += 1
        last = i
        if count > 50:
            break
    return count, last
def counted(start: int, stop: int, step: int) -> int:
    count = 0
    for i in range(start, stop, step):
        count += i % 7 + 1
    return count
def by_three(start: int, stop: int) -> int:
    count = 0
    for i in range(start, stop, 3):
        count = count * 3 % 1000003 + i % 11
    return count
def down(start: int, stop: int) -> int:
    count = 0
    for i in range(start, stop, -1):
        count = count * 3 % 1000003 + i % 11
    return count
def down_by_two(start: int, stop: int) -> int:
    count = 0
    for i in range(start, stop, -2):
        count = count * 3 % 1000003 + i % 11
    return count
def after(n: int) -> int:
    i = -5
    for i in range(n):
        pass
    return i
def reassigned(n: int) -> int:
    total = 0
    for i in range(n):
        i = i * 2
        total += i
    return total
def first_above(u: Tensor[f64, N], x: float) -> int:
    for i in range(len(u)):
        if u[i] > x:
            return i
    return -1
def skipping(u: Tensor[f64, N], x: float) -> float:
    s = 0.0
    for i in range(len(u)):
        if u[i] < x:
            continue
        s += u[i]
    return s
def nested(n: int, m: int) -> int:
    total = 0
    for i in range(n):
        for j in range(m):
            if j > i:
                break
            if (i + j) % 3 == 0:
                continue
            total += i * 10 + j
        else:
            total += 1000
        if total > 5000:
            return -total
    else:
        total += 7
    return total
def both_jump(n: int) -> int:
    total = 0
    for i in range(n):
        if i % 2 == 0:
            if i % 3 == 0:
                continue
            total += 1
        else:
            if i > 20:
                break
            total += 100
        total += 10000
    return total
def collatz(n: int) -> int:
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps
def forever(n: int) -> int:
    i = 0
    while True:
        i += 1
        if i * i > n:
            return i
def until(n: int) -> int:
    i = 0
    while True:
        i += 3
        if i > n:
            break
    return i
def while_else(n: int) -> int:
    i = 0
    while i < 10:
        if i == n:
            break
        i += 1
    else:
        return 99
    return i
def grade(x: float) -> int:
    if x < 1.0:
        g = 1
    elif x < 2.0:
        g = 2
    elif x < 3.0:
        return 33
    else:
        g = 4
    return g * 10
def no_negatives(n: int) -> int:
    if n < 0:
        raise ValueError("n is negative")
    assert n < 100, "n is large"
    return n + 1
def raising(n: int) -> int:
    total = 0
    for i in range(n):
        if i == 7:
            raise RuntimeError("seven")
        total += i
    return total
def sieve(flags: Tensor[u8, N]) -> int:
    n = len(flags)
    count = 0
    for i in range(2, n):
        if flags[i] == 0:
            count += 1
            for j in range(i * i, n, i):
                flags[j] = 1
    return count
def bubble(u: Tensor[f64, N]) -> int:
    n = len(u)
    swaps = 0
    for i in range(n):
        swapped = False
        for j in range(n - 1 - i):
            if u[j] > u[j + 1]:
                t = u[j]
                u[j] = u[j + 1]
                u[j + 1] = t
                swapped = True
                swaps += 1
        if not swapped:
            break
    return swaps
def evaluated_once(n: int) -> int:
    count = 0
    for i in range(n):
        n = n - 1
        count += 1
    return count * 100 + n
def deep(u: Tensor[f64, N, M], x: float) -> tuple[int, int]:
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            if u[i, j] == x:
                return i, j
            u[i, j] = -1.0
    return -1, -1
def literal_meets_float(n: int) -> float:
    s = 0
    for i in range(n):
        s = s + 0.5
    return s
"""
NAMES = [line.split("(")[0][4:] for line in SOURCE.splitlines() if line.startswith("def ")]
ENDS = st.one_of(st.integers(-20, 20), st.sampled_from([2**63 - 1, 2**63 - 2, -(2**63), -(2**63) + 1, 2**62]))


@cache
def program() -> Twice:
    return Twice(SOURCE, *NAMES)


@settings(max_examples=150, deadline=None)
@given(start=ENDS, stop=ENDS, step=ENDS)
@example(0, 10, 0)
@example(-(2**63), 2**63 - 1, 2**62)
@example(2**63 - 1, -(2**63), -(2**63))
@example(-(2**63), 2**63 - 1, 1)
@example(2**63 - 1, -(2**63), -1)
@example(2**63 - 3, 2**63 - 1, 2)
def test_range_with_break(start: int, stop: int, step: int) -> None:
    program().agree("visited", start, stop, step)


@settings(max_examples=60, deadline=None)
@given(start=st.integers(-30, 30), stop=st.integers(-30, 30), step=st.integers(-4, 4))
def test_range(start: int, stop: int, step: int) -> None:
    program().agree("counted", start, stop, step)
    program().agree("by_three", start, stop)
    program().agree("down", start, stop)
    program().agree("down_by_two", start, stop)


def test_range_at_the_ends_of_64_bits() -> None:
    top, bottom = 2**63 - 1, -(2**63)
    program().agree("by_three", top - 10, top)
    program().agree("by_three", bottom, bottom + 10)
    program().agree("down", bottom + 10, bottom)
    program().agree("down", top, top - 5)
    program().agree("down_by_two", bottom + 9, bottom)
    program().agree("counted", top - 5, top, 2)
    program().agree("counted", bottom, top, 2**61)
    program().agree("counted", top, bottom, bottom)


NUMBERS = ("after", "reassigned", "both_jump", "forever", "until", "while_else", "no_negatives", "raising")


@pytest.mark.parametrize("name", [*NUMBERS, "evaluated_once"])
@pytest.mark.parametrize("n", [-3, 0, 1, 2, 5, 7, 8, 10, 11, 25, 100])
def test_numbers(name: str, n: int) -> None:
    program().agree(name, n)


def test_a_literal_that_meets_a_float() -> None:
    program().agree("literal_meets_float", 3)
    assert repr(program().compiled.literal_meets_float(0)) == "0.0"


@pytest.mark.parametrize("n", [1, 2, 3, 27, 97])
def test_collatz(n: int) -> None:
    program().agree("collatz", n)


def test_collatz_overflows() -> None:
    with pytest.raises(OverflowError):
        program().compiled.collatz(2**63 - 1)


@pytest.mark.parametrize("x", [0.5, 1.0, 2.5, 3.0, float("nan")])
def test_grade(x: float) -> None:
    program().agree("grade", x)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (3, 0), (1, 1), (5, 3), (3, 5), (40, 40), (13, 2)])
def test_nested(n: int, m: int) -> None:
    program().agree("nested", n, m)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 31])
def test_arrays_in_loops(size: int) -> None:
    u = np.random.default_rng(size).permutation(size).astype(np.float64)
    for x in (-1.0, 3.0, 100.0):
        program().agree("first_above", u, x)
        program().agree("skipping", u, x)
    program().agree("bubble", u)
    program().agree("bubble", np.sort(u))
    program().agree("sieve", np.zeros(size, np.uint8))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (2, 3), (5, 7)])
def test_return_out_of_two_loops(shape: tuple[int, int]) -> None:
    u = np.arange(shape[0] * shape[1], dtype=np.float64).reshape(shape)
    for x in (0.0, 4.0, 1e9):
        program().agree("deep", u, x)
