"""Annotations of other packages and of Python itself: what is said of them is the type of pyc to write instead."""

from __future__ import annotations

import ast

from pyc.diagnostics import Note

from .report import fix
from .values import Element, LibraryName, PythonType, Value

#: The element type that stands for Python's own numbers in an array.
_SIZED = {"int": "i64", "float": "f64", "complex": "c128", "bool": "bool"}
_DIMS = ("N", "M", "K")


def array_of(elements: list[Value], rank: int = 1) -> str:
    """``Tensor[f32, N]`` for the element type among some compile-time values, else for Python's own numbers."""
    sized = [v.dtype for v in elements if isinstance(v, Element)]
    plain = [_SIZED[v.name] for v in elements if isinstance(v, PythonType) and v.name in _SIZED]
    dtype = next(iter([*sized, *plain]), "f64")
    return f"Tensor[{', '.join([dtype, *_DIMS[:rank]])}]"


def advice(head: Value, items: list[Value], nodes: list[ast.expr]) -> tuple[str, Note] | None:
    """What an annotation lacks, and what to write instead; ``None`` for one that is not known here.

    ``items`` are the values of the arguments between brackets, as far as they are known, and ``nodes`` their syntax.
    """
    match head:
        case LibraryName("numpy.typing", "NDArray" | "ArrayLike" as name):
            return f"npt.{name} does not say the shape", fix(f"`{array_of(items)}` does, with a name for each axis")
        case LibraryName("numpy", "ndarray") if items:
            return "np.ndarray[...] does not name the axes", fix(f"`{array_of(items, _rank(nodes))}` does")
        case PythonType("list" | "set") | LibraryName("typing", "List" | "Sequence" | "Iterable" | "Collection"):
            what = f"a {str(head).rpartition('.')[2].lower()}"
            return f"{what} cannot be an argument or a result of compiled code", fix(
                f"`{array_of(items)}` is an array, and `tuple[f64, f64]` a tuple of two numbers"
            )
        case PythonType("dict") | LibraryName("typing", "Dict" | "Mapping"):
            return "a dict cannot be an argument or a result of compiled code", fix(
                "write its entries as parameters, or as the fields of a class with `@pyc.record`"
            )
        case LibraryName("typing", "Any"):
            return "typing.Any says no type", fix("leave the annotation out where compiled code is the only caller")
    return None


def _rank(nodes: list[ast.expr]) -> int:
    """The number of axes that ``np.ndarray[tuple[int, int], ...]`` says; one where it says none."""
    match nodes:
        case [ast.Subscript(slice=ast.Tuple(elts=axes)), *_] if 1 <= len(axes) <= len(_DIMS):
            return len(axes)
    return 1
