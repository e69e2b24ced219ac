"""Sums of products over named axes that become matrix products: rows, columns and stacks in every order and layout."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pytest
from language import Twice
from numpy.typing import NDArray

Array = NDArray[Any]
#: Subscripts; each letter is an extent of its own.
FORMS = (
    "ij,kj->ik", "ji,jk->ik", "ij,jk->ki", "bij,bjk->bik", "bij,bkj->bik", "bhid,bhjd->bhij", "bihd,bjhd->bhij",
    "ijk,kl->ijl", "ijk,kl->jil", "hijk,kl->hijl", "ijk,lk->lij", "ijkl,klmn->ijmn", "bi,bij->bj", "bij,bj->bi",
    "i,i->", "ij,ij->", "i,ij->j", "ij,j->i", "ji,j->i", "nik,nkj->ij", "ijk,jl->ilk", "abc,ecb->ae", "dab,adb->da",
    "ij,jk,kl->il", "bi,bi->b", "i,ijk->jk", "ijk,k->ij", "ij,ji->", "ijk,kji->j", "ijk,ijk->ik",
)  # fmt: skip
#: Extents of the letters, in the order that they first stand.
SIZES = [
    (3, 5, 7, 2, 4, 3),
    (17, 33, 65, 3, 2, 5),
    (1,) * 6,
    (4, 0, 3, 2, 5, 1),
    (0, 6, 2, 3, 4, 2),
    (2, 70, 13, 4, 3, 7),
]
STACKS = """
def stacked(x: Tensor[f64, N, M, K], w: Tensor[f64, K, 40]) -> Tensor[f64, N, M, 40]:
    return x @ w

def added(y: Tensor[f64, N, M, 40], x: Tensor[f64, N, M, K], w: Tensor[f64, K, 40]) -> None:
    y += x @ w

def deeper(x: Tensor[f64, 3, N, M, K], w: Tensor[f64, K, 40]) -> Tensor[f64, 3, N, M, 40]:
    return x @ w

def apart(a: Tensor[f64, N], b: Tensor[f64, M]) -> f64:
    return np.einsum("i,i->", a, b)

def stacks(a: Tensor[f64, N, 3, 4], b: Tensor[f64, M, 4, 5]) -> Tensor[f64, N, 3, 5]:
    return np.einsum("bij,bjk->bik", a, b)
