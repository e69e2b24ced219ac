"""Checks that the compiler takes away would never have failed; those that can fail still do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language import Twice

TEXT = """\
def count(x: Tensor[f64, N]) -> int:
    c = 0
    for i in range(len(x)):
        if x[i] > 0.0:
            c += 1
    return c
def climb(n: int, step: int) -> int:
    c = 9223372036854775800
    for i in range(n):
        c += step
    return c
def middle(x: Tensor[i64, N], low: int, high: int) -> int:
    total = 0
    while low < high:
        m = (low + high) // 2
        if m < 0 or m >= len(x):
            total -= 1
        else:
            total += int(x[m]) % 5
        low = m + 1
    return total
def wander(n: int, a: int, b: int) -> int:
    k = 0
    for i in range(n):
        if i % 3 == 0:
            k += a
        elif k > b:
            k = k // 2 - 1
        else:
            k = k * 3
    return k
def square(n: int) -> int:
    if -3037000499 <= n <= 3037000499:
        return n * n
    return n * n + 1
def nested(n: int, m: int) -> int:
    t = 0
    for i in range(n):
        for j in range(m):
            for k in range(j):
                t += i * j - k
    return t
def moving(n: int, limit: int) -> int:
    i = 0
    while i < limit:
        i += 1
        limit -= n
    return i * 4611686018427387904
