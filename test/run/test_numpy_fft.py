"""``np.fft`` against NumPy's: any length, along any axis, all norms, cut or filled up, over element types."""

from __future__ import annotations

import numpy as np
import pytest
from surface import Surface

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 25, 30, 47, 49, 53, 60, 64, 97, 101, 106]
COMPLEX = [
    "np.fft.fft(a)", "np.fft.ifft(a, norm='ortho')", "np.fft.fft(a, 5, 0, 'forward')", "np.fft.irfft(a)",
    "np.fft.hfft(a, 7)",
]  # fmt: skip
REAL = ["np.fft.rfft(a)", "np.fft.ihfft(a, norm='forward')", "np.fft.fft(a, axis=0)"]
PLANES = [
    "np.fft.fft2(a)", "np.fft.ifftn(a, (3, 4), (0, 1), 'ortho')", "np.fft.irfft2(a, (3, 6))", "np.fft.fftshift(a)",
    "np.fft.ifftshift(a, axes=(0, 2))", "np.fft.fftshift(a, axes=1)",
]  # fmt: skip
#: Times the unit in the last place of the largest element.
ULPS = 32


def drawn(*shape: int) -> np.ndarray:
    rng = np.random.default_rng(sum(shape))
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


@pytest.mark.parametrize("dtype", ["c128", "c64"])
def test_of_complex_numbers(dtype: str) -> None:
    program = Surface(
        f"a: Tensor[{dtype}, N, M]", COMPLEX if dtype == "c128" else COMPLEX[2:3], "from pyc import c64, c128\n"
    )
    kind = np.dtype("c16" if dtype == "c128" else "c8")
    for n in LENGTHS:
        if n > 1:
            program.agree(drawn(2, n).astype(kind), ulps=ULPS)
    program.agree(drawn(7, 3).astype(kind)[::-2, ::-1], ulps=ULPS)
    program.agree(drawn(0, 3).astype(kind), ulps=ULPS, messages=True)
    program.agree(np.array([[np.nan, 1], [np.inf, 2]]).astype(kind)[:, :1], messages=True)


@pytest.mark.parametrize("dtype", ["f64", "f32", "i32"])
def test_of_real_numbers(dtype: str) -> None:
    program = Surface(f"a: Tensor[{dtype}, N, M]", REAL if dtype == "f64" else REAL[:1])
    kind = {"f64": "f8", "f32": "f4", "i32": "i4"}[dtype]
    for n in LENGTHS[:: 1 if dtype == "f64" else 3]:
        program.agree((8 * np.real(drawn(2, n))).astype(kind), ulps=ULPS)
        program.agree((8 * np.real(drawn(n, 2))).astype(kind).T, ulps=ULPS)


def test_of_planes() -> None:
    program = Surface("a: Tensor[c128, N, M, K]", PLANES, "from pyc import c128\n")
    for shape in [(3, 4, 5), (2, 53, 6), (1, 2, 2)]:
        program.agree(drawn(*shape), ulps=ULPS)
    real = Surface(
        "a: Tensor[f64, N, M]", ["np.fft.rfft2(a)", "np.fft.rfftn(a, (4,), (0,))", "np.fft.rfftn(a, (5, 3))"]
    )
    real.agree(np.real(drawn(5, 6)), ulps=ULPS)


def test_frequencies_and_refusals() -> None:
    program = Surface(
        "a: Tensor[f64, N], n: int",
        ["np.fft.fftfreq(n)", "np.fft.rfftfreq(n, 0.25)", "np.fft.fftfreq(len(a), d=3)", "np.fft.fft(a, n)",
         "np.fft.fft(a, norm='half')"],
    )  # fmt: skip
    for n in (1, 2, 5, 8):
        program.agree(np.arange(3.0), n, messages=True, ulps=ULPS)
    program = program.some([3])
    program.agree(np.arange(3.0), 0, messages=True)
    program.agree(np.arange(3.0), -1, messages=True)
