"""What CPython says when it refuses: the messages of its own exceptions, asked from the CPython at hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache


def _message(function: Callable[[], object]) -> str:
    try:
        function()
    except (ArithmeticError, ValueError) as error:
        # `0.0 ** big` and the like give (errno, text).
        return str(error.args[-1]) if error.args else ""
    raise AssertionError("the example raises")


@cache
def messages() -> dict[str, str]:
    """Messages by what was attempted."""
    one, zero, huge = 1, 0, 1e308
    return {
        "int /": _message(lambda: one / zero),
        "int //": _message(lambda: one // zero),
        "int %": _message(lambda: one % zero),
        "int divmod": _message(lambda: divmod(one, zero)),
        "float /": _message(lambda: 1.0 / zero),
        "float //": _message(lambda: 1.0 // zero),
        "float %": _message(lambda: 1.0 % zero),
        "float divmod": _message(lambda: divmod(1.0, zero)),
        "complex /": _message(lambda: 1j / zero),
        "0 ** -": _message(lambda: 0.0**-1.0),
        "** range": _message(lambda: huge**2.0),
        "shift": _message(lambda: one << -1),
        "int nan": _message(lambda: int(math.nan)),
        "int inf": _message(lambda: int(math.inf)),
        "math range": _message(lambda: math.exp(1000.0)),
        "max": _message(lambda: max(())),
        "min": _message(lambda: min(())),
    }


def domain(function: str, *arguments: float) -> str:
    """The message of ``math.function`` outside its domain."""
    return _message(lambda: getattr(math, function)(*arguments))
