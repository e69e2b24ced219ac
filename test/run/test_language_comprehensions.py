"""Arrays from lists and comprehensions, with NumPy's element types and Python's scopes."""

from functools import cache

import numpy as np
import pytest
from language import Twice

from pyc.diagnostics import CompileError

SOURCE = """
def sq(n: int) -> Tensor[i64, K]:
    return np.array([i * i for i in range(n)])
def ev(u: Tensor[f64, N], i: int):
    a = np.array([v * 2 + i for v in u if v > 0])
    return a, i
def grid(n: int, m: int):
    return np.array([[i * 10.0 + j for j in range(m)] for i in range(n)])
def flat(n: int, m: int):
    return np.array([i - j for i in range(n) for j in range(m) if i != j])
def pairs(u: Tensor[f64, N], v: Tensor[f64, N]):
    return np.array([a * b + k for k, (a, b) in enumerate(zip(u, v))])
def rows(u: Tensor[f64, N, M]):
    return np.array([r * 2 for r in u])
def lit(a: float, b: int):
    rows = np.array([[i, i + 1] for i in range(3)], dtype=np.float32)
    return np.array([[a, b], [1, 2]]), np.array([x * 2 for x in (a, b)]), rows
def steps(n: int, s: int):
    return np.array([i for i in range(n, -3, s)])
def inloop(u: Tensor[f64, N], n: int) -> float:
    t = 0.0
    for k in range(n):
        t += np.sum(np.array([u[i] * k for i in range(len(u))])) + sum3(np.array([1.0 * k, 2, 3]))
    return t
def sum3(x: Tensor[f64, 3]) -> float:
    return x[0] + x[1] + x[2]
def it(u: Tensor[f64, N]):
    return np.fromiter((x > 0 for x in u), dtype=bool)
def raises(u: Tensor[f64, N], n: int):
    return np.array([u[i] for i in range(n)])
def stack(u: Tensor[f64, N], v: Tensor[f64, N]):
    return np.array([u, v, u + v])
def arr0(u: Tensor[f64, N]):
    i = 2
    x = np.array([i for i in range(4)])
    return x[i]
"""
NAMES = [line.removeprefix("def ").partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]


@cache
def language() -> Twice:
    return Twice(SOURCE, *NAMES)


@pytest.mark.parametrize("n", [1, 4, 7])
def test_comprehensions(n: int) -> None:
    t = language()
    u = np.round(np.random.default_rng(n).normal(size=n) * 64)
    t.agree("sq", n)
    t.agree("flat", n, 3)
    t.agree("grid", n, 2)
    t.agree("pairs", u, u[::-1])
    t.agree("rows", np.outer(u, [1.0, 2.0, 3.0]))
    t.agree("ev", np.abs(u) + 1, n)
    t.agree("inloop", u, 3)
    t.agree("it", u)
    t.agree("raises", u, n + 1, message=False)
    t.agree("steps", n, -2)
    t.agree("arr0", u)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_lists(n: int) -> None:
    u = np.arange(float(n))
    language().agree("lit", n + 0.5, n)
    language().agree("stack", u, u[::-1])


def test_an_empty_comprehension_has_the_type_of_its_elements() -> None:
    assert language().compiled.sq(0).dtype == np.int64


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("E121", "    return np.array([j for i in range(3) for j in range(g(i))])\ndef g(n: int):\n    return n * 2"),
        ("E121", "    return np.array([x[:i] for i in range(3)])"),
        ("E121", "    return np.array([i for i in (1, 2) if i > 1])"),
        ("E121", "    return [i for i in range(3)]"),
        ("E205", "    return np.array([[1, 2], [3]])"),
        ("E205", "    return np.array([x, 1.0])"),
    ],
)
def test_what_makes_no_array(code: str, text: str) -> None:
    with pytest.raises(CompileError) as error:
        Twice(f"def f(x: Tensor[f64, N]):\n{text}\n", "f")
    assert [d.code for d in error.value.diagnostics] == [code]
