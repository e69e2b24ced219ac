"""Operations on arrays that are computed together give what they give one by one, and allocate nothing in between."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from allocations import Books, watched
from language import CPU, HEADER, Twice

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.runtime import Bundle

TOGETHER = """\
def results(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    root = np.sqrt(x)
    u = root * 3.0 + y
    v = u - root
    a[:] = u * v - x
    b[:] = v / (y + 5.0)
def narrowed(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    small = np.float32(x)
    less = small.astype(np.float16)
    a[:] = less + y
    b[:] = small * np.float32(0.3) - less
def in_place(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    x += y
    a[:] = x * 2.0
    y -= x
    b[:] = a + y
    x[:] = b - x
    a[1:] = a[:-1] + x[1:]
def checked(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    a[:] = x + 1.0
    b[3] = 7.0
    b[:] = a * y
    y[:] = x[::-1] - b
    if len(x) == 7:
        raise ValueError("seven")
    b[0] = x[0] * 3.0
def caught(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    t = x * 2.0
    try:
        t[:] = x * 3.0
        b[5] = 1.0
        t[:] = x * 4.0 + t
    except IndexError:
        a[:] = t + y
    b[:] = t
"""
NUMBERS = """\
def extremes(x: Tensor[f64, N, M]) -> tuple[f64, f64]:
    return np.min(x, initial=99.0), np.max(x, initial=-99.0)
def moments(x: Tensor[f64, N, M]) -> tuple[f64, f64, f64]:
    return np.sum(x), np.sum(x * x), np.mean(x - 1.0)
def whole(x: Tensor[i64, N, M]) -> tuple[i64, i64, i64, i64]:
    y = x * 3 - 1
    return np.sum(y), np.min(y, initial=0), np.prod(y % 3), np.count_nonzero(y > 0)
def masked(x: Tensor[f64, N, M]) -> tuple[f64, f64, f64]:
    m = x > 0.0
    return np.where(m, x, 0.0).sum(), x.sum(where=m), (x * m).sum()
def rows(x: Tensor[f64, N, M]) -> tuple[Tensor[f64, N], Tensor[f64, N], Tensor[f64, M], Tensor[f64, M]]:
    y = x + 2.0
    return np.sum(y, axis=1), np.sum(y * y, axis=1), np.sum(y, axis=0), np.sum(x, axis=0)
def kept(x: Tensor[f64, N, M]) -> tuple[f64, Tensor[f64, N, M], f64]:
    y = x * 2.0 + 1.0
    return np.sum(y), y, np.max(y, initial=-9.0)
"""


def names_of(text: str) -> list[str]:
    return [line.split("(")[0].removeprefix("def ") for line in text.splitlines() if line.startswith("def ")]


@cache
def together() -> Twice:
    return Twice(TOGETHER, *names_of(TOGETHER), overlapping="also")


@cache
def numbers() -> Twice:
    return Twice(NUMBERS, *names_of(NUMBERS))


@pytest.mark.parametrize("name", names_of(TOGETHER))
@pytest.mark.parametrize("n", [0, 1, 3, 7, 31, 20_011])
def test_several_results(name, n):
    rng = np.random.default_rng(n)
    x, y, a, b = (rng.random(n) * 9 for _ in range(4))
    together().agree(name, x, y, a, b)
    together().agree(name, x[::-1], np.repeat(y, 2)[::2], a, np.zeros((n, 3))[:, 1])
    if n > 1:
        together().agree(name, x[1:], x[:-1], x[1:], b[:-1], message=False)
        together().agree(name, x, y, a, a, message=False)


@pytest.mark.parametrize("name", names_of(NUMBERS))
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (2, 7), (13, 1), (5, 31), (401, 101)])
def test_several_numbers(name, shape):
    # Of whole numbers, sums are the same in any order.
    x = np.random.default_rng(0).integers(-9, 9, shape)
    for given in (x, np.ascontiguousarray(x.T).T, np.repeat(x, 2, 1)[::-1, ::-2]):
        numbers().agree(name, given if name == "whole" else given.astype(np.float64))


def test_numbers_of_nan():
    x = np.ones((5, 31))
    x[3, 4] = np.nan
    numbers().agree("extremes", x)


NOTHING_BETWEEN = """\
def results(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    root = np.sqrt(x)
    u = root * 3.0 + np.exp(y)
    v = u - root
    a[:] = u * v - x
    b[:] = v / (np.exp(u) + 5.0)
def masked(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> f64:
    m = x > y
    return np.where(m, x, 0.0).sum() + x.sum(where=m)
def chosen(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> f64:
    return np.sum(x[x > y]) + np.log(x[x > 0.5]).mean()
def moments(x: Tensor[f64, N], y: Tensor[f64, N], a: Tensor[f64, N], b: Tensor[f64, N]) -> f64:
    e = np.exp(x) + y
    a[:] = e
    return np.sum(e) + np.sum(e * e) + np.max(e)
"""
A_ROW_BETWEEN = """\
def softmax(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    out[:] = e / np.sum(e, axis=1, keepdims=True)
def log_softmax(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    s = x - np.max(x, axis=1, keepdims=True)
    out[:] = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
def layer_norm(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    c = x - np.mean(x, axis=1, keepdims=True)
    v = np.mean(c * c, axis=1, keepdims=True)
    out[:] = c / np.sqrt(v + 1e-5) * w + w
def rms_norm(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    out[:] = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6) * w
def spread(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    out[:] = (x - x.mean(axis=1)[:, None]) / (x.std(axis=1)[:, None] + w)
"""


def compiled(text: str) -> tuple[Bundle, Books]:
    module = lower(Source("between.py", HEADER + text), Request(CPU, tuple(names_of(text)))).module
    options = Options(name="program", emit="obj", pool=False)
    with module.context:
        backend("cpu").pipeline(CPU, options).run(module)
        return watched(backend("cpu").emit(module, CPU, options))


def test_no_arrays_in_between():
    bundle, books = compiled(NOTHING_BETWEEN)
    arrays = [np.random.default_rng(0).random(500) for _ in range(4)]
    for name in names_of(NOTHING_BETWEEN):
        getattr(bundle, name)(*arrays)
        # Numbers of chunks are combined in order.
        assert books.peak <= 3 * 64 * 8, name
        books.clear()


def test_a_row_in_between():
    bundle, books = compiled(A_ROW_BETWEEN)
    rng = np.random.default_rng(0)
    x, w, out = rng.random((31, 17)), rng.random(17), np.zeros((31, 17))
    for name in names_of(A_ROW_BETWEEN):
        getattr(bundle, name)(x, w, out)
        assert books.peak <= 256, name
        books.clear()


ROWS = """\
def centred(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    c = x - np.sum(x, axis=1, keepdims=True)
    v = np.sum(c * c, axis=1, keepdims=True)
    out[:] = c / (v + 1.0) * w
def own(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    x[:] = (x - np.max(x, axis=1, keepdims=True, initial=-99.0)) * w
    x[:] = x / (1.0 + np.sum(x * x, axis=-1)[:, None])
    out[:] = x + np.arange(len(x))[:, None] * np.arange(len(w))
def found(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> Tensor[i64, N]:
    best = x.max(axis=1, initial=-99.0)
    out[:] = x - best[:, None]
    return np.sum(out * 2.0 == x, axis=1) + np.array([len(w)])
def columns(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    c = x - np.sum(x, axis=0)
    out[:] = c * w / (np.sum(c * c, axis=0) + 1.0) + np.sum(c, axis=1, keepdims=True)
def shifted(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    t = x * 2.0 + w
    out[:] = t + np.sum(t, axis=1)[:, None]
    out[1:] -= t[:-1]
    out[:, 1:] += t[:, :-1]
def narrow(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    h = x.astype(np.float32) - np.float32(0.1)
    s = np.max(h, axis=1, initial=np.float32(-9.0))
    out[:] = (h / s[:, None]) * np.float32(0.7)
def checked(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    s = np.sum(x, axis=1)
    out[:] = x - s[:, None]
    w[4] = 2.0
    out[:] = out * w + np.sum(out, axis=1)[:, None]
def columns_of_rows(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> f64:
    e = np.abs(x - np.max(x, axis=1, keepdims=True, initial=-99.0))
    w += np.sum(e * np.sum(e, axis=1)[:, None], axis=0)
    w -= np.max(e, axis=0, initial=0.0)
    return np.sum(e) + np.min(e * 2.0, initial=99.0)
def counts_of_rows(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> tuple[Tensor[i64, M], bool]:
    s = np.sum(x, axis=1)
    out[:] = x * s[:, None]
    return np.sum(out > 1.0, axis=0), bool(np.all(out < 900.0))
def caught(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    e = np.abs(x - np.max(x, axis=1, keepdims=True, initial=-99.0))
    t = e * 2.0
    try:
        out[:] = e - np.sum(e, axis=1)[:, None]
        t += out
        w[4] = 2.0
        t -= w
        out[:] = out * w - np.max(out, axis=1, initial=-9.0)[:, None]
    except IndexError:
        out[:] = out + t
    out -= t
def stepped(x: Tensor[f64, N, M], w: Tensor[f64, M], out: Tensor[f64, N, M]) -> None:
    for k in range(3):
        t = x + k
        s = np.sum(t, axis=1)
        out[:] = t * s[:, None]
        x[:] = out - np.max(out, axis=1, initial=-9.0)[:, None] * w
"""
BLOCKS = """\
def deep(x: Tensor[f64, N, M, K]) -> Tensor[f64, N, M, K]:
    c = x - np.sum(x, axis=2, keepdims=True)
    return c / (np.sum(c * c, axis=2, keepdims=True) + 1.0)
def middle(x: Tensor[f64, N, M, K]) -> Tensor[f64, N, M, K]:
    c = x - np.sum(x, axis=1, keepdims=True)
    return c / (np.sum(c * c, axis=(1, 2), keepdims=True) + 1.0)
def first(x: Tensor[f64, N, M, K]) -> Tensor[f64, M, K]:
    e = np.abs(x - np.max(x, axis=2, keepdims=True, initial=-9.0))
    return np.sum(e * np.sum(e, axis=(1, 2), keepdims=True), axis=0)
def outer(x: Tensor[f64, N, M, K]) -> Tensor[f64, M]:
    e = np.abs(x - np.max(x, axis=2, keepdims=True, initial=-9.0))
    return np.sum(e + np.sum(e, axis=2, keepdims=True), axis=(0, 2))
def both(x: Tensor[f64, N, M, K]) -> tuple[Tensor[f64, N, M], Tensor[f64, N, K], Tensor[f64, N, M, K]]:
    y = x * 2.0 - 1.0
    return np.sum(y, axis=2), np.max(y, axis=1, initial=0.0), y
"""


@cache
def rows() -> Twice:
    return Twice(ROWS, *names_of(ROWS), overlapping="also")


@cache
def deep() -> Twice:
    return Twice(BLOCKS, *names_of(BLOCKS))


@pytest.mark.parametrize("name", names_of(ROWS))
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (2, 7), (13, 2), (5, 31), (1001, 17)])
def test_rows(name, shape):
    rng = np.random.default_rng(0)
    x, w = rng.integers(-9, 9, shape) * 1.0, rng.integers(-9, 9, shape[1]) * 1.0
    rows().agree(name, x, w, np.ones(shape))
    rows().agree(name, np.ascontiguousarray(x.T).T, np.repeat(w, 2)[::-2], np.ones((*shape, 2))[::-1, :, 1])
    rows().agree(name, np.repeat(x, 2, 1)[::-1, ::-2], w, x[::-1].copy(), message=False)
    if shape[0] > 1:
        rows().agree(name, x[1:], w, x[:-1], message=False)
        rows().agree(name, x[1:], x[0], x[1:], message=False)


@pytest.mark.parametrize("name", names_of(BLOCKS))
@pytest.mark.parametrize("shape", [(0, 3, 2), (3, 0, 2), (3, 2, 0), (1, 1, 1), (2, 7, 3), (5, 31, 13), (61, 2, 101)])
def test_rows_of_rows(name, shape):
    x = np.random.default_rng(0).integers(-9, 9, shape) * 1.0
    for given in (x, x.transpose(2, 0, 1), x[::-1, ::2, ::-1], np.broadcast_to(x[:, :1], shape) if shape[1] else x):
        deep().agree(name, given)


MASKS = """\
def plain(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[f64, f64, f64]:
    m = x > y
    return np.sum(x[m]), x[m].max(initial=-99.0), (x[x > 0.0] * 2.0 - y[x > 0.0]).sum()
def counts(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[int, f64]:
    c = x[x >= 3.0]
    return len(c), c.min(initial=77.0)
def means(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[f64, f64]:
    c = x[y > 2.0]
    if len(c) == 0:
        return f64(0), f64(0)
    return c.mean(), c.max()
def escapes(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[f64, Tensor[f64, K]]:
    c = x[y > 2.0]
    return c.sum(), c
def positions(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[f64, int]:
    c = x[y > 2.0]
    return c.sum(), int(np.argmax(c * 2.0)) if len(c) else -1
def joined(x: Tensor[f64, N], y: Tensor[f64, N]) -> f64:
    c = x[y > 2.0]
    return (c * np.arange(len(c))).sum()
def written(x: Tensor[f64, N], y: Tensor[f64, N]) -> f64:
    c = x[y > 2.0]
    x[:] = 5.0
    return (c + y[y > 2.0]).sum() + x[x > 4.0].sum()
def kinds(x: Tensor[i32, N], y: Tensor[i32, N]) -> tuple[i64, i32, i64, bool, bool, int]:
    m = x > y
    c = x[m]
    return c.sum(), c.max(initial=-5), (c % 3 // y[m]).prod(), bool((c > 3).any()), bool(np.all(c > -3)), len(c)
def two(x: Tensor[f64, N, M], y: Tensor[f64, M]) -> tuple[f64, f64]:
    return x[x > 2.0].sum(), x[:, y > 1.0].sum()
"""


@cache
def masks() -> Twice:
    return Twice(MASKS, *names_of(MASKS), overlapping="also")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n", [0, 1, 2, 7, 50, 20_011])
@pytest.mark.parametrize("name", names_of(MASKS))
def test_reductions_of_what_a_mask_chooses(name, n):
    rng = np.random.default_rng(n)
    dtype = np.int32 if name == "kinds" else np.float64
    x, y = (rng.integers(-9, 9, n).astype(dtype) for _ in range(2))
    if name == "two":
        x, y = rng.integers(-9, 9, (n % 97, 3)) * 1.0, np.arange(3.0)
    masks().agree(name, x, y)
    masks().agree(name, x[::-1], np.repeat(y, 2)[::-2])


def test_what_is_not_chosen_is_not_seen():
    x = np.array([np.nan, 1.0, np.inf, 2.0, -np.inf])
    masks().agree("plain", x, np.zeros(5))
    masks().agree("means", x, np.array([np.nan, 3.0, 1.0, 9.0, 0.0]))


STENCILS = """\
def twice(x: Tensor[f64, N], y: Tensor[f64, N], n: int) -> None:
    for _ in range(n):
        d = x[1:] - x[:-1]
        y[1:-1] = d[1:] - d[:-1] * 0.5
        e = y * 2.0
        x[1:] = e[:-1] + e[1:]
def in_place(x: Tensor[f64, N], y: Tensor[f64, N], n: int) -> None:
    for _ in range(n):
        t = x * 2.0
        x[1:] = t[:-1]
        s = x + y
        y[::-1][1:] += s[1:]
        y[1:] -= s[:-1]
def kept(x: Tensor[f64, N], y: Tensor[f64, N], n: int) -> f64:
    d = x[1:] + y[:-1]
    y[0] = d[0] + n if len(d) else 1.0
    y[2:] = d[1:] * d[:-1]
    return np.sum(d[::2]) + np.sum(y[1:] * 2.0)
def chains(x: Tensor[f64, N], y: Tensor[f64, N], n: int) -> None:
    a = x[1:] - x[:-1]
    b = a[1:] - a[:-1]
    c = b[1:] - b[:-1]
    y[2:-2] = c[1:] - c[:-1]
"""
PLANES = """\
def diffused(x: Tensor[f64, N, M], c: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    lap = 4.0 * x[1:-1, 1:-1] - (x[2:, 1:-1] + x[:-2, 1:-1] + x[1:-1, 2:] + x[1:-1, :-2])
    flx = lap[:, 1:] - lap[:, :-1]
    fly = lap[1:, :] - lap[:-1, :]
    out[2:-2, 2:-2] = x[2:-2, 2:-2] - c[2:-2, 2:-2] * (flx[1:-1, 1:] - flx[1:-1, :-1] + fly[1:, 1:-1] - fly[:-1, 1:-1])
def checked(x: Tensor[f64, N, M], c: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    d = x[1:] - c[:-1]
    out[1:] = d
    c[0, 6] = 1.0
    out[1:-1] = d[1:] + d[:-1]
"""


@cache
def stencils() -> Twice:
    return Twice(STENCILS, *names_of(STENCILS), overlapping="also")


@cache
def planes() -> Twice:
    return Twice(PLANES, *names_of(PLANES), overlapping="also")


@pytest.mark.parametrize("name", names_of(STENCILS))
@pytest.mark.parametrize("n", [5, 6, 7, 31, 9001])
def test_slices_of_what_is_cheap(name, n):
    rng = np.random.default_rng(n)
    x, y = (rng.integers(-9, 9, n) * 1.0 for _ in range(2))
    for steps in (1, 2):
        stencils().agree(name, x, y, steps)
        stencils().agree(name, x[::-1], np.repeat(y, 3)[::3], steps)
        stencils().agree(name, x[1:], x[:-1], steps, message=False)


@pytest.mark.parametrize("name", names_of(PLANES))
@pytest.mark.parametrize("shape", [(4, 4), (5, 7), (31, 6), (101, 113)])
def test_slices_of_planes(name, shape):
    rng = np.random.default_rng(0)
    x, c, out = (rng.integers(-9, 9, shape) * 1.0 for _ in range(3))
    planes().agree(name, x, c, out)
    planes().agree(name, x[::-1, ::-1], c, np.ascontiguousarray(out.T).T)
    planes().agree(name, x, c, x, message=False)


ELSEWHERE = """\
def elements(x: Tensor[i64, N], n: int) -> Tensor[i64, N]:
    x += x * n
    x[::-1] ^= x
    return x
def rows(x: Tensor[f64, N, M]) -> None:
    x += np.sum(x, axis=1, keepdims=True)
    x[::-1] *= x
"""


@pytest.mark.parametrize("level", [0, 3])
def test_what_is_read_in_its_place_and_elsewhere_is_complete_before(level):
    twice = Twice(ELSEWHERE, "elements", "rows", level=level)
    for n, m in ((0, 2), (1, 1), (3, 4), (5, 9), (16, 17)):
        twice.agree("elements", np.arange(n * m), 3)
        twice.agree("rows", np.arange(float(n * m)).reshape(n, m) - 7)
