"""Arrays indexed backwards, by arrays of positions and by masks: what is read, what is written, what is refused."""

from functools import cache

import numpy as np
import pytest
from language import Twice

SOURCE = """
def rev(u: Tensor[f64, N]) -> Tensor[f64, N]:
    return u[::-1].copy()
def revs(u: Tensor[f64, N], a: int, b: int, s: int) -> float:
    return np.sum(u[a:b:s] * 2.0)
def revw(u: Tensor[f64, N], a: int, b: int, s: int) -> None:
    u[a:b:s] = np.arange(len(u[a:b:s])) * 1.0
def selfrev(u: Tensor[f64, N]) -> None:
    u[:] = u[::-1]
def selfrev2(u: Tensor[f64, N, M]) -> None:
    u[::-1] = u.copy()
    u[::-2, 1::-1] *= 3.0
def take(u: Tensor[f64, N], i: Tensor[i64, M]) -> Tensor[f64, M]:
    return u[i]
def take2(u: Tensor[f64, N, M], i: Tensor[i32, K], j: Tensor[i64, K]) -> Tensor[f64, K]:
    return u[i, j] + 1.0
def outer(u: Tensor[f64, N, M], i: Tensor[i32, K]) -> Tensor[f64, M, K]:
    return u[i].T * 2.0
def put(u: Tensor[f64, N], i: Tensor[i64, M], v: Tensor[f64, M]) -> None:
    u[i] = v
def addat(u: Tensor[f64, N], i: Tensor[i64, M], v: Tensor[f64, M]) -> None:
    u[i] += v
def perm(u: Tensor[f64, N], i: Tensor[i64, N]) -> None:
    u[:] = u[i]
def mask(u: Tensor[f64, N]) -> float:
    return np.sum(u[u > 0])
def maskset(u: Tensor[f64, N]) -> None:
    u[u < 0] = 0
    u[u > 5] += 1
def maskset2(u: Tensor[f64, N, M], m: Tensor[bool, K]) -> None:
    u[m] = 7.0
    u[m, 0] = 3.0
    u[:, 1:][u[:, 1:] > 8] -= 2.0
def maskput(u: Tensor[f64, N], v: Tensor[f64, M]) -> None:
    u[u > 0] = v
def lists(u: Tensor[f64, N]) -> float:
    return np.sum(u[[0, 2, -1]]) + np.sum(np.array([1.0, u[0], 3]))
def pos(u: Tensor[f64, N]) -> Tensor[f64, K]:
    return u[u > 0]
def pos2(u: Tensor[f64, N]):
    return u[u > 0] * 2.0
def both(u: Tensor[f64, N], i: Tensor[i64, M]) -> tuple[Tensor[f64, K], Tensor[f64, M]]:
    return pos(u), u[i]
def piece(u: Tensor[f64, N], a: int, b: int, s: int):
    return u[a:b:s].copy()
def rows(u: Tensor[f64, N, M]) -> Tensor[f64, K, M]:
    return u[u[:, 0] > 0]
def cols(u: Tensor[f64, N, M]):
    return u[:, u[0] > 0]
def elems(u: Tensor[f64, N, M], m: Tensor[bool, N, M]):
    return u[m]
def two(u: Tensor[f64, N], m: int) -> tuple[Tensor[f64, K], Tensor[f64, K]]:
    return u[u > 0], u[:m].copy()
def one(u: Tensor[f64, N, M]) -> Tensor[f64, N, M + 1]:
    out = np.zeros((u.shape[0], u.shape[1] + 1))
    out[:, :1] = u[:, 1:2]
    out[:, u.shape[1] :] = u[:, ::-1][:, 1:2]
    return out
def length(u: Tensor[f64, N]) -> int:
    y = u[u > 0]
    return len(y) + y.shape[0] + y.size
"""
NAMES = [line.removeprefix("def ").partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]


@cache
def language() -> Twice:
    return Twice(SOURCE, *NAMES)


def whole(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Floats that add up exactly in any order."""
    return np.round(random.normal(size=shape) * 64)


@pytest.mark.parametrize("n", [0, 1, 5, 7])
def test_slices_of_any_step(n: int) -> None:
    u = whole(np.random.default_rng(n), n)
    language().agree("rev", u)
    language().agree("selfrev", u)
    for a in (-9, -2, 0, 1, 3, 9):
        for b in (-9, -1, 0, 2, 9):
            for step in (-9, -2, -1, 0, 1, 2, 5, -(2**63), 2**63 - 1):
                language().agree("revs", u, a, b, step)
                language().agree("revw", u, a, b, step)


@pytest.mark.parametrize("n", [0, 1, 5, 7])
def test_positions_and_masks(n: int) -> None:
    t, random = language(), np.random.default_rng(n)
    u = whole(random, n)
    i = random.integers(-n, max(n, 1), size=4) if n else np.zeros(0, int)
    for v in (u, u[::-1], np.repeat(u, 2)[::2]):
        t.agree("take", v, i)
    for name in ("put", "addat"):
        t.agree(name, u, i, whole(random, len(i)))
        t.agree(name, u, np.array([0, n]), whole(random, 2), message=False)
    t.agree("perm", u, random.integers(-n, n, size=n) if n else i)
    t.agree("take", u, np.array([0, n]), message=False)
    t.agree("take", u, np.array([-n - 1]), message=False)
    t.agree("mask", u)
    t.agree("maskset", u / 8)
    t.agree("maskput", u, whole(random, int((u > 0).sum())))
    t.agree("maskput", u, whole(random, 11), message=False)


@pytest.mark.parametrize("shape", [(3, 4), (5, 2), (1, 3), (4, 5)])
def test_of_matrices(shape: tuple[int, int]) -> None:
    t, random = language(), np.random.default_rng(sum(shape))
    u = whole(random, *shape)
    i, j = random.integers(0, shape[0], size=6).astype(np.int32), random.integers(-shape[1], shape[1], size=6)
    for v in (u, u[::-1], u.T.copy().T):
        t.agree("take2", v, i, j)
        t.agree("outer", v, i)
        t.agree("selfrev2", v)
        t.agree("maskset2", v, random.normal(size=shape[0]) > 0)
    t.agree("maskset2", u, np.zeros(shape[0] + 1, bool), message=False)


@pytest.mark.parametrize("shape", [(3, 2), (4, 5), (0, 2), (3, 1), (2, 0)])
def test_a_slice_of_one_element_fits_one(shape: tuple[int, int]) -> None:
    language().agree("one", whole(np.random.default_rng(1), *shape))


def test_lists() -> None:
    language().agree("lists", np.array([1.0, 2.0, 4.0]))
    language().agree("lists", np.array([1.0, 2.0]), message=False)


@pytest.mark.parametrize("n", [0, 1, 5, 7])
def test_extents_found_at_run_time(n: int) -> None:
    t, random = language(), np.random.default_rng(n)
    u, v = whole(random, n), whole(random, n + 1, 3)
    for name in ("pos", "pos2", "length"):
        t.agree(name, u[::-1])
    t.agree("both", u, np.arange(n))
    t.agree("piece", u, -1, 0, -2)
    t.agree("rows", v)
    t.agree("cols", v)
    t.agree("elems", v, v > 0)


def test_extents_that_are_declared_equal() -> None:
    u = np.array([1.0, -2.0, 3.0])
    language().agree("two", u, 2)
    with pytest.raises(ValueError, match="the result is declared with equal extents, and they differ"):
        language().compiled.two(u, 1)
