"""Views that no indexing gives: parts of complex numbers, diagonals, and what NumPy does not let anyone write."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from language import Twice, interpreted

from pyc.diagnostics import CompileError

PARTS = """
from pyc import c64, c128
def later(z: Tensor[ELEM, N]) -> tuple[PART, PART]:
    r, i = z.real, z.imag
    z[0] = 5 + 7j
    return r[0], i[0]
def writes(z: Tensor[ELEM, M, N]) -> None:
    z.real[0] += 1
    r = z.T.imag
    r[:, -1] = 2.5
    r[::2] *= -1.0
    z[0].real[::-1] = z[-1].imag
def assigned(z: Tensor[ELEM, N], x: Tensor[PART, N]) -> None:
    z.real = x
    z.imag += 1
    z[1:].real = 0
    z[::-1].imag *= z.real
def given(z: Tensor[ELEM, N, M]):
    return z[:, ::-1].imag.T
def both(z: Tensor[ELEM, N]):
    return z.real, np.imag(z)
def of_new(z: Tensor[ELEM, N]):
    w = z * 2
    r = w.real
    r += 1
    return w, (z + 1).imag
def in_a_loop(z: Tensor[ELEM, N], n: int) -> None:
    a, b = z.real, z.imag
    for k in range(n):
        a[k % len(a)] += b[0]
        z[-1] *= 2
        a, b = b, a
def one_of(z: Tensor[ELEM, N], c: bool) -> PART:
    p = z.real if c else z.imag
    p[1:] = p[:-1]
    z[0] = -z[0]
    return p[0] + p[-1]
def flat(z: Tensor[ELEM, M, N]) -> PART:
    f = z.imag.reshape(-1)
    z[0, 0] = 3j
    return f[0] + np.max(z.real.ravel())
def nothing(z: Tensor[ELEM]) -> float:
    r = z.imag
    r[()] = 4.0
    z.real[...] = 2.0
    return r.item()
def mask(z: Tensor[ELEM, N]) -> None:
    r = z.real
    r[r < 0] = 0
    z.imag[[0, -1]] = [7, 8]
"""

DIAGONALS = """
from pyc import c128
def later(m: Tensor[f64, M, N], k: int) -> f64:
    d, e = np.diagonal(m), m.diagonal(-1)
    total = np.sum(d) + np.sum(e)
    m[...] = 2.0
    for i in range(min(k, len(d))):
        m[i, i] = i
    return np.sum(d) * 100 + np.sum(e) + total
def given(m: Tensor[f64, M, N], k: int):
    return np.diagonal(m, k)
def of_matrix(m: Tensor[i32, M, N]):
    return np.diag(m), np.diag(m, 1), np.diag(m, -2)
def deep(x: Tensor[f64, K, M, N]):
    return x.diagonal(), x.diagonal(0, 0, 2), x.diagonal(1, 2, 1), np.diagonal(x, -1, -1, 0)[..., ::2]
def sums(m: Tensor[f64, N, N], x: Tensor[f64, N]) -> f64:
    m[0] = np.diag(m) + x
    m[:, 0] = np.diagonal(m)[::-1]
    return np.trace(m) + np.diag(np.diag(m)).sum()
def parts(z: Tensor[c128, N, N]):
    d, e = z.diagonal().real, z.diagonal()[::-1].imag
    z[0, 0] = 7.0
    return d, e, z.real
def squares(m: Tensor[f64, 3, 3]):
    return np.diag(m * 2), m.diagonal(1) * 2
def raised(m: Tensor[f64, N, N], k: int):
    p = np.linalg.matrix_power(m, 1)
    q = np.linalg.matrix_power(m, k)
    m[0, 0] = 9.0
    return p, p[0, 0], q[0, 0]
"""

CONSTANT = """
def stretched(x: Tensor[f64, N]):
    return np.broadcast_to(x, (2, len(x))), np.broadcast_to(1.5, (2, 3)), x.imag
