"""A scalar loop in exact integers: whose Collatz sequence is the longest?

pyc run examples/collatz.py
pyc compile examples/collatz.py
"""

import time

import pyc


@pyc.jit
def collatz_steps(n: int) -> int:
    """The number of steps from n to 1. A sequence that leaves 64 bits raises OverflowError: never a wrong number."""
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@pyc.jit
def longest(limit: int) -> tuple[int, int]:
    """The n below ``limit`` with the longest sequence, and its length."""
    best, length = 1, 0
    for n in range(1, limit):
        steps = collatz_steps(n)
        if steps > length:
            best, length = n, steps
    return best, length


@pyc.jit
def integer_sqrt(n: int) -> int:
    """The largest r with r * r <= n, by Newton's method."""
    if n < 0:
        raise ValueError("integer_sqrt of a negative number")
    r = n
    while r * r > n:
        r = (r + n // r) // 2
    return r


def main() -> None:
    start = time.perf_counter()
    n, steps = longest(30_000)
    print(f"{n} takes {steps} steps ({time.perf_counter() - start:.3f} s)")
    assert (n, steps) == (26623, 307)
    assert [integer_sqrt(k) for k in (0, 1, 15, 16, 17, 10**6)] == [0, 1, 3, 4, 4, 1000]


if __name__ == "__main__":
    main()
