"""Edit distance, with a whole table and with two rows that change places."""

import numpy as np

from pyc import Tensor, u8


def table[N, M](a: Tensor[u8, N], b: Tensor[u8, M]) -> int:
    d = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int64)
    d[:, 0] = np.arange(len(a) + 1)
    d[0, :] = np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost)
    return int(d[-1, -1])


def two_rows[N, M](a: Tensor[u8, N], b: Tensor[u8, M]) -> int:
    previous = np.arange(len(b) + 1)
    current = np.zeros_like(previous)
    for i, x in enumerate(a):
        current[0] = i + 1
        for j, y in enumerate(b):
            insert = current[j] + 1
            delete = previous[j + 1] + 1
            replace = previous[j] + (x != y)
            current[j + 1] = min(insert, delete, replace)
        previous, current = current, previous
    return int(previous[len(b)])


def cases():
    for a, b in ((b"kitten", b"sitting"), (b"", b"abc"), (b"intention", b"execution"), (b"a", b"")):
        arguments = (np.frombuffer(a, np.uint8).copy(), np.frombuffer(b, np.uint8).copy())
        yield "table", arguments
        yield "two_rows", arguments
