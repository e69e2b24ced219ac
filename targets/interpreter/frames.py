"""The frame in which a typed function runs: its type parameters have values, and NumPy makes arrays of the language."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from pyc.annotations import parameter
from pyc.target import Target

from .array import Array, wrapped
from .functions import roots
from .records import InterpretedRecords

#: The functions of NumPy that make arrays from nothing, or from Python's numbers.
_CREATION = frozenset(
    {
        "arange",
        "array",
        "asarray",
        "empty",
        "eye",
        "full",
        "fromfunction",
        "identity",
        "linspace",
        "ones",
        "tri",
        "zeros",
    }
)


def bound(function: FunctionType, bindings: Mapping[str, Any], target: Target | None) -> FunctionType:
    """``function`` with its type parameters and NumPy's creation functions bound for one call."""
    names = _names(function.__code__)
    namespace = function.__globals__
    replaced: dict[str, Any] = {}
    for name in names:
        value = namespace.get(name)
        if name in bindings and (name not in namespace or parameter(value) is not None):
            replaced[name] = bindings[name]
        elif value is np:
            replaced[name] = _Numpy(target)
        elif value is np.roots:
            replaced[name] = roots
        elif callable(value) and _is_creation(value):
            replaced[name] = _creating(value, target)
    cells = function.__closure__
    if cells is not None:
        free = zip(function.__code__.co_freevars, cells, strict=True)
        cells = tuple(CellType(bindings[n]) if n in bindings and _is_open(c) else c for n, c in free)
    if not replaced and cells == function.__closure__:
        return function
    made = FunctionType(
        function.__code__, {**namespace, **replaced} if replaced else namespace, function.__name__, None, cells
    )
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return made


@functools.cache
def _names(code: CodeType) -> frozenset[str]:
    """The names that a function, and what is defined in it, may look up in its globals."""
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return frozenset(code.co_names).union(*(_names(c) for c in inner))


def _is_open(cell: CellType) -> bool:
    try:
        return parameter(cell.cell_contents) is not None
    except (ValueError, TypeError):
        return False  # empty, or a TypeVar that is none of the language's


def _is_creation(value: Any) -> bool:
    return (
        callable(value) and getattr(value, "__name__", None) in _CREATION and value is getattr(np, value.__name__, None)
    )


class _Numpy(ModuleType):
    """NumPy as a typed function sees it: arrays that it creates are arrays of the language."""

    def __init__(self, target: Target | None) -> None:
        super().__init__("numpy")
        self.__dict__["_target"] = target

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        if value is np.roots:
            return roots
        return _creating(value, self.__dict__["_target"]) if name in _CREATION else value


def _creating(function: Callable[..., Any], target: Target | None) -> Callable[..., Any]:
    @functools.wraps(function)
    def create(*arguments: Any, **options: Any) -> Any:
        source = arguments[0] if arguments and isinstance(arguments[0], Array) else None
        if source is not None and function.__name__ == "asarray" and len(arguments) == 1 and not options:
            return source
        value = function(*(a.plain() if isinstance(a, Array) else a for a in arguments), **options)
        if value.dtype.names is not None:
            return value.view(InterpretedRecords)
        keeps = source.precision if source is not None and source.dtype == value.dtype else None
        return wrapped(value, keeps, source.target if source is not None else target)

    return create
