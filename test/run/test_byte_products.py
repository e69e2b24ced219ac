"""Products of narrow integers: every pair of types, with and without the instructions that multiply several at once."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from language import HEADER
from numpy.typing import NDArray

import pyc
from pyc.targets import llvm
from pyc.tools.cli import cli

Array = NDArray[Any]
#: By name: the types of the operands, of the sums, and of the result.
PRODUCTS = {
    "ss": ("i1", "i1", "i4"),
    "us": ("u1", "i1", "i4"),
    "su": ("i1", "u1", "i4"),
    "uu": ("u1", "u1", "i4"),
    "hh": ("i2", "i2", "i4"),
    "s": ("i1", "i1", "i1"),
    "u": ("u1", "u1", "u1"),
}
#: Each level of x86-64 has the kernels of a few: making them takes most of the time.
FEW = ("us", "hh")
NAMES = {"i1": "i8", "u1": "u8", "i2": "i16", "i4": "i32"}
#: Around tiles, groups of terms, squares that are transposed, and blocks of 1024 and 2048 terms.
EXTENTS = [
    (1, 1, 1), (5, 70, 9), (12, 64, 32), (13, 67, 33), (25, 63, 64), (33, 300, 40), (13, 4, 1100), (3, 2049, 17),
    (13, 4100, 40), (0, 3, 2), (3, 0, 2), (2, 3, 0),
]  # fmt: skip


def text(names: Iterable[str]) -> str:
    lines = [HEADER, "import pyc", "from pyc import i16"]
    for name in names:
        left, right, total = PRODUCTS[name]
        product = "a @ b" if total == left else "a.astype(np.int32) @ b.astype(np.int32)"
        if name == "ss":
            product = "pyc.dot(a, b, acc=i32)"
        left, right, total = (NAMES[x] for x in (left, right, total))
        lines.append(f"def {name}(a: Tensor[{left}, M, K], b: Tensor[{right}, K, N]) -> Tensor[{total}, M, N]:")
        lines.append(f"    return {product}")
    return "\n".join(lines) + "\n"


def chips() -> list[str]:
    """This machine as it is, and levels that it has, which lack instructions."""
    if platform.machine() != "x86_64":
        return ["native"]
    features = llvm.cpu_machine("native").features.split(",")
    levels = {"x86-64": True, "x86-64-v3": "+avx2" in features}
    return ["native", *(level for level, there in levels.items() if there)]


def compiled(source: Path, to: Path, chip: str, *options: str) -> None:
    done = CliRunner().invoke(cli, ["compile", str(source), f"--target=cpu:{chip}", *options, "-o", str(to)])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module", params=chips())
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Iterable[str]]:
    names = PRODUCTS if request.param == "native" else FEW
    folder: Path = tmp_path_factory.mktemp("bytes")
    source = folder / "bytes_products.py"
    source.write_text(text(names), encoding="utf-8")
    compiled(source, folder / "made_cpu", str(request.param))
    return pyc.load(folder / "made_cpu"), names


def orders(x: Array) -> list[Array]:
    """The same matrix by rows, by columns, and with gaps and backwards."""
    m, n = x.shape
    gaps = np.zeros((2 * m + 1, 3 * n + 1), x.dtype)[: 2 * m : 2, : 3 * n : 3][::-1]
    gaps[...] = x
    return [np.ascontiguousarray(x), np.asfortranarray(x), gaps]


def edges(rng: np.random.Generator, kind: str, shape: tuple[int, int], axis: int) -> Array:
    """Numbers of a type, among them rows and columns of its least and its greatest."""
    info = np.iinfo(kind)
    x = rng.integers(info.min, info.max, shape, kind, endpoint=True)
    lines = np.moveaxis(x, axis, 0)
    lines[:1], lines[-1:] = info.min, info.max
    return x


def test_sums_are_exact_and_wrap_around(program: tuple[Any, Iterable[str]]) -> None:
    rng = np.random.default_rng(1)
    for name in program[1]:
        (left, right, total), function = PRODUCTS[name], getattr(program[0], name)
        for m, k, n in EXTENTS:
            a, b = edges(rng, left, (m, k), 0), edges(rng, right, (k, n), 1)
            want = (a.astype("i8") @ b.astype("i8")).astype(total)
            for x in orders(a):
                for y in orders(b):
                    got = function(x, y)
                    assert got.dtype == want.dtype
                    np.testing.assert_array_equal(got, want, err_msg=name)


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="instructions of x86-64")
def test_instructions_are_those_of_the_machine(tmp_path: Path) -> None:
    source = tmp_path / "product.py"
    lines = "def f(a: Tensor[i8, M, K], b: Tensor[u8, K, N]) -> Tensor[i32, M, N]:\n    return "
    source.write_text(f"{HEADER}{lines}a.astype(np.int32) @ b.astype(np.int32)\n", encoding="utf-8")

    def made(chip: str, emit: str) -> str:
        out = tmp_path / f"{chip}.{emit}"
        compiled(source, out, chip, f"--emit={emit}")
        return out.read_text(encoding="utf-8")

    features = llvm.cpu_machine("native").features.split(",")
    fours = "+avx512vnni" in features or "+avxvnni" in features
    assert ("vpdpbusd" in made("native", "asm")) == fours
    assert "pmaddwd" in made("x86-64", "asm")
    assert "@llvm.x86.avx2.pmadd.wd(" in made("x86-64-v3", "llvm")
