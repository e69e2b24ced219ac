"""Decompositions of ``np.linalg``: multiplied together again, orthonormal, and with NumPy's own values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from language import Twice
from numpy.typing import NDArray

Array = NDArray[Any]
PROGRAM = """
from pyc import c64, c128
def qr(a: Tensor[T, *S]):
    return np.linalg.qr(a)

def complete(a: Tensor[T, *S]):
    return np.linalg.qr(a, mode="complete")

def svd(a: Tensor[T, *S]):
    return np.linalg.svd(a)

def thin(a: Tensor[T, *S]):
    return np.linalg.svd(a, full_matrices=False)

def eigh(a: Tensor[T, *S]):
    return np.linalg.eigh(a)

def upper(a: Tensor[T, *S]):
    return np.linalg.eigh(a, "U")

def eig(a: Tensor[T, *S]):
    return np.linalg.eig(a)
"""
KINDS = {"f64": "f8", "f32": "f4", "c128": "c16", "c64": "c8"}
SHAPES = [(1, 1), (2, 3), (3, 2), (5, 5), (7, 4), (4, 11), (0, 3), (3, 0), (0, 0)]


def program(dtype: str, dims: str, *names: str) -> Any:
    # They are long functions of the library: one element type is enough to see that optimisation changes nothing.
    level = 3 if dtype == "f32" else 1
    return Twice(PROGRAM.replace("Tensor[T, *S]", f"Tensor[{dtype}, {dims}]"), *names, level=level).compiled


def drawn(shape: tuple[int, ...], kind: str, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    a = rng.standard_normal(shape)
    return (a + 1j * rng.standard_normal(shape) if np.dtype(kind).kind == "c" else a).astype(kind)


def close(actual: Array, expected: Array, size: float = 1.0) -> None:
    """Up to 64 units in the last place of ``size``, for each row or column."""
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    unit = 64 * float(np.finfo(actual.dtype).eps) * max(*actual.shape[-2:], 1) * max(size, 1.0)
    assert not actual.size or float(np.max(np.abs(actual - expected))) <= unit


def orthonormal(q: Array) -> None:
    close(
        np.conj(np.swapaxes(q, -1, -2)) @ q,
        np.broadcast_to(np.eye(q.shape[-1], dtype=q.dtype), q.shape[:-2] + (q.shape[-1],) * 2),
    )


def special(kind: str) -> list[Array]:
    """Matrices of every rank, with equal singular values, tiny and huge ones."""
    n = 4
    ones = np.ones((n, n))
    found = [np.zeros((n, n)), np.eye(n), ones, ones - np.eye(n), np.diag([3.0, 1.0, 2.0, 0.0]), np.tril(ones)]
    found += [
        np.vander(np.arange(1.0, 5.0)),
        ones * 1e-30,
        drawn((n, n), "f8") * 1e30,
        np.outer(np.arange(4.0), ones[0]),
    ]
    return [a.astype(kind) for a in found]


@pytest.mark.parametrize("dtype", ["f64", "c64"])
def test_qr(dtype: str) -> None:
    p = program(dtype, "N, M", "qr", "complete")
    for shape in SHAPES:
        a = drawn(shape, KINDS[dtype])
        for function, wanted in ((p.qr, np.linalg.qr(a)), (p.complete, np.linalg.qr(a, mode="complete"))):
            q, r = function(a)
            # The signs are LAPACK's: reflections are its own.
            close(q, wanted[0])
            close(r, wanted[1], 8)
            orthonormal(q)
            assert not np.any(np.tril(r, -1))
    for a in special(KINDS[dtype]):
        q, r = p.qr(a)
        orthonormal(q)
        close(q @ r, a, float(np.max(np.abs(a))))


@pytest.mark.parametrize("dtype", ["f64", "c64"])
def test_svd(dtype: str) -> None:
    p = program(dtype, "N, M", "svd", "thin")
    for a in [drawn(s, KINDS[dtype]) for s in SHAPES] + special(KINDS[dtype]):
        size = float(np.max(np.abs(a), initial=0))
        for function, full in ((p.svd, True), (p.thin, False)):
            u, s, vh = function(a)
            wanted = np.linalg.svd(a, full_matrices=full)
            assert (u.shape, s.shape, vh.shape) == tuple(w.shape for w in wanted)
            assert s.dtype == wanted[1].dtype
            orthonormal(u)
            orthonormal(np.conj(vh.T))
            close(s, wanted[1], size)
            k = s.shape[0]
            close((u[:, :k] * s) @ vh[:k], a, size)
            assert np.all(s[:-1] >= s[1:])
    with pytest.raises(np.linalg.LinAlgError, match="SVD did not converge"):
        p.svd(np.full((2, 2), np.nan, KINDS[dtype]))


@pytest.mark.parametrize("dtype", ["f32", "c128"])
def test_eigh(dtype: str) -> None:
    p = program(dtype, "N, N", "eigh", "upper")
    cases = [drawn((n, n), KINDS[dtype]) for n in (0, 1, 2, 3, 7, 13)] + special(KINDS[dtype])
    for a in cases:
        size = float(np.max(np.abs(a), initial=0))
        for function, triangle in ((p.eigh, np.tril), (p.upper, np.triu)):
            w, v = function(a)
            half: Array = triangle(a, -1 if triangle is np.tril else 1)
            whole = half + np.conj(half.T) + np.diag(np.real(np.diag(a)))
            close(w, np.linalg.eigvalsh(whole), size)
            orthonormal(v)
            close((v * w) @ np.conj(v.T), whole.astype(a.dtype), size)
    w, v = p.eigh(np.array([[1, np.nan], [np.nan, 1]], KINDS[dtype]))
    assert np.all(np.isnan(w))
    assert np.all(np.isnan(v))
    assert np.isnan(p.eigh(np.full((1, 1), np.nan, KINDS[dtype]))[0][0])


GENERAL: list[Callable[[], Array]] = [
    lambda: np.array([[0.0, 1.0], [-1.0, 0.0]]), lambda: np.array([[1.0, 1.0], [0.0, 1.0]]),
    lambda: np.roll(np.eye(5), 1, 0), lambda: np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(3)),
    lambda: np.array([[0, 1, 1, 0], [-1, 0, 0, 1.0], [0, 0, 0, 1], [0, 0, -1, 0]]),
    lambda: np.triu(drawn((5, 5), "f8")),
    lambda: drawn((6, 6), "f8") * 10.0 ** np.arange(6) / 10.0 ** np.arange(6)[:, None],
    lambda: drawn((4, 4), "f8") * 1e-30, lambda: np.diag([3.0, 1.0, 2.0]), lambda: drawn((31, 31), "f8"),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["f64", "c64"])
def test_eig(dtype: str) -> None:
    p = program(dtype, "N, N", "eig")
    cases = [drawn((n, n), KINDS[dtype]) for n in (0, 1, 2, 3, 5, 8)]
    for a in cases + [f().astype(KINDS[dtype]) for f in GENERAL] + special(KINDS[dtype]):
        size = float(np.linalg.norm(a.astype(np.complex128)))
        w, v = p.eig(a)
        assert w.dtype == v.dtype == np.result_type(a, np.complex64)
        close(a @ v, v * w, size)
        if a.size:
            close(np.linalg.norm(v, axis=0), np.ones(w.shape, np.real(v).dtype))
        if a.dtype.kind == "f":
            assert sorted(w.tolist(), key=repr) == sorted(np.conj(w).tolist(), key=repr)
    with pytest.raises(np.linalg.LinAlgError, match="Array must not contain infs or NaNs"):
        p.eig(np.full((2, 2), np.inf, KINDS[dtype]))


def test_stacks() -> None:
    p = program("f64", "K, M, N", "qr", "svd", "eigh", "eig")
    a = drawn((3, 4, 4), "f8")[::-1].swapaxes(-1, -2)
    q, r = p.qr(a)
    close(q @ r, a, 4)
    u, s, vh = p.svd(a)
    close((u * s[:, None, :]) @ vh, a, 4)
    w, v = p.eigh(a + a.swapaxes(-1, -2))
    close((v * w[:, None, :]) @ v.swapaxes(-1, -2), a + a.swapaxes(-1, -2), 4)
    d, x = p.eig(a)
    close(a @ x, x * d[:, None, :], 4)
    assert [r.shape for r in p.svd(np.zeros((0, 2, 3)))] == [(0, 2, 2), (0, 2), (0, 3, 3)]
