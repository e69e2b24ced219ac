"""The functions of pyc.nn by their definitions, written out in float64, for each expression that the record has."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Given = SimpleNamespace
Reference = Callable[[Given], Any]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_softmax(x, axis=-1):
    x = x - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


def softmax(x):
    return np.exp(log_softmax(x))


def norm(x, axis, eps=1e-5):
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + eps)


def by_channel(x, w):
    return w.reshape(-1, *(1,) * (x.ndim - 2))


def attention(x, y=None, *, keep=None, more=0.0, scale=None):
    y = x if y is None else y
    scores = x @ y.swapaxes(-1, -2) * (scale or 1 / math.sqrt(x.shape[-1])) + more
    weights = np.exp(scores) * (1 if keep is None else keep)
    total = weights.sum(-1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1), 0) @ y


def classes(chances, t, w=None, ignored=-100, smoothing=0.0):
    """The losses of the elements, and what each counts in the mean."""
    w = np.ones(chances.shape[1]) if w is None else w
    losses, counted = np.zeros(len(t)), np.zeros(len(t))
    for i, k in enumerate(t):
        if k != ignored:
            spread = -(chances[i] * w).mean()
            losses[i] = (smoothing - 1) * chances[i, k] * w[k] + smoothing * spread
            counted[i] = w[k]
    return losses, counted


def mean_of(found):
    return found[0].sum() / found[1].sum()


def entropy(x, t):
    with np.errstate(divide="ignore"):
        return -(t * np.maximum(np.log(x), -100) + (1 - t) * np.maximum(np.log1p(-x), -100))


def rope(x, at, base=10000.0):
    """Pairs as complex numbers, the first halves of the last axis and the second."""
    half = x.shape[-1] // 2
    z = x[..., :half] + 1j * x[..., half:]
    z = z * np.exp(1j * np.asarray(at)[:, None] * base ** (-2.0 * np.arange(half) / x.shape[-1]))
    return np.concatenate([z.real, z.imag], -1)


def interleaved(x, at):
    turned = rope(np.concatenate([x[..., 0::2], x[..., 1::2]], -1), at)
    half = x.shape[-1] // 2
    return np.stack([turned[..., :half], turned[..., half:]], -1).reshape(x.shape)


def rest(x, t, weight):
    return (1 - t) * np.logaddexp(0, x) + weight * t * np.logaddexp(0, -x)


erf = np.vectorize(math.erf, otypes=[float])


def knee(gap):
    """The square of a difference, and beyond a half the line that goes on from there."""
    return np.minimum(abs(gap), 0.5) ** 2 + np.maximum(abs(gap) - 0.5, 0)


def triplet(x, near, far, swapped=False):
    distances = [np.linalg.norm(u + 1e-6, axis=-1) for u in (x - near, near - far if swapped else x - far)]
    return np.maximum(distances[0] - distances[1] + 2, 0)


def poisson(x, t):
    stirling = [[k * math.log(k) - k + math.log(2 * math.pi * k) / 2 if k > 1 else 0 for k in row] for row in t]
    return x - t * np.log(x + 0.1) + np.reshape(stirling, t.shape)


def lrn(x, size, alpha, beta, k):
    out = np.empty_like(x)
    for c in range(x.shape[1]):
        around = (x**2)[:, max(c - size // 2, 0) : c + (size - 1) // 2 + 1]
        out[:, c] = x[:, c] / (k + alpha * around.sum(1) / size) ** beta
    return out


ROWS: dict[str, Reference] = {
    "relu(x)": lambda a: np.maximum(a.x, 0),
    "gelu(x)": lambda a: a.x / 2 * (1 + erf(a.x / math.sqrt(2))),
    "silu(x)": lambda a: a.x * sigmoid(a.x),
    "sigmoid(x)": lambda a: sigmoid(a.x),
    "tanh(x)": lambda a: np.tanh(a.x),
    "mish(x)": lambda a: a.x * np.tanh(np.logaddexp(0, a.x)),
    "relu6(x)": lambda a: np.clip(a.x, 0, 6),
    "softplus(x)": lambda a: np.logaddexp(0, a.x),
    "leaky_relu(x, 0.2)": lambda a: np.where(a.x > 0, a.x, 0.2 * a.x),
    "hardshrink(x)": lambda a: np.where(abs(a.x) <= 0.5, 0, a.x),
    "softshrink(x, 0.25)": lambda a: np.sign(a.x) * np.maximum(abs(a.x) - 0.25, 0),
    "tanhshrink(x)": lambda a: a.x - np.tanh(a.x),
    "threshold(x, 0.5, -7.0)": lambda a: np.where(a.x <= 0.5, -7, a.x),
    "dropout(x) + 0": lambda a: a.x,
    "softmax(x)": lambda a: softmax(a.x),
    "softmax(x, 0)": lambda a: softmax(a.x.T).T,
    "softmin(x)": lambda a: softmax(-a.x),
    "log_softmax(x, axis=0)": lambda a: log_softmax(a.x, 0),
    "layer_norm(x, w, b)": lambda a: norm(a.x, -1) * a.w + a.b,
    "rms_norm(x, w)": lambda a: a.x / np.sqrt((a.x**2).mean(-1, keepdims=True) + 1e-6) * a.w,
    "linear(x, x, np.sum(x, axis=1))": lambda a: a.x @ a.x.T + a.x.sum(1),
    "one_hot(t, 12)": lambda a: np.eye(12)[a.t],
    "embedding(t, x)": lambda a: a.x[a.t],
    "dequantize(quantize(np.rint(x), 0.5, 3, i8), 0.5, 3)": lambda a: np.rint(a.x),
    "attention(x, x, x)": lambda a: attention(a.x),
    "pairwise_distance(x, x[::-1])": lambda a: np.sqrt(((a.x - a.x[::-1] + 1e-6) ** 2).sum(-1)),
    "pairwise_distance(x, b + x * 0, 3.0, 0.5, True)": lambda a: (
        (abs(a.x - a.b + 0.5) ** 3).sum(-1, keepdims=True) ** (1 / 3)
    ),
    "nll_loss(x, t)": lambda a: mean_of(classes(a.x, a.t)),
    "mse_loss(x, x[::-1])": lambda a: ((a.x - a.x[::-1]) ** 2).mean(),
    "l1_loss(x, x[::-1])": lambda a: abs(a.x - a.x[::-1]).mean(),
    "margin_ranking_loss(x, x[::-1], np.sign(x), 0.3, 'none')": lambda a: np.maximum(
        np.sign(a.x) * (a.x[::-1] - a.x) + 0.3, 0
    ),
    "hinge_embedding_loss(x, np.sign(x), 0.7)": lambda a: np.where(a.x > 0, a.x, np.maximum(0.7 - a.x, 0)).mean(),
    "soft_margin_loss(x, np.sign(x[::-1]), 'none')": lambda a: np.logaddexp(0, -np.sign(a.x[::-1]) * a.x),
    "triplet_margin_loss(x, x[::-1], b + x * 0, 2.0)": lambda a: triplet(a.x, a.x[::-1], a.b).mean(),
    "triplet_margin_loss(x, x[::-1], b + x * 0, 2.0, swap=True, reduction='sum')": lambda a: np.maximum(
        triplet(a.x, a.x[::-1], a.b), triplet(a.x, a.x[::-1], a.b, swapped=True)
    ).sum(),
    "cosine_embedding_loss(x, w + x * 0, np.sign(x[:, 0]), 0.1, 'none')": lambda a: [
        1 - c if k > 0 else max(c - 0.1, 0)
        for c, k in zip(a.x @ a.w / np.sqrt(((a.x**2).sum(1) + 1e-12) * (a.w @ a.w + 1e-12)), a.x[:, 0], strict=True)
    ],
    "poisson_nll_loss(x, w + x * 0, reduction='none')": lambda a: np.exp(a.x) - a.w * a.x,
    "poisson_nll_loss(w + x * 0, relu(x), False, True, 0.1)": lambda a: poisson(a.w, np.maximum(a.x, 0)).mean(),
    "gaussian_nll_loss(x, x[::-1], w + x * 0)": lambda a: (
        (np.log(a.w) + (a.x - a.x[::-1]) ** 2 / a.w) / 2 + 0 * a.x
    ).mean(),
    "gaussian_nll_loss(x, b + x * 0, relu(x), True, 0.25, 'sum')": lambda a: (
        -np.log(np.exp(-((a.x - a.b) ** 2) / 2 / (v := np.maximum(a.x, 0.25))) / np.sqrt(2 * np.pi * v))
    ).sum(),
    "local_response_norm(x, 3, 0.5, 0.6, 2.0)": lambda a: lrn(a.x, 3, 0.5, 0.6, 2),
    "local_response_norm(x, 4)": lambda a: lrn(a.x, 4, 1e-4, 0.75, 1),
    "pad(x, (1, 2), value=0.5)": lambda a: np.pad(a.x, ((0, 0), (1, 2)), constant_values=0.5),
    "pad(x, (1, 0, 0, 3))": lambda a: np.pad(a.x, ((0, 3), (1, 0))),
    "pad(x, (1, 2), 'replicate')": lambda a: np.pad(a.x, ((0, 0), (1, 2)), mode="edge"),
    "gelu(x, 'tanh')": lambda a: a.x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (a.x + 0.044715 * a.x**3))),
    "hardtanh(x)": lambda a: np.clip(a.x, -1, 1),
    "hardtanh(x, -0.5, 2.0)": lambda a: np.clip(a.x, -0.5, 2),
    "hardsigmoid(x)": lambda a: np.clip(a.x + 3, 0, 6) / 6,
    "hardswish(x)": lambda a: a.x * np.clip(a.x + 3, 0, 6) / 6,
    "selu(x)": lambda a: 1.0507009873554805 * np.where(a.x > 0, a.x, 1.6732632423543772 * (np.exp(a.x) - 1)),
    "celu(x, 0.7)": lambda a: np.where(a.x > 0, a.x, 0.7 * (np.exp(a.x / 0.7) - 1)),
    "elu(x, 0.7)": lambda a: np.where(a.x > 0, a.x, 0.7 * (np.exp(a.x) - 1)),
    "prelu(x, w)": lambda a: np.where(a.x > 0, a.x, a.x * a.w),
    "softsign(x)": lambda a: a.x / (1 + abs(a.x)),
    "logsigmoid(x)": lambda a: -np.logaddexp(0, -a.x),
    "softplus(x, 2.5)": lambda a: np.logaddexp(0, 2.5 * a.x) / 2.5,
    "glu(x[:2], 0)": lambda a: a.x[:1] * sigmoid(a.x[1:2]),
    "layer_norm(x)": lambda a: norm(a.x, -1),
    "layer_norm(x, w, eps=0.1)": lambda a: norm(a.x, -1, 0.1) * a.w,
    "layer_norm(x, None, b)": lambda a: norm(a.x, -1) + a.b,
    "rms_norm(x, eps=0.01)": lambda a: a.x / np.sqrt((a.x**2).mean(-1, keepdims=True) + 0.01),
    "batch_norm(x, b, w)": lambda a: (a.x - a.b) / np.sqrt(a.w + 1e-5),
    "batch_norm(x, b, w, w, b)": lambda a: (a.x - a.b) / np.sqrt(a.w + 1e-5) * a.w + a.b,
    "normalize(x)": lambda a: a.x / np.linalg.norm(a.x, axis=1, keepdims=True),
    "normalize(x, 0, 100.0)": lambda a: a.x / np.maximum(np.linalg.norm(a.x, axis=0), 100),
    "cosine_similarity(x, x[::-1])": lambda a: [
        u @ v / np.linalg.norm(u) / np.linalg.norm(v) for u, v in zip(a.x, a.x[::-1], strict=True)
    ],
    "linear(x, x)": lambda a: a.x @ a.x.T,
    "cross_entropy(x, t)": lambda a: mean_of(classes(log_softmax(a.x), a.t)),
    "cross_entropy(x, t, w)": lambda a: mean_of(classes(log_softmax(a.x), a.t, a.w)),
    "cross_entropy(x, t, None, 1)": lambda a: mean_of(classes(log_softmax(a.x), a.t, ignored=1)),
    "cross_entropy(x, t, w, 1, 'mean', 0.2)": lambda a: mean_of(classes(log_softmax(a.x), a.t, a.w, 1, 0.2)),
    "cross_entropy(x, t, w, 1, 'none', 0.2)": lambda a: classes(log_softmax(a.x), a.t, a.w, 1, 0.2)[0],
    "cross_entropy(x, t, reduction='sum')": lambda a: classes(log_softmax(a.x), a.t)[0].sum(),
    "nll_loss(x, t, w, 0, 'none')": lambda a: classes(a.x, a.t, a.w, 0)[0],
    "mse_loss(x, x[::-1], 'sum')": lambda a: ((a.x - a.x[::-1]) ** 2).sum(),
    "l1_loss(x, x[::-1], 'none')": lambda a: abs(a.x - a.x[::-1]),
    "smooth_l1_loss(x, b + x * 0.9, 'none', 0.5)": lambda a: knee(a.x * 0.1 - a.b),
    "huber_loss(x, b + x * 0.9, 'none', 0.5)": lambda a: knee(a.x * 0.1 - a.b) / 2,
    "binary_cross_entropy(sigmoid(x), sigmoid(x[::-1]))": lambda a: entropy(sigmoid(a.x), sigmoid(a.x[::-1])).mean(),
    "binary_cross_entropy(hardtanh(x * 1e4, 0.0, 1.0), sigmoid(x), x, 'none')": lambda a: (
        entropy((a.x > 0) * 1.0, sigmoid(a.x)) * a.x
    ),
    "binary_cross_entropy_with_logits(x, sigmoid(x[::-1]), pos_weight=1.5)": lambda a: rest(
        a.x, sigmoid(a.x[::-1]), 1.5
    ).mean(),
    "binary_cross_entropy_with_logits(x * 100.0, softsign(w + x * 0), w + x, 'none')": lambda a: (
        rest(100 * a.x, a.w / (1 + a.w), 1) * (a.w + a.x)
    ),
    "kl_div(log_softmax(x), relu(x), 'batchmean')": lambda a: (
        sum(p * (math.log(p) - q) for p, q in zip(a.x.ravel(), log_softmax(a.x).ravel(), strict=True) if p > 0)
        / np.float64(len(a.x))
    ),
    "kl_div(log_softmax(x), log_softmax(x[::-1]), 'sum', True)": lambda a: (
        softmax(a.x[::-1]) * (log_softmax(a.x[::-1]) - log_softmax(a.x))
    ).sum(),
    "attention(x[:1], x, x, True)": lambda a: a.x[:1],
    "attention(x, x, x, scale=0.3)": lambda a: attention(a.x, scale=0.3),
    "attention(x, x, x, mask=t[:, None] > t[None, :])": lambda a: attention(a.x, keep=a.t[:, None] > a.t),
    "attention(x, x, x, mask=x @ x.T)": lambda a: attention(a.x, more=a.x @ a.x.T),
    "rope(x[:, :4])": lambda a: rope(a.x[:, :4], np.arange(len(a.x))),
    "rope(x[:, :4], t * 7, 100.0)": lambda a: rope(a.x[:, :4], a.t * 7, 100.0),
    "rope(x[:, :4], interleaved=True)": lambda a: interleaved(a.x[:, :4], np.arange(len(a.x))),
}


def conv(x, w, b=0.0, stride=(1, 1), pads=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    x = np.pad(x, ((0, 0), (0, 0), *pads))
    taps = np.zeros((*w.shape[:2], *((k - 1) * d + 1 for k, d in zip(w.shape[2:], dilation, strict=True))))
    taps[:, :, :: dilation[0], :: dilation[1]] = w
    parts = []
    for one, own in zip(np.split(x, groups, 1), np.split(taps, groups), strict=True):
        windows = sliding_window_view(one, taps.shape[2:], (2, 3))[:, :, :: stride[0], :: stride[1]]
        parts.append(np.einsum("bchwij,ocij->bohw", windows, own))
    return np.concatenate(parts, 1) + np.reshape(b, (-1, 1, 1))


def same(w):
    return tuple(((k - 1) // 2, k // 2) for k in w.shape[2:])


def spread(x, w, stride, pad, more, dilation=(1, 1), groups=1):
    """Zeros between the elements, and a convolution with the filters turned around."""
    wide = np.zeros((*x.shape[:2], *((n - 1) * s + 1 for n, s in zip(x.shape[2:], stride, strict=True))))
    wide[:, :, :: stride[0], :: stride[1]] = x
    filters = np.concatenate([p.swapaxes(0, 1) for p in np.split(w, groups)])[:, :, ::-1, ::-1]
    full = [(k - 1) * d for k, d in zip(w.shape[2:], dilation, strict=True)]
    edges = tuple((f, f + m) for f, m in zip(full, more, strict=True))
    out = conv(wide, filters, pads=edges, dilation=dilation, groups=groups)
    return out[:, :, pad[0] : out.shape[2] - pad[0], pad[1] : out.shape[3] - pad[1]]


def pool(x, size, stride, pad=(0, 0), fill=0.0, how=np.mean):
    x = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])), constant_values=fill)
    return how(sliding_window_view(x, size, (2, 3))[:, :, :: stride[0], :: stride[1]], axis=(4, 5))


def adaptive(x, rows, columns, how):
    _, _, h, w = x.shape
    parts = [
        [
            how(x[:, :, i * h // rows : -(-(i + 1) * h // rows), j * w // columns : -(-(j + 1) * w // columns)], (2, 3))
            for j in range(columns)
        ]
        for i in range(rows)
    ]
    return np.moveaxis(np.array(parts), (0, 1), (2, 3))


def nearest(n, count, before=0.0):
    return [int((i + before) * n / count) for i in range(count)]


def tent(d):
    return max(1 - abs(d), 0)


def keys(d, a=-0.75):
    d = abs(d)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0


def resized(x, size, kernel, corners=False, scale=None):
    """Each axis times a matrix: how much of each element is in each new one; beyond its ends an axis goes on."""
    for axis, count in zip((2, 3), size, strict=True):
        n = x.shape[axis]
        m = np.zeros((count, n))
        for i in range(count):
            step = 1 / scale[axis - 2] if scale else n / count
            at = i * (n - 1) / max(count - 1, 1) if corners else (i + 0.5) * step - 0.5
            for j in range(-5, n + 5):
                m[i, min(max(j, 0), n - 1)] += kernel(at - j)
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ m.T, -1, axis)
    return x


def unfolded(x, size, dilation, padding, stride):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    far = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
    w = sliding_window_view(x, far, (2, 3))[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    return w.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), x.shape[1] * size[0] * size[1], w.shape[2] * w.shape[3])


def covered(x, size, padding, stride):
    """How many windows each pixel is in."""

    def along(n):
        starts = range(-padding, n + padding - size + 1, stride)
        return np.array([sum(s <= i < s + size for s in starts) for i in range(n)])

    return np.outer(along(x.shape[2]), along(x.shape[3]))


def of_pixels(a):
    chances = np.moveaxis(log_softmax(a.x, 1), 1, -1)
    return mean_of(classes(chances.reshape(-1, chances.shape[-1]), a.s.ravel(), a.m))


IMAGES: dict[str, Reference] = {
    "conv2d(x, w)": lambda a: conv(a.x, a.w),
    "conv2d(x, w, stride=2, padding=1)": lambda a: conv(a.x, a.w, stride=(2, 2), pads=((1, 1), (1, 1))),
    "max_pool2d(x)": lambda a: pool(a.x, (2, 2), (2, 2), how=np.max),
    "group_norm(x, 1, m, m)": lambda a: (norm(a.x, (1, 2, 3)) + 1) * by_channel(a.x, a.m),
    "interpolate(x, scale_factor=2)": lambda a: a.x.repeat(2, 2).repeat(2, 3),
    "interpolate(x, (5, 9))": lambda a: a.x[:, :, nearest(a.x.shape[2], 5)][..., nearest(a.x.shape[3], 9)],
    "interpolate(x, 4, mode='nearest-exact')": lambda a: a.x[:, :, nearest(a.x.shape[2], 4, 0.5)][
        ..., nearest(a.x.shape[3], 4, 0.5)
    ],
    "interpolate(x, (5, 11), mode='bilinear')": lambda a: resized(a.x, (5, 11), tent),
    "interpolate(x, (9, 1), mode='bilinear', align_corners=True)": lambda a: resized(a.x, (9, 1), tent, True),
    "interpolate(x, scale_factor=(0.5, 1.5), mode='bicubic')": lambda a: resized(
        a.x, (a.x.shape[2] // 2, a.x.shape[3] * 3 // 2), keys, scale=(0.5, 1.5)
    ),
    "interpolate(x, (4, 13), mode='bicubic', align_corners=True)": lambda a: resized(a.x, (4, 13), keys, True),
    "interpolate(x, (3, 2), mode='area')": lambda a: adaptive(a.x, 3, 2, np.mean),
    "adaptive_avg_pool1d(x[:, :, 0], 4)": lambda a: adaptive(a.x[:, :, :1], 1, 4, np.mean)[:, :, 0],
    "adaptive_max_pool1d(x[:, :, 0], 3)": lambda a: adaptive(a.x[:, :, :1], 1, 3, np.max)[:, :, 0],
    "pixel_unshuffle(pixel_shuffle(x.reshape(1, 4, -1, x.shape[3]), 2), 2)": lambda a: a.x.reshape(
        1, 4, -1, a.x.shape[3]
    ),
    "channel_shuffle(x.reshape(1, 4, -1), 2)": lambda a: a.x.reshape(1, 4, -1)[:, [0, 2, 1, 3]],
    "unfold(x, (3, 2), (1, 2), 1, (2, 1))": lambda a: unfolded(a.x, (3, 2), (1, 2), 1, (2, 1)),
    "fold(unfold(x, 3, 1, 1, 2), (x.shape[2], x.shape[3]), 3, 1, 1, 2)": lambda a: a.x * covered(a.x, 3, 1, 2),
    "pad(x, (1, 2, 2, 1), 'reflect')": lambda a: np.pad(a.x, ((0, 0), (0, 0), (2, 1), (1, 2)), mode="reflect"),
    "pad(x, (1, 2, 2, 1), 'circular')": lambda a: np.pad(a.x, ((0, 0), (0, 0), (2, 1), (1, 2)), mode="wrap"),
    "pad(x, (1, 2, 0, 1), value=-1.5)": lambda a: np.pad(a.x, ((0, 0), (0, 0), (0, 1), (1, 2)), constant_values=-1.5),
    "cross_entropy(x, s, m)": lambda a: of_pixels(a),
    "softmax(x, 1)": lambda a: np.moveaxis(softmax(np.moveaxis(a.x, 1, -1)), -1, 1),
    "attention(x, x, x, causal=True)": lambda a: attention(a.x, keep=np.tri(a.x.shape[2])),
    "local_response_norm(x, 3, 0.5)": lambda a: lrn(a.x, 3, 0.5, 0.75, 1),
    "conv2d(x, w, b, (2, 1), (1, 0), (1, 2))": lambda a: conv(a.x, a.w, a.b, (2, 1), ((1, 1), (0, 0)), (1, 2)),
    "conv2d(x, w[:, :1], b, groups=2)": lambda a: conv(a.x, a.w[:, :1], a.b, groups=2),
    "conv2d(x, w[:, :1], b, (1, 2), (1, 0), (2, 1), 2)": lambda a: conv(
        a.x, a.w[:, :1], a.b, (1, 2), ((1, 1), (0, 0)), (2, 1), 2
    ),
    "conv2d(x, w, b, padding='same')": lambda a: conv(a.x, a.w, a.b, pads=same(a.w)),
    "conv2d(x, w, padding='valid', dilation=(2, 1))": lambda a: conv(a.x, a.w, dilation=(2, 1)),
    "conv1d(x[:, :, 0], w[:, :, 0], b, 2, 2, 3)": lambda a: conv(
        a.x[:, :, :1], a.w[:, :, :1], a.b, (1, 2), ((0, 0), (2, 2)), (1, 3)
    )[:, :, 0],
    "conv1d(x[:, :, 0], w[:, :1, 0], padding='same', groups=2)": lambda a: conv(
        a.x[:, :, :1], a.w[:, :1, :1], pads=same(a.w[:, :, :1]), groups=2
    )[:, :, 0],
    "conv_transpose2d(x, w[:2])": lambda a: spread(a.x, a.w[:2], (1, 1), (0, 0), (0, 0)),
    "conv_transpose2d(x, w[:2], None, (2, 3), (1, 0), (1, 2), 2, (2, 1))": lambda a: spread(
        a.x, a.w[:2], (2, 3), (1, 0), (1, 2), (2, 1), 2
    ),
    "conv_transpose1d(x[:, :, 0], w[:2, :, 0], m, 3, 1, 2)": lambda a: (
        spread(a.x[:, :, :1], a.w[:2, :, :1], (1, 3), (0, 1), (0, 2))[:, :, 0] + a.m[:, None]
    ),
    "max_pool2d(x, 3, padding=1)": lambda a: pool(a.x, (3, 3), (3, 3), (1, 1), -np.inf, np.max),
    "max_pool2d(x, (2, 3), (1, 2), (1, 0))": lambda a: pool(a.x, (2, 3), (1, 2), (1, 0), -np.inf, np.max),
    "max_pool2d(x, 2, 1, dilation=(2, 1))": lambda a: np.maximum(
        pool(a.x, (1, 2), (1, 1), how=np.max)[:, :, :-2], pool(a.x, (1, 2), (1, 1), how=np.max)[:, :, 2:]
    ),
    "max_pool1d(x[:, :, 0], 3, 1, 1)": lambda a: pool(a.x[:, :, :1], (1, 3), (1, 1), (0, 1), -np.inf, np.max)[:, :, 0],
    "avg_pool2d(x, 3)": lambda a: pool(a.x, (3, 3), (3, 3)),
    "avg_pool2d(x, (3, 2), 2, (1, 0))": lambda a: pool(a.x, (3, 2), (2, 2), (1, 0)),
    "avg_pool2d(x, 3, 2, 1, False)": lambda a: pool(a.x, (3, 3), (2, 2), (1, 1), np.nan, np.nanmean),
    "avg_pool1d(x[:, :, 0], 3, 2, 1)": lambda a: pool(a.x[:, :, :1], (1, 3), (1, 2), (0, 1))[:, :, 0],
    "adaptive_avg_pool2d(x)": lambda a: a.x.mean((2, 3), keepdims=True),
    "adaptive_avg_pool2d(x, (3, 2))": lambda a: adaptive(a.x, 3, 2, np.mean),
    "adaptive_max_pool2d(x, (2, 3))": lambda a: adaptive(a.x, 2, 3, np.max),
    "pixel_shuffle(x.reshape(1, 4, -1, x.shape[3]), 2)": lambda a: shuffled(a.x.reshape(1, 4, -1, a.x.shape[3])),
    "group_norm(x, 2)": lambda a: norm(a.x, (2, 3)),
    "instance_norm(x, m, m)": lambda a: (norm(a.x, (2, 3)) + 1) * by_channel(a.x, a.m),
    "batch_norm(x, m, m * m, None, m)": lambda a: (
        (a.x - by_channel(a.x, a.m)) / np.sqrt(by_channel(a.x, a.m * a.m) + 1e-5) + by_channel(a.x, a.m)
    ),
    "prelu(x, m)": lambda a: np.where(a.x > 0, a.x, a.x * by_channel(a.x, a.m)),
    "glu(x[..., :4])": lambda a: a.x[..., :2] * sigmoid(a.x[..., 2:4]),
}


def shuffled(x):
    out = np.empty((1, 1, x.shape[2] * 2, x.shape[3] * 2))
    for i in range(2):
        for j in range(2):
            out[:, 0, i::2, j::2] = x[:, 2 * i + j]
    return out
