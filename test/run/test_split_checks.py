"""Loops that have a copy for small numbers: both copies are Python, and errors come at their round."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """
def shifted(x: Tensor[i64, N], r: int) -> None:
    for i in range(len(x)):
        x[i] = i + r

def boxes(x: Tensor[f64, N, M], r: int) -> None:
    h, w = x.shape
    for y in range(h):
        top, bottom = max(0, y - r), min(h, y + r + 1)
        for c in range(w):
            left, right = max(0, c - r), min(w, c + r + 1)
            x[y, c] += x[bottom - 1, left] - x[top, right - 1]

def coins(c: Tensor[i64, N], amount: int) -> int:
    fewest = np.full(amount + 1, amount + 1)
    fewest[0] = 0
    for coin in c:
        for a in range(coin, amount + 1):
            if fewest[a - coin] + 1 < fewest[a]:
                fewest[a] = fewest[a - coin] + 1
    return int(fewest[amount])

def carried(x: Tensor[i64, N], r: int, s: int) -> int:
    total = 0
    for i in range(r, len(x)):
        x[i] += s
        total = i * s - r
    return total

def after(x: Tensor[i64, N], r: int, s: int) -> int:
    last, total = 0, 0
    for i in range(len(x)):
        last = i - r
        x[i] = last
    for i in range(len(x) + 3):
        total = i - last
    for i in range(len(x)):
        total = total - last + i - s
    return total
"""
NUMBERS = (0, 1, 3, -1, -4, 2**31 - 1, 2**31, 2**31 + 1, 2**40, 2**62, -(2**62), 2**63 - 4, 2**63 - 1, -(2**63))


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "shifted", "boxes", "coins", "carried", "after")


def agree(twice: Twice, name: str, x: np.ndarray, *numbers: int) -> None:
    """As CPython, where no integer leaves 64 bits."""
    want, got = x.copy(), x.copy()
    try:
        result = getattr(twice.compiled, name)(got, *numbers)
    except OverflowError:
        return
    except (IndexError, ValueError, MemoryError) as error:
        with pytest.raises(type(error)):
            twice.python[name](want, *numbers)
    else:
        assert twice.python[name](want, *numbers) == result
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("r", NUMBERS)
@pytest.mark.parametrize("n", [0, 1, 9])
def test_numbers_of_all_sizes(twice: Twice, r: int, n: int) -> None:
    agree(twice, "shifted", np.full(n, -7), r)
    agree(twice, "boxes", np.arange(n * 5.0).reshape(n, 5) ** 2, r)
    for s in NUMBERS if n else (1,):
        # What an array of 64 bits cannot hold is an error of NumPy's alone.
        if abs(s) < 2**62 and r > -100:
            agree(twice, "carried", np.arange(n), r, s)
        agree(twice, "after", np.arange(n), r, s)


@pytest.mark.parametrize("amount", [0, 1, 7, 60])
def test_numbers_that_are_read(twice: Twice, amount: int) -> None:
    for c in ([], [1], [2, 5, 1], [3, 70], [1, 0, 4], [2, 2**31, 2**62]):
        agree(twice, "coins", np.array(c, np.int64), amount)


def test_what_was_written_before_an_error_stays(twice: Twice) -> None:
    x = np.zeros(9, np.int64)
    with pytest.raises(OverflowError):
        twice.compiled.shifted(x, 2**63 - 4)
    np.testing.assert_array_equal(x, [2**63 - 4, 2**63 - 3, 2**63 - 2, 2**63 - 1, 0, 0, 0, 0, 0])
