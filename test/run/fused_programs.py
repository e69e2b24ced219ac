"""Functions on arrays of the kinds that users write, to see what of them is computed together."""

from __future__ import annotations

HEADER = """\
from __future__ import annotations
import numpy as np
from pyc import Tensor, Dim, bf16, f16, f32, f64, i32, i64, u8, nn
N = Dim("N")
M = Dim("M")
K = Dim("K")
"""

ELEMENTWISE = """\
def chain(x: Tensor[f64, N], y: Tensor[f64, N], out: Tensor[f64, N]) -> None:
    a = 2 * x + 3 * y
    b = a * a - y
    c = np.maximum(b, x) + a
    out[:] = c * 0.5 - b
def chain_returned(x: Tensor[f32, N], y: Tensor[f32, N]) -> Tensor[f32, N]:
    a = np.sqrt(x) + y
    return a / (a + 1)
def chain_static(x: Tensor[f32, 64, 32], y: Tensor[f32, 64, 32]) -> Tensor[f32, 64, 32]:
    a = np.exp(x) * y
    b = a - x
    return b * b + a
def broadcasts(x: Tensor[f64, N, M], r: Tensor[f64, M], c: Tensor[f64, N], s: f64) -> Tensor[f64, N, M]:
    a = x * r + c[:, None]
    return np.where(a > s, a - s, a * r)
def outer(a: Tensor[f64, N], b: Tensor[f64, M]) -> Tensor[f64, N, M]:
    u = np.sin(a)
    v = np.cos(b)
    return u[:, None] * v[None, :] + u[:, None]
def casts(x: Tensor[f32, N], out: Tensor[f32, N]) -> None:
    d = x.astype(np.float64) * 0.1
    out[:] = (d * d).astype(np.float32) + x
def casts_half(x: Tensor[f16, N], w: Tensor[f32, N]) -> Tensor[f16, N]:
    y = x.astype(np.float32) * w
    return (y + np.float32(1)).astype(np.float16)
def casts_bf16(x: Tensor[bf16, N], w: Tensor[f32, N]) -> Tensor[bf16, N]:
    y = x.astype(np.float32) * w
    return (y - np.float32(1)).astype(bf16)
def pixels(x: Tensor[u8, N, M]) -> Tensor[u8, N, M]:
    y = x.astype(np.float32) * np.float32(1.25) - np.float32(16)
    return np.clip(y, 0, 255).astype(np.uint8)
def where_chain(x: Tensor[f64, N]) -> Tensor[f64, N]:
    low = np.where(x < 0.25, 0.0, x)
    high = np.where(low > 0.75, 1.0, low)
    return np.where(high == x, high * 2, high)
def masks(x: Tensor[f64, N], y: Tensor[f64, N]) -> Tensor[f64, N]:
    inside = (x > 0.2) & (x < 0.8) | (y > 0.9)
    return np.where(~inside, x, y)
def several(x: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    e = np.exp(-x)
    a[:] = e / (1 + e)
    b[:] = np.log1p(e) + x
def several_returned(x: Tensor[f64, N, M]) -> tuple[Tensor[f64, N, M], Tensor[f64, N, M]]:
    s = np.sin(x)
    c = np.cos(x)
    return s * c, s - c
def in_place(x: Tensor[f64, N, M], g: Tensor[f64, N, M], m: Tensor[f64, N, M]) -> None:
    m *= 0.9
    m += 0.1 * g
    x -= 0.01 * m
    x *= 0.999
def adam(w: Tensor[f32, N], g: Tensor[f32, N], m: Tensor[f32, N], v: Tensor[f32, N], lr: f32) -> None:
    m[:] = np.float32(0.9) * m + np.float32(0.1) * g
    v[:] = np.float32(0.99) * v + np.float32(0.01) * g * g
    w -= lr * m / (np.sqrt(v) + np.float32(1e-6))
def masked_write(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    y[x > 0.5] = 0.0
    y[x <= 0.5] *= 2.0
def survivors(m: Tensor[i64, N, M]) -> None:
    n = m[:-2, 1:-1] + m[2:, 1:-1] + m[1:-1, :-2] + m[1:-1, 2:]
    stays = (n == 3) | (n == 2) & (m[1:-1, 1:-1] > 0)
    m[...] = 0
    m[1:-1, 1:-1][stays] = 1
def integers(x: Tensor[i64, N], y: Tensor[i64, N]) -> Tensor[i64, N]:
    return (x // (y + 1) + x % (y + 1)) ^ (x << 2)
def diffused(u: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    v = u.copy()
    for _ in range(steps):
        v = v + 0.1 * (1.0 - v) * v
    return v
"""

