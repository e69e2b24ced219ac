"""Layers of neural networks, written in the language itself: the compiler reads this file as it reads a user's.

They are generic over precision and shape. In a plain precision each operation rounds; in a mixed one the whole function
stays in compute precision and rounds its result.
"""

# A pack of dimensions is no type argument to type checkers.
# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math
from typing import TypeVarTuple

import numpy as np

import pyc
from pyc import Dim, Precision, Tensor, TypeVar, i64

from .nn_images import conv1d as conv1d
from .nn_images import conv2d as conv2d
from .nn_images import conv_transpose1d as conv_transpose1d
from .nn_images import conv_transpose2d as conv_transpose2d
from .nn_images import fold as fold
from .nn_images import unfold as unfold
from .nn_losses import binary_cross_entropy as binary_cross_entropy
from .nn_losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .nn_losses import cross_entropy as cross_entropy
from .nn_losses import huber_loss as huber_loss
from .nn_losses import kl_div as kl_div
from .nn_losses import l1_loss as l1_loss
from .nn_losses import mse_loss as mse_loss
from .nn_losses import nll_loss as nll_loss
from .nn_losses import smooth_l1_loss as smooth_l1_loss
from .nn_margins import cosine_embedding_loss as cosine_embedding_loss
from .nn_margins import gaussian_nll_loss as gaussian_nll_loss
from .nn_margins import hinge_embedding_loss as hinge_embedding_loss
from .nn_margins import margin_ranking_loss as margin_ranking_loss
from .nn_margins import pairwise_distance as pairwise_distance
from .nn_margins import poisson_nll_loss as poisson_nll_loss
from .nn_margins import soft_margin_loss as soft_margin_loss
from .nn_margins import triplet_margin_loss as triplet_margin_loss
from .nn_pools import adaptive_avg_pool1d as adaptive_avg_pool1d
from .nn_pools import adaptive_avg_pool2d as adaptive_avg_pool2d
from .nn_pools import adaptive_max_pool1d as adaptive_max_pool1d
from .nn_pools import adaptive_max_pool2d as adaptive_max_pool2d
from .nn_pools import avg_pool1d as avg_pool1d
from .nn_pools import avg_pool2d as avg_pool2d
from .nn_pools import max_pool1d as max_pool1d
from .nn_pools import max_pool2d as max_pool2d
from .nn_quantised import dequantize as dequantize
from .nn_quantised import quantize as quantize
from .nn_resizing import channel_shuffle as channel_shuffle
from .nn_resizing import interpolate as interpolate
from .nn_resizing import pad as pad
from .nn_resizing import pixel_shuffle as pixel_shuffle
from .nn_resizing import pixel_unshuffle as pixel_unshuffle

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
N = Dim("N")
M = Dim("M")
K = Dim("K")
B = Dim("B")
C = Dim("C")


def relu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``max(x, 0)``; NaN stays NaN."""
    return np.maximum(x, 0)


def gelu(x: Tensor[P, *S], approximate="none") -> Tensor[P, *S]:
    """``x * Phi(x)``: with the error function, or with ``approximate="tanh"`` by the formula of that name."""
    if approximate == "tanh":
        return pyc.gelu_tanh(x)
    if approximate != "none":
        raise ValueError("approximate is 'none' or 'tanh'")
    return pyc.gelu(x)


def leaky_relu(x: Tensor[P, *S], slope: float = 0.01) -> Tensor[P, *S]:
    """``x`` above zero, ``slope * x`` below."""
    return np.where(x > 0, x, x * slope)


def elu(x: Tensor[P, *S], alpha: float = 1.0) -> Tensor[P, *S]:
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)) * alpha)


def sigmoid(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``1 / (1 + exp(-x))``."""
    return pyc.sigmoid(x)


