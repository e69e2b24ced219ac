"""A feed-forward layer: a matrix product, a bias and an activation, with every shape in the types.

pyc run examples/matmul_gelu.py
pyc compile examples/matmul_gelu.py --target=cpu
pyc compile examples/matmul_gelu.py --target=cuda:sm_80 --emit=ptx
"""

import math

import numpy as np

from pyc import Tensor, f32
from pyc.nn import gelu


def ffn[M, K, N](x: Tensor[f32, M, K], w: Tensor[f32, K, N], b: Tensor[f32, N]) -> Tensor[f32, M, N]:
    return gelu(x @ w + b)


def main() -> None:
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(s).astype(np.float32) for s in ((37, 64), (64, 128), (128,)))
    result = ffn(x, w, b)
    z = (x @ w + b).astype(np.float64)
    expected = 0.5 * z * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))
    print(f"{result.shape}, furthest from NumPy {np.abs(result - expected).max():.1e}")
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


if __name__ == "__main__":
    main()
