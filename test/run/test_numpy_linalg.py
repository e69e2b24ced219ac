"""``np.linalg`` against NumPy's own, up to rounding; what has signs of its own is multiplied together again."""

import numpy as np
import pytest
from surface import Surface

MATRICES = [
    "np.linalg.det(a)", "np.linalg.slogdet(a)", "np.linalg.inv(a)", "np.linalg.solve(a, b)", "np.linalg.solve(a, v)",
    "np.linalg.cholesky(a @ a.T + np.eye(a.shape[0]))", "np.linalg.matrix_power(a, 3)", "np.linalg.matrix_power(a, 0)",
    "np.linalg.matrix_power(a, -2)", "np.linalg.norm(a)", "np.linalg.norm(v)", "np.linalg.norm(a, axis=0)",
    "np.linalg.norm(v, 1)", "np.linalg.norm(v, np.inf)", "np.linalg.norm(a, 1)", "np.linalg.norm(a, np.inf)",
    "np.linalg.norm(v, 3)", "np.linalg.norm(a, axis=1, keepdims=True)", "np.linalg.norm(v, 0)", "np.linalg.qr(b)[1]",
    "np.linalg.qr(b)[0]", "np.linalg.eigvalsh(a + a.T)", "np.linalg.eigh(a + a.T)[0]", "np.linalg.trace(a)",
    "np.linalg.norm(a, -np.inf)", "np.linalg.norm(v, -np.inf)", "np.linalg.qr(b, mode='r')",
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_matrices(dtype: str) -> None:
    arrays = f"a: Tensor[{dtype}, N, N], b: Tensor[{dtype}, N, M], v: Tensor[{dtype}, N]"
    chosen = MATRICES if dtype == "f64" else [e for e in MATRICES if "np.eye" not in e]
    program = Surface(arrays, chosen)
    rng = np.random.default_rng(0)
    kind = np.dtype("f8" if dtype == "f64" else "f4")
    for n, m in [(4, 3), (1, 1), (7, 2), (3, 3)]:
        a = rng.standard_normal((n, n)) + 3 * np.eye(n)
        b, v = rng.standard_normal((n, m)), rng.standard_normal(n)
        program.agree(a.astype(kind), b.astype(kind), v.astype(kind), ulps=2000)


def test_vectors_of_a_symmetric_matrix() -> None:
    source = "(np.linalg.eigh(a)[1] * np.linalg.eigh(a)[0]) @ np.linalg.eigh(a)[1].T"
    program = Surface("a: Tensor[f64, N, N]", [source, "np.fabs(np.linalg.eigh(a)[1])"])
    for n in (1, 2, 6):
        a = np.random.default_rng(n).standard_normal((n, n))
        program.agree(a + a.T, ulps=2000)


def test_a_singular_matrix() -> None:
    names = [f"np.linalg.{e}" for e in ("inv(a)", "solve(a, a)", "det(a)", "slogdet(a)", "cholesky(a)")]
    program = Surface("a: Tensor[f64, N, M]", names[2:4])
    program.agree(np.array([[1.0, 2.0], [2.0, 4.0]]))
    program = Surface("a: Tensor[f64, N, N]", names)
    program.agree(np.array([[1.0, 2.0], [2.0, 4.0]]) * 0, messages=True)
    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
        program.twice.compiled.case0(np.zeros((2, 2)))
