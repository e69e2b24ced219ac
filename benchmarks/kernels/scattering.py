"""Scattering self-energies: products of small complex matrices under six loops."""

import numpy as np

from pyc import Tensor, c128, i32


def scattering[NA, NB, KZ, E, Q, W, D, P](
    neigh_idx: Tensor[i32, NA, NB],
    dh: Tensor[c128, NA, NB, D, P, P],
    g: Tensor[c128, KZ, E, NA, P, P],
    dd: Tensor[c128, Q, W, NA, NB, D, D],
    sigma: Tensor[c128, KZ, E, NA, P, P],
) -> None:
    for k in range(g.shape[0]):
        for e in range(g.shape[1]):
            for q in range(dd.shape[0]):
                for w in range(dd.shape[1]):
                    for i in range(dd.shape[-2]):
                        for j in range(dd.shape[-1]):
                            for a in range(neigh_idx.shape[0]):
                                for b in range(neigh_idx.shape[1]):
                                    if e - w >= 0:
                                        dhg = g[k, e - w, neigh_idx[a, b]] @ dh[a, b, i]
                                        dhd = dh[a, b, j] * dd[q, w, a, b, i, j]
                                        sigma[k, e, a] += dhg @ dhd


SIZES = {"test": (3, 2, 2, 3, 2, 2, 3, 2), "small": (6, 2, 2, 3, 2, 2, 3, 3), "medium": (12, 4, 2, 4, 2, 2, 3, 4)}


def arguments(na, nb, kz, e, q, w, d, p):
    rng = np.random.default_rng(0)

    def numbers(*shape):
        return rng.random(shape) + 1j * rng.random(shape)

    return (
        rng.integers(0, na, (na, nb)).astype(np.int32),
        numbers(na, nb, d, p, p),
        numbers(kz, e, na, p, p),
        numbers(q, w, na, nb, d, d),
        np.zeros((kz, e, na, p, p), np.complex128),
    )
