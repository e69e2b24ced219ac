"""Words that the compiler reads and that change nothing in Python."""

from __future__ import annotations

from collections.abc import Iterable
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


#: What ``fastmath`` lets arithmetic on floats do: reorder sums and products, take it that there are no NaNs or
#: infinities, not tell zeros apart, multiply by reciprocals, contract ``a * b + c``, approximate functions.
FAST_FLAGS = ("reassoc", "nnan", "ninf", "nsz", "arcp", "contract", "afn")


def fast_flags(given: bool | str | Iterable[str]) -> frozenset[str]:
    """The flags of ``fastmath=``: all of them for True, none for False, else those that are named.

    Raises:
        TypeError: something else.
        ValueError: a flag that there is not.
    """
    if isinstance(given, bool):
        return frozenset(FAST_FLAGS) if given else frozenset()
    flags = [given] if isinstance(given, str) else list(given)
    for flag in flags:
        if not isinstance(flag, str):
            raise TypeError(f"fastmath is True, False or a set of flags, not of {type(flag).__name__}")
        if flag not in FAST_FLAGS:
            raise ValueError(f"fastmath has no flag {flag!r}: there are {', '.join(FAST_FLAGS)}")
    return frozenset(flags)


class fastmath:
    """``with pyc.fastmath("reassoc", "contract"):`` lets compiled arithmetic inside do what the flags say; all if none.

    In Python it changes nothing.
    """

    def __init__(self, *flags: str) -> None:
        self.flags = fast_flags(flags) if flags else fast_flags(True)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None
