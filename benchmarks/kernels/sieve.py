"""Prime numbers, marked in an array of flags."""

import numpy as np

from pyc import Tensor, i64


def count_primes(flags):
    count = 0
    for f in flags:
        if f:
            count += 1
    return count


def sieve[K](n: int, small: Tensor[i64, K]) -> int:
    flags = np.ones(n + 1, dtype=np.bool_)
    flags[:2] = False
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
        i += 1
    found = 0
    for p in range(2, n + 1):
        if flags[p] and found < len(small):
            small[found] = p
            found += 1
    return count_primes(flags)


SIZES = {"test": (50, 4), "small": (100_000, 100), "medium": (5_000_000, 1000)}


def arguments(n, k):
    return n, np.zeros(k, np.int64)
