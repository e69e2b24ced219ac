"""Functions that call themselves: Ackermann, queens, towers, powers and permutations."""

import numpy as np

from pyc import Tensor, i64


def ackermann(m: int, n: int) -> int:
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def power(x: float, n: int) -> float:
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    return half * half * (x if n % 2 else 1.0)


def queens(n: int, row: int, columns: int, left: int, right: int) -> int:
    if row == n:
        return 1
    count = 0
    for c in range(n):
        bit = 1 << c
        if not (columns & bit or left & bit or right & bit):
            count += queens(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


def is_even(n: int) -> bool:
    return True if n == 0 else is_odd(n - 1)


def is_odd(n: int) -> bool:
    return False if n == 0 else is_even(n - 1)


def evens[N](x: Tensor[i64, N]) -> int:
    return sum(is_even(int(v)) for v in x)


def table[N](out: Tensor[i64, N]) -> None:
    for n in range(len(out)):
        out[n] = queens(n, 0, 0, 0, 0) + ackermann(2, n)


def half(x: float, n: int, scale: Tensor[i64, 1]) -> float:
    return power(x, n) * scale[0]


def cases():
    yield "evens", (np.arange(9),)
    yield "table", (np.zeros(7, np.int64),)
    yield "half", (1.5, 13, np.array([2]))
