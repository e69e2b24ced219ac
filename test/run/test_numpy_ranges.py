"""Python's ints beside sized integers that may not hold them: NumPy's comparisons, choices, bounds and errors."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice, interpreted
from surface import Surface

from pyc.diagnostics import CompileError
from pyc.targets.interpreter import typed

SIGNATURE = "a: Tensor[i32, N], u: Tensor[u8, M], b: Tensor[i8, K], k: int"
EXACT = [
    "a < 2**33", "a == 2**33", "a != 2**33", "a >= -(2**33)", "2**33 > a", "u < 300", "u > -1", "u == -1", "u == 300",
    "a[0] < 2**33", "u[0] == 300", "np.less(u, 300)", "np.equal(u, 300)", "np.not_equal(b, -129)", "np.greater(u, k)",
    "u < k", "u == k", "a != k", "b >= k", "k <= u", "np.isin(u, [1, 300])", "np.searchsorted(u, 300)",
]  # fmt: skip
CHOSEN = [
    "np.where(u > 1, u, 300)", "np.where(u > 1, -1, u)", "np.where(u > 1, u, k)", "np.where(b > 1, k, b)",
    "np.where(a > 1, a, 2**33)", "np.clip(a, 0, 2**33)", "np.clip(u, -1, 300)", "np.clip(u, 0, 300)",
    "np.clip(b, -200, k)", "a.clip(0, 2**33)", "u.clip(max=k)",
]  # fmt: skip
REFUSED = [
    "u + k", "a + k", "b * k", "u & k", "np.minimum(u, k)", "np.maximum(b, k)", "u[0] + k", "np.uint8(k)", "np.int8(k)",
    "np.full(3, k, np.uint8)", "np.full_like(u, k)", "np.array([k], dtype=np.int8)", "np.clip(u, k, 255)",
]  # fmt: skip


def arguments(k: int) -> tuple[object, ...]:
    a, u, b = (np.array([1, 2, -3, 2**31 - 1], np.int32), np.array([1, 200, 255], np.uint8), np.array([-128, 5], "i1"))
    return a, u, b, k


def test_comparisons_choices_and_errors_are_numpys() -> None:
    program = Surface(SIGNATURE, EXACT + CHOSEN + REFUSED)
    for k in (7, 300, -1, -129, 128, 2**40, -(2**63)):
        program.agree(*arguments(k), messages=True)
        for i, _ in enumerate(program.expressions):
            interpreted(program.twice, f"case{i}", arguments(k))


def test_stores_name_the_number() -> None:
    program = Twice(
        """
def item(u: Tensor[u8, N], k: int) -> None:
    u[0] = k
def all_items(u: Tensor[u8, N], k: int) -> None:
    u[:] = k
def added(u: Tensor[u8, N], k: int) -> None:
    u += k
def masked(u: Tensor[u8, N], k: int) -> None:
    u[u > 1] = k
def filled(u: Tensor[u8, N], k: int) -> None:
    u.fill(k)
def caught(u: Tensor[u8, N], k: int) -> int:
    try:
        u[1] = k
    except OverflowError as error:
        print(error)
        return -1
    return 1
""",
        *("item", "all_items", "added", "masked", "filled", "caught"),
    )
    for name in ("item", "all_items", "added", "masked", "filled", "caught"):
        for k in (7, 300, -1, 2**62):
            program.agree(name, np.array([1, 200, 255], np.uint8), k)


@pytest.mark.parametrize("expression", ["u + 300", "np.minimum(u, -1)", "np.uint8(300)", "np.clip(u, 300, 400)"])
def test_a_literal_that_no_element_can_be_is_an_error_of_the_program(expression: str) -> None:
    with pytest.raises(CompileError, match="does not fit u8, which holds 0 to 255"):
        Surface(SIGNATURE, [expression])


def test_eigenvalues_and_zeros_are_complex() -> None:
    """Compiled and interpreted: which type a result has does not depend on its elements."""
    text = """
def eigen(m: Tensor[f32, M, M]):
    values, vectors = np.linalg.eig(m)
    return np.linalg.eigvals(m), values, vectors
def zeros(p: Tensor[f64, N]):
    return np.roots(p)
"""
    program = Twice(text, "eigen", "zeros")
    m = np.array([[2.0, 0.0], [0.0, 3.0]], np.float32)
    for found in (program.compiled.eigen(m), typed(program.python["eigen"])(m)):
        assert [x.dtype for x in found] == [np.complex64] * 3
    for p, count in (([5.0], 0), ([0.0, 0.0], 0), ([1.0, -3.0, 2.0], 2), ([1.0, 0.0, 0.0], 2), ([], 0)):
        for f in (program.compiled.zeros, typed(program.python["zeros"])):
            found = f(np.array(p))
            assert (found.dtype, found.shape) == (np.complex128, (count,))