"""


@cache
def parts(element: str) -> Twice:
    text = PARTS.replace("ELEM", element).replace("PART", "f32" if element == "c64" else "f64")
    names = [line[4:].partition("(")[0] for line in text.splitlines() if line.startswith("def ")]
    return Twice(text, *names, overlapping="also")


def numbers(shape: tuple[int, ...], element: str) -> np.ndarray[Any, Any]:
    draw = np.random.default_rng(sum(shape)).normal
    return (draw(size=shape) + 1j * draw(size=shape)).astype("complex64" if element == "c64" else "complex128")


@pytest.mark.parametrize("element", ["c64", "c128"])
def test_parts_of_complex_numbers_are_views(element: str) -> None:
    twice = parts(element)
    for n in (1, 2, 5):
        z = numbers((n,), element)
        for name, more in (
            ("later", ()), ("assigned", (z[::-1].imag.copy(),)), ("both", ()), ("of_new", ()),
            ("in_a_loop", (2 * n + 1,)), ("one_of", (True,)), ("one_of", (False,)), ("mask", ()),
        ):  # fmt: skip
            twice.agree(name, z, *more)
            interpreted(twice, name, (z, *more))
    for shape in ((1, 1), (2, 3), (5, 1), (3, 4)):
        for name in ("writes", "given", "flat"):
            twice.agree(name, numbers(shape, element))
            twice.agree(name, numbers((shape[1], 2 * shape[0]), element)[:, ::-2].T)
            interpreted(twice, name, (numbers(shape, element),))
    twice.agree("nothing", np.array(3 - 4j, numbers((1,), element).dtype))
    for name in ("given", "both"):
        twice.agree(name, numbers((0, 3) if name == "given" else (0,), element))


def test_results_are_parts_of_the_argument() -> None:
    f = parts("c128").compiled
    z = numbers((3, 4), "c128")
    t = f.given(z)
    assert np.shares_memory(t, z)
    t[0, 0] = 77
    assert z[0, -1].imag == 77
    re, im = f.both(z[0])
    re[:], im[:] = 1, 2
    assert (z[0] == 1 + 2j).all()


@cache
def diagonals() -> Twice:
    names = ("later", "given", "of_matrix", "deep", "sums", "parts", "squares", "raised")
    return Twice(DIAGONALS, *names)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 4), (5, 2), (3, 3), (4, 7)])
def test_diagonals_are_views(shape: tuple[int, int]) -> None:
    twice = diagonals()
    m = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    for turned in (m, m[::-1, ::-1], np.asfortranarray(m)):
        twice.agree("later", turned, 2)
        twice.agree("of_matrix", turned.astype(np.int32))
        for k in (-9, -1, 0, 1, 2, 9):
            twice.agree("given", turned, k)
    interpreted(twice, "later", (m, 1))
    twice.agree("deep", np.arange(2 * m.size, dtype=float).reshape(2, *shape))
    interpreted(twice, "deep", (np.arange(2 * m.size, dtype=float).reshape(2, *shape),))
    if shape[0] == shape[1] and shape[0]:
        twice.agree("sums", m, m[0] * 2)
        for k in (0, 1, 2, 3, 5):
            twice.agree("raised", m, k)
            interpreted(twice, "raised", (m, k))
    twice.agree("squares", np.arange(9.0).reshape(3, 3))


def test_views_that_are_returned_are_as_writable_as_numpys() -> None:
    m = np.arange(12.0).reshape(3, 4)
    for twice, name, arguments in (
        (diagonals(), "given", (m, 1)),
        (diagonals(), "of_matrix", (m.astype(np.int32),)),
        (diagonals(), "deep", (m[None],)),
        (diagonals(), "squares", (m[:, 1:],)),
        (diagonals(), "parts", (m[:, 1:] * (1 + 2j),)),
        (Twice(CONSTANT, "stretched"), "stretched", (m[0],)),
    ):
        found, wanted = getattr(twice.compiled, name)(*arguments), twice.python[name](*arguments)
        found, wanted = (x if isinstance(x, tuple) else (x,) for x in (found, wanted))
        for a, b in zip(found, wanted, strict=True):
            assert a.flags.writeable == b.flags.writeable, name
            assert any(np.shares_memory(a, x) for x in arguments if isinstance(x, np.ndarray)) == any(
                np.shares_memory(b, x) for x in arguments if isinstance(x, np.ndarray)
            ), name


READ_ONLY = """
def zero(x: Tensor[f64, M, N], c: bool):
    return x.imag, x[0].imag
