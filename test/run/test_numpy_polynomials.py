"""Polynomials of NumPy, by their coefficients."""

import numpy as np
import pytest
from surface import Surface

EXPRESSIONS = [
    "np.polyval(p, x)", "np.polyadd(p, q)", "np.polysub(p, q)", "np.polymul(p, q)", "np.polyder(p)", "np.polyint(p)",
    "np.polyder(p, 2)", "np.polyint(p, 2)", "np.polyint(p, 2, 3)", "np.polydiv(p, q)", "np.poly(p)",
    "np.polyval(p, 2)", "np.polyint(p, 1, x[:1])",
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["f64", "f32", "i64", "c128"])
def test_arithmetic(dtype: str) -> None:
    arrays = f"p: Tensor[{dtype}, N], q: Tensor[{dtype}, M], x: Tensor[{dtype}, K]"
    chosen = [
        e for e in EXPRESSIONS if dtype in ("f64", "c128") or e.startswith(("np.polyval", "np.polymul", "np.polyder"))
    ]
    if dtype == "c128":  # of complex zeros that are conjugates, NumPy's result is real
        chosen.remove("np.poly(p)")
    program = Surface(arrays, chosen, "from pyc import c128\n")
    rng = np.random.default_rng(0)
    kind = {"f64": "f8", "f32": "f4", "i64": "i8", "c128": "c16"}[dtype]
    for n, m in [(1, 1), (4, 2), (2, 4), (7, 3), (3, 1)]:
        p, q, x = (np.round(4 * rng.standard_normal(k)) + 9.0 for k in (n, m, 5))
        program.agree(p.astype(kind), q.astype(kind), x.astype(kind)[::-1], ulps=64)
    zero = np.array([0, 0, 3]).astype(kind)
    program.agree(np.array([2, 1, 4]).astype(kind), np.array([1, 5]).astype(kind), zero, ulps=64)


def test_fits() -> None:
    program = Surface(
        "x: Tensor[f64, N], y: Tensor[f64, N], z: Tensor[f64, N, M]",
        [
            "np.polyfit(x, y, 1)",
            "np.polyfit(x, z, 2)",
            "np.polyfit(x, y, 2, w=x + 4)",
            "np.polyfit(x, y, 2, full=True)[2]",
        ],
    )
    rng = np.random.default_rng(0)
    for n in (5, 40):
        x = np.linspace(-3, 3, n)
        program.agree(x, 2 * x + rng.standard_normal(n), rng.standard_normal((n, 2)), ulps=1000)
    with pytest.raises(TypeError, match="expected non-empty vector for x"):
        program.twice.compiled.case0(np.zeros(0), np.zeros(0), np.zeros((0, 2)))


def test_roots() -> None:
    program = Surface("p: Tensor[f64, N], a: Tensor[f64, M, M]", ["np.roots(p)", "np.poly(a)"])
    a = np.random.default_rng(3).standard_normal((4, 4))
    for p in ([1, -6, 11, -6], [0, 0, 1, -3, 2, 0, 0], [2], [0, 0], [1, 0, 1], [1, 2, 3, 4, 5], [3, 1e-3]):
        found = program.twice.compiled.case0(np.array(p, float), a)
        wanted = np.roots(p)
        assert found.shape == wanted.shape
        assert found.dtype == np.complex128
        left = list(found)
        for z in wanted:
            gap, at = min((abs(z - w), i) for i, w in enumerate(left))
            assert gap < 1e-13 * max(1.0, abs(z)) * len(p)
            left.pop(at)
    program.some([1]).agree(np.ones(1), a, ulps=64)
