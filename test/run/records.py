"""One source with records, run by CPython, interpreted and compiled; what they give is compared as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np
from language import Outcome, Twice, outcome, same

from pyc.records import Record, SoA, SoAElement
from pyc.targets.interpreter import typed

HEADER = """\
import pyc
from dataclasses import replace
from pyc import Float, TypeVar, c64, c128, f16, i16, u32
"""


#: Records in a record, and an array in one.
VEC_AND_BODY = """
@pyc.record
class Vec:
    x: f64
    y: f64
@pyc.record
class Body:
    p: Vec
    id: i32
    spin: Tensor[f32, 3]
"""


class Programs(Twice):
    """The functions ``names`` of a text, all of its functions where none are named."""

    def __init__(self, text: str, *names: str, level: int = 3) -> None:
        found = [line[4 : line.index("(")] for line in text.splitlines() if line.startswith("def ")]
        super().__init__(HEADER + text, *(names or [n for n in found if not n.startswith("_")]), level=level)
        self.compiled.adopt({n: c for n, c in self.python.items() if hasattr(c, "__pyc_record__")})

    def agree(self, name: str, *arguments: object, message: bool = True) -> Outcome:
        """Call both, and compare results, arguments and exceptions."""
        expected, actual = outcome(self.python[name], arguments), outcome(getattr(self.compiled, name), arguments)
        assert (actual.error is None) == (expected.error is None), f"{name}{arguments}: {actual} {expected}"
        if expected.error is not None and actual.error is not None:
            assert actual.error[0] == expected.error[0], f"{name}{arguments}: {actual.error}"
            assert not message or actual.error[1] == expected.error[1], f"{name}{arguments}: {actual.error}"
        interpreted = outcome(typed(self.python[name]), arguments)
        assert (interpreted.error is None) == (expected.error is None), f"{name}{arguments}: {interpreted}"
        same(plain(interpreted.result), plain(expected.result), f"{name}{arguments} interpreted")
        same(plain(interpreted.arguments), plain(expected.arguments), f"arguments of {name}{arguments} interpreted")
        same(plain(actual.result), plain(expected.result), f"{name}{arguments}")
        same(plain(actual.arguments), plain(expected.arguments), f"arguments of {name}{arguments} afterwards")
        return actual


def plain(value: Any) -> Any:
    """A value with the records in it as tuples, and arrays of records as tuples of the arrays of their fields."""
    if isinstance(value, SoAElement):
        value = value._value()
    if isinstance(value, Record):
        return (type(value).__name__, *(plain(getattr(value, n)) for n in value._kinds))
    if isinstance(value, SoA):
        return tuple(plain(f) for f in value._fields.values())
    if isinstance(value, np.ndarray) and value.dtype.names is not None:
        return tuple(plain(np.asarray(value[n])) for n in value.dtype.names)
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, np.ndarray):
        return np.asarray(value).view(np.ndarray)
    if isinstance(value, np.bool_):
        return bool(value)
    return float(value) if isinstance(value, np.float64) else value
