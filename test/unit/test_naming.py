"""What exported functions are called in Python."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pyc.targets.naming import python_name


@dataclass(frozen=True)
class Function:
    symbol: str
    name: str
    module: str | None = None


CALL = Function("Digits", "Classifier[64, Mixed[f16, f32]].__call__", "Classifier[64, Mixed[f16, f32]]")
METHODS = [CALL, Function("Digits_top", f"{CALL.module}.top", CALL.module), Function("N", "N", "M[2]")]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (Function("axpy", "axpy"), ("axpy", None)),
        (Function("axpy_f32", "axpy[f32]"), ("axpy_f32", None)),
        (CALL, ("Digits", "__call__")),
        (METHODS[1], ("Digits", "top")),
        (Function("Digits_top_k", f"{CALL.module}.top_k", CALL.module), ("Digits", "top_k")),
        (METHODS[2], ("N", "__call__")),
        (Function("N_top", "N_top", "M[2]"), ("N", "top")),
    ],
)
def test_python_names(function: Function, expected: tuple[str, str | None]) -> None:
    assert python_name(function, [*METHODS, function]) == expected