STENCILS = """\
def stencil_1d(x: Tensor[f64, N], out: Tensor[f64, N]) -> None:
    out[1:-1] = (x[:-2] + x[1:-1] + x[2:]) / 3
    out[0] = x[0]
    out[-1] = x[-1]
def stencil_2d(x: Tensor[f32, N, M], out: Tensor[f32, N, M]) -> None:
    inner = x[1:-1, :-2] + x[1:-1, 2:] + x[:-2, 1:-1] + x[2:, 1:-1]
    out[1:-1, 1:-1] = np.float32(0.25) * inner
    out[0, :] = 0
    out[-1, :] = 0
    out[:, 0] = 0
    out[:, -1] = 0
def stencil_3d(x: Tensor[f64, N, M, K]) -> Tensor[f64, N, M, K]:
    out = x.copy()
    out[1:-1, 1:-1, 1:-1] = x[1:-1, 1:-1, 1:-1] + 0.1 * (
        x[2:, 1:-1, 1:-1] + x[:-2, 1:-1, 1:-1] + x[1:-1, 2:, 1:-1] + x[1:-1, :-2, 1:-1]
        + x[1:-1, 1:-1, 2:] + x[1:-1, 1:-1, :-2] - 6 * x[1:-1, 1:-1, 1:-1])
    return out
def gradients(p: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    dx = p[:, 1:] - p[:, :-1]
    dy = p[1:, :] - p[:-1, :]
    out = np.zeros_like(p)
    out[1:, 1:] = np.sqrt(dx[1:, :] ** 2 + dy[:, 1:] ** 2)
    return out
def jacobi(a: Tensor[f64, N, M], b: Tensor[f64, N, M], steps: int) -> None:
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
def upwind(u: Tensor[f64, N], steps: int) -> None:
    for _ in range(steps):
        u[1:] = u[1:] - 0.1 * (u[1:] - u[:-1])
def smoothed(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    rows = x[:, :-2] + x[:, 1:-1] + x[:, 2:]
    both = rows[:-2] + rows[1:-1] + rows[2:]
    out = np.zeros_like(x)
    out[1:-1, 1:-1] = both / 9
    return out
def even_and_odd(x: Tensor[f64, N]) -> Tensor[f64, N]:
    out = np.zeros(len(x))
    out[::2] = x[::2] * 2
    out[1::2] = x[1::2] + 1
    return out
"""

