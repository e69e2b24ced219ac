"""NumPy's functions that belong to indexing, the methods of arrays, and comparisons across signs: as NumPy's own."""

from functools import cache

import numpy as np
import pytest
from language import Twice, interpreted, outcome

SOURCE = """\
from pyc import u64
def take(u: Tensor[f64, N, M], i: Tensor[i64, K]):
    return np.take(u, i, axis=1), np.take(u, i, axis=0, mode="clip"), u.take(i, mode="wrap"), np.take(u, 0, axis=0)
def along(u: Tensor[f64, N, M]):
    o = np.argsort(u, axis=1)
    return np.take_along_axis(u, o, axis=1), np.take_along_axis(u, np.argmax(u, axis=0, keepdims=True), axis=0)
def putal(u: Tensor[f64, N, M]) -> None:
    np.put_along_axis(u, np.argmax(u, axis=1, keepdims=True), -99, axis=1)
def put(u: Tensor[f64, N, M], i: Tensor[i64, K]) -> None:
    np.put(u, i, 5)
    u.put([0, -1], 7)
def nz(u: Tensor[f64, N, M]):
    a, b = np.nonzero(u > 1)
    return a, b, np.argwhere(u), np.flatnonzero(u > 0), u[np.nonzero(u)], u[np.where(u > 2)]
def comp(u: Tensor[f64, N, M]):
    return np.compress(u[0] > 0, u, axis=1), np.extract(u > 0, u), np.compress([True, False], u, axis=0)
def sel(u: Tensor[f64, N]):
    return np.select([u < 0, u > 2], [u * 2, u - 1], 7), np.choose((u > 0).astype(np.int64), [u, -u])
def flips(u: Tensor[f64, N, M]):
    a, b = np.flip(u).copy(), np.flip(u, 1).copy()
    return a, b, np.fliplr(u) + 0, np.flipud(u) + 0, np.rot90(u), np.rot90(u, 2), np.rot90(u, -1)
def rolls(u: Tensor[f64, N, M], k: int):
    return np.roll(u, k), np.roll(u, k, axis=0), np.roll(u, -k, 1)
def tiles(u: Tensor[f64, N], k: int):
    return np.tile(u, 3), np.tile(u, (2, k)), np.repeat(u, k), u.repeat(2)
def tiles2(u: Tensor[f64, N, M]):
    return np.tile(u, 2), np.repeat(u, 3, axis=0), np.repeat(u, 2, axis=1), np.repeat(u, 2)
def uniq(u: Tensor[f64, N]):
    return np.unique(u)
def uniq2(u: Tensor[i64, N]):
    v, i, j, k = np.unique(u, return_index=True, return_inverse=True, return_counts=True)
    return v, i, j, k
def search(u: Tensor[f64, N], v: Tensor[f64, M], x: float):
    return np.searchsorted(u, v), np.searchsorted(u, v, side="right"), np.searchsorted(u, x)
def among(u: Tensor[i64, N], v: Tensor[i64, M]):
    return np.isin(u, v), np.isin(u, v, invert=True), 3 in u, 3 not in v
def edit(u: Tensor[f64, N], k: int):
    return np.delete(u, k), np.insert(u, k, 3.5), np.delete(u, [0, 1])
def edit2(u: Tensor[f64, N, M], k: int):
    return np.delete(u, k, axis=0), np.insert(u, k, 1.0, axis=1), np.insert(u, k, u[0], axis=0), np.delete(u, k)
def tris(n: int, k: int):
    a, b = np.triu_indices(n, k)
    d, e = np.tril_indices(n, k, 3)
    f, g = np.diag_indices(n)
    return a, b, d, e, f, g
def grid(u: Tensor[f64, N], v: Tensor[f64, M]):
    a, b = np.meshgrid(u, v)
    d, e = np.meshgrid(u, v, indexing="ij")
    f, g = np.meshgrid(u, v, sparse=True)
    return a, b, d, e, f, g
def inds(n: int, m: int):
    return np.indices((n, m))
def ix(u: Tensor[f64, N, M], i: Tensor[i64, K]):
    return u[np.ix_(i, [0, 1])]
def ravel(i: Tensor[i64, N]):
    a, b = np.unravel_index(i, (3, 4))
    return a, b, np.ravel_multi_index((a, b), (3, 4))
def meth(u: Tensor[f64, N, M]) -> int:
    u.fill(3.0)
    return u.nbytes + u.itemsize + u.size
def srt(u: Tensor[f64, N, M]) -> None:
    u.sort()
    u[0].sort()
def items(u: Tensor[f64, N, M]):
    return u.item(0, 1), u.item(-1), u[0, 0].item(), u[:1, :1].item()
def bytes8(x: Tensor[u8, N], n: int):
    return x < -1, x > -1, x == 256, x != 300, -5 <= x, x < n
def u64c(x: Tensor[u64, N], y: Tensor[i64, N], n: int):
    return x < n, n <= x, x > y, y >= x, x == y, y != x, x > -3
def tup(n: int) -> int:
    if n in (1, 3, 5):
        return 1
    return 2 if n not in (2, 4) else 3
"""
NAMES = [line.removeprefix("def ").partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]


