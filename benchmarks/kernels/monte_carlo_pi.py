"""Pi by points in a square, from a generator of its own."""

import pyc
from pyc import u64


@pyc.jit
def monte_carlo_pi(n: int, seed: u64) -> float:
    state = seed
    inside = 0
    for _ in range(n):
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        x = (state >> 11) * (1.0 / (1 << 53))
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        y = (state >> 11) * (1.0 / (1 << 53))
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / n


SIZES = {"test": (50,), "small": (100_000,), "medium": (5_000_000,)}


def arguments(n):
    import numpy as np

    return n, np.uint64(88172645463325252)
