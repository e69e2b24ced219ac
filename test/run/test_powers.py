"""Powers of arrays by halves of small whole numbers, which are products: at most 1 unit in the last place off."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

EXPONENTS = (-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.5, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
SPECIAL = (
    0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 2.0, -2.0, 0.5, 5e-324, -5e-324, 1e-310, 2.2e-308, 1e308, -1e308,
    1e154, 1e-154, 1e-105, -1e-105, 1e105, 1e77, 1e-77,
)  # fmt: skip


def text(dtype: str) -> str:
    return "".join(
        f"def p{i}(x: Tensor[{dtype}, N]) -> Tensor[{dtype}, N]:\n    return np.power(x, {dtype}({exponent}))\n"
        for i, exponent in enumerate(EXPONENTS)
    )


@cache
def program(dtype: str) -> Twice:
    return Twice(text(dtype), *(f"p{i}" for i in range(len(EXPONENTS))))


@pytest.mark.parametrize(("dtype", "bound"), [("f64", 1.0), ("f32", 0.51)])
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_powers(exponent: float, dtype: str, bound: float) -> None:
    rng, kind, wide = np.random.default_rng(1), *((np.float64, np.longdouble), (np.float32, np.float64))[dtype == "f32"]
    most = min(np.log10(float(np.finfo(kind).max)), 320 / abs(exponent))
    made = [10 ** rng.uniform(-most, most, 5000), rng.uniform(0.5, 2, 5000), -(10 ** rng.uniform(-5, 5, 500))]
    with np.errstate(all="ignore"):
        x = np.concatenate([SPECIAL, *made]).astype(kind)
        exact = np.power(x.astype(wide), np.full(x.shape, exponent, wide))
        want = exact.astype(kind)
    got = getattr(program(dtype).compiled, f"p{EXPONENTS.index(exponent)}")(x)
    finite = np.isfinite(want) & np.isfinite(got)
    np.testing.assert_array_equal(got[~finite], want[~finite])
    off = np.abs(got[finite].astype(wide) - exact[finite]) / np.spacing(np.abs(want[finite])).astype(wide)
    assert off.max() <= bound, (x[finite][off.argmax()], off.max())
    numbers = ~np.isnan(want)
    np.testing.assert_array_equal(np.signbit(got[numbers]), np.signbit(want[numbers]))