@cache
def language() -> Twice:
    return Twice(SOURCE, *NAMES)


def whole(seed: int, *shape: int) -> np.ndarray:
    return np.round(np.random.default_rng(seed).normal(size=shape) * 3)


U, M = whole(1, 7), whole(2, 3, 4)
BYTES, WIDE = np.array([0, 3, 255], np.uint8), np.array([0, 3, 2**64 - 1], np.uint64)
CALLS = [
    ("take", (M, np.array([0, 2, -1]))),
    ("along", (M,)),
    ("along", (M.T,)),
    ("putal", (M,)),
    ("put", (M, np.array([1, 5, -2]))),
    ("put", (np.asfortranarray(M), np.array([1, 5, -2]))),
    ("nz", (M,)),
    ("nz", (M[::-1, ::2],)),
    ("nz", (M[:0],)),
    ("nz", (M[:, :0],)),
    *(("nz", (np.full((n, n + 1), x),)) for n in (1, 9) for x in (0.0, 1.5, 3.0, np.nan)),
    ("nz", (np.eye(7)[::-1] * 3,)),
    ("nz", (np.tri(6, 5, -4) * 3,)),
    ("comp", (M,)),
    ("sel", (U,)),
    ("flips", (M,)),
    ("flips", (M[:1],)),
    ("rolls", (M, 2)),
    ("rolls", (M, -9)),
    ("rolls", (M[:0], 1)),
    ("tiles", (U, 2)),
    ("tiles", (U, 0)),
    ("tiles2", (M,)),
    ("uniq", (U,)),
    ("uniq", (np.append(U, [np.nan, np.nan]),)),
    ("uniq", (U[:0],)),
    ("uniq2", (U.astype(int),)),
    ("search", (np.sort(U), U - 0.5, 0.5)),
    ("search", (np.sort(np.append(U, np.nan)), np.append(U, np.nan), np.nan)),
    ("search", (U[:0], U, 1.0)),
    ("among", (U.astype(int), np.arange(3))),
    ("edit", (U, 2)),
    ("edit", (U, -1)),
    ("edit2", (M, 1)),
    ("edit2", (M, -1)),
    *(("tris", a) for a in ((4, 0), (3, 1), (2, -1), (1, 0))),
    ("grid", (U, U[:3])),
    ("inds", (3, 2)),
    ("ix", (M, np.array([2, 0]))),
    ("ravel", (np.array([0, 5, 11]),)),
    ("meth", (M,)),
    ("srt", (M,)),
    ("items", (M,)),
    *(("bytes8", (BYTES, n)) for n in (-1, 3, 300)),
    *(("u64c", (WIDE, np.array([-1, 3, 5]), n)) for n in (-1, 3)),
    *(("tup", (n,)) for n in range(6)),
]


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_as_numpy(name: str, arguments: tuple[object, ...]) -> None:
    language().agree(name, *arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("take", (M, np.array([0, 7]))),
        ("put", (M, np.array([12]))),
        ("edit", (U, 9)),
        ("edit2", (M, 5)),
        ("ravel", (np.array([12]),)),
        ("ravel", (np.array([-1]),)),
        ("ix", (M, np.array([3]))),
        ("items", (M[:, :1],)),
    ],
)
def test_exceptions_at_the_users_line(name: str, arguments: tuple[object, ...]) -> None:
    t = language()
    expected, found = outcome(t.python[name], arguments).error, outcome(getattr(t.compiled, name), arguments).error
    assert expected is not None
    assert found is not None
    assert found[0] == expected[0]
    body = SOURCE.split(f"def {name}(")[1].split("\ndef ")[0]
    assert found[2] in body


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_interpreted(name: str, arguments: tuple[object, ...]) -> None:
    interpreted(language(), name, arguments)
