"""pyc.nn compiled, against formulas in float64, in double and single precision, and as Python."""

import math
from functools import cache

import numpy as np
import pytest
from surface import Surface

PRELUDE = """
from pyc.nn import attention, avg_pool2d, batch_norm, conv1d, conv2d, cross_entropy, dropout, elu, embedding, gelu
from pyc.nn import layer_norm, leaky_relu, linear, log_softmax, max_pool2d, one_hot, relu, rms_norm, sigmoid, silu
from pyc.nn import softmax, softplus, tanh, group_norm, interpolate, l1_loss, mish, mse_loss, nll_loss, pad, relu6
"""
ROWS = [
    "relu(x)", "gelu(x)", "silu(x)", "sigmoid(x)", "tanh(x)", "softplus(x)", "elu(x)", "leaky_relu(x, 0.2)",
    "softmax(x)", "log_softmax(x, axis=0)", "layer_norm(x, w, b)", "rms_norm(x, w)", "linear(x, x, np.sum(x, axis=1))",
    "dropout(x) + 0", "batch_norm(x, w, w * w, b, w)", "cross_entropy(x, t)", "one_hot(t, 5)", "embedding(t, x)",
    "mish(x)", "relu6(x)", "nll_loss(x, t)", "mse_loss(x, x[::-1])", "l1_loss(x, x[::-1])", "pad(x, (1, 2), value=0.5)",
    "pad(x, (1, 0, 0, 3))",
]  # fmt: skip


@cache
def rows(dtype: str) -> Surface:
    arrays = f"x: Tensor[{dtype}, N, M], w: Tensor[{dtype}, M], b: Tensor[{dtype}, M], t: Tensor[i64, N]"
    return Surface(arrays, ROWS, PRELUDE)


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_layers(dtype: str) -> None:
    rng = np.random.default_rng(0)
    kind = np.dtype("f8" if dtype == "f64" else "f4")
    for n, m in [(3, 5), (1, 1), (2, 7), (5, 11)]:
        x = (rng.standard_normal((n, m)) * 3).astype(kind)
        w, b = (rng.random(m).astype(kind) + kind.type(0.5) for _ in range(2))
        rows(dtype).agree(x, w, b, rng.integers(0, n, n) % m, ulps=24)


IMAGES = [
    "conv2d(x, w)", "conv2d(x, w, b)", "conv2d(x, w, b, padding=1)", "conv2d(x, w, stride=2)", "max_pool2d(x)",
    "conv2d(x, w, padding=2, dilation=2)", "max_pool2d(x, 3, 1, padding=1)", "avg_pool2d(x)", "avg_pool2d(x, 3, 2)",
    "conv1d(x[0], w[0], padding=1)", "conv1d(x[0], w[0], stride=2, dilation=1)", "attention(x, x, x)",
    "attention(x[0], x[0], x[0], causal=True)", "batch_norm(x, m, m * m, m, m)",
    "group_norm(x, 1, m, m)", "group_norm(x, x.shape[1], m, m + 1.0)",
    "interpolate(x, scale_factor=2)", "interpolate(x, scale_factor=3)",
    "pad(x, (1, 2, 0, 1))",
]  # fmt: skip


@cache
def images(dtype: str) -> Surface:
    arrays = (
        f"x: Tensor[{dtype}, B, C, H, W], w: Tensor[{dtype}, O, C, R, Q], b: Tensor[{dtype}, O], m: Tensor[{dtype}, C]"
    )
    dims = "".join(f'{n} = Dim("{n}")\n' for n in "BCHWORQ")
    return Surface(arrays, IMAGES, PRELUDE + dims)


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_images(dtype: str) -> None:
    rng = np.random.default_rng(1)
    kind = np.dtype("f8" if dtype == "f64" else "f4")
    for x, w in [((2, 3, 7, 6), (4, 3, 3, 3)), ((1, 1, 5, 5), (1, 1, 2, 3)), ((3, 2, 6, 9), (2, 2, 3, 1))]:
        arguments = (rng.standard_normal(x), rng.standard_normal(w), rng.standard_normal(w[0]), rng.random(x[1]) + 1)
        images(dtype).agree(*(a.astype(kind) for a in arguments), ulps=64)


def test_convolutions_and_attention_are_what_they_are() -> None:
    """Against sums written out, not against the library's own source."""
    rng = np.random.default_rng(2)
    x, w, b = rng.standard_normal((2, 3, 6, 5)), rng.standard_normal((4, 3, 3, 2)), rng.standard_normal(4)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    want = np.empty((2, 4, 3, 3))
    for i in range(3):
        for j in range(3):
            window = padded[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 2]
            want[:, :, i, j] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b
    dims = "".join(f'{n} = Dim("{n}")\n' for n in "BCHWORQ")
    arrays = "x: Tensor[f64, B, C, H, W], w: Tensor[f64, O, C, R, Q], b: Tensor[f64, O]"
    program = Surface(
        arrays, ["conv2d(x, w, b, stride=2, padding=1)", "max_pool2d(x)", "attention(x, x, x, True)"], PRELUDE + dims
    )
    compiled = program.twice.compiled
    np.testing.assert_allclose(compiled.case0(x, w, b), want, rtol=1e-12)
    pooled = x[:, :, :6, :4].reshape(2, 3, 3, 2, 2, 2).max(axis=(3, 5))
    np.testing.assert_array_equal(compiled.case1(x, w, b), pooled)
    scores = np.einsum("...ik,...jk->...ij", x, x) / math.sqrt(5)
    scores[..., np.triu(np.ones((6, 6), bool), 1)] = -np.inf
    weights = np.exp(scores)
    np.testing.assert_allclose(compiled.case2(x, w, b), weights / weights.sum(-1, keepdims=True) @ x, rtol=1e-12)
