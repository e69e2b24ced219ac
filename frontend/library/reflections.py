"""``np.linalg.qr``, and the reflections of Householder that decompositions are made of."""

import numpy as np

import pyc

from ._stacks import conjugate as _conjugate
from ._stacks import rectangular as _rectangular
from ._stacks import stack as _stack


def qr(a, mode="reduced"):
    """An orthonormal ``q`` and an upper triangle ``r`` with ``q @ r == a``; ``r`` alone; or the reflections."""
    if mode not in ("reduced", "complete", "r", "raw"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    _rectangular(a)
    m, n = a.shape[-2], a.shape[-1]
    k = min(m, n)
    x = _stack(a)
    tau = np.zeros((x.shape[0], k), x.dtype)
    for s in range(x.shape[0]):
        _reduced(x[s], tau[s])
    if mode == "raw":
        return np.swapaxes(np.reshape(x, a.shape), -1, -2).copy(), np.reshape(tau, a.shape[:-2] + (k,))
    if mode == "r":
        return np.reshape(np.triu(x[:, :k]), a.shape[:-2] + (k, n))
    if mode == "complete":
        q = np.zeros((x.shape[0], m, m), x.dtype)
        for s in range(x.shape[0]):
            _formed(x[s], tau[s], q[s])
        return np.reshape(q, a.shape[:-2] + (m, m)), np.reshape(np.triu(x), a.shape)
    q = np.zeros((x.shape[0], m, k), x.dtype)
    for s in range(x.shape[0]):
        _formed(x[s], tau[s], q[s])
    return np.reshape(q, a.shape[:-2] + (m, k)), np.reshape(np.triu(x[:, :k]), a.shape[:-2] + (k, n))


@pyc.jit(unchecked=True)
def _length(x):
    """The root of the sum of squares, without overflow."""
    most = x.real.dtype.type(0)
    for i in range(x.shape[0]):
        size = max(np.fabs(x[i].real), np.fabs(x[i].imag)) if np.iscomplexobj(x) else np.fabs(x[i])
        if not size <= most:
            most = size
    if most == 0 or most != most:
        return most
    total = x.real.dtype.type(0)
    for i in range(x.shape[0]):
        re = x[i].real / most
        total += re * re
        if np.iscomplexobj(x):
            im = x[i].imag / most
            total += im * im
    return most * np.sqrt(total)


@pyc.jit(unchecked=True)
def _reflection(x):
    """``x``, of one element or more, becomes [beta, v[1:]] with ``v[0] == 1``; gives the factor ``tau``.

    ``(1 - tau * v @ v^H)^H @ x == [beta, 0, ...]`` with a real ``beta``. Source: LAPACK's ``larfg``.
    """
    rest = _length(x[1:])
    if rest == 0 and (not np.iscomplexobj(x) or x[0].imag == 0):
        return x.dtype.type(0)
    whole = np.hypot(np.hypot(x[0].real, x[0].imag), rest) if np.iscomplexobj(x) else np.hypot(x[0], rest)
    beta = -np.copysign(whole, x[0].real)
    tau = (beta - x[0]) / beta
    scale = x[0] - beta
    for i in range(1, x.shape[0]):
        x[i] /= scale
    x[0] = beta
    return tau


@pyc.jit(unchecked=True)
def _reflect(v, tau, c):
    """``c`` becomes ``(1 - tau * v @ v^H) @ c``, where ``v[0]`` counts as 1."""
    if tau == 0:
        return
    work = c[0].copy()
    for i in range(1, c.shape[0]):
        factor = _conjugate(v[i])
        for j in range(c.shape[1]):
            work[j] += factor * c[i, j]
    for j in range(c.shape[1]):
        work[j] *= tau
        c[0, j] -= work[j]
    for i in range(1, c.shape[0]):
        factor = v[i]
        for j in range(c.shape[1]):
            c[i, j] -= factor * work[j]


@pyc.jit(unchecked=True)
def _reduced(x, tau):
    """A matrix becomes its upper triangle, with the reflections below it; ``tau`` has their factors."""
    for k in range(tau.shape[0]):
        tau[k] = _reflection(x[k:, k])
        _reflect(x[k:, k], _conjugate(tau[k]), x[k:, k + 1 :])


@pyc.jit(unchecked=True)
def _formed(x, tau, q):
    """``q``, of zeros, becomes the first columns of the product of the reflections below the diagonal of ``x``."""
    for i in range(q.shape[1]):
        q[i, i] = 1
    for i in range(tau.shape[0]):
        k = tau.shape[0] - 1 - i
        _reflect(x[k:, k], tau[k], q[k:, k:])
