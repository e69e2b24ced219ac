"""Arguments that are unpacked, and functions that take any number: ``f(1, *t, k=2)``, ``def total(*args)``."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice, interpreted

TEXT = """\
import pyc
from functools import partial

def three(a, b, c=0.5, *, k=1.0):
    return a * 100 + b * 10 + c * k

def pair(x):
    return x[0] + 1.0, x[0] * 2.0

def counted(n: Tensor[i64, 1]):
    n[0] += 1
    return n[0] * 1.0

def total(*args: float):
    s = 0.0
    for a in args:
        s += a
    return s

def g(first, *xs, scale=2.0, shift):
    s = first * scale
    for i in range(len(xs)):
        s += xs[i] * scale
    return s + shift + len(xs)

def some(*xs):
    if len(xs) > 1:
        return xs[0] * xs[-1] + sum(xs) + max(xs)
    return 1.5

def forward(*xs):
    return some(*xs, xs[0]) + total(*xs[1:])

def arrays(*xs):
    s = 0.0
    for x in xs:
        x[0] += 1.0
        s += x.sum()
    return s

def typed(*xs: Tensor[f64, M]):
    return np.stack(xs).sum()

def apply(f, *xs):
    return f(*xs)

def chain(x, *fs):
    for f in fs:
        x = f(x)
    return x

def assigned(*xs):
    xs = xs + (1.0, 2.0)
    a, *rest = xs
    return a - rest[0] + len(rest)

def fold(x, *rest):
    if len(rest) == 0:
        return x
    return x - fold(*rest)

@pyc.record
class Point:
    x: f64
    y: f64
    def scaled(self, *ks):
        return Point(self.x * ks[0], self.y * sum(ks))

CONSTANTS = (1.0, 2.0, 3.0)
SHAPE = (2, 3)

def calls(x: Tensor[f64, N], n: int) -> tuple[float, float, float, float, float]:
    t = (x[0], x[1])
    return three(*t), three(1, *t, k=2), three(*pair(x)), three(*(x[1], 2.0), k=x[0]), three(*CONSTANTS)

def order(n: Tensor[i64, 1]) -> tuple[float, float]:
    return (
        three(counted(n), *(counted(n), counted(n)), k=counted(n)),
        three(*(counted(n), counted(n)), counted(n)),
    )

def displays(x: Tensor[f64, N]) -> tuple[float, float, float, float]:
    t = (*pair(x), x[1])
    a = np.array([*t, 4.0, *pair(x)])
    return t[0] + t[2], a.sum(), a[3], a[-1]

def builtins(x: Tensor[f64, N], n: int) -> tuple[float, float, int, float, float]:
    t, bounds = (x[0], x[1]), (1, n, 2)
    s = 0
    for i in range(*bounds):
        s += i
    for i, v in zip(*((1, 2), (n, 3))):
        s += i * v
    z = np.zeros((*SHAPE,)).sum() + np.full((2, 2), *(3.0,)).sum()
    return max(*t), min(0.5, *t), s, math.hypot(*t), float(z)

def statics(x: Tensor[f64, 3], y: Tensor[f64, 2, 2]) -> tuple[float, float]:
    u, v = pair(y[0])
    return three(*x), three(*y[0], *y[1][:1]) + u + v

def rest(x: Tensor[f64, N], n: int) -> tuple[float, float, float, float, float]:
    return total(), total(1), total(x[0], n, 2.5), total(*(1, 2), x[1]), total(*x.shape)

def keywords(x: Tensor[f64, N]) -> tuple[float, float, float]:
    return g(x[0], shift=1.0), g(x[0], x[1], 2.0, scale=3.0, shift=x[0]), g(1, *(2, 3), shift=0.5)

def several(x: Tensor[f64, N]) -> tuple[float, float, float, float]:
    return some(), some(x[0]), some(x[0], x[2], x[1]), forward(x[0], x[1], x[2])

def written(x: Tensor[f64, N], y: Tensor[f64, M]) -> float:
    return arrays(x, y, x) + arrays(y)

def stacked(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    return float(typed(x, y) + typed(x, y, x))

def functions(x: Tensor[f64, N]) -> tuple[float, float, float, float, float]:
    h = lambda *ks: ks[0] - ks[-1] * x[0]
    three_of = partial(three, *CONSTANTS[:2])
    applied = apply(three, x[0], x[1]), apply(lambda a: a + 1, x[0])
    return *applied, chain(x[0], np.sin, math.exp), h(1.0, 2.0), three_of(k=3)

def names(x: Tensor[f64, N]) -> tuple[float, float]:
    return float(assigned(x[0])), float(fold(x[0], x[1], 3.0, 4.0))

def records(x: Tensor[f64, N]) -> tuple[float, float]:
    p = Point(*pair(x)).scaled(2.0, x[1])
    return p.x, p.y

def raises(x: Tensor[f64, N], i: int) -> float:
    return some(*(x[i], x[0]))

def indexed(x: Tensor[f64, N], i: int) -> float:
    return chosen(i, x[0], x[1], x[2] * 3)

def chosen(i, *xs):
    return xs[i]

def stars(x: Tensor[f64, N, M], i: int) -> tuple[float, float, float]:
    at, s = (i, 1), 0.0
    for v in [*at, 3, *(x[0, 0], 2.0)]:
        s += v
    y = np.concatenate([*(x, x), x[:1]])
    return float(x[*at] + x[(*at,)]), s, float(y.sum())

def said(x: Tensor[f64, N]) -> None:
    t = (x[0], 2)
    print(*t, *x.shape)
    raise ValueError(*t)
"""
NAMES = (
    "calls", "order", "displays", "builtins", "statics", "rest", "keywords", "several", "written", "stacked",
    "functions", "names", "records", "raises", "indexed", "stars", "said",
)  # fmt: skip


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, *NAMES)


X = np.array([0.75, -2.25, 3.5, np.nan])
CALLS = [
    ("calls", X, 3),
    ("order", np.zeros(1, np.int64)),
    ("displays", X),
    ("displays", X[::-1][1:]),
    ("builtins", X, 9),
    ("builtins", X, -3),
    ("statics", X[:3], np.arange(4.0).reshape(2, 2)),
    ("statics", X[2::-1], np.arange(4.0).reshape(2, 2).T),
    ("rest", X, 2**60),
    ("keywords", X),
    ("several", X),
    ("written", X.copy(), np.ones(1)),
    ("stacked", X, np.ones(4)),
    ("functions", X),
    ("names", X),
    ("records", X),
    ("raises", X, 2),
    ("raises", X, 4),
    ("indexed", X, 2),
    ("indexed", X, -3),
    ("indexed", X, 3),
    ("stars", np.arange(6.0).reshape(2, 3), 1),
    ("stars", np.arange(6.0).reshape(3, 2).T, 5),
]


@pytest.mark.parametrize("case", CALLS, ids=lambda c: c[0])
def test_calls(twice, case):
    name, *arguments = case
    twice.agree(name, *arguments)
    interpreted(twice, name, tuple(arguments))


def test_what_is_unpacked_is_said(twice, capfd):
    twice.agree("said", X)
    first, second = capfd.readouterr().out.splitlines()
    assert first == second == "0.75 2 4"
