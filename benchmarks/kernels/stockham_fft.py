"""A fast Fourier transform of radix R, as products of arrays."""

import numpy as np

from pyc import Tensor, c128


def stockham_fft[N](n: int, r: int, k: int, x: Tensor[c128, N], y: Tensor[c128, N]) -> None:
    coord = np.arange(r)
    dft_mat = np.exp(-2.0j * np.pi * coord[:, None] * coord / r)
    y[:] = x[:]
    ii_coord, jj_coord = np.meshgrid(np.arange(r), np.arange(r**k), indexing="ij")
    for i in range(k):
        yv = np.reshape(y, (r**i, r, r ** (k - i - 1)))
        tmp_perm = np.transpose(yv, axes=(1, 0, 2))
        d = np.empty((r, r**i, r ** (k - i - 1)), dtype=np.complex128)
        tmp = np.exp(-2.0j * np.pi * ii_coord[:, : r**i] * jj_coord[:, : r**i] / r ** (i + 1))
        d[:] = np.repeat(np.reshape(tmp, (r, r**i, 1)), r ** (k - i - 1), axis=2)
        tmp_twid = np.reshape(tmp_perm, (n,)) * np.reshape(d, (n,))
        y[:] = np.reshape(dft_mat @ np.reshape(tmp_twid, (r, r ** (k - 1))), (n,))


SIZES = {"test": (2, 4), "small": (2, 10), "medium": (2, 16)}


def arguments(r, k):
    n = r**k
    rng = np.random.default_rng(0)
    return n, r, k, rng.random(n) + 1j * rng.random(n), np.zeros(n, np.complex128)
