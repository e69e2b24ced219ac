"""pyc.nn against its definitions, written out in float64: compiled in f32, and as Python in f64, f16 and Mixed."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from surface import Surface

import pyc
from pyc import Mixed, f16, f32, f64, nn

PRELUDE = f"from pyc.nn import {', '.join(nn.__all__)}\n" + "".join(f'{n} = Dim("{n}")\n' for n in "BCHWORQ")
Given = SimpleNamespace
Reference = Callable[[Given], Any]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_softmax(x, axis=-1):
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


ROWS: dict[str, Reference] = {
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
    "logsigmoid(x)": lambda a: np.log(sigmoid(a.x)),
    "softplus(x, 2.5)": lambda a: np.log(1 + np.exp(2.5 * a.x)) / 2.5,
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
    "smooth_l1_loss(x, b + x * 0.9, 'none', 0.5)": lambda a: [
        [d * d if abs(d) < 0.5 else abs(d) - 0.25 for d in row] for row in a.x * 0.1 - a.b
    ],
    "huber_loss(x, b + x * 0.9, 'none', 0.5)": lambda a: [
        [d * d / 2 if abs(d) < 0.5 else 0.5 * (abs(d) - 0.25) for d in row] for row in a.x * 0.1 - a.b
    ],
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
        / len(a.x)
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


IMAGES: dict[str, Reference] = {
    "conv2d(x, w, b, (2, 1), (1, 0), (1, 2))": lambda a: conv(a.x, a.w, a.b, (2, 1), ((1, 1), (0, 0)), (1, 2)),
    "conv2d(x, w[:, :1], b, groups=2)": lambda a: conv(a.x, a.w[:, :1], a.b, groups=2),
    "conv2d(x, w, b, padding='same')": lambda a: conv(a.x, a.w, a.b, pads=((1, 1), (0, 1))),
    "conv2d(x, w, padding='valid', dilation=(2, 1))": lambda a: conv(a.x, a.w, dilation=(2, 1)),
    "conv1d(x[:, :, 0], w[:, :, 0], b, 2, 2, 3)": lambda a: conv(
        a.x[:, :, :1], a.w[:, :, :1], a.b, (1, 2), ((0, 0), (2, 2)), (1, 3)
    )[:, :, 0],
    "conv1d(x[:, :, 0], w[:, :1, 0], padding='same', groups=2)": lambda a: conv(
        a.x[:, :, :1], a.w[:, :1, :1], pads=((0, 0), (0, 1)), groups=2
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


def arguments(n: int, m: int) -> dict[str, Any]:
    rng = np.random.default_rng(n)
    x, w, b = rng.uniform(-3, 3, (n, m)), rng.random(m) + 0.5, rng.random(m)
    return {"x": x, "w": w, "b": b, "t": np.arange(n) * 2 % min(n, m)}


def images(x: tuple[int, ...], w: tuple[int, ...]) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    shapes = {"x": x, "w": w, "b": w[:1]}
    return {**{k: rng.uniform(-1, 1, s) for k, s in shapes.items()}, "m": rng.random(x[1]) + 1}


GIVEN = {
    "rows": [arguments(3, 5), arguments(2, 4), arguments(11, 7)],
    "images": [images((2, 2, 7, 6), (4, 2, 3, 2)), images((1, 2, 8, 10), (2, 2, 3, 2))],
}
TOLERANCE = {f64: 1e-12, f32: 3e-5, f16: 6e-2, Mixed[f16, f32]: 6e-3}


@cache
def program(which: str) -> tuple[list[Reference], Surface]:
    cases = {"rows": ROWS, "images": IMAGES}[which]
    declared = "x: Tensor[f32, N, M], w: Tensor[f32, M], b: Tensor[f32, M], t: Tensor[i64, N]"
    if which == "images":
        declared = "x: Tensor[f32, B, C, H, W], w: Tensor[f32, O, C, R, Q], b: Tensor[f32, O], m: Tensor[f32, C]"
    return list(cases.values()), Surface(declared, list(cases), PRELUDE)


def compare(which: str, dtype: Any, function: Callable[[int], Any], convert: Callable[[Any], Any]) -> None:
    """Call all cases and report those that are not what their definitions give."""
    references, surface = program(which)
    wrong = []
    for given in GIVEN[which]:
        converted = {k: convert(v) if v.dtype == np.float64 else v for k, v in given.items()}
        exact = Given(
            **{k: np.asarray(v, v.dtype if v.dtype.kind == "i" else np.float64) for k, v in converted.items()}
        )
        for i, (e, reference) in enumerate(zip(surface.expressions, references, strict=True)):
            with np.errstate(all="ignore"):
                found, wanted = np.asarray(function(i)(**converted), np.float64), np.asarray(reference(exact))
            limit = TOLERANCE[dtype] * max(1.0, float(np.abs(wanted).max()))
            if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=0, atol=limit, equal_nan=True):
                wrong.append(f"{e} of {given['x'].shape}: {found}, not {wanted}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("which", ["rows", "images"])
def test_compiled(which: str) -> None:
    compiled = program(which)[1].twice.compiled
    compare(which, f32, lambda i: getattr(compiled, f"case{i}"), lambda v: v.astype(np.float32))


@pytest.mark.parametrize("dtype", [f64, f16, Mixed[f16, f32]], ids=str)
@pytest.mark.parametrize("which", ["rows", "images"])
def test_as_python(which: str, dtype: Any) -> None:
    python = program(which)[1].twice.python
    compare(which, dtype, lambda i: python[f"case{i}"], lambda v: pyc.array(v.astype(np.float16), dtype))
