"""Layers of neural networks, written in the language itself: the compiler reads this file as it reads a user's.

They are generic over precision and shape. In a plain precision each operation rounds; in a mixed one the whole function
stays in compute precision and rounds its result.
"""

# A pack of dimensions is no type argument to type checkers.
# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math
from typing import TypeVarTuple

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar, erf, i64

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
N = Dim("N")
M = Dim("M")
K = Dim("K")
B = Dim("B")
C = Dim("C")
F = Dim("F")
H = Dim("H")
W = Dim("W")
R = Dim("R")
Q = Dim("Q")


def relu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``max(x, 0)``; NaN stays NaN."""
    return np.maximum(x, 0)


def gelu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * Phi(x)``, exact: with the error function, not the tanh approximation."""
    return x * 0.5 * (1.0 + erf(x * 0.7071067811865476))


def softmax(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]:
    """``exp(x) / sum(exp(x))`` along an axis, shifted by the maximum so that nothing overflows."""
    exponentials = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


def layer_norm(x: Tensor[P, *S, N], weight: Tensor[P, N], bias: Tensor[P, N], eps: float = 1e-5) -> Tensor[P, *S, N]:
    """``x`` normalised along its last axis to mean 0 and variance 1, times ``weight``, plus ``bias``."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight + bias


def leaky_relu(x: Tensor[P, *S], slope: float = 0.01) -> Tensor[P, *S]:
    """``x`` above zero, ``slope * x`` below."""
    return np.where(x > 0, x, x * slope)


def elu(x: Tensor[P, *S], alpha: float = 1.0) -> Tensor[P, *S]:
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)) * alpha)


def sigmoid(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``1 / (1 + exp(-x))``, by way of ``exp(-|x|)``, which does not overflow."""
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, z) / (z + 1.0)


