"""The functions of NumPy that compile, on ``pyc.Array``: what the interpreter gives is what NumPy gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import test_numpy_elementwise as elementwise
import test_numpy_linalg as linalg
import test_numpy_reductions as reductions
import test_numpy_sequences as sequences
import test_numpy_shapes as shapes
from surface import differences

import pyc

RNG = np.random.default_rng(0)
MATRIX, CUBE = RNG.standard_normal((3, 4)), RNG.standard_normal((2, 3, 4))
SQUARE = RNG.standard_normal((3, 3)) + 3 * np.eye(3)
NAMES: dict[str, Any] = {"np": np, "math": math, "f32": np.float32, "i32": np.int32}
CASES: dict[str, tuple[Sequence[str], dict[str, Any]]] = {
    "elementwise": (
        [*(f"np.{f}(x)" for f in elementwise.UNARY), *(f"np.{f}(x, y)" for f in elementwise.BINARY)],
        {"x": MATRIX, "y": MATRIX[0]},
    ),
    "reductions": (
        [*reductions.CUBE, *reductions.MORE],
        {"x": CUBE, "w": RNG.random(3), "q": np.array([10.0, 50.0, 90.0])},
    ),
    "shapes": (
        [*shapes.MATRICES, *shapes.PADDED],
        {
            "n": 3,
            "k": 2,
            "w": ((1, 2), (0, 1)),
            "W": ((0, 1), (2, 0)),
            "x": MATRIX,
            "y": np.arange(12, dtype=np.int32).reshape(3, 4),
            "v": MATRIX[0],
            "c": CUBE,
            "t": RNG.random((2, 3)),
        },
    ),
    "sequences": (
        [*sequences.SPACED, *sequences.LINES],
        {"a": 0.5, "b": 2.0, "n": 4, "x": MATRIX[0], "w": RNG.random(3), "i": RNG.integers(0, 9, 4)},
    ),
    "linalg": (linalg.MATRICES, {"a": SQUARE, "b": MATRIX, "v": SQUARE[0]}),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_arrays_of_the_language_give_what_arrays_give(name: str) -> None:
    expressions, plain = CASES[name]
    ours = {k: pyc.array(v) if isinstance(v, np.ndarray) else v for k, v in plain.items()}
    wrong = []
    for e in expressions:
        expected, actual = (_stripped(eval(e, NAMES, names)) for names in (plain, ours))
        wrong += [f"{e}: {problem}" for problem in differences(actual, expected, 16)]
    assert not wrong, "\n".join(wrong)


def _stripped(value: Any) -> Any:
    """A result as plain arrays: of no axes and numbers are one here."""
    if isinstance(value, tuple | list):
        return tuple(_stripped(v) for v in value)
    return np.asarray(value)
