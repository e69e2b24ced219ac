"""Floats that become integers in loops: each error is the one that Python raises first."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

SOURCE = """\
def totals(x: Tensor[f64, N], out: Tensor[i64, N]) -> int:
    total = 0
    for i in range(len(x)):
        k = int(x[i])
        out[i] = k
        total = min(total, k)
    return total
def binned(x: Tensor[f64, N], out: Tensor[i64, N]) -> int:
    last = -1
    for v in x:
        last = min(int(v * 4.0), len(out) - 1)
        out[last] += 1
    return last
def narrow(x: Tensor[f32, N], out: Tensor[i64, N]) -> int:
    last = 0
    for i in range(len(x)):
        last = int(x[i])
        out[i] = last
    return last
"""
NAMES = ("totals", "binned", "narrow")


@cache
def twice() -> Twice:
    return Twice(SOURCE, *NAMES, overlapping="also")


def _given(name: str, *values: float) -> np.ndarray:
    return np.array([0.5, *values, 0.25, -0.75], np.float32 if name == "narrow" else np.float64)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0.9, -0.9, np.nan, np.inf, -np.inf, -(2.0**61), 1.5e9])
def test_errors_and_integers(name: str, value: float) -> None:
    for given in (_given(name, value), _given(name, value, np.nan, np.inf), _given(name, np.inf, np.nan, value)):
        twice().agree(name, given, np.zeros(len(given), np.int64))
        twice().agree(name, np.repeat(given, 2)[::-2], np.zeros(len(given), np.int64))


@pytest.mark.parametrize("value", [2.0**63, 1e300, -1e300, -(2.0**63) * (1 + 2.0**-52)])
def test_what_does_not_fit(value: float) -> None:
    for name in ("totals", "binned"):
        given, out = _given(name, value, np.nan), np.zeros(5, np.int64)
        with pytest.raises(OverflowError, match="fit"):
            getattr(twice().compiled, name)(given, out)


def test_the_ends_fit() -> None:
    given = _given("totals", -(2.0**63), 2.0**63 - 1024)
    out = np.zeros(len(given), np.int64)
    assert twice().compiled.totals(given, out) == -(2**63)
    assert out.tolist() == [0, -(2**63), 2**63 - 1024, 0, 0]