def silu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * sigmoid(x)``."""
    z = np.exp(-np.abs(x))
    return x * (np.where(x >= 0, 1.0, z) / (z + 1.0))


def tanh(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """The hyperbolic tangent."""
    return np.tanh(x)


def softplus(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``log(1 + exp(x))``."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def log_softmax(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]:
    """The logarithm of the softmax."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def rms_norm(x: Tensor[P, *S, N], weight: Tensor[P, N], eps: float = 1e-6) -> Tensor[P, *S, N]:
    """``x`` along its last axis divided by the root of the mean of its squares, times ``weight``."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * weight


def batch_norm(
    x: Tensor[P, B, C, *S],
    mean: Tensor[P, C],
    variance: Tensor[P, C],
    weight: Tensor[P, C],
    bias: Tensor[P, C],
    eps: float = 1e-5,
) -> Tensor[P, B, C, *S]:
    """``x`` normalised by the mean and variance that training found for each channel."""
    scale = weight / np.sqrt(variance + eps)
    last = (np.moveaxis(x, 1, -1) - mean) * scale + bias
    return np.moveaxis(last, -1, 1)


def linear(x: Tensor[P, *S, K], weight: Tensor[P, N, K], bias: Tensor[P, N]) -> Tensor[P, *S, N]:
    """``x @ weight.T + bias``."""
    return x @ weight.T + bias


def dropout(x: Tensor[P, *S], p: float = 0.5) -> Tensor[P, *S]:
    """``x`` as it is: nothing is dropped when a network is used."""
    return x


def one_hot(ids: Tensor[i64, *S], classes, dtype=np.float32):
    """A last axis with 1 at the position of each number, and 0 elsewhere."""
    return (ids[..., None] == np.arange(classes)).astype(dtype)


def embedding(ids: Tensor[i64, *S], weight: Tensor[P, N, M]) -> Tensor[P, *S, M]:
    """The rows of ``weight`` at the positions ``ids``."""
    return weight[ids]


def cross_entropy(logits: Tensor[P, B, C], target: Tensor[i64, B]):
    """The mean over the batch of minus the logarithm of the softmax at the right class."""
    chosen = target[:, None] == np.arange(logits.shape[1])
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    total = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(total - np.sum(np.where(chosen, shifted, 0), axis=1))


def attention(
    query: Tensor[P, *S, M, K], key: Tensor[P, *S, N, K], value: Tensor[P, *S, N, C], causal=False
) -> Tensor[P, *S, M, C]:
    """``softmax(query @ key.T / sqrt(K)) @ value``; where ``causal``, no row looks at a later one."""
    scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(np.full((1,), query.shape[-1], query.dtype))
    if causal:
        later = np.arange(key.shape[-2])[None, :] > np.arange(query.shape[-2])[:, None]
        scores = np.where(later, -math.inf, scores)
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return (weights / np.sum(weights, axis=-1, keepdims=True)) @ value


def conv1d(x: Tensor[P, B, C, N], weight: Tensor[P, F, C, K], bias=None, stride=1, padding=0, dilation=1):
    """The cross-correlation of ``x`` along its last axis with each of ``F`` filters."""
    y = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    taps = weight.shape[2]
    size = (y.shape[2] - (taps - 1) * dilation - 1) // stride + 1
    if size < 1:
        raise ValueError("the filter is larger than the padded input")
    patches = np.empty((y.shape[0], y.shape[1], taps, size), x.dtype)
    for k in range(taps):
        first = k * dilation
        patches[:, :, k, :] = y[:, :, first : first + (size - 1) * stride + 1 : stride]
    columns = np.reshape(patches, (y.shape[0], y.shape[1] * taps, size))
    out = np.reshape(weight, (weight.shape[0], weight.shape[1] * taps)) @ columns
    return out if bias is None else out + bias[:, None]


def conv2d(x: Tensor[P, B, C, H, W], weight: Tensor[P, F, C, R, Q], bias=None, stride=1, padding=0, dilation=1):
    """The cross-correlation of images with each of ``F`` filters, as one product of matrices for each image."""
    y = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = weight.shape[2], weight.shape[3]
    height = (y.shape[2] - (rows - 1) * dilation - 1) // stride + 1
    width = (y.shape[3] - (columns - 1) * dilation - 1) // stride + 1
    if height < 1 or width < 1:
        raise ValueError("the filter is larger than the padded input")
    patches = np.empty((y.shape[0], y.shape[1], rows, columns, height, width), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * dilation, j * dilation
            patches[:, :, i, j, :, :] = y[
                :,
                :,
                top : top + (height - 1) * stride + 1 : stride,
                left : left + (width - 1) * stride + 1 : stride,
            ]
    inner = y.shape[1] * rows * columns
    flat = np.reshape(weight, (weight.shape[0], inner)) @ np.reshape(patches, (y.shape[0], inner, height * width))
    out = np.reshape(flat, (y.shape[0], weight.shape[0], height, width))
    return out if bias is None else out + bias[:, None, None]


def max_pool2d(x: Tensor[P, B, C, H, W], size=2, stride=2, padding=0):
    """The largest element of each ``size`` by ``size`` window."""
    y = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-math.inf)
    height, width = (y.shape[2] - size) // stride + 1, (y.shape[3] - size) // stride + 1
    out = np.full((y.shape[0], y.shape[1], height, width), -math.inf, x.dtype)
    for i in range(size):
        for j in range(size):
            part = y[:, :, i : i + (height - 1) * stride + 1 : stride, j : j + (width - 1) * stride + 1 : stride]
            out[:, :, :, :] = np.maximum(out, part)
    return out


def avg_pool2d(x: Tensor[P, B, C, H, W], size=2, stride=2):
    """The mean of each ``size`` by ``size`` window."""
    height, width = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    windows = np.empty((size * size, x.shape[0], x.shape[1], height, width), x.dtype)
    for i in range(size):
        for j in range(size):
            windows[i * size + j] = x[
                :, :, i : i + (height - 1) * stride + 1 : stride, j : j + (width - 1) * stride + 1 : stride
            ]
    return np.mean(windows, axis=0)


def mish(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * tanh(softplus(x))``."""
    return x * np.tanh(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def relu6(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x`` between 0 and 6."""
    return np.minimum(np.maximum(x, 0), 6)


def group_norm(
    x: Tensor[P, B, C, *S], groups, weight: Tensor[P, C], bias: Tensor[P, C], eps: float = 1e-5
) -> Tensor[P, B, C, *S]:
    """``x`` normalised by the mean and variance of each group of channels, times ``weight``, plus ``bias``."""
    if x.shape[1] % groups != 0:
        raise ValueError("the number of channels is a multiple of the number of groups")
    lines = np.reshape(x, (x.shape[0], groups, -1))
    gap = lines - np.mean(lines, axis=2, keepdims=True)
    normal = np.reshape(gap / np.sqrt(np.mean(gap * gap, axis=2, keepdims=True) + eps), x.shape)
    return np.moveaxis(np.moveaxis(normal, 1, -1) * weight + bias, -1, 1)


def nll_loss(log_probabilities: Tensor[P, B, C], target: Tensor[i64, B]):
    """The mean over the batch of minus the logarithm of the probability of the right class."""
    chosen = target[:, None] == np.arange(log_probabilities.shape[1])
    return -np.mean(np.sum(np.where(chosen, log_probabilities, 0), axis=1))


def mse_loss(x: Tensor[P, *S], target: Tensor[P, *S]):
    """The mean of the squared differences."""
    gap = x - target
    return np.mean(gap * gap)


def l1_loss(x: Tensor[P, *S], target: Tensor[P, *S]):
    """The mean of the magnitudes of the differences."""
    return np.mean(np.abs(x - target))


def interpolate(x: Tensor[P, B, C, H, W], scale_factor=2):
    """Images enlarged by a whole number: each element is repeated."""
    return np.repeat(np.repeat(x, scale_factor, axis=2), scale_factor, axis=3)


def pad(x, padding, value=0.0):
    """``x`` with ``value`` before and behind the last axis, or the last two: ``(left, right, top, bottom)``."""
    wide = _beside(x, padding[0], padding[1], value, -1)
    if len(padding) == 4:
        return _beside(wide, padding[2], padding[3], value, -2)
    return wide


def _beside(x, before, behind, value, axis):
    """``x`` with ``value`` before and behind one axis."""
    parts = np.moveaxis(x, axis, 0)
    out = np.full((before + parts.shape[0] + behind,) + parts.shape[1:], value, x.dtype)
    out[before : before + parts.shape[0]] = parts
    return np.moveaxis(out, 0, axis)
