"""``order=`` of NumPy's functions, and extents of a reshape that turn out to be -1; NumPy judges."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from language import Twice, interpreted

from pyc.diagnostics import CompileError

SOURCE = """\
def o_reshape(x: Tensor[f64, N, M], i: int):
    return x.reshape((3, 2), order="F"), np.reshape(x, (3, 2), order="F"), x.reshape(-1, order="F")
def o_ravel(x: Tensor[f64, N, M], i: int):
    return x.ravel("F"), x.ravel(order="F"), np.ravel(x, "F"), x.ravel("C"), np.ravel(x, order="C")
def o_flatten(x: Tensor[f64, N, M], i: int):
    return x.flatten("F"), x.flatten(order="F"), x.flatten(order="C")
def o_copy(x: Tensor[f64, N, M], i: int):
    return x.copy(order="F"), x.copy("C"), np.copy(x, order="F"), np.copy(x, "K"), x.copy(order="K")
def o_astype(x: Tensor[f64, N, M], i: int):
    return x.astype(np.float32, order="F"), x.astype(np.float32, order="C")
def o_astypec(x: Tensor[f64, N, M], i: int):
    return x.astype(np.float32, copy=False)
def o_zeros(x: Tensor[f64, N, M], i: int):
    a = np.zeros((2, 3), order="F")
    b = np.ones((2, 3), np.float32, "F")
    c = np.empty((2, 3), order="C")
    c[...] = 1
    e = np.full((2, 3), 2.0, order="F")
    return a, b, c, e
def o_like(x: Tensor[f64, N, M], i: int):
    return np.zeros_like(x, order="F"), np.ones_like(x, order="K"), np.full_like(x, 2, order="C")
def o_array(x: Tensor[f64, N, M], i: int):
    return np.array(x, order="F"), np.array(x, np.float32, order="C"), np.array([[1, 2], [3, 4]], order="F")
def o_fview(x: Tensor[f64, N, M], i: int):
    y = x.reshape((3, 2), order="F")
    y[0, 0] = 100.0
    return y
def o_fviewT(x: Tensor[f64, N, M], i: int):
    y = x.T.reshape((2, 3), order="F")
    y[0, 1] = 100.0
    return y
def o_ravelv(x: Tensor[f64, N, M], i: int):
    y = x.T.ravel("F")
    y[1] = 100.0
def r_minus(x: Tensor[f64, N, M], i: int):
    return x.reshape(i, 3)
def r_minus2(x: Tensor[f64, N, M], i: int):
    return x.reshape((i, 2)), x.reshape(i)
def r_minus3(x: Tensor[f64, N, M], i: int):
    return x.reshape(i, -1)
def r_minus4(x: Tensor[f64, N, M], i: int):
    return x.reshape(i, i)
def r_minus5(x: Tensor[f64, N, M], i: int):
    s = (i, 3)
    return x.reshape(s)
def r_view(x: Tensor[f64, N, M], i: int):
    y = x.reshape(i, 3)
    y[0, 1] = 50.0
def o_three(x: Tensor[f64, N, M], i: int):
    y = x.reshape(2, 3, 1, order="F")
    return y, y.reshape(1, 3, -1, order="F"), y.flatten("F"), y.reshape(6, order="F"), y.reshape((i, 3), order="F")
"""
NAMES = re.findall(r"(?m)^def (\w+)", SOURCE)
ARRAYS = [
    np.arange(6.0).reshape(2, 3) - 1,
    np.arange(6.0).reshape(3, 2).T,
    np.arange(24.0).reshape(4, 6)[::2, ::-2],
    np.arange(6.0).reshape(1, 6),
    np.empty((0, 3)),
]


@cache
def program() -> Twice:
    return Twice(SOURCE, *NAMES)


@pytest.mark.parametrize("x", ARRAYS, ids=["rows", "columns", "strided", "wide", "none"])
@pytest.mark.parametrize("name", NAMES)
def test_as_numpy(name: str, x: np.ndarray) -> None:
    for i in (-1, 2, 3, -2, 0, 7) if name[0] == "r" or name == "o_three" else (2,):
        program().agree(name, x, i, message=not (name == "o_three" and i < 0))
        interpreted(program(), name, (x, i))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return x.ravel('K')", "E202: order of ravel is 'C' or 'F'"),
        ("return np.reshape(x, -1, order='A')", "E202: order of np.reshape is 'C' or 'F'"),
        ("return x.copy('Q')", "E202: order of copy is one of"),
        ("return x.astype(f64, order='F', copy=False)", "E202: astype with copy=False and an order"),
        ("y = np.zeros((2, 3), order='F')\n    y.reshape(-1)[0] = 1.0\n    return y", "E404"),
        ("y = x.copy('F')\n    y.reshape(-1)[0] = 1.0\n    return y", "E404"),
        ("y = np.array([[1.0, 2.0], [3.0, 4.0]], order='F')\n    y.reshape(-1)[0] = 1.0\n    return y", "E404"),
    ],
)
def test_what_is_refused(body: str, said: str) -> None:
    with pytest.raises(CompileError, match=said):
        Twice(f"def f(x: Tensor[f64, N, M]):\n    {body}\n", "f")
