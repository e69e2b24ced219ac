"""Expressions of NumPy and ``math``, many in one program: compiled, and evaluated by CPython with NumPy itself."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from language import Twice, outcome

#: Names in one text, as a list.
words = str.split

#: Names that programs use besides those of every program.
_MORE = "from pyc import f16, i16, u16, u32, u64\n"


class Surface:
    """One function for each expression of ``expressions``, of the parameters that ``signature`` declares.

    Most are functions of the library, which are long: by default they are hardly optimised, which takes a third of the
    time.
    """

    def __init__(self, signature: str, expressions: Sequence[str], prelude: str = "", *, level: int = 1) -> None:
        self.expressions = list(expressions)
        self.kept = list(range(len(self.expressions)))
        text = (
            _MORE
            + prelude
            + "".join(f"def case{i}({signature}):\n    return {e}\n" for i, e in enumerate(self.expressions))
        )
        self.twice = Twice(text, *(f"case{i}" for i in range(len(self.expressions))), level=level)

    def some(self, kept: Sequence[int]) -> Surface:
        """The expressions with these numbers only."""
        chosen = copy.copy(self)
        chosen.kept = list(kept)
        return chosen

    def agree(self, *arguments: object, ulps: float = 4, messages: bool = False) -> None:
        """Call all with the same arguments and compare types, shapes, values and exceptions; report all that differ."""
        wrong: list[str] = []
        for i in self.kept:
            e = self.expressions[i]
            expected = outcome(self.twice.python[f"case{i}"], arguments)
            actual = outcome(getattr(self.twice.compiled, f"case{i}"), arguments)
            if actual.error and actual.error[0] == "OverflowError" and _beyond(expected.result):
                continue
            if expected.error is not None or actual.error is not None:
                e_kind, a_kind = (o.error and o.error[: 2 if messages else 1] for o in (expected, actual))
                if e_kind != a_kind:
                    wrong.append(f"{e}: {actual.error or actual.result}, not {expected.error or expected.result}")
                elif actual.error is not None and not actual.error[2].endswith(e):
                    wrong.append(f"{e}: raised at the line {actual.error[2]}")
                continue
            wrong.extend(f"{e}: {problem}" for problem in differences(actual.result, expected.result, ulps))
        assert not wrong, "\n".join(wrong)


def _beyond(value: object) -> bool:
    """Whether a Python int needs more than 64 bits: the one difference in exceptions that there may be."""
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def differences(actual: Any, expected: Any, ulps: float) -> Iterable[str]:
    """What is different between two results, of floats more than ``ulps`` units in the last place of the largest."""
    if isinstance(expected, tuple | list):
        if not isinstance(actual, tuple) or len(actual) != len(expected):
            yield f"{actual!r}, not {expected!r}"
            return
        for a, e in zip(actual, expected, strict=True):
            yield from differences(a, e, ulps)
        return
    if isinstance(expected, np.ndarray) != isinstance(actual, np.ndarray):
        yield f"{type(actual).__name__} {actual!r}, not {type(expected).__name__} {expected!r}"
        return
    a, e = np.asarray(actual), np.asarray(expected)
    if (a.dtype, a.shape) != (e.dtype, e.shape):
        yield f"{a.dtype}{a.shape}, not {e.dtype}{e.shape}"
    elif e.dtype.kind not in "fc":
        if not np.array_equal(a, e):
            yield f"{a!r}, not {e!r}"
    else:
        finite = np.abs(e[np.isfinite(e)])
        scale = float(finite.max()) if finite.size else 1.0
        rtol = ulps * float(np.finfo(e.dtype).eps)
        if not np.allclose(a, e, rtol=rtol, atol=rtol * max(scale, float(np.finfo(e.dtype).tiny)), equal_nan=True):
            yield f"{a!r}, not {e!r}"
