"""Operators of ONNX that normalise, choose boxes or transform, written in the language itself."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math

import numpy as np


def instance_norm(x, scale, bias, axes, eps: float):
    """Elements less the mean of their channel, by its standard deviation."""
    mean = np.mean(x, axis=axes, keepdims=True)
    var = np.mean(np.square(x - mean), axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * scale + bias


def batch_norm_training(x, scale, bias, mean, var, eps: float, momentum: float):
    """Elements less the mean of their channel over the batch, and what the running mean and variance become."""
    y = np.reshape(np.moveaxis(x, 1, 0), (x.shape[1], -1))
    own = np.mean(y, axis=1)
    spread = np.mean(np.square(y - own[:, None]), axis=1)
    made = (y - own[:, None]) / np.sqrt(spread + eps)[:, None] * scale[:, None] + bias[:, None]
    out = np.moveaxis(np.reshape(made, np.moveaxis(x, 1, 0).shape), 0, 1)
    return out, mean * momentum + own * (1 - momentum), var * momentum + spread * (1 - momentum)


def lrn(x, size, alpha: float, beta: float, bias: float):
    """Elements by a power of the squares of the channels around theirs."""
    before, after = (size - 1) // 2, size // 2
    squares = np.square(x)
    total = np.zeros_like(x)
    for c in range(x.shape[1]):
        total[:, c] = np.sum(squares[:, max(0, c - before) : min(x.shape[1], c + after + 1)], axis=1)
    return x / np.power(bias + alpha / size * total, beta)


def lp_normalize(x, axis, p):
    """Elements by the p-norm along an axis; those of a norm of 0 are 0."""
    if p == 1:
        norm = np.sum(np.abs(x), axis=axis, keepdims=True)
    else:
        norm = np.sqrt(np.sum(np.square(x), axis=axis, keepdims=True))
    return np.where(norm == 0, 0, x / np.where(norm == 0, 1, norm))


def non_max_suppression(boxes, scores, most: int, overlap: float, threshold: float, centers):
    """Batch, class and number of the boxes that are left, the best first, of those that overlap a better one."""
    batches, count = boxes.shape[0], boxes.shape[1]
    classes = scores.shape[1]
    found = np.zeros((batches * classes * min(most, count), 3), dtype=np.int64)
    n = 0
    for b in range(batches):
        for c in range(classes):
            left = scores[b, c] > threshold
            kept = 0
            while kept < most and np.any(left):
                best = int(np.argmax(np.where(left, scores[b, c], -math.inf)))
                left[best] = False
                free = True
                for k in range(n - kept, n):
                    if _overlap(boxes[b, best], boxes[b, int(found[k, 2])], centers) > overlap:
                        free = False
                if free:
                    found[n, 0], found[n, 1], found[n, 2] = b, c, best
                    n += 1
                    kept += 1
    return found[:n].copy()


def _overlap(a, b, centers) -> float:
    """How much of two boxes both cover."""
    if centers:
        low_a, high_a = a[:2] - a[2:] / 2, a[:2] + a[2:] / 2
        low_b, high_b = b[:2] - b[2:] / 2, b[:2] + b[2:] / 2
    else:
        low_a, high_a = np.minimum(a[:2], a[2:]), np.maximum(a[:2], a[2:])
        low_b, high_b = np.minimum(b[:2], b[2:]), np.maximum(b[:2], b[2:])
    sides = np.maximum(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0)
    common = float(sides[0]) * float(sides[1])
    one, two = high_a - low_a, high_b - low_b
    whole = float(one[0]) * float(one[1]) + float(two[0]) * float(two[1]) - common
    return common / whole if whole > 0 else 0.0


def dft(x, axis, length, inverse, onesided):
    """The discrete Fourier transform along an axis; the last axis has the real and the imaginary part."""
    if inverse and onesided:
        z = x[..., 0] + 1j * x[..., 1]
        return np.expand_dims(np.fft.irfft(z, length, axis), -1).astype(x.dtype)
    if onesided:
        half = np.fft.rfft(x[..., 0], length, axis)
        return np.stack((half.real, half.imag), axis=-1).astype(x.dtype)
    z = x[..., 0] + 1j * x[..., 1] if x.shape[-1] == 2 else x[..., 0] + 0j
    whole = np.fft.ifft(z, length, axis) if inverse else np.fft.fft(z, length, axis)
    return np.stack((whole.real, whole.imag), axis=-1).astype(x.dtype)


def batch_norm(x, scale, bias, mean, var, epsilon):
    """Each channel less its mean, over its deviation, scaled and moved: one product and one sum for each element."""
    factor = scale / np.sqrt(var + epsilon)
    return x * _channels(factor, x) + _channels(bias - mean * factor, x)


def _channels(values, x):
    """A number for each channel beside ``x``, whose second axis they are."""
    if x.ndim == 3:
        return values[:, None]
    if x.ndim == 4:
        return values[:, None, None]
    if x.ndim == 5:
        return values[:, None, None, None]
    return values


def expand(x, sizes):
    """Elements repeated to other extents; an extent of 1 keeps the operand's."""
    return np.where(np.full(sizes, True), x, x)
