"""The Fourier transform: by its definition, and in place with radix 2."""

import numpy as np

from pyc import Tensor, c128


def dft[N](x: Tensor[c128, N]) -> Tensor[c128, N]:
    n = np.arange(len(x))
    w = np.exp(-2j * np.pi * np.outer(n, n) / len(x))
    return w @ x


def fft[N](x: Tensor[c128, N]) -> None:
    n = len(x)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            x[i], x[j] = x[j], x[i]
    size = 2
    while size <= n:
        step = np.exp(-2j * np.pi / size)
        for start in range(0, n, size):
            w = 1.0 + 0.0j
            for k in range(start, start + size // 2):
                even, odd = x[k], x[k + size // 2] * w
                x[k] = even + odd
                x[k + size // 2] = even - odd
                w *= step
        size *= 2


def cases():
    rng = np.random.default_rng(16)
    for n in (1, 2, 5, 16):
        x = rng.random(n) + 1j * rng.random(n)
        yield "dft", (x,)
        if n & (n - 1) == 0:
            yield "fft", (x,)
