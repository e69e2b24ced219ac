"""``sorted``, ``tuple`` and ``list`` of what is written out, and ``map`` and ``filter`` in what consumes them."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice, interpreted

TEXT = """\
CONSTANTS = (3, 1, 2)
def median(x: Tensor[f64, N]) -> tuple[float, float, float, float]:
    low, middle, high = sorted((x[0], x[1], x[2]))
    t = sorted([x[2], x[1], x[0]], reverse=True)
    return low, middle, high, t[0] - t[-1] + len(t)
def stable(a: int, b: int, c: int, d: int) -> tuple[int, int, int, int, int]:
    t = sorted((a, b, c, d), key=lambda v: v % 3)
    u = sorted((a, b, c, d), key=lambda v: v % 3, reverse=True)
    s = 0
    for i, v in enumerate(t):
        s = s * 10 + v * (i + 1)
    for v in u:
        s = s * 10 + v
    return s, t[0], t[3], u[0], u[-1]
def known(x: Tensor[f64, 5], k: int) -> tuple[float, int, float]:
    t = sorted(x)
    return float(t[k]), sorted(CONSTANTS)[0] + sorted(CONSTANTS, reverse=True)[0], float(sorted(t, key=abs)[0])
def tuples(x: Tensor[f64, N], n: int) -> tuple[float, int, float]:
    t = tuple(v * 2 for v in (x[0], x[1]))
    u = tuple(reversed(list(t)))
    p = tuple(map(lambda a, b: a - b, t, u))
    return float(t[0] + u[0] + p[0]), len(tuple(t)), float(sum(p) + max(u))
def maps(x: Tensor[f64, N]) -> tuple[float, bool, bool, float, int]:
    a = float(sum(map(abs, x)) + max(map(lambda v: v * v, x)))
    return a, any(map(np.isnan, x)), all(filter(None, x)), float(sum(filter(lambda v: v > 0, x))), positive(x)
def positive(x):
    return sum(map(lambda v, w: 1 if v > w else 2, x, x[1:]))
def nothing(n: int) -> tuple[int, int]:
    return len(tuple()), len(sorted(())) + sorted((n,))[0]
def looped(x: Tensor[f64, N]) -> float:
    a, b = 0.0, 9.0
    for v in x:
        a, b = sorted((float(v), a), key=lambda k: -k)
        a += min(map(lambda k: k + b, (a, b)))
    return a
"""
NAMES = ("median", "stable", "known", "tuples", "maps", "nothing", "looped")
X = np.array([0.75, -2.25, 3.5, 0.0, 0.25])
CALLS = [
    *(("median", X[[i, j, k]]) for i in range(3) for j in range(3) for k in range(3)),
    *(("stable", *p) for p in [(1, 2, 3, 4), (4, 1, 3, 0), (0, 3, 6, 9), (8, 7, 6, 5), (2, 5, 1, 4)]),
    *(("known", x, k) for x in (X, -X, X[::-1]) for k in (0, 2, 4, -1, 5)),
    ("tuples", X, 3),
    *((name, x) for name in ("maps", "looped") for x in (X, X[:1], -X[::2])),
    ("nothing", 4),
]


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, *NAMES)


@pytest.mark.parametrize("case", CALLS, ids=lambda c: c[0])
def test_ordered(twice, case):
    name, *arguments = case
    twice.agree(name, *arguments, message=name != "known")
    interpreted(twice, name, tuple(arguments))
