"""The fewest coins for an amount, and the number of ways."""

import numpy as np

from pyc import Tensor, i64


def coin_change[N](coins: Tensor[i64, N], amount: int) -> tuple[int, int]:
    fewest = np.full(amount + 1, amount + 1)
    ways = np.zeros(amount + 1, np.int64)
    fewest[0] = 0
    ways[0] = 1
    for c in coins:
        for a in range(c, amount + 1):
            if fewest[a - c] + 1 < fewest[a]:
                fewest[a] = fewest[a - c] + 1
            ways[a] = (ways[a] + ways[a - c]) % 1_000_000_007
    return (-1 if fewest[amount] > amount else int(fewest[amount])), int(ways[amount])


SIZES = {"test": (30,), "small": (10_000,), "medium": (500_000,)}


def arguments(amount):
    return np.array([1, 2, 5, 10, 20, 50, 100, 200]), amount