"""

#: Element types of arrays whose axes all are in both.
KINDS = ("f32", "i8", "u8", "i32", "i64", "u32", "c64", "f16")


def letters(form: str) -> list[str]:
    return list(dict.fromkeys(k for k in form if k in string.ascii_letters))


def program() -> str:
    every = sorted({k for form in FORMS for k in letters(form)})
    lines = [f'{k.upper()}{k.upper()} = Dim("{k.upper()}{k.upper()}")' for k in every]
    for number, form in enumerate(FORMS):
        inputs, _, output = form.partition("->")
        kinds = [", ".join(["f64", *(2 * k.upper() for k in part)]) for part in (*inputs.split(","), output)]
        given = ", ".join(f"x{i}: Tensor[{kind}]" for i, kind in enumerate(kinds[:-1]))
        names = ", ".join(f"x{i}" for i in range(len(kinds) - 1))
        to = f"Tensor[{kinds[-1]}]" if output else "f64"
        lines += [f"def e{number}({given}) -> {to}:", f'    return np.einsum("{form}", {names})', ""]
    lines += [f"from pyc import {', '.join(KINDS)}"]
    for kind in KINDS:
        array = f"Tensor[{kind}, N, M]"
        lines += [f"def each_{kind}(x: {array}, y: Tensor[{kind}, M, N]) -> Tensor[{kind}, M]:"]
        lines += ['    return np.einsum("ij,ji->j", x, y)', ""]
    lines += ["def mixed(x: Tensor[i32, N, M], y: Tensor[f32, N, M]) -> f64:"]
    lines += ['    return np.einsum("ij,ij->", x, y)', ""]
    return "\n".join(lines) + STACKS


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(
        program(),
        *(f"e{i}" for i in range(len(FORMS))),
        "stacked",
        "added",
        "deeper",
        "apart",
        "stacks",
        "mixed",
        *(f"each_{k}" for k in KINDS),
    )


def layouts(x: Array) -> list[Array]:
    """The same array by rows, by columns, and backwards with gaps."""
    gaps = np.zeros([2 * s + 1 for s in x.shape], x.dtype)[tuple(slice(0, 2 * s, 2) for s in x.shape)]
    gaps = gaps[(slice(None, None, -1),) * x.ndim]
    gaps[...] = x
    return [np.ascontiguousarray(x), np.asfortranarray(x), gaps]


@pytest.mark.parametrize("form", FORMS)
def test_forms(twice: Twice, form: str) -> None:
    rng, function = np.random.default_rng(1), getattr(twice.compiled, f"e{FORMS.index(form)}")
    parts = form.partition("->")[0].split(",")
    for sizes in SIZES:
        extents = dict(zip(letters(form), sizes, strict=False))
        given = [rng.standard_normal([extents[k] for k in part]) for part in parts]
        want = np.einsum(form, *given)
        for arguments in zip(*(layouts(x) for x in given), strict=True):
            got = function(*arguments)
            assert np.shape(got) == want.shape
            np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("shape", [(2, 3, 5), (1, 1, 1), (0, 4, 3), (4, 0, 3), (3, 4, 0), (30, 7, 60), (5, 1, 300)])
def test_rows_of_a_stack_are_those_of_one_matrix(twice: Twice, shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal(shape), rng.standard_normal((shape[2], 40))
    y = rng.standard_normal((*shape[:2], 40))
    for given in [*layouts(x), x[:, ::-1].copy()[:, ::-1], x.transpose(1, 0, 2).copy().transpose(1, 0, 2)]:
        np.testing.assert_allclose(twice.compiled.stacked(given, w), x @ w, rtol=1e-11, atol=1e-11)
        for target in layouts(y):
            want = target + x @ w
            twice.compiled.added(target, given, w)
            np.testing.assert_allclose(target, want, rtol=1e-11, atol=1e-11)
        several = np.stack([x, 2 * x, -x])
        for order in ((0, 1, 2, 3), (1, 0, 2, 3), (2, 1, 0, 3)):
            turned = several.transpose(order).copy().transpose(np.argsort(order))
            np.testing.assert_allclose(twice.compiled.deeper(turned, w), several @ w, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(3, 4), (1, 1), (0, 3), (5, 0), (70, 13)])
def test_axes_that_all_are_in_both(twice: Twice, kind: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    name = {"f": "float", "i": "int", "u": "uint", "c": "complex"}[kind[0]] + kind[1:]
    x, y = ((rng.standard_normal(s) * 9).astype(name) for s in (shape, shape[::-1]))
    if kind[0] in "iu":
        x, y = x * 13, y * 11  # narrow ones wrap
    for given in zip(layouts(x), layouts(y), strict=True):
        got = getattr(twice.compiled, f"each_{kind}")(*given)
        want = np.einsum("ij,ji->j", *given)
        assert got.dtype == want.dtype
        exact = {"f16": 2e-2, "f32": 1e-4, "c64": 1e-4}.get(kind, 0)
        np.testing.assert_allclose(got, want, rtol=exact, atol=100 * exact)
    if kind == "i32":
        other = rng.standard_normal(shape).astype(np.float32)
        for given in zip(layouts(x), layouts(other), strict=True):
            np.testing.assert_allclose(twice.compiled.mixed(*given), np.einsum("ij,ij->", *given), rtol=1e-12)


def test_extents_that_differ(twice: Twice) -> None:
    for name, *given in (("apart", np.ones(3), np.ones(4)), ("stacks", np.ones((2, 3, 4)), np.ones((3, 4, 5)))):
        with pytest.raises(ValueError):  # noqa: PT011 - NumPy's own words are about remapped shapes
            twice.python[name](*given)
        with pytest.raises(ValueError):  # noqa: PT011
            getattr(twice.compiled, name)(*given)
