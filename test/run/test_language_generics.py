"""Functions as arguments, type parameters, and what else is decided at compile time: as plain Python does it."""

from functools import cache

import numpy as np
import pytest
from language import Twice

FUNCTIONS = """
from functools import partial
PAIR = (np.sqrt, np.abs)
def half(x):
    return x * 0.5
def shifted(x, by: float = 1.0, scale: float = 1.0):
    return (x + by) * scale
def apply(f, x: Tensor[f64, N]) -> Tensor[f64, N]:
    return f(x)
def twice(f, x):
    return f(f(x))
def lambda_with_captures(x: Tensor[f64, N], s: float) -> Tensor[f64, N]:
    return apply(lambda v: v * s + x, x)
def read_when_called(x: Tensor[f64, N], s: float) -> Tensor[f64, N]:
    g = np.floor
    h = lambda v: g(v) * s
    s = s + 1.0
    return apply(h, x) + twice(h, x)
def defined_before_assigned(x: Tensor[f64, N], n: int) -> float:
    def body(i):
        return x[i] * k
    k = 2.0
    t = 0.0
    for i in range(n):
        t += body(i)
    k = 3.0
    return t + body(0)
def writes_what_it_captures(x: Tensor[f64, N]) -> Tensor[f64, N]:
    out = np.zeros(len(x))
    def put(i, v=x[0]):
        out[i] = v
    put(0)
    put(1, 7.0)
    def pair(f, i):
        f(i)
        f(i + 1, v=3.0)
    pair(put, 2)
    return out
def in_tuples(x: Tensor[f64, N], c: bool) -> Tensor[f64, N]:
    f = half
    t = (f, x, np.ceil)
    u = t[2](t[1])
    if c:
        g = np.sqrt
    else:
        g = np.sqrt
    return t[0](u) + g(x) + PAIR[1](x)
def repeated(f, n: int, x):
    for i in range(n):
        x = f(x)
    return x
def captures_arrays(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x * 2
    return repeated(lambda v: v + y * len(x), n, x) + repeated(lambda v: np.sqrt(v) + n, 2, x)
def nested(x: Tensor[f64, N], a: float) -> Tensor[f64, N]:
    def outer(v, f=half):
        def inner(w: Tensor[f64, N]) -> Tensor[f64, N]:
            return f(w) * a
        return inner(v) + apply(inner, v)
    return outer(x) + outer(x, np.sqrt)
def partially(x: Tensor[f64, N], a: float) -> Tensor[f64, N]:
    p = partial(shifted, by=a)
    q = partial(shifted, x)
    return p(x) + p(x, scale=3.0) + q() + q(2.0, a) + apply(p, x)
def composed(x: Tensor[f64, N]) -> Tensor[f64, N]:
    def both(f, g, v):
        return f(g(v))
    return both(np.ceil, np.sqrt, x) + both(lambda v: v + 1, lambda v: v * 2, x)
def rebinds(f, x):
    y = f(x)
    f = np.abs
    return f(y)
def names_rebound(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return rebinds(np.sqrt, x)
def builtins_as_values(n: int, x: float) -> float:
    f, g = abs, max
    return f(x) + g(n, 3) + float(f(n))
def chosen(x: Tensor[f64, N], k: int) -> float:
    f = np.sum if True else np.prod
    return float(f(x))
def kind(t, x):
    if t is None:
        return x * 1.0
    return x * t
def absent(x: Tensor[f64, N]) -> Tensor[f64, N]:
    nothing = None
    return kind(nothing, x) + kind(2.5, x) + kind(None, x)
"""
NAMES = [
    *("lambda_with_captures", "read_when_called", "defined_before_assigned", "writes_what_it_captures", "in_tuples"),
    *("captures_arrays", "nested", "partially", "composed", "names_rebound", "builtins_as_values", "chosen", "absent"),
]


@cache
def functions() -> Twice:
    return Twice(FUNCTIONS, *NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [0, 1, 5])
def test_functions_are_values_at_compile_time(name, size):
    x = np.arange(float(size)) + 0.5
    more = {
        "lambda_with_captures": (2.0,),
        "read_when_called": (0.5,),
        "defined_before_assigned": (size,),
        "in_tuples": (True,),
        "captures_arrays": (3,),
        "nested": (1.5,),
        "partially": (0.25,),
        "chosen": (1,),
    }.get(name, ())
    arguments = (size - 3, -1.5) if name == "builtins_as_values" else (x, *more)
    functions().agree(name, *arguments, message=size > 3)
