"""Sizes below zero: an error where NumPy gives one, and an empty array where it does not, as in ``np.arange(-1)``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from language import Twice, outcome

import pyc

CALLS = """\
np.empty((n, 2))
np.empty((n, 2)).shape
np.zeros(n - 1)
np.zeros((n, 0)).size
np.ones((2, n))
np.full((n, n), 2.0)
np.ndarray((n, 2)).size
np.zeros_like(x, shape=(n, 2))
np.full_like(x, 3, shape=n)
np.eye(n)
np.eye(3, n)
np.eye(n, 3, k=1).sum()
np.identity(n)
np.tri(n)
np.tri(n, 3, 1)
x.reshape((n, 1))
np.reshape(x, (1, n))
np.linspace(0.0, 1.0, n)
np.linspace(0, 1, n - 1, endpoint=False).size
np.logspace(0.0, 1.0, n)
np.arange(n)
np.arange(n - 1)
np.arange(n, 2)
np.arange(n, -5, -1)
np.arange(float(n))
np.broadcast_to(x[0], (n, 2))
np.broadcast_to(x[0], n).size
np.repeat(x, n)
np.repeat(x, np.array([n, 1, 1]))
np.tile(x, n)
np.tile(x, (n, 2)).shape
x.repeat(n)
np.ogrid[0:n]
np.ogrid[0:n, 0:2]
np.mgrid[0:n]
np.mgrid[0:n, 0:2]
np.indices((n, 2))
np.resize(x, n)
np.hanning(n)
np.fft.fftfreq(n)
np.fft.rfftfreq(n)
np.tril_indices(n)
np.random.default_rng(1).random((n, 2)).shape
np.random.default_rng(1).permutation(n)
counted(n)
zeros(n)
gridded(n)
between(n)
""".splitlines()
TEXT = """
def counted(n: int):
    return np.arange(n)

def zeros(n: int):
    return np.zeros((n, 2)).shape

def gridded(n: int):
    return np.mgrid[0:n]

def between(n: int):
    y = np.zeros(n + 2)
    y[2:] = np.arange(n) + 1
    return y[1:] * np.ones(y.size - 1)
""" + "".join(f"\ndef call{i}(x: Tensor[f64, N], n: int):\n    return {call}\n" for i, call in enumerate(CALLS))


@pytest.fixture(scope="module")
def program() -> Twice:
    return Twice(TEXT, *(f"call{i}" for i in range(len(CALLS))), level=0)


@pytest.mark.parametrize("n", [-7, -2, -1, 0, 3])
def test_sizes(program: Twice, n: int) -> None:
    x: Any = np.array([1.5, 0.0, 2.25])
    wrong = []
    for i, call in enumerate(CALLS):
        function = program.python[f"call{i}"]
        expected = outcome(function, (x, n))
        for how, found in (
            ("compiled", outcome(getattr(program.compiled, f"call{i}"), (x, n))),
            ("interpreted", outcome(function, (pyc.array(x), n))),
        ):
            if (found.error and found.error[0]) != (expected.error and expected.error[0]):
                wrong.append(f"{how} {call}: {found.error or found.result}, not {expected.error or expected.result}")
            elif found.error is None and not _same(found.result, expected.result, call):
                wrong.append(f"{how} {call}: {found.result}, not {expected.result}")
    assert not wrong, "\n".join(wrong)


def _same(actual: Any, expected: Any, call: str) -> bool:
    if isinstance(expected, tuple):
        return len(actual) == len(expected) and all(_same(a, e, call) for a, e in zip(actual, expected, strict=True))
    a, e = np.asarray(actual), np.asarray(expected)
    # What is in an array without values is not said.
    return (a.dtype, a.shape) == (e.dtype, e.shape) and (call.startswith("np.empty") or np.allclose(a, e, rtol=1e-15))