def silu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * sigmoid(x)``."""
    return x * pyc.sigmoid(x)


def mish(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * tanh(softplus(x))``."""
    return x * np.tanh(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def tanh(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """The hyperbolic tangent."""
    return np.tanh(x)


def relu6(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x`` between 0 and 6."""
    return np.minimum(np.maximum(x, 0), 6)


def hardtanh(x: Tensor[P, *S], low: float = -1.0, high: float = 1.0) -> Tensor[P, *S]:
    """``x`` between ``low`` and ``high``."""
    return np.minimum(np.maximum(x, low), high)


def hardsigmoid(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``relu6(x + 3) / 6``."""
    return np.minimum(np.maximum(x + 3.0, 0), 6) / 6.0


def hardswish(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * relu6(x + 3) / 6``."""
    return x * (np.minimum(np.maximum(x + 3.0, 0), 6) / 6.0)


def selu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``elu`` with the slope and scale under which means of 0 and variances of 1 stay."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)) * 1.6732632423543772) * 1.0507009873554805


def celu(x: Tensor[P, *S], alpha: float = 1.0) -> Tensor[P, *S]:
    """``x`` above zero, ``alpha * (exp(x / alpha) - 1)`` below."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0) / alpha) * alpha)


def prelu(x: Tensor[P, B, C, *S], weight: Tensor[P, C]) -> Tensor[P, B, C, *S]:
    """``x`` above zero, and times the slope of its channel below."""
    last = np.moveaxis(x, 1, -1)
    return np.moveaxis(np.where(last > 0, last, last * weight), -1, 1)


def hardshrink(x: Tensor[P, *S], limit: float = 0.5) -> Tensor[P, *S]:
    """``x``, but 0 between ``-limit`` and ``limit``."""
    return np.where(np.abs(x) <= limit, 0, x)


def softshrink(x: Tensor[P, *S], limit: float = 0.5) -> Tensor[P, *S]:
    """``x``, nearer to 0 by ``limit``, which it does not pass."""
    return np.where(np.abs(x) <= limit, 0, x - np.copysign(limit, x))


def tanhshrink(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x - tanh(x)``."""
    return x - np.tanh(x)


def threshold(x: Tensor[P, *S], threshold: float, value: float) -> Tensor[P, *S]:
    """``x`` above the threshold, and ``value`` elsewhere."""
    return np.where(x <= threshold, value, x)


def softsign(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x / (1 + |x|)``."""
    return x / (np.abs(x) + 1.0)


def logsigmoid(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """The logarithm of the sigmoid."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def softplus(x: Tensor[P, *S], beta: float = 1.0) -> Tensor[P, *S]:
    """``log(1 + exp(beta * x)) / beta``, also where ``exp`` would overflow."""
    y = x * beta
    return (np.maximum(y, 0) + np.log1p(np.exp(-np.abs(y)))) / beta


def glu(x: Tensor[P, *S], axis=-1):
    """The first half of ``x`` along an axis, times the sigmoid of the second."""
    halves = np.moveaxis(x, axis, 0)
    if halves.shape[0] % 2 != 0:
        raise ValueError("the axis has an even number of elements")
    half = halves.shape[0] // 2
    gate = halves[half:]
    return np.moveaxis(halves[:half] * pyc.sigmoid(gate), 0, axis)


def softmax(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]:
    """``exp(x) / sum(exp(x))`` along an axis, shifted by the maximum so that nothing overflows."""
    exponentials = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


def softmin(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]:
    """The softmax of ``-x``."""
    return softmax(-x, axis)


def log_softmax(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]:
    """The logarithm of the softmax."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def layer_norm(
    x: Tensor[P, *S, N],
    weight: Tensor[P, N] | None = None,
    bias: Tensor[P, N] | None = None,
    eps: float = 1e-5,
) -> Tensor[P, *S, N]:
    """``x`` normalised along its last axis to mean 0 and variance 1, times ``weight``, plus ``bias``."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return _scaled(centred / np.sqrt(variance + eps), weight, bias)


def rms_norm(x: Tensor[P, *S, N], weight: Tensor[P, N] | None = None, eps: float = 1e-6) -> Tensor[P, *S, N]:
    """``x`` along its last axis divided by the root of the mean of its squares, times ``weight``."""
    return _scaled(x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps), weight, None)


def batch_norm(
    x: Tensor[P, B, C, *S],
    mean: Tensor[P, C],
    variance: Tensor[P, C],
    weight: Tensor[P, C] | None = None,
    bias: Tensor[P, C] | None = None,
    eps: float = 1e-5,
) -> Tensor[P, B, C, *S]:
    """``x`` normalised by the mean and variance that training found for each channel."""
    root = np.sqrt(variance + eps)
    scale = 1.0 / root if weight is None else weight / root
    return np.moveaxis(_scaled(np.moveaxis(x, 1, -1) - mean, scale, bias), -1, 1)


def group_norm(
    x: Tensor[P, B, C, *S],
    groups,
    weight: Tensor[P, C] | None = None,
    bias: Tensor[P, C] | None = None,
    eps: float = 1e-5,
) -> Tensor[P, B, C, *S]:
    """``x`` normalised by the mean and variance of each group of channels, times ``weight``, plus ``bias``."""
    if x.shape[1] % groups != 0:
        raise ValueError("the number of channels is a multiple of the number of groups")
    inner = x.shape[1] // groups
    for extent in x.shape[2:]:
        inner = inner * extent
    return _normal(np.reshape(x, (x.shape[0], groups, inner)), x, weight, bias, eps)


def instance_norm(
    x: Tensor[P, B, C, *S],
    weight: Tensor[P, C] | None = None,
    bias: Tensor[P, C] | None = None,
    eps: float = 1e-5,
) -> Tensor[P, B, C, *S]:
    """``x`` normalised by the mean and variance of each channel of each image, times ``weight``, plus ``bias``."""
    inner = 1
    for extent in x.shape[2:]:
        inner = inner * extent
    return _normal(np.reshape(x, (x.shape[0], x.shape[1], inner)), x, weight, bias, eps)


def _normal(lines, x, weight, bias, eps):
    """``lines`` with mean 0 and variance 1 along their last axis, in the shape of ``x``, scaled by channel."""
    gap = lines - np.mean(lines, axis=2, keepdims=True)
    normal = np.reshape(gap / np.sqrt(np.mean(gap * gap, axis=2, keepdims=True) + eps), x.shape)
    return np.moveaxis(_scaled(np.moveaxis(normal, 1, -1), weight, bias), -1, 1)


def _scaled(x, weight, bias):
    """``x * weight + bias``, of which both may be missing."""
    y = x if weight is None else x * weight
    return y if bias is None else y + bias


def normalize(x: Tensor[P, *S], axis=1, eps: float = 1e-12) -> Tensor[P, *S]:
    """``x`` divided by its length along an axis, or by ``eps`` where that is larger."""
    return x / np.maximum(np.sqrt(np.sum(x * x, axis=axis, keepdims=True)), eps)


def cosine_similarity(x: Tensor[P, *S], y: Tensor[P, *S], axis=1, eps: float = 1e-8):
    """The cosine of the angle between ``x`` and ``y`` along an axis; no length counts as less than ``eps``."""
    lengths = np.maximum(np.sqrt(np.sum(x * x, axis=axis)), eps) * np.maximum(np.sqrt(np.sum(y * y, axis=axis)), eps)
    return np.sum(x * y, axis=axis) / lengths


def local_response_norm(
    x: Tensor[P, B, C, *S], size, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor[P, B, C, *S]:
    """``x`` divided by a power of the mean of the squares of ``size`` channels around each."""
    last = np.moveaxis(x * x, 1, -1)
    total = np.zeros_like(last)
    for i in range(size):
        before = i - size // 2
        low, high = max(-before, 0), min(last.shape[-1] - before, last.shape[-1])
        if low < high:
            total[..., low:high] += last[..., low + before : high + before]
    return x / np.moveaxis(np.power(total * (alpha / size) + k, beta), -1, 1)


def linear(x: Tensor[P, *S, K], weight: Tensor[P, N, K], bias: Tensor[P, N] | None = None) -> Tensor[P, *S, N]:
    """``x @ weight.T + bias``."""
    return _scaled(x @ weight.T, None, bias)


def dropout(x: Tensor[P, *S], p: float = 0.5) -> Tensor[P, *S]:
    """``x`` as it is: nothing is dropped when a network is used."""
    return x


def one_hot(ids: Tensor[i64, *S], classes, dtype=np.float32):
    """A last axis with 1 at the position of each number, and 0 elsewhere."""
    return (ids[..., None] == np.arange(classes)).astype(dtype)


def embedding(ids: Tensor[i64, *S], weight: Tensor[P, N, M]) -> Tensor[P, *S, M]:
    """The rows of ``weight`` at the positions ``ids``."""
    return weight[ids]


def attention(
    query: Tensor[P, *S, M, K],
    key: Tensor[P, *S, N, K],
    value: Tensor[P, *S, N, C],
    causal=False,
    mask=None,
    scale=None,
) -> Tensor[P, *S, M, C]:
    """``softmax(query @ key.T * scale) @ value``, where ``scale`` is ``1 / sqrt(K)`` if it is not given.

    Where ``causal``, no row looks at a later one. A ``mask`` of booleans says what each row looks at; one of numbers is
    added to the scores. A row that looks at nothing is 0.
    """
    scores = query @ np.swapaxes(key, -1, -2)
    if scale is None:
        scores = scores / np.sqrt(np.full_like(scores, query.shape[-1], shape=(1,)))
    else:
        scores = scores * scale
    if causal:
        later = np.arange(key.shape[-2])[None, :] > np.arange(query.shape[-2])[:, None]
        scores = np.where(later, -math.inf, scores)
    if mask is None:
        weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        return (weights / np.sum(weights, axis=-1, keepdims=True)) @ value
    if mask.dtype == np.bool_:
        scores = np.where(mask, scores, -math.inf)
    else:
        scores = scores + mask
    top = np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores - np.where(top == -math.inf, 0, top))
    total = np.sum(weights, axis=-1, keepdims=True)
    return (weights / np.where(total == 0, 1, total)) @ value


def rope(x: Tensor[P, *S, N, K], positions=None, base: float = 10000.0, interleaved=False) -> Tensor[P, *S, N, K]:
    """``x`` with the pairs of its last axis turned by angles that grow with the position: rotary embedding.

    Position ``n`` turns pair ``i`` by ``n * base ** (-2 * i / K)``. A pair is an element of the first half and its
    counterpart in the second, or, where ``interleaved``, two neighbours. Positions are 0, 1, ... if none are given.
    """
    if x.shape[-1] % 2 != 0:
        raise ValueError("the last axis has an even number of elements")
    half = x.shape[-1] // 2
    speeds = np.power(base, np.arange(half) * -2.0 / x.shape[-1])
    places = np.arange(x.shape[-2]) if positions is None else positions
    angles = places[:, None] * speeds
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    a, b = (x[..., 0::2], x[..., 1::2]) if interleaved else (x[..., :half], x[..., half:])
    out = np.empty_like(x)
    if interleaved:
        out[..., 0::2] = a * cos - b * sin
        out[..., 1::2] = a * sin + b * cos
    else:
        out[..., :half] = a * cos - b * sin
        out[..., half:] = a * sin + b * cos
    return out
