"""What was written to all of an array stays written when an error follows, whatever its type says of its extents."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

# Each writes to `b`, and raises where `k` says so.
BODIES = {
    "reversed_": "b[:] = b[::-1] * 2",
    "product": "b[:] = b @ b",
    "running": "b[:] = np.cumsum(b.ravel()).reshape(b.shape)",
    "first": "b -= b[0]",
    "scaled": "b -= b * k",
    "transposed": "b += b.T",
    "twice": "b -= 1.0\n    b[0] = 3.0\n    b[:] = b[::-1] + b",
    "called": "put(b, k)",
    "looped": "for i in range(3):\n        b[:] = np.roll(b, 1)\n        b[0] *= 2\n        assert i != k",
    "crossed": "b[:] = b[::-1] + b",
    "shifted": "b[:] = b - np.roll(b, 1) * b.T",
    "branched": "if k > 0:\n        b[:] = b[::-1]\n    else:\n        b -= 7.0",
    "again": "b -= b[0]\n    if k > 7:\n        b[:] = b * 3.0",
    "again_reversed": "b -= 1.0\n    if k > 7:\n        b[::-1] = b * 3.0\n    b += 1",
    "again_turned": "b -= b[0]\n    if k > 7:\n        b[::-1] = b * 3.0",
    "again_and_more": "b -= b[0]\n    if k > 7:\n        b[::-1] = b * 3.0\n    b += 1",
    "again_in_turn": "b -= b[0]\n    for i in range(k):\n        b[:] = b[::-1]\n        c[0] += b[0, 0]",
    "again_deeper": "b -= 1\n    for i in range(3):\n        if i == k:\n            b[:] = b * b",
    "summed": "b -= b.sum(axis=0)\n    c[0] = b.sum()",
    "copied": "u = b.copy()\n    u[:] = 5.0\n    b[...] = u + b[::-1]\n    u[0] = 9.0",
}
SHAPES = {"3, 3": (3, 3), "1, 1": (1, 1), "N, N": (3, 3)}


def name(body: str, number: int) -> str:
    return f"{body}{number}"


@cache
def program() -> Twice:
    text = "def put(b, k: int) -> None:\n    b[:] = b.T * k\n"
    for number, dims in enumerate(SHAPES):
        for body, lines in BODIES.items():
            text += f"def {name(body, number)}(b: Tensor[f64, {dims}], c: Tensor[f64, 1], k: int) -> float:\n"
            text += f"    {lines}\n    c -= k\n    assert k < 2\n    return float(b[0, 0]) + c[0]\n"
    return Twice(text, *(name(body, number) for number in range(len(SHAPES)) for body in BODIES))


@pytest.mark.parametrize("body", BODIES)
def test_writes_before_an_error_stay(body: str) -> None:
    for number, shape in enumerate(SHAPES.values()):
        for k in (0, 1, 2):
            b = np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)
            for array in (b, b[::-1]):
                program().agree(name(body, number), array, np.zeros(1), k)
