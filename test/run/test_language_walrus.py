"""``:=`` in comprehensions and generators: a name of the function around, which has its last value afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice, interpreted

TEXT = """\
def summed(x: Tensor[f64, N]) -> float:
    return float(sum(y for v in x if (y := v * 2) > 1))

def after(x: Tensor[f64, N]) -> tuple[float, float]:
    s = sum((y := v * 2) for v in x)
    return float(s), float(y)

def first(x: Tensor[f64, N], limit: float) -> float:
    if any((found := v) > limit for v in x):
        return found
    return -1.0

def witness(x: Tensor[f64, N]) -> tuple[bool, float]:
    held = all((last := v) > 0 for v in x)
    return held, float(last)

def running(x: Tensor[f64, N]) -> tuple[float, float]:
    total = 0.0
    best = max((total := total + float(v)) for v in x)
    return best, total

def kept(x: Tensor[f64, N]) -> tuple[float, float]:
    y = float(7)
    a = sum(float(v) for v in x if v > 0 and (y := float(v)) > 1)
    return float(a), y

def literal(x: Tensor[i64, N]) -> tuple[int, int]:
    k = 0
    n = sum(1 for v in x if (k := k + 1) % 2)
    return n, k

def array(x: Tensor[f64, N]) -> tuple[Tensor[f64, K], float]:
    a = np.array([y * y for v in x if (y := v + 1) > 0])
    return a, y

def scan(x: Tensor[f64, N]) -> Tensor[f64, N]:
    s = 0.0
    return np.array([s := s + float(v) for v in x])

def square(n: int) -> tuple[Tensor[i64, M, M], int]:
    a = np.array([[(last := i * n + j) for j in range(n)] for i in range(n)])
    return a, last

def looped(x: Tensor[f64, N], n: int) -> float:
    y, s = 0.0, 0.0
    for i in range(n):
        s += sum(y for v in x if (y := y + float(v)) > i)
        if i % 2:
            y = y - 1.0
    return s + y

def loops(x: Tensor[f64, N], n: int) -> float:
    s = 0.0
    while any((v := x[i]) > s for i in range(n)):
        s += 1.0 + v
    return s

def tuples(x: Tensor[f64, N]) -> float:
    t = np.array([(w := v) * 2 for v in (x[0], x[1])])
    return t.sum() + w

def nested(x: Tensor[f64, N, M]) -> tuple[float, float]:
    s = sum(max((top := float(v)) for v in row) for row in x)
    return s, top

def inner(x: Tensor[f64, N]) -> float:
    f = lambda: sum((z := float(v)) * z for v in x)
    return f() + f()
"""
NAMES = (
    "summed", "after", "first", "witness", "running", "kept", "literal", "array", "scan", "square", "looped", "loops",
    "tuples", "nested", "inner",
)  # fmt: skip
X = np.array([0.75, -2.25, 3.5, 0.25])
NONE = np.zeros(0)
CALLS = [
    *((name, x) for name in ("summed", "after", "witness", "running", "kept", "array", "scan") for x in (X, NONE, -X)),
    *(("first", x, limit) for x in (X, NONE, X[::-1]) for limit in (0.5, 9.0)),
    *(("literal", np.arange(n)) for n in (0, 1, 7)),
    *(("square", n) for n in (0, 1, 3)),
    *(("looped", x, n) for x in (X, NONE) for n in (0, 1, 5)),
    *(("loops", X, n) for n in (0, 1, 4)),
    ("tuples", X),
    ("nested", X.reshape(2, 2)),
    ("nested", X.reshape(4, 1)[::-2]),
    ("nested", np.zeros((0, 2))),
    ("inner", X),
]


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, *NAMES)


@pytest.mark.parametrize("case", CALLS, ids=lambda c: c[0])
def test_walrus(twice, case):
    name, *arguments = case
    if not (name == "square" and arguments == [0]):
        twice.agree(name, *arguments)
    interpreted(twice, name, tuple(arguments))
