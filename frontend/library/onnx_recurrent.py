"""Recurrent layers of ONNX, written in the language itself; activations are known when a program is compiled."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import numpy as np

from . import nn


def _activated(x, name, alpha, beta):
    """An activation by its name in ONNX."""
    if name == "Sigmoid":
        return nn.sigmoid(x)
    if name == "Tanh":
        return np.tanh(x)
    if name == "Relu":
        return np.maximum(x, 0)
    if name == "Affine":
        return alpha * x + beta
    if name == "LeakyRelu":
        return np.where(x >= 0, x, alpha * x)
    if name == "ThresholdedRelu":
        return np.where(x > alpha, x, 0)
    if name == "ScaledTanh":
        return alpha * np.tanh(beta * x)
    if name == "HardSigmoid":
        return np.clip(alpha * x + beta, 0, 1)
    if name == "Elu":
        return np.where(x > 0, x, alpha * np.expm1(x))
    if name == "Softsign":
        return x / (1 + np.abs(x))
    return np.log1p(np.exp(x))


def _limited(x, clip):
    """Elements within a limit, if there is one."""
    return x if clip is None else np.clip(x, -clip, clip)


def rnn(x, w, r, b, lengths, start, names, alphas, betas, clip, reverse):
    """One direction of a simple recurrent layer: what each step gives, and what the last one gives."""
    size = r.shape[1]
    h = np.zeros((x.shape[1], size), dtype=x.dtype) if start is None else start.copy()
    out = np.zeros((x.shape[0], x.shape[1], size), dtype=x.dtype)
    for s in range(x.shape[0]):
        for n in range(x.shape[1]):
            length = x.shape[0] if lengths is None else int(lengths[n])
            if s < length:
                t = length - 1 - s if reverse else s
                z = w @ x[t, n] + r @ h[n]
                if b is not None:
                    z = z + b[:size] + b[size:]
                h[n] = _activated(_limited(z, clip), names[0], alphas[0], betas[0])
                out[t, n] = h[n]
    return out, h


def gru(x, w, r, b, lengths, start, names, alphas, betas, clip, reverse, linear_before_reset):
    """One direction of a layer of gated units: what each step gives, and what the last one gives."""
    size = r.shape[1]
    h = np.zeros((x.shape[1], size), dtype=x.dtype) if start is None else start.copy()
    out = np.zeros((x.shape[0], x.shape[1], size), dtype=x.dtype)
    zero = np.zeros(6 * size, dtype=x.dtype)
    c = zero if b is None else b
    for s in range(x.shape[0]):
        for n in range(x.shape[1]):
            length = x.shape[0] if lengths is None else int(lengths[n])
            if s < length:
                t = length - 1 - s if reverse else s
                a = w @ x[t, n] + c[: 3 * size]
                gates = a[: 2 * size] + r[: 2 * size] @ h[n] + c[3 * size : 5 * size]
                update = _activated(_limited(gates[:size], clip), names[0], alphas[0], betas[0])
                reset = _activated(_limited(gates[size:], clip), names[0], alphas[0], betas[0])
                if linear_before_reset:
                    inner = a[2 * size :] + reset * (r[2 * size :] @ h[n] + c[5 * size :])
                else:
                    inner = a[2 * size :] + r[2 * size :] @ (reset * h[n]) + c[5 * size :]
                new = _activated(_limited(inner, clip), names[1], alphas[1], betas[1])
                h[n] = (1 - update) * new + update * h[n]
                out[t, n] = h[n]
    return out, h


def lstm(x, w, r, b, lengths, start, cells, peepholes, names, alphas, betas, clip, reverse, input_forget):
    """One direction of a long short-term memory: what each step gives, what the last one gives, and its cells."""
    size = r.shape[1]
    h = np.zeros((x.shape[1], size), dtype=x.dtype) if start is None else start.copy()
    c = np.zeros((x.shape[1], size), dtype=x.dtype) if cells is None else cells.copy()
    out = np.zeros((x.shape[0], x.shape[1], size), dtype=x.dtype)
    p = np.zeros(3 * size, dtype=x.dtype) if peepholes is None else peepholes
    for s in range(x.shape[0]):
        for n in range(x.shape[1]):
            length = x.shape[0] if lengths is None else int(lengths[n])
            if s < length:
                t = length - 1 - s if reverse else s
                z = w @ x[t, n] + r @ h[n]
                if b is not None:
                    z = z + b[: 4 * size] + b[4 * size :]
                into = _activated(_limited(z[:size] + p[:size] * c[n], clip), names[0], alphas[0], betas[0])
                keep = _activated(
                    _limited(z[2 * size : 3 * size] + p[2 * size :] * c[n], clip), names[0], alphas[0], betas[0]
                )
                if input_forget:
                    keep = 1 - into
                new = _activated(_limited(z[3 * size :], clip), names[1], alphas[1], betas[1])
                c[n] = keep * c[n] + into * new
                give = _activated(
                    _limited(z[size : 2 * size] + p[size : 2 * size] * c[n], clip), names[0], alphas[0], betas[0]
                )
                h[n] = give * _activated(c[n], names[2], alphas[2], betas[2])
                out[t, n] = h[n]
    return out, h, c
