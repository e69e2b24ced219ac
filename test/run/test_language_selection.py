"""Arrays indexed by arrays in whole programs: shared memory, loops, arrays without axes, extents that change."""

from functools import cache

import numpy as np
import pytest
from language import Twice, interpreted

SOURCE = """
def zero(x: Tensor[f64], y: Tensor[i32]) -> f64:
    a = x[()] + x[...][()]
    x[()] = 5.0
    x[...] = x + 1
    x += 2
    return a + x * 2 + y
def zero2(x: Tensor[f64, N], i: Tensor[i64]):
    return x[i], x[..., i], x[i, ...] + 1, (x * 2)[i]
def zero3(x: Tensor[f64]):
    return x * 2, x + 1, -x, np.sqrt(x), abs(x)
def rev_param(u: Tensor[f64, N]):
    u = u[::-1]
    u[0] = 3.0
    return u[1:] + 0
def swap(u: Tensor[f64, N], v: Tensor[f64, N], i: Tensor[i64, M], n: int):
    for _ in range(n):
        v[i] = u[i[::-1]] + 1
        u[u > 3] *= 0.5
        u[::-1][i] += 1.0
        u, v = v, u
    return u[u > 1].copy() + 0
def viewret(u: Tensor[f64, N, M], m: Tensor[bool, N]):
    w = u.T
    w[:, m] = 1.5
    w[0, [0]] += 2
    return w
def resh(u: Tensor[f64, 4, 6], i: Tensor[i64, M]) -> None:
    v = u.reshape(24)
    v[i] = 7.0
    v[v == 7.0] -= 1
    v[::-3] = 2.0
def loopmask(u: Tensor[f64, N]) -> float:
    t = 0.0
    for k in range(5):
        y = u[u > k]
        t += np.sum(y) + len(y)
        for v in y:
            t += v
    return t
def rowmask(u: Tensor[f64, N, M]):
    a, b = u[np.sum(u, axis=1) > 0], u[:, np.max(u, axis=0) > 2]
    return a, b, u[np.any(u > 3, axis=1), 0], u[~(u[:, 0] > 0)][:, ::-1] * 1
def sort_by(u: Tensor[f64, N, M]):
    return u[np.argsort(u[:, 0])]
def hist(x: Tensor[i64, N], k: int) -> Tensor[i64, k]:
    h = np.zeros(k, np.int64)
    for v in x:
        h[v] += 1
    return h
def assign_list(x: Tensor[f64, N]) -> None:
    x[[0, 1]] = x[[1, 0]]
    x[:2] = [3.0, 4.0]
    x[1:3] = (1, 2)
def nested(x: Tensor[f64, N], i: Tensor[i64, M], j: Tensor[i64, K]):
    return x[i[j]], x[i][j], x[i][::-1][j]
def col(u: Tensor[f64, N, M], i: Tensor[i64, K]) -> None:
    u[:, i] = u[:, i] * 2
    u[i] = u[0]
    u[i, 1:] = 5
    u[0][i] = 9
def bools(x: Tensor[bool, N], y: Tensor[i32, N]):
    x[y > 0] = True
    x[y < 0] = y[y < 0] < -2
    y[x] = 0
    y[x] |= 3
    return x & (y == 3)
def sieve(n: int):
    x = np.arange(2, n)
    p = np.zeros(0, np.int64)
    while len(x) > 0:
        k = x[0]
        p = np.concatenate((p, x[:1]))
        x = x[x % k != 0]
    return p
def branch(u: Tensor[f64, N], k: int):
    if k > 0:
        y = u[u > k]
    elif k == 0:
        y = u
    else:
        y = u[:2] * 2
    return y * 1
def halve(u: Tensor[f64, N]) -> float:
    x = u * 1.0
    while x.shape[0] > 1:
        h = x.shape[0] // 2
        x = x[:h] + x[h : 2 * h]
    return np.sum(x)
def brk(u: Tensor[f64, N], k: int):
    x = u + 0
    y = x
    for i in range(k):
        if len(x) < 3:
            break
        y = x
        x = x[1:] + 0
        if i == 5:
            continue
        x[0] += y[0]
    return x + 0, y + 0
def cond(u: Tensor[f64, N], k: int):
    return (u[u > 0] if k else u[:1]) * 2
def two(u: Tensor[f64, N], k: int):
    if k:
        return u[u > 0]
    return u[u < 0]
def mism(u: Tensor[f64, N], n: int):
    x = u + 0
    y = x
    for i in range(n):
        y = x
        x = x[1:] + 0
    return x + y
"""
NAMES = [line.removeprefix("def ").partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]


@cache
def language() -> Twice:
    return Twice(SOURCE, *NAMES)


def whole(seed: int, *shape: int) -> np.ndarray:
    return np.round(np.random.default_rng(seed).normal(size=shape) * 3)


array, U, M = np.array, whole(1, 9), whole(2, 3, 4)
CALLS = [
    ("zero", (array(2.0), array(3, np.int32))),
    *(("zero2", (U, array(i))) for i in (2, -1, 9)),
    ("zero3", (array(2.0),)),
    ("rev_param", (U,)),
    *(("swap", (U, U[::-1].copy(), array([0, 2, -1]), k)) for k in (0, 1, 2, 5)),
    ("viewret", (M, array([True, False, True]))),
    ("resh", (np.arange(24.0).reshape(4, 6), array([0, 5, -1]))),
    ("loopmask", (U,)),
    ("rowmask", (M,)),
    ("sort_by", (M,)),
    ("hist", (array([0, 1, 1, 2]), 3)),
    ("assign_list", (U,)),
    ("nested", (U, array([0, 2, 1]), array([2, 2]))),
    ("col", (M, array([0, 2]))),
    ("bools", (array([True, False] * 3), array([0, -1, -3, 2, 5, -9], np.int32))),
    ("sieve", (30,)),
    *(("branch", (U, k)) for k in (-1, 0, 1)),
    ("halve", (U,)),
    ("halve", (U[:0],)),
    *(("brk", (U, k)) for k in (0, 1, 4, 20)),
    *(("cond", (U, k)) for k in (0, 1)),
    *(("two", (U, k)) for k in (0, 1)),
    *(("mism", (U, k)) for k in (0, 1)),
]


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_as_python(name: str, arguments: tuple[object, ...]) -> None:
    language().agree(name, *arguments, message=False)


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_interpreted(name: str, arguments: tuple[object, ...]) -> None:
    interpreted(language(), name, arguments)