REDUCTIONS = """\
def total(x: Tensor[f64, N], y: Tensor[f64, N]) -> f64:
    d = x - y
    return np.sqrt(np.sum(d * d))
def total_f32(x: Tensor[f32, N, M]) -> f32:
    return np.sum(np.abs(x) * np.float32(2))
def softmax(x: Tensor[f32, N, M]) -> Tensor[f32, N, M]:
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)
def softmax_vector(x: Tensor[f64, N]) -> Tensor[f64, N]:
    e = np.exp(x - np.max(x))
    return e / np.sum(e)
def softmax_first(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    e = np.exp(x - np.max(x, axis=0))
    return e / np.sum(e, axis=0)
def log_softmax(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    s = x - x.max(axis=-1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
def softmax_static(x: Tensor[f32, 8, 64]) -> Tensor[f32, 8, 64]:
    e = np.exp(x - x.max(axis=1)[:, None])
    return e / e.sum(axis=1)[:, None]
def softmax_heads(x: Tensor[f32, K, N, M]) -> Tensor[f32, K, N, M]:
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)
def softmax_half(x: Tensor[f16, N, M]) -> Tensor[f16, N, M]:
    y = x.astype(np.float32)
    e = np.exp(y - np.max(y, axis=1, keepdims=True))
    return (e / np.sum(e, axis=1, keepdims=True)).astype(np.float16)
def layer_norm(x: Tensor[f32, N, M], g: Tensor[f32, M], b: Tensor[f32, M]) -> Tensor[f32, N, M]:
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    return (x - mean) / np.sqrt(var + np.float32(1e-5)) * g + b
def layer_norm_bf16(x: Tensor[bf16, N, M], g: Tensor[f32, M]) -> Tensor[bf16, N, M]:
    y = x.astype(np.float32)
    c = y - np.mean(y, axis=1, keepdims=True)
    v = np.mean(c * c, axis=1, keepdims=True)
    return (c / np.sqrt(v + np.float32(1e-5)) * g).astype(bf16)
def rms_norm(x: Tensor[f64, N, M], g: Tensor[f64, M]) -> Tensor[f64, N, M]:
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6) * g
def batch_norm(x: Tensor[f64, N, M], g: Tensor[f64, M], b: Tensor[f64, M]) -> Tensor[f64, N, M]:
    mean = np.mean(x, axis=0)
    var = np.mean((x - mean) ** 2, axis=0)
    return (x - mean) / np.sqrt(var + 1e-5) * g + b
def batch_norm_images(x: Tensor[f32, N, K, M, M]) -> Tensor[f32, N, K, M, M]:
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = ((x - mean) ** 2).mean(axis=(0, 2, 3), keepdims=True)
    return (x - mean) / np.sqrt(var + np.float32(1e-5))
def nn_norm(x: Tensor[f32, N, M], g: Tensor[f32, M], b: Tensor[f32, M]) -> Tensor[f32, N, M]:
    return nn.gelu(nn.layer_norm(x, g, b))
def standard(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return (x - x.mean()) / x.std()
def scaled(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    low, high = x.min(), x.max()
    return (x - low) / (high - low)
def argmax_rows(x: Tensor[f64, N, M], w: Tensor[f64, M]) -> Tensor[i64, N]:
    return np.argmax(x * w + 1, axis=1)
def nearest(x: Tensor[f64, N], y: Tensor[f64, N], a: f64, b: f64) -> int:
    return int(np.argmin((x - a) ** 2 + (y - b) ** 2))
def masked_sum(x: Tensor[f64, N], y: Tensor[f64, N]) -> f64:
    m = x > 0.5
    return x[m].sum() + (y[m] * 2).max(initial=0.0)
def masked_mean(x: Tensor[f64, N, M]) -> f64:
    return x[x > 0.5].mean()
def counted(x: Tensor[f64, N, M]) -> Tensor[i64, M]:
    return np.sum((x > 0.25) & (x < 0.75), axis=0)
def first_axis(x: Tensor[f64, N, M], c: Tensor[f64, N]) -> Tensor[f64, M]:
    return np.sum(np.exp(x) * c[:, None], axis=0)
def middle_axis(x: Tensor[f64, N, M, K]) -> Tensor[f64, N, K]:
    return np.sqrt(np.sum(x * x, axis=1))
def middle_and_back(x: Tensor[f64, N, M, K]) -> Tensor[f64, N, M, K]:
    return x / np.sqrt(np.sum(x * x, axis=1, keepdims=True))
def two_sums(x: Tensor[f64, N, M]) -> tuple[Tensor[f64, N], Tensor[f64, M]]:
    y = x * 2 + 1
    return y.sum(axis=1), y.sum(axis=0)
def two_reductions(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> Tensor[f64, N]:
    return (x * y).sum(axis=1) / (np.sqrt((x * x).sum(axis=1)) * np.sqrt((y * y).sum(axis=1)))
def mean_of_softmax(x: Tensor[f64, N, M]) -> Tensor[f64, M]:
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return np.mean(e / np.sum(e, axis=1, keepdims=True), axis=0)
def spread_of_rows(x: Tensor[f64, N, M], w: Tensor[f64, M]) -> tuple[Tensor[f64, M], f64]:
    c = x - np.mean(x, axis=1, keepdims=True)
    return np.sum(c * c, axis=0), np.max(np.abs(c) * w)
def cross_entropy(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> f64:
    s = x - np.max(x, axis=1, keepdims=True)
    p = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.mean(np.sum(p * y, axis=1))
def distances(a: Tensor[f64, N, K], b: Tensor[f64, M, K]) -> Tensor[f64, N, M]:
    d = a[:, None, :] - b[None, :, :]
    return np.sqrt(np.sum(d * d, axis=2))
def variance_first(x: Tensor[f64, N, M]) -> Tensor[f64, M]:
    return np.var(np.log(x + 1), axis=0)
def covered(x: Tensor[f64, N, M]) -> tuple[f64, bool]:
    a = np.abs(x - 0.5)
    return a.max(), bool(np.all(a < 0.5))
"""

