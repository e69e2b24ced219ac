"""Reductions that NumPy refuses, and reductions whose results are reshaped."""

from functools import cache

import numpy as np
import pytest
from language import Twice

REDUCTIONS = """
def kept(u: Tensor[f64, N, M]) -> Tensor[i64, 1, 1]:
    return np.argmax(u, keepdims=True)
def largest(u: Tensor[f64, N, M]) -> Tensor[f64, M]:
    return np.max(u, axis=0)
def positive(u: Tensor[f64, N, M]) -> Tensor[bool, N]:
    return np.min(u > 2.0, axis=1)
def first(u: Tensor[f64, N, M]) -> Tensor[i64, 1, 1]:
    return np.argmin(u[0], axis=0, keepdims=True).reshape(1, 1)
def doubled(u: Tensor[f64, N, M]) -> Tensor[f64, 1, 1]:
    return (np.max(u[0], axis=0, keepdims=True) * 2.0).reshape(1, 1)
def narrowed(u: Tensor[f64, N, M]) -> Tensor[f64, 1, 1]:
    return u[0].sum(keepdims=True).astype(f32).astype(f64).reshape(1, 1)
"""


def ramp(*shape: int) -> np.ndarray:
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float64).reshape(shape)


@cache
def reductions() -> Twice:
    return Twice(REDUCTIONS, "kept", "largest", "positive", "first", "doubled", "narrowed")


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 1), (2, 3)])
@pytest.mark.parametrize("name", ["kept", "largest", "positive"])
def test_an_empty_axis_has_no_extreme_even_where_nothing_results(name: str, shape: tuple[int, int]) -> None:
    u = ramp(*shape)
    try:
        expected = reductions().python[name](u)
    except ValueError as error:
        with pytest.raises(ValueError, match=str(error)):
            getattr(reductions().compiled, name)(u)
    else:
        np.testing.assert_array_equal(getattr(reductions().compiled, name)(u), expected, strict=True)


@pytest.mark.parametrize("name", ["first", "doubled", "narrowed"])
def test_what_is_reduced_is_reshaped(name: str) -> None:
    for shape in ((1, 1), (2, 3)):
        reductions().agree(name, ramp(*shape))
