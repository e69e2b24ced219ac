"""Arrays in lists and tuples: of products, of axes, and of what is joined."""

import numpy as np
import pytest
from surface import Surface

from pyc.diagnostics import CompileError

JOINED = """
def joined(a, b):
    t = (a, b)
    return np.concatenate(t), np.stack((a, a)), np.vstack(t)

"""


def test_products_and_joins() -> None:
    program = Surface(
        "a: Tensor[f64, N, M], b: Tensor[f64, M, K], c: Tensor[f64, K, N], v: Tensor[f64, N]",
        [
            "np.linalg.multi_dot([a, b, c])", "np.linalg.multi_dot((a, b))", "np.linalg.multi_dot([v, a, b, c, v])",
            "np.tensordot(a, b, axes=[[1], [0]])", "np.tensordot(a, b, ([1], [0]))", "np.tensordot(a, c, [(0,), (1,)])",
            "np.linalg.tensordot(a, b, axes=1)", "joined(a, a * 2)[0]", "joined(a, a + 1)[2]",
        ],
        JOINED,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    for n, m, k in [(3, 4, 5), (1, 1, 1), (7, 2, 3)]:
        a, b, c = (rng.standard_normal(s) for s in ((n, m), (m, k), (k, n)))
        program.agree(a, b, c, rng.standard_normal(n), ulps=64)


def test_one_array_is_no_list() -> None:
    with pytest.raises(CompileError, match=r"np\.concatenate takes a tuple of arrays"):
        Surface("a: Tensor[f64, N, M]", ["np.concatenate(a)"])
