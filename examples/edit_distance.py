"""How many letters two words differ in: a table of which two rows are kept, that change places in the loop.

pyc run examples/edit_distance.py
pyc run --trace out.json examples/edit_distance.py     a timeline of compilation and calls
pyc compile examples/edit_distance.py --remarks        the rows are exchanged, not copied
"""

import numpy as np

from pyc import Tensor, u8


def distance[N, M](a: Tensor[u8, N], b: Tensor[u8, M]) -> int:
    """The number of letters to insert, delete or replace to get from ``a`` to ``b``."""
    previous = np.arange(len(b) + 1)
    current = np.zeros_like(previous)
    for i, x in enumerate(a):
        current[0] = i + 1
        for j, y in enumerate(b):
            inserted, deleted = current[j] + 1, previous[j + 1] + 1
            current[j + 1] = min(inserted, deleted, previous[j] + (x != y))
        previous, current = current, previous
    return int(previous[-1])


def nearest[N, W, L](word: Tensor[u8, N], words: Tensor[u8, W, L], limit: int) -> tuple[int, int]:
    """Which of the words, in rows that end in zeros, is nearest; -1 if none is within the limit."""
    best, least = -1, limit + 1
    for k, row in enumerate(words):
        length = np.count_nonzero(row)
        if abs(length - len(word)) >= least:
            continue
        if (d := distance(word, row[:length])) < least:
            best, least = k, d
    if best < 0:
        raise LookupError(f"no word within {limit}")
    return best, least


def letters(text: str, length: int | None = None) -> np.ndarray:
    """The text as bytes, with zeros up to the length."""
    return np.frombuffer(text.encode().ljust(length or len(text), b"\0"), np.uint8)


def main() -> None:
    words = ["compiler", "interpreter", "array", "kernel", "memory"]
    table = np.stack([letters(w, 16) for w in words])
    for text in ("komplier", "interpeter", "arrays", "xylophone"):
        try:
            k, d = nearest(letters(text), table, 3)
            print(f"{text}: {words[k]}, distance {d}")
        except LookupError as error:
            print(f"{text}: {error}")
    assert distance(letters("kitten"), letters("sitting")) == 3


if __name__ == "__main__":
    main()