def new(x: Tensor[f64, M, N], c: bool):
    d = (x * 2).diagonal()
    return d.reshape(-1, 1), d[None], d[::2], d + 0, d.copy(), d.flatten()
def broadcast(x: Tensor[f64, M, N], c: bool):
    d = np.broadcast_to(x[0], (2, x.shape[1]))
    return d.reshape(2, -1, 1), d.reshape(-1), d.T, d[0]
def reshaped(x: Tensor[f64, M, N], c: bool):
    d = x.diagonal()
    return d.reshape(-1, 1), d.ravel(), np.ascontiguousarray(d), np.atleast_2d(d), d[:, None].reshape(1, -1)[0]
def rounds(x: Tensor[f64, M, N], c: bool):
    d = x.diagonal()
    for k in range(3):
        d = d[::-1]
    return d
def both(x: Tensor[f64, M, N], c: bool):
    return x.diagonal() if c else x.T.diagonal()[::-1].reshape(-1)
def new_on_both(x: Tensor[f64, M, N], c: bool):
    d = (x + 1).diagonal()
    if c:
        d = (x - 1).diagonal()
    return d, d.copy()
def early(x: Tensor[f64, M, N], c: bool):
    if c:
        return np.diag(x)
    return x.diagonal()
"""


@cache
def read_only() -> Twice:
    names = [line[4:].partition("(")[0] for line in READ_ONLY.splitlines() if line.startswith("def ")]
    return Twice(READ_ONLY, *names)


@pytest.mark.parametrize("name", ["zero", "new", "broadcast", "reshaped", "rounds", "both", "new_on_both", "early"])
def test_results_are_read_only_where_numpys_are(name: str) -> None:
    whole = np.arange(35.0).reshape(7, 5)
    for x in (whole, whole.T, whole[::-2, ::2], whole[:1, :1], whole[:1], np.asfortranarray(whole[:3])):
        for c in (True, False):
            read_only().agree(name, x, c)
            found, wanted = (f(x, c) for f in (getattr(read_only().compiled, name), read_only().python[name]))
            found, wanted = (r if isinstance(r, tuple) else (r,) for r in (found, wanted))
            assert [a.flags.writeable for a in found] == [a.flags.writeable for a in wanted], (name, x.strides)


@pytest.mark.parametrize(
    "body",
    [
        "d = np.diagonal(x)\n    d[0] = 1",
        "np.diag(x)[0] = 1",
        "d = x.diagonal() if c else x[0]\n    d += 1",
        "d = np.diag(x * 2)\n    d[0] = 1",
        "d = np.diagonal(x)[::-1]\n    d[0] = 1",
        "np.broadcast_to(x[0], (2, len(x)))[0] = 1",
        "i = x.imag\n    i[0] = 1",
        "x.imag = 1",
        "fills(np.diagonal(x))",
    ],
)
def test_what_numpy_makes_read_only_is_not_written(body: str) -> None:
    text = f"def fills(d: Tensor[f64, N]) -> None:\n    d[:] = 1\ndef f(x: Tensor[f64, N, N], c: bool):\n    {body}\n"
    with pytest.raises(CompileError, match="E404"):
        Twice(text, "f")
