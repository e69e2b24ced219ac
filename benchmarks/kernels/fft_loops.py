"""An iterative fast Fourier transform in place."""

import math

import numpy as np

from pyc import Tensor, f64


def fft_loops[N](re: Tensor[f64, N], im: Tensor[f64, N]) -> None:
    n = len(re)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            re[i], re[j] = re[j], re[i]
            im[i], im[j] = im[j], im[i]
    length = 2
    while length <= n:
        angle = -2.0 * math.pi / length
        half = length // 2
        for start in range(0, n, length):
            for k in range(half):
                wr = math.cos(angle * k)
                wi = math.sin(angle * k)
                p, q = start + k, start + k + half
                tr = re[q] * wr - im[q] * wi
                ti = re[q] * wi + im[q] * wr
                re[q] = re[p] - tr
                im[q] = im[p] - ti
                re[p] += tr
                im[p] += ti
        length *= 2


SIZES = {"test": (16,), "small": (1024,), "medium": (65_536,)}


def arguments(n):
    return tuple(np.random.default_rng(0).random((2, n)))
