"""Problems from Project Euler: digit sums, Collatz, amicable numbers, lattice paths."""

import numpy as np

import pyc


def digit_power_sum(limit: int) -> int:
    total = 0
    for n in range(2, limit):
        s, m = 0, n
        while m > 0:
            s += (m % 10) ** 5
            m //= 10
        if s == n:
            total += n
    return total


def longest_chain(limit: int) -> tuple[int, int]:
    best, length = 0, 0
    for start in range(1, limit):
        n, steps = start, 1
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        if steps > length:
            best, length = start, steps
    return best, length


def amicable(limit: int) -> int:
    sums = np.zeros(limit, np.int64)
    for d in range(1, limit):
        for m in range(2 * d, limit, d):
            sums[m] += d
    total = 0
    for a in range(2, limit):
        b = sums[a]
        if b != a and b < limit and sums[b] == a:
            total += a
    return total


@pyc.jit
def euler_project(limit: int) -> tuple[int, int, int, int]:
    best, length = longest_chain(limit)
    return digit_power_sum(limit), best, length, amicable(limit)


SIZES = {"test": (300,), "small": (10_000,), "medium": (200_000,)}


def arguments(limit):
    return (limit,)
