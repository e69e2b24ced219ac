"""Kernels of linear algebra as loops and slices: products, ranks and exponentials."""

import numpy as np

from pyc import Tensor, f64


def two_products[M, K, N, P](
    alpha: float, beta: float, a: Tensor[f64, M, K], b: Tensor[f64, K, N], c: Tensor[f64, N, P], d: Tensor[f64, M, P]
) -> None:
    d[:] = alpha * a @ b @ c + beta * d


def atax[M, N](a: Tensor[f64, M, N], x: Tensor[f64, N]) -> Tensor[f64, N]:
    return (a @ x) @ a


def bicg[M, N](a: Tensor[f64, M, N], p: Tensor[f64, N], r: Tensor[f64, M]) -> tuple[Tensor[f64, N], Tensor[f64, M]]:
    return r @ a, a @ p


def gemver[N](a: Tensor[f64, N, N], u: Tensor[f64, N], v: Tensor[f64, N], x: Tensor[f64, N], w: Tensor[f64, N]) -> None:
    a += np.outer(u, v) + np.outer(v, u)
    x += 1.2 * (u @ a) + v
    w += 1.5 * (a @ x)


def syrk[N, M](alpha: float, beta: float, c: Tensor[f64, N, N], a: Tensor[f64, N, M]) -> None:
    for i in range(a.shape[0]):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += alpha * a[i, k] * a[: i + 1, k]


def trmm[N, M](alpha: float, a: Tensor[f64, N, N], b: Tensor[f64, N, M]) -> None:
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] += np.dot(a[i + 1 :, i], b[i + 1 :, j])
    b *= alpha


def exponential[N](a: Tensor[f64, N, N], terms: int) -> Tensor[f64, N, N]:
    total = np.eye(len(a))
    term = np.eye(len(a))
    for k in range(1, terms):
        term = term @ a / k
        total += term
    return total


def doitgen[R, Q, P](a: Tensor[f64, R, Q, P], c: Tensor[f64, P, P]) -> None:
    a[:] = np.einsum("rqp,ps->rqs", a, c)


def cases():
    rng = np.random.default_rng(35)
    r = rng.random
    for n in (1, 6):
        yield "two_products", (1.5, 1.2, r((n, 4)), r((4, 5)), r((5, 3)), r((n, 3)))
        yield "atax", (r((n, 5)), r(5))
        yield "bicg", (r((n, 5)), r(5), r(n))
        yield "gemver", (r((n, n)), r(n), r(n), r(n), r(n))
        yield "syrk", (1.5, 1.2, r((n, n)), r((n, 4)))
        yield "trmm", (1.5, r((n, n)), r((n, 4)))
        yield "exponential", (r((n, n)), 12)
        yield "doitgen", (r((n, 3, 4)), r((4, 4)))
