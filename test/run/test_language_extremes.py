"""``max`` and ``min`` with ``key=`` and ``default=``: what CPython chooses, also of equals and NaN."""

from functools import cache

import numpy as np
import pytest
from language import HEADER, Twice

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source

SOURCE = """
def numbers(a: int, b: int, c: int) -> int:
    return max(a, b, c, key=lambda v: v * v) * 100 + min(a, b, key=abs) + max((a, b, c), key=None)
def elements(x: Tensor[f64, N]) -> float:
    return float(max(x, key=lambda v: (v - 2.0) ** 2)) + max([float(v) for v in x if v > 100], default=0.5)
def far(v: float) -> float:
    return abs(v - 3)
def positions(x: Tensor[f64, N], k: float) -> float:
    a = max(x, default=-1.0)
    b = max((v for v in x if v > 2.0), default=7.0)
    i = max(range(len(x)), key=lambda i: x[i] * k)
    j = min(range(len(x)), key=lambda i: far(x[i]), default=-1)
    return float(a) + float(b) * 10 + i * 100 + j * 1000
def least(x: Tensor[f64, N]) -> int:
    return min(range(len(x)), key=lambda i: x[i])
"""
CASES = [
    ("numbers", 1, -5, 3), ("numbers", 5, -5, 3), ("elements", np.array([1.0, 5.0, 2.0])),
    ("elements", np.array([1.0, 500.0, 2.0])), ("elements", np.zeros(0)),
    ("positions", np.array([1.0, 5.0, 2.0]), 2.0), ("positions", np.array([1.0, 5.0, 2.0]), -2.0),
    ("positions", np.zeros(0), 1.0), ("least", np.array([np.nan, 5.0, 2.0])),
    ("least", np.array([2.0, 5.0, 2.0, np.nan])),
]  # fmt: skip


@cache
def program() -> Twice:
    return Twice(SOURCE, *dict.fromkeys(name for name, *_ in CASES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_as_cpython(case):
    name, *arguments = case
    program().agree(name, *arguments)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("max((int(v) for v in x), default=2.5)", "E208"),
        ("max(x, kee=2)", "E203"),
        ("max(1, 2, default=3)", "E203"),
        ("max(key=abs)", "E203"),
        ("sum((v for v in x), default=3)", "E203"),
    ],
)
def test_what_is_refused(value, code):
    text = f"{HEADER}def f(x: Tensor[f64, N]) -> float:\n    return {value}\n"
    with pytest.raises(CompileError) as refused:
        lower(Source("<extremes>", text), Request(functions=("f",)))
    assert [d.code for d in refused.value.diagnostics] == [code]
