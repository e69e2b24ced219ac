# What type checkers see of the language. `Tensor[f32, N, 4, cuda]` is `Annotated[f32, ...]` to them: dimensions and
# targets may be any expression. Shapes and precision are the compiler's to check.

# pyright: reportUnsupportedDunderAll=false
# ruff: noqa: F822

from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Annotated as Buffer
from typing import Annotated as Stack
from typing import Annotated as Tensor
from typing import Any, TypeVar, dataclass_transform, overload
from typing import Literal as L

import numpy as np

from . import nn as nn
from .diagnostics import CompileError as CompileError
from .module import Module as Module
from .user_annotations import UserAnnotations

__version__: str

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])

# Element types, bounds and Mixed: anything, and of any use. They are not declared, because no declaration is a type,
# can be called (`f32(1.5)`) and accepts NumPy's arrays (`step(np.zeros(3))`) all at once. Their names are in `__all__`.
def __getattr__(name: str) -> Any: ...

class Dim:
    def __init__(self, name: str) -> None: ...
    def __add__(self, other: Any, /) -> Dim: ...
    def __radd__(self, other: Any, /) -> Dim: ...
    def __sub__(self, other: Any, /) -> Dim: ...
    def __rsub__(self, other: Any, /) -> Dim: ...
    def __mul__(self, other: Any, /) -> Dim: ...
    def __rmul__(self, other: Any, /) -> Dim: ...
    def __floordiv__(self, other: Any, /) -> Dim: ...
    def __index__(self) -> int: ...

class Target:
    name: str
    chip: str
    def __init__(
        self, name: str, chip: str = ..., features: Iterable[str] = ..., dtypes: Iterable[Any] = ...
    ) -> None: ...
    def __call__(self, chip: str) -> Target: ...

cpu: Target
cuda: Target

class Array(np.ndarray[Any, Any]):
    precision: Any
    target: Target
    def to(self, to: Any, /) -> Any: ...

def array(value: Any, precision: Any = ..., target: Any = ...) -> Any: ...
def dot(x: Any, y: Any, /, *, acc: Any = ...) -> Any: ...
def erf(x: Any, /) -> Any: ...
def erfc(x: Any, /) -> Any: ...
@overload
def jit(function: Callable[..., Any], /) -> Any: ...
@overload
def jit(
    *,
    target: Any = ...,
    unchecked: bool = ...,
    level: int = ...,
    background: bool = ...,
    fastmath: bool | str | Iterable[str] = ...,
) -> Callable[[Callable[..., Any]], Any]: ...
def python(function: _F) -> _F: ...
def static(value: _T) -> _T: ...
@overload
@dataclass_transform(eq_default=True)
def record(cls: type[_T], /) -> type[_T]: ...
@overload
@dataclass_transform(eq_default=True)
def record(cls: None = ..., /, *, layout: L["aos", "soa"] = ...) -> Callable[[type[_T]], type[_T]]: ...
def load(path: str | Path) -> ModuleType | Any: ...

prange = range

@overload
def annotate(value: _T, /, **annotations: Any) -> _T: ...
@overload
def annotate(**annotations: Any) -> UserAnnotations: ...

class fastmath:
    def __init__(self, *flags: str) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *error: object) -> None: ...

static_range = range

__all__ = [  # noqa: RUF022
    "Array", "Buffer", "CompileError", "Dim", "Float", "Int", "L", "Mixed", "Module", "Number", "Precision",
    "Stack", "Target", "Tensor",
    "TypeVar", "annotate", "array", "bf16", "c128", "c64", "cpu", "cuda", "dot", "erf", "erfc", "f16", "f32", "f64",
    "f8e4m3", "f8e5m2", "fastmath",
    "i16", "i32", "i64", "i8", "jit", "load", "nn", "prange", "python", "record", "static", "static_range", "u16",
    "u32", "u64", "u8",
]  # fmt: skip
