"""What was written before an exception stays written, by calls, in branches and loops, whatever is written later."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from language import Twice

HELPERS = """\
def grow(v: Tensor[f64, N], k: int) -> None:
    v += 5
def late(v: Tensor[f64, N], k: int) -> None:
    if k > 3:
        raise ValueError("late")
    v[:] = 0
def soon(v: Tensor[f64, N], k: int) -> None:
    v[:] = 7
    if k > 3:
        raise ValueError("soon")
    v[:1] = 9
def both(v: Tensor[f64, N], w: Tensor[f64, N], k: int) -> int:
    v[::-1] = w
    if k > 3:
        raise ValueError(f"no {k}")
    w[:1] = v[-1:]
    return k + len(v)
def element(v: Tensor[f64, N], k: int) -> None:
    v[0] = k
    assert k < 4
    v[0] = 1.0
"""
STOP = "if k > 3:\n        raise ValueError('stop')"
# Each writes to `x`, and raises where `k` is more than 3.
BODIES = [
    "x += 5\n    late(x[::-1], k)",
    "grow(x, k)\n    late(x[::-1], k)",
    "grow(x, k)\n    late(x, k)",
    "soon(x[1:], k)",
    "soon(x[::-1], k)",
    "soon(x, k)",
    "grow(x[1:], k)\n    late(x[1:], k)",
    "grow(x[1:], k)\n    soon(x[1:], k)",
    "for j in range(2):\n        soon(x[j:], k * j)",
    "grow(x[::2], k)\n    late(x, k)",
    "grow(x, k)\n    return both(x[::-1], x[::-1].copy(), k)",
    "both(x[1:], x[:-1].copy(), k)",
    "element(x[::-1], k)\n    element(x, k)",
    f"grow(x, k)\n    {STOP}\n    grow(x, k)",
    f"grow(x, k)\n    {STOP}\n    x[:] = 1",
    f"if k > 1:\n        x[:] = 1\n    {STOP}\n    x[:] = 2",
    f"if k > 1:\n        x[0] = 1\n    {STOP}\n    if k > -9:\n        x[:] = 2",
    f"for i in range(k):\n        x[:] = i\n    {STOP}\n    x[:] = 2",
    f"i = 0\n    while i < k:\n        x[:] = i\n        i += 1\n    {STOP}\n    x[:] = 2",
    f"for i in range(len(x)):\n        x[i] = i * 2\n    {STOP}\n    x[:] = 2",
    f"x[0] = 7\n    {STOP}\n    x[:] = 2",
    f"x[0] = 7\n    {STOP}\n    x[0] = 2",
    f"x[1:] = 7\n    {STOP}\n    x[:] = 2",
    f"x[:] = 7\n    x[0] = 1\n    {STOP}\n    x[:] = 2",
    f"x[::2] = 7\n    x[1::2] = 8\n    {STOP}\n    x[::2] = 2",
    "x[:] = 5\n    for i in range(3):\n        if k > 3:\n            raise ValueError('stop')\n        x[:] = 2",
    f"x[:] = 5\n    {STOP}\n    if k > 1:\n        x[:] = 3\n    else:\n        x[:] = 2",
    "x[:] = 5\n    n = k * 4611686018427387904\n    x[:] = 2\n    return n",
    # What is written and changes nothing.
    f"x[:] = np.maximum(x, x)\n    x[:-1] = 8\n    {STOP}\n    x[0] = 1",
    f"x[:] = x\n    x[1:] = x[0]\n    {STOP}",
    # What is written just before a `raise`, on no path to the end.
    "if k > 3:\n        x[0] = 7\n        raise ValueError('stop')",
    "if k > 3:\n        x[:] = 7\n        x[1:][0] += k\n        raise ValueError('stop')\n    x[0] = 1",
    "for i in range(k):\n        x[i % 2] += 7\n        raise ValueError('stop')",
    "for i in range(k):\n        x += 7\n        x[1:] += x[:-1]\n        raise ValueError('stop')\n"
    "    else:\n        x[0] = 0",
    "while k > 1:\n        k -= 1\n        x[k % 2] = k\n        if k == 3:\n            x[0] += 9\n"
    "            raise ValueError('stop')",
    "for i in range(3):\n        x[0] += i\n        if i == k - 3:\n            x[1:] = 4\n            if i > 1:\n"
    "                x[1] = 9\n                raise ValueError('stop')\n            else:\n                x[0] = 2\n"
    "                raise KeyError('here')",
    # In the rounds of a loop.
    f"for i in range(3):\n        x[:] = 7 + i\n        {STOP.replace('    raise', '        raise')}\n        x[:] = i",
    "for i in range(3):\n        soon(x[i:][::-1], k * i)",
    "i = 0\n    while i < 3:\n        soon(x[::-1], k * i)\n        i += 1",
    "for i in range(3):\n        if k > 2:\n            soon(x[::-1], k * i)",
]
DIMS = ("N", "3")


def name(body: int, dims: int) -> str:
    return f"f{body}_{dims}"


@pytest.fixture(scope="module")
def programs() -> Twice:
    text = HELPERS
    for (number, body), (which, dims) in itertools.product(enumerate(BODIES), enumerate(DIMS)):
        text += f"def {name(number, which)}(x: Tensor[f64, {dims}], k: int) -> int:\n    {body}\n    return k\n"
    return Twice(text, *(name(body, dims) for body in range(len(BODIES)) for dims in range(len(DIMS))))


@pytest.mark.parametrize("body", range(len(BODIES)))
def test_writes_before_an_error_stay(programs: Twice, body: int) -> None:
    for dims, k in itertools.product(range(len(DIMS)), (0, 1, 5)):
        if "461168" in BODIES[body] and k == 5:
            x = np.arange(1.0, 4.0)
            with pytest.raises(OverflowError):
                getattr(programs.compiled, name(body, dims))(x, k)
            assert x.tolist() == [5, 5, 5]
        else:
            programs.agree(name(body, dims), np.arange(1.0, 4.0), k)
