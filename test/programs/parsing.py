"""Numbers out of bytes, with exceptions: what is no number is counted or reported."""

import numpy as np

from pyc import Tensor, i64, u8


def digit(byte: int) -> int:
    if byte < 48 or byte > 57:
        raise ValueError("not a digit")
    return byte - 48


def number[N](text: Tensor[u8, N]) -> int:
    if len(text) == 0:
        raise ValueError("empty")
    value = 0
    for byte in text:
        value = value * 10 + digit(int(byte))
    return value


def total[N](text: Tensor[u8, N]) -> tuple[int, int]:
    value, bad = 0, 0
    for byte in text:
        try:
            value += digit(int(byte))
        except ValueError:
            bad += 1
    return value, bad


def quotients[N](a: Tensor[i64, N], b: Tensor[i64, N]) -> int:
    found = 0
    for x, y in zip(a, b):
        try:
            found += int(x) // int(y)
        except ZeroDivisionError:
            found -= 1
        finally:
            found += 1000
    return found


def cases():
    for text in (b"12345", b"12a45", b"", b"99999999999999999999"):
        array = np.frombuffer(text, np.uint8).copy()
        if len(text) < 19:
            yield "number", (array,)
        yield "total", (array,)
    yield "quotients", (np.array([7, 8, 9]), np.array([2, 0, -4]))