ORDERS = """\
def running(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return np.cumsum(x * 2) / np.arange(1, len(x) + 1)
def drawdown(x: Tensor[f64, N]) -> f64:
    c = np.cumsum(x - 0.5)
    return np.max(np.maximum.accumulate(c) - c)
def joined(x: Tensor[f64, N], y: Tensor[f64, M]) -> Tensor[f64, K]:
    return np.concatenate((x * 2, y + 1))
def joined_and_used(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> Tensor[f64, K, M]:
    return np.sqrt(np.concatenate((x, y)) + 1)
def joined_and_summed(x: Tensor[f64, N], y: Tensor[f64, M]) -> f64:
    z = np.concatenate((x, y))
    return np.sum(z * z)
def stacked(x: Tensor[f64, N], y: Tensor[f64, N]) -> Tensor[f64, 2, N]:
    return np.stack((np.sin(x), np.cos(y)))
def transposed(x: Tensor[f64, N, M], y: Tensor[f64, M, N]) -> Tensor[f64, M, N]:
    return (x * 2).T + y
def transposed_twice(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    return (np.exp(x).T + 1).T * x
def transposed_sum(x: Tensor[f64, N, M]) -> Tensor[f64, M]:
    return (x * 2 + 1).T.sum(axis=1)
def flattened(x: Tensor[f64, N, M]) -> f64:
    y = (x * 2).reshape(-1)
    return np.max(y - 1)
def reshaped(x: Tensor[f32, 4, 6], y: Tensor[f32, 24]) -> Tensor[f32, 24]:
    return (np.exp(x)).reshape(24) * y
def reversed_sum(x: Tensor[f64, N]) -> Tensor[f64, N]:
    y = np.exp(x)
    return y + y[::-1]
def padded(x: Tensor[f64, N]) -> Tensor[f64, K]:
    return np.pad(x * 2, 1) + 1
def taken(x: Tensor[f64, N], i: Tensor[i64, M]) -> Tensor[f64, M]:
    return np.sqrt(x[i]) * 2
def taken_narrow(x: Tensor[f64, N], i: Tensor[u8, M], y: Tensor[f64, M]) -> f64:
    return y[1:] @ x[i[1:]]
def differences(x: Tensor[f64, N]) -> f64:
    return np.mean(np.abs(np.diff(x)))
def rolled(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return (x + np.roll(x, 1)) / 2
def upper(x: Tensor[f64, N, N]) -> f64:
    return np.sum(np.triu(x * x))
"""

CONTROL = """\
def branches(x: Tensor[f64, N], y: Tensor[f64, N], flag: bool) -> Tensor[f64, N]:
    a = x * 2
    if flag:
        b = a + y
        c = b * b
    else:
        c = a - y
    return c + 1
def in_loop(x: Tensor[f64, N, M], steps: int) -> None:
    for k in range(steps):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        x[:] = e / np.sum(e, axis=1, keepdims=True) + k
def row_by_row(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    for i in range(x.shape[0]):
        r = x[i] * 2 + 1
        out[i] = r / np.sum(r)
def accumulated(x: Tensor[f64, N, M]) -> Tensor[f64, M]:
    s = np.zeros(x.shape[1])
    for i in range(x.shape[0]):
        s += np.abs(x[i]) * (i + 1)
    return s
def helpers(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> f64:
    a = _centred(x)
    b = _centred(y)
    return np.sum(a * b) / np.sqrt(np.sum(a * a) * np.sum(b * b))
def _centred(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    return x - x.mean(axis=1, keepdims=True)
def guarded(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> float:
    a = x * 2 + 1
    b = a * y - x
    try:
        s = b[k]
    except IndexError:
        s = -1.0
    return s + np.sum(b)
def guarded_inside(x: Tensor[f64, N], out: Tensor[f64, N], k: int) -> None:
    try:
        a = np.exp(x)
        b = a / (a + 1)
        out[:] = b * x
        out[k] = 0.0
    except IndexError:
        out[:] = x
def raising(x: Tensor[f64, N, M]) -> Tensor[f64, N]:
    s = np.sum(x * x, axis=1)
    if np.any(s < 0):
        raise ValueError("negative")
    return np.sqrt(s)
def normalised(x: Tensor[f64, N], v: Tensor[f64, N], n: int) -> None:
    for _ in range(n):
        v[:] = v * x
        v /= np.sqrt(np.sum(v * v))
"""

PROGRAMS = (ELEMENTWISE, STENCILS, REDUCTIONS, ORDERS, CONTROL)
