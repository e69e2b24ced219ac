"""Primes and divisors with exact integers."""

import math

import numpy as np

from pyc import Tensor, i64


def sieve[N](flags: Tensor[bool, N]) -> int:
    n = len(flags)
    flags[:] = True
    flags[:2] = False
    for i in range(2, math.isqrt(max(n - 1, 0)) + 1):
        if flags[i]:
            flags[i * i :: i] = False
    return int(np.count_nonzero(flags))


def extended_gcd(a: int, b: int) -> tuple[int, int, int]:
    x0, x1, y0, y1 = 1, 0, 0, 1
    while b != 0:
        q, a, b = a // b, b, a % b
        x0, x1 = x1, x0 - q * x1
        y0, y1 = y1, y0 - q * y1
    return a, x0, y0


def power_mod(base: int, exponent: int, modulus: int) -> int:
    result = 1
    base %= modulus
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def longest_collatz(limit: int) -> tuple[int, int]:
    best, at = 0, 0
    for start in range(1, limit):
        n, length = start, 1
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            length += 1
        if length > best:
            best, at = length, start
    return at, best


def totients[N](out: Tensor[i64, N]) -> None:
    out[:] = np.arange(len(out))
    for i in range(2, len(out)):
        if out[i] == i:
            for j in range(i, len(out), i):
                out[j] -= out[j] // i


def cases():
    for n in (0, 1, 2, 3, 50):
        yield "sieve", (np.zeros(n, bool),)
        yield "totients", (np.zeros(n, np.int64),)
    yield "extended_gcd", (240, 46)
    yield "extended_gcd", (-7, 3)
    yield "power_mod", (3, 200, 1000007)
    yield "power_mod", (3, 200, 0)
    yield "longest_collatz", (100,)
