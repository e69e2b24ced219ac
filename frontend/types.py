"""The types of expressions as the checker knows them: element types, symbolic shapes, precision and target."""

from __future__ import annotations

from dataclasses import dataclass

from pyc.precision import DTYPES, Precision
from pyc.target import Target

from .dims import Dim


@dataclass(frozen=True)
class ScalarType:
    """A number. ``weak`` is Python's own ``int``, ``float``, ``bool`` or ``complex``; otherwise a sized one."""

    dtype: str
    weak: bool = False

    def __str__(self) -> str:
        weak = {"i64": "int", "f64": "float", "bool": "bool", "c128": "complex"}
        return weak[self.dtype] if self.weak else self.dtype


INT, FLOAT, BOOL = ScalarType("i64", weak=True), ScalarType("f64", weak=True), ScalarType("bool", weak=True)


@dataclass(frozen=True)
class TensorType:
    """An array. ``dtype`` is what the elements are now; ``precision`` is the policy of the value.

    A plain ``f16`` array has dtype ``f16`` and precision ``f16``. A ``Mixed[f16, f32]`` array has dtype ``f16`` where
    it is stored and ``f32`` once it has been read.
    """

    dtype: str
    dims: tuple[Dim, ...]
    precision: Precision
    target: Target

    @property
    def rank(self) -> int:
        return len(self.dims)

    def __str__(self) -> str:
        element = str(self.precision) if self.dtype == self.precision.storage else self.dtype
        return f"Tensor[{', '.join([element, *map(str, self.dims)])}]"


@dataclass(frozen=True)
class TupleType:
    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class NoneType:
    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True)
class StaticType(NoneType):
    """What is known at compile time: a function, a string, None. Nothing of it exists at run time.

    A name that holds the same value on all paths has the same type on them; another value is another type.
    """

    value: object

    def __str__(self) -> str:
        from .values import described

        return described(self.value)  # type: ignore[arg-type]


Type = ScalarType | TensorType | TupleType | NoneType


def kind_of(dtype: str) -> str:
    """``bool``, ``int``, ``uint``, ``float`` or ``complex``."""
    return DTYPES[dtype].kind
