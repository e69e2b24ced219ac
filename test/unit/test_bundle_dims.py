"""How a call's arrays bind the dimensions of a signature, and what is said where they do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyc.targets.cpu._called import Described
from pyc.targets.cpu._values import ArrayResult, Dims, _expression


def function(*parameters: tuple[str, ...] | str) -> Described:
    """``("x", "N", "4")`` is an array with these dims, ``"n"`` an int."""

    def value(p: tuple[str, ...] | str) -> dict[str, Any]:
        name, dims = (p, None) if isinstance(p, str) else (p[0], list(p[1:]))
        kind = "int" if dims is None else f"Tensor[{', '.join(['f32', *dims])}]"
        dtype = "i64" if dims is None else "f32"
        return {"name": name, "type": kind, "dtype": dtype, "dims": dims, "written": False, "weight": None}

    entry: dict[str, Any] = {"name": "f", "parameters": [value(p) for p in parameters], "results": [], "errors": []}
    return Described({**entry, "returns": [], "returns_tuple": False, "module": None, "target": "cpu"})


def bound(f: Described, *arguments: object) -> dict[str, int]:
    values = tuple(np.zeros(a, np.float32) if isinstance(a, tuple) else a for a in arguments)
    return f._take(values)[3]


def refusal(f: Described, *arguments: object) -> str:
    with pytest.raises(ValueError, match=r"\bis\b") as caught:
        bound(f, *arguments)
    return str(caught.value)


def test_names_are_one_number() -> None:
    f = function(("x", "M", "K"), ("w", "K", "N"))
    assert bound(f, (2, 3), (3, 5)) == {"M": 2, "K": 3, "N": 5}
    assert bound(f, (0, 0), (0, 0)) == {"M": 0, "K": 0, "N": 0}
    assert refusal(f, (5, 128), (64, 3)) == "K is 128 in x and 64 in w"
    assert refusal(function(("x", "N", "N")), (2, 3)) == "N is 2 in x and 3 in x"


def test_numbers_are_held() -> None:
    assert refusal(function(("x", "N", "4")), (2, 3)) == "axis 1 of x is 3, and Tensor[f32, N, 4] wants 4"


def test_expressions_are_held_once_all_names_are_bound() -> None:
    f = function(("y", "2 * N + 1"), ("x", "N"))
    assert bound(f, (7,), (3,)) == {"N": 3}
    assert refusal(f, (8,), (3,)) == "axis 0 of y is 8, and 2 * N + 1 is 7 (N is 3 in x)"
    f = function(("x", "N"), ("y", "max(N - 2, 0)"))
    assert bound(f, (1,), (0,)) == {"N": 1}
    assert "max(N - 2, 0) is 3 (N is 5 in x)" in refusal(f, (5,), (5,))


@pytest.mark.parametrize(("text", "extent", "n"), [("N + 2", 5, 3), ("2 + N", 2, 0), ("N - 1", 4, 5)])
def test_a_name_follows_from_its_only_sum(text: str, extent: int, n: int) -> None:
    assert bound(function(("x", text)), (extent,)) == {"N": n}


def test_a_sum_that_is_too_small() -> None:
    assert refusal(function(("x", "N + 2")), (1,)) == "N + 2 is at least 2, and axis 0 of x is 1"


@pytest.mark.parametrize(("text", "extent", "n"), [("2*N", 6, 3), ("2*N + 1", 7, 3), ("3*N - 2", 1, 1), ("2*N", 0, 0)])
def test_a_name_follows_from_its_only_multiple(text: str, extent: int, n: int) -> None:
    assert bound(function(("x", text)), (extent,)) == {"N": n}


def test_what_is_no_multiple() -> None:
    assert refusal(function(("x", "2*N")), (5,)) == "axis 0 of x is 5, and 2*N is 4 (N is 2 in x)"
    assert refusal(function(("x", "2*N + 3")), (0,)) == "2*N + 3 is at least 3, and axis 0 of x is 0"


def test_ints_are_dimensions_too() -> None:
    assert bound(function("n", ("x", "n")), 3, (3,)) == {"n": 3}
    assert refusal(function("n", ("x", "n")), 4, (3,)) == "n is 4 in n and 3 in x"
    assert refusal(function(("x", "n"), "n"), (3,), 4) == "n is 3 in an array and 4 as an argument"


def test_results_are_made_to_measure() -> None:
    result = ArrayResult({"dtype": "f16", "dims": ["N - 2", "3", "M"]})
    array, descriptor = result.make({"N": 6, "M": 2})
    assert (array.shape, array.dtype) == ((4, 3, 2), np.float16)
    fields = np.frombuffer(descriptor, np.int64)
    np.testing.assert_array_equal(fields[2:], [0, 4, 3, 2, 6, 2, 1])
    assert fields[0] == fields[1] == array.ctypes.data
    with pytest.raises(ValueError, match="negative dimensions are not allowed: N - 2 is -1"):
        result.make({"N": 1, "M": 2})
    assert result.make({"N": 2, "M": 0})[0].size == 0


def test_what_nobody_says_is_found_before_it_is_needed() -> None:
    parameters = [{"name": "x", "dtype": "f32", "dims": ["N", "N * K"]}, {"name": "n", "dtype": "i64", "dims": None}]
    results = [{"dims": ["n + 1", "max(N, M)"]}, {"dims": None}]
    assert Dims(parameters).unbound(results) == ["K", "M"]


@pytest.mark.parametrize("text", ["N ** 2", "N.real", "f(N)", "max(N, key=1)", "1.5", "[N]", "N if N else 1", "'a'"])
def test_what_is_no_dimension(text: str) -> None:
    with pytest.raises(ValueError, match="is not a dimension"):
        _expression(text)
