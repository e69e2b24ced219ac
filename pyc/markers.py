"""Words that the compiler reads and that change nothing in Python."""

from __future__ import annotations

from typing import TypeVar

from .module import PYTHON_ONLY

_T = TypeVar("_T")

#: ``for i in static_range(n)``: the compiler unrolls the loop.
static_range = range

#: ``for i in prange(n)``: the rounds may run at the same time, on several threads.
prange = range


def python(function: _T) -> _T:
    """``function`` itself, kept out of compilation though its signature is typed."""
    setattr(function, PYTHON_ONLY, True)
    return function


def static(value: _T) -> _T:
    """``value`` itself, which the compiler must know."""
    return value