def near(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    for i in range(1, len(x) - 1):
        total += int(x[i - 1]) + int(x[i + 1])
    for i in range(max(low, 0), min(high, len(x))):
        total += int(x[i])
        if i + 1 < len(x):
            total += int(x[i + 1])
    for i in range(low, high):
        total += int(x[i + 1])
    return total
def backwards(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    for i in range(len(x) - 2, -1, -1):
        total += int(x[i]) - int(x[i + 1])
    for i in range(high, low, -1):
        total += int(x[i - 2])
    return total
def strides(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    for i in range(0, len(x), 2):
        total = total * 3 + int(x[i])
    for i in range(1, len(x) - 1, 3):
        total += int(x[i - 1]) - 5 * int(x[i + 1])
    for i in range(len(x) - 1, 0, -2):
        total += int(x[i]) * 7 + int(x[i - 1])
    for i in range(len(x) - 2, -1, -3):
        total += i * int(x[i + 1])
    for i in range(0, len(x) - 3, 4):
        total += int(x[i + 1]) + int(x[i + 2]) * 2 + int(x[i + 3])
    for i in range(high, -1, -4):
        total = total * 5 + i + int(x[i])
    for i in range(low, len(x), 5):
        total += int(x[i])
    return total
def around(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    for i in range(len(x)):
        total += int(x[(i + off) % len(x)])
        total += int(x[(i + len(x) - 1) % len(x)])
        total += int(x[(len(x) + i) // 2]) + int(x[i // 2])
        total += int(x[min(i, off)])
    return total
def triangle(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    for i in range(len(x)):
        for j in range(i):
            total += int(x[i - j]) + int(x[j + 1])
        for j in range(i + 1, len(x)):
            total += int(x[j - i]) + int(x[j - 1 if off > 0 else i])
    for i in range(len(x)):
        for j in range(i, len(x) + off):
            total += int(x[j])
    return total
def closing(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    i, j = 0, len(x) - 1
    while i < j:
        total += int(x[i]) * 3 - int(x[j])
        if total % 2 == 0:
            i += 1
        else:
            j -= 1
    k = low
    while k < high and k < len(x):
        total += int(x[k])
        k += 1
    return total + int(x[k - 1])
def sift(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    root, total = low, 0
    while 2 * root + 1 < high:
        child = 2 * root + 1
        if child + 1 < high and x[child] < x[child + 1]:
            child += 1
        if x[root] >= x[child] and off > 0:
            break
        x[root], x[child] = x[child], x[root]
        total += int(x[root]) * off
        if child == root:
            break
        root = child
    for i in range(min(high, len(x)) - 1, -1, -1):
        total += int(x[i])
        j = i
        while j > 0 and x[j - 1] > x[j]:
            x[j - 1], x[j] = x[j], x[j - 1]
            j -= 1
    return total
def scan(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    i, j = low, high
    while x[i] < off:
        total += 1
        i += 1
    while x[j] > off:
        total += i
        j -= 1
        if j == -3:
            break
    return total * 9 + i * 3 + j
def slices(x: Tensor[i64, N], low: int, high: int, off: int) -> int:
    total = 0
    for i in range(len(x)):
        total += int(x[i:] @ x[i:]) + int(x[: i + 1] @ x[len(x) - i - 1 :])
        total += int(x[max(low, 0) : i] @ x[max(low, 0) : i])
    return total + int(x[low:high] @ x[low + off : high + off])
def falling(start: int) -> int:
    total = 0
    for i in range(start, 0, -4611686018427387904):
        total = total + i % 1000 + 1
    for i in range(start, -1, -9223372036854775807):
        total = total + i % 777 + 1
    for i in range(start, 1, -9223372036854775808):
        total = total + i % 77 + 1
    return total
def scaled(n: int, a: int, b: int) -> int:
    if 3 * a + 1 < b:
        return a + n
    if 2 - 2 * a > n and a - b > 0:
        return b - n
    done = False
    while not done and b - 2 * a > n:
        a += 1
        done = a > 5
        b += a
    return a * b
def chosen(n: int, x: int, by: int) -> int:
    for i in range(n):
        x = x // 2 if x % 2 == 0 else 3 * x + 1
        x = x * 5 - 3 if x > by else -x
        x = 10 // x if x != 0 and x < by else 7 - x
    return x
"""
INDEXED = ("near", "backwards", "strides", "around", "triangle", "closing", "sift", "scan", "slices")


@pytest.fixture(scope="module")
def twice() -> Twice:
    others = ("count", "climb", "middle", "wander", "square", "nested", "moving", "scaled", "falling", "chosen")
    return Twice(TEXT, *others, *INDEXED)


EDGES = st.sampled_from([0, 1, 2, 3, 7, -1, -5, 2**62, -(2**62), 2**63 - 1, -(2**63)]) | st.integers(-20, 20)


def agree(twice: Twice, name: str, *arguments: object) -> None:
    """As CPython, or OverflowError where an integer leaves 64 bits."""
    big = twice.python[name](*arguments)
    if -(2**63) <= big < 2**63 and name in ("count", "nested"):
        twice.agree(name, *arguments)
        return
    try:
        found = getattr(twice.compiled, name)(*arguments)
    except OverflowError:
        return
    assert found == big


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 12), EDGES, EDGES)
def test_wander(twice, n, a, b):
    agree(twice, "wander", n, a, b)
    agree(twice, "scaled", n, a, b)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 90), EDGES | st.integers(2**47, 2**49), EDGES)
def test_a_number_chosen_from_two(twice, n, x, by):
    seen = [x]
    for _ in range(n):
        seen.append(seen[-1] // 2 if seen[-1] % 2 == 0 else 3 * seen[-1])
        seen.append(seen[-1] + 1 if seen[-2] % 2 else seen[-1])
        seen.append(seen[-1] * 5 if seen[-1] > by else -seen[-1])
        seen.append(seen[-1] - 3 if seen[-2] > by else seen[-1])
        seen.append(10 // seen[-1] if seen[-1] != 0 and seen[-1] < by else 7 - seen[-1])
    if all(-(2**63) <= k < 2**63 for k in seen):
        assert twice.compiled.chosen(n, x, by) == seen[-1]
    else:
        with pytest.raises(OverflowError):
            twice.compiled.chosen(n, x, by)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(-9, 9), max_size=9), st.integers(-12, 12), st.integers(-12, 12))
def test_middle(twice, x, low, high):
    twice.agree("middle", np.array(x, np.int64), low, high)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 9), st.integers(-3, 3))
def test_what_leaves_64_bits_is_still_noticed(twice, n, step):
    if 9223372036854775800 + n * step < 2**63:
        twice.agree("climb", n, step)
    else:
        with pytest.raises(OverflowError):
            twice.compiled.climb(n, step)


@pytest.mark.parametrize("n", [0, 1, -3037000499, 3037000499, 3037000500, -(2**63)])
def test_square(twice, n):
    if abs(n) > 3037000499:
        with pytest.raises(OverflowError):
            twice.compiled.square(n)
    else:
        twice.agree("square", n)


def test_counts(twice):
    for n in (0, 1, 5):
        twice.agree("count", np.arange(n) - 2.0)
        twice.agree("nested", n, 4)
    for n, limit in ((1, 3), (-1, 0), (1, 1), (2, 0)):
        agree(twice, "moving", n, limit)


@pytest.mark.parametrize("start", [0, 1, -1, -2, 2**62, 2**62 + 1, 2**63 - 1, 2**63 - 2, -(2**63), 1 - 2**63])
def test_falling(twice, start):
    twice.agree("falling", start)


@pytest.mark.parametrize("name", INDEXED)
@given(st.integers(0, 6), st.integers(-7, 7), st.integers(-7, 7), st.integers(-7, 7))
@settings(max_examples=60, deadline=None)
def test_indices(twice, name, n, low, high, off):
    twice.agree(name, np.arange(n) * 7 - 3, low, high, off, message=False)
