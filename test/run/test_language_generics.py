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


DECIDED = """
from collections.abc import Callable
from typing import Optional, Literal
from pyc import static, f32
def affine(x: Tensor[f64, N], w: Tensor[f64, N], bias: Tensor[f64, N] | None = None, mode: str = "plain"):
    y = x * w
    if bias is not None:
        y = y + bias
    if mode == "square":
        return y * y
    elif mode in ("half", "quarter"):
        return y * (0.5 if mode == "half" else 0.25)
    assert static(mode == "plain"), "no such mode"
    return y
def arrays_or_none(x: Tensor[f64, N], w: Tensor[f64, N]) -> Tensor[f64, N]:
    return affine(x, w) + affine(x, w, x) + affine(x, w, None, "square") + affine(x, w, bias=w, mode="half")
def summed(f: Callable[[float], float], x: float) -> float:
    return f(x) + f(2)
def callables(x: float) -> float:
    return summed(lambda v: v * x, x) + summed(abs, x)
def filled(x: Tensor[f64, N], by: Optional[Tensor[f64, N]] = None) -> Tensor[f64, N]:
    if by is None:
        by = np.ones(len(x))
    return x + by
def none_replaced(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return filled(x) + filled(x, x)
def kind(x, m: Literal["a", "b"] = "a"):
    if isinstance(x, int):
        return 1.0 if m == "a" else 1.5
    if isinstance(x, float | np.float32) and m == "b":
        return 2.0
    if isinstance(x, np.ndarray) and x.ndim == 2:
        return 3.0 + x[0, 0]
    if not isinstance(x, np.ndarray) or x.ndim != 1:
        return 4.0
    match m:
        case "a":
            return x[0]
        case "b":
            return x[0, 0]
def by_type(x: Tensor[f64, N], n: int) -> float:
    rows = kind(x.reshape(1, len(x))) * 1000
    return kind(x) + kind(n) * 10 + kind(n, "b") + kind(x[0], "b") * 100 + rows + kind(True)
def first_of(x: Tensor[f64, N], u=None, v=None) -> float:
    a = u or v or 2.5
    b = None or x[0]
    c = u and v
    return a + b + (1.0 if c is None else c)
"""
DECIDED_CALLS = [
    ("arrays_or_none", lambda x: (x, x + 1)),
    ("callables", lambda x: (-2.5,)),
    ("none_replaced", lambda x: (x,)),
    ("by_type", lambda x: (x, 3)),
    ("first_of", lambda x: (x,)),
]


@cache
def decided() -> Twice:
    return Twice(DECIDED, *(name for name, _ in DECIDED_CALLS))


@pytest.mark.parametrize(("name", "arguments"), DECIDED_CALLS)
@pytest.mark.parametrize("size", [1, 7])
def test_what_is_decided_at_compile_time(name, arguments, size):
    decided().agree(name, *arguments(np.arange(float(size)) + 0.5))


ROUNDS = """
from pyc import static_range
STEPS = (np.sqrt, np.abs)
MORE = [lambda v: v + 1, lambda v: v * 3]
def over_functions(x: Tensor[f64, N]) -> Tensor[f64, N]:
    for f in STEPS:
        x = f(x)
    for g in (np.abs, lambda v: v * x):
        x = g(x)
    for i in static_range(2):
        x = MORE[i](x) + (1.0, x)[i]
    return x
def jumps(x: Tensor[f64, N], k: int) -> float:
    s = 0.0
    for i in static_range(3):
        if i == 1:
            continue
        s += x[i] * k
        if s > 100:
            break
    else:
        s += 1
    return s
"""


@cache
def rounds() -> Twice:
    return Twice(ROUNDS, "over_functions", "jumps")


def test_rounds_that_are_written_out():
    x = np.arange(5.0) + 0.5
    rounds().agree("over_functions", x)
    for k in (0, 2, 200):
        rounds().agree("jumps", x, k)
