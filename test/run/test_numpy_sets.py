"""Different elements and parts, and parts put in and taken out, against NumPy."""

from __future__ import annotations

import numpy as np
from language import interpreted
from surface import Surface

SIGNATURE = "x: Tensor[f64, N], A: Tensor[f64, N, M], i: Tensor[i32, N], b: Tensor[bool, N, M]"
DIFFERENT = [
    "np.unique(i)", "np.unique(x)", "np.unique(x, equal_nan=False)", "np.unique(A)",
    "np.unique(i, return_index=True)", "np.unique(i, return_inverse=True)", "np.unique(x, return_counts=True)",
    "np.unique(i, return_index=True, return_inverse=True, return_counts=True)", "np.unique(A, return_inverse=True)",
    "np.unique(b, axis=0)", "np.unique(b, axis=1)", "np.unique(A, axis=0)", "np.unique(A, axis=-1)",
    "np.unique(b, axis=0, return_index=True, return_inverse=True, return_counts=True)", "np.unique(i, axis=0)",
    "np.unique(b, axis=1, return_counts=True)", "np.sort(np.unique_values(i))", "np.unique_counts(i)",
    "np.unique_inverse(A)", "np.unique_all(i)", "np.searchsorted(x, x, sorter=np.argsort(x))",
    "np.searchsorted(i, 2, sorter=np.argsort(i))",
    "np.searchsorted(x, 0.5, 'right', np.argsort(x))",
]  # fmt: skip
CHANGED = [
    "np.insert(x, 1, 5.0)", "np.insert(x, -1, 5.0)", "np.insert(x, 0, 5)", "np.insert(x, [1, 2], [5.0, 6.0])",
    "np.insert(x, 1, x)", "np.insert(i, 1, 2.7)", "np.insert(A, 1, 0.0)", "np.insert(A, 1, 0.0, axis=0)",
    "np.insert(A, 1, A[0], axis=0)", "np.insert(A, 1, A[:, 0], axis=1)", "np.insert(A, 1, A[:2], axis=0)",
    "np.insert(A, 1, A[:, :2].T, axis=1)", "np.insert(A, [0, 1], A[:2], axis=0)", "np.insert(A, -1, A[0], axis=0)",
    "np.insert(A, [0, 1], A[:, :2], axis=1)", "np.insert(x, 99, 1.0)", "np.insert(A, 7, 1.0, axis=1)",
    "np.delete(x, 1)", "np.delete(x, -1)", "np.delete(x, [0, 1])", "np.delete(A, 1, axis=0)", "np.delete(x, 99)",
    "np.delete(x, slice(1, 3))", "np.delete(x, slice(None, None, 2))", "np.delete(A, slice(0, 1), axis=1)",
    "np.delete(x, np.s_[::-2])", "np.delete(A, np.s_[1:], axis=0)", "np.delete(x, x > 0)", "np.delete(A, slice(1, 4))",
]  # fmt: skip


def values(n: int, m: int) -> tuple[object, ...]:
    rng = np.random.default_rng(n)
    x = np.round(rng.standard_normal(n) * 2) / 2
    a = np.round(rng.standard_normal((n, m)))
    return x, a, rng.integers(-3, 3, n).astype(np.int32), rng.random((n, m)) > 0.4


def test_different_elements() -> None:
    program = Surface(SIGNATURE, DIFFERENT)
    for n, m in ((5, 3), (2, 2), (1, 1), (11, 2), (0, 2)):
        program.agree(*values(n, m), ulps=0)
    x, a, i, b = values(9, 4)
    x[2:5] = np.nan  # type: ignore[index]
    program.agree(x[::-1], np.asfortranarray(a), i, b, ulps=0)  # type: ignore[index]
    for k, e in enumerate(DIFFERENT):
        if "_" not in e.split("(")[0] and "return" not in e:
            interpreted(program.twice, f"case{k}", values(5, 3))


def test_parts_put_in_and_taken_out() -> None:
    program = Surface(SIGNATURE, CHANGED)
    for n, m in ((5, 3), (7, 2), (2, 2), (3, 5)):
        program.agree(*values(n, m), ulps=0)
    for k, _ in enumerate(CHANGED):
        interpreted(program.twice, f"case{k}", values(5, 3))
