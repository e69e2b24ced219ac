"""What a program may import: the names of the known modules, and what those are that are no functions."""

from __future__ import annotations

import cmath
import math
import sys
from collections.abc import Callable

import numpy

from pyc import structure
from pyc.precision import DTYPES, STORED
from pyc.target import Target

from .values import BOUNDS, Element, LibraryName, PythonType, Value

#: Values of libraries that are not functions.
CONSTANTS: dict[str, dict[str, Value]] = {
    "math": {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan},
    "cmath": {
        "pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan,
        "infj": complex(0.0, math.inf), "nanj": complex(0.0, math.nan),
    },
    "numpy": {
        "pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "newaxis": None,
        "euler_gamma": 0.5772156649015329, "True_": True, "False_": False, "little_endian": sys.byteorder == "little",
        **{d.numpy: Element(n) for n, d in DTYPES.items() if not n.startswith(("f8", "bf")) and n not in STORED},
        "bool_": Element("bool"), "single": Element("f32"), "double": Element("f64"), "half": Element("f16"),
        "int_": Element("i64"), "intp": Element("i64"), "csingle": Element("c64"), "cdouble": Element("c128"),
    },
    "pyc": {
        **{n: Element(n) for n in DTYPES if n != "bool"},
        **BOUNDS,
        "cpu": Target("cpu"), "cuda": Target("cuda"),
    },
    "builtins": {n: PythonType(n) for n in ("int", "float", "bool", "complex", "str", "tuple", "list", "dict", "set")},
    "typing": {},
    "functools": {"partial": LibraryName("functools", "partial")},
    "dataclasses": {"replace": LibraryName("dataclasses", "replace")},
}  # fmt: skip
#: Attributes of ``x.dtype``.
OF_ELEMENTS: dict[str, Callable[[str], Value]] = {
    "type": Element,
    "kind": lambda dtype: {"bool": "b", "int": "i", "uint": "u", "float": "f", "complex": "c"}[DTYPES[dtype].kind],
    "itemsize": lambda dtype: max(DTYPES[dtype].bits // 8, 1),
    "name": lambda dtype: DTYPES[dtype].numpy,
}
UFUNC_METHODS = {
    "reduce": "`np.sum`, `np.prod`, `np.max`, `np.min`, `np.any` and `np.all` reduce",
    "accumulate": "`np.cumsum` and `np.cumprod` accumulate",
    "outer": "a function of two arrays has it: `np.add.outer(x, y)`",
    "at": "a function of two arrays has it: `np.add.at(x, i, y)`",
    "reduceat": "a function of two arrays has it: `np.add.reduceat(x, i)`",
}
#: Built-in functions that a program may name; the others are unknown names.
BUILTINS = (
    "abs", "all", "any", "divmod", "enumerate", "isinstance", "len", "map", "max", "min", "pow", "print", "range",
    "reversed", "round", "sorted", "sum", "zip", "input", "open", "iter", "next", "filter", "id", "type", "slice",
    "getattr", "setattr", "hasattr", "eval", "exec", "repr", "hash", "chr", "ord", "super", "object", "bytes",
    "bytearray", "frozenset", "property", "staticmethod", "classmethod", "callable", "format", "vars",
    "globals", "locals",
)  # fmt: skip
#: Those that misspelt names are compared with.
SUPPORTED = ("abs", "divmod", "len", "max", "min", "pow", "range", "round", "sum")
TYPING = (
    "Callable",
    "Optional",
    "Union",
    "Any",
    "Final",
    "ClassVar",
    "Annotated",
    "TypeVar",
    "TypeVarTuple",
    "Generic",
    "NewType",
    "Literal",
    "TypeAlias",
    "cast",
    "TYPE_CHECKING",
    "Unpack",
    "List",
    "Dict",
    "Sequence",
    "Iterable",
    "Collection",
    "Mapping",
)
PYC = (
    "Tensor", "Stack", "Buffer", "Mixed", "Dim", "L", "Module", "jit", "python", "kernel", "record", "load", "array",
    "erf", "erfc", "gelu", "gelu_tanh", "rsqrt", "sigmoid", "dot", "annotate", "Quantization",
    "static", "static_range", "prange", "fastmath", "Array", "nn", "onnx", "TypeVar", "Generic", "hook", "compile",
)  # fmt: skip


def starred_names(library: str) -> tuple[str, ...]:
    """The functions that ``from library import *`` brings."""
    if library in ("math", "cmath"):
        return tuple(n for n in dir(math if library == "math" else cmath) if not n.startswith("_"))
    return tuple(numpy.__all__) if library == "numpy" else ()


def library_value(library: str, name: str) -> Value:
    """A name of a known module: a constant, a type, or the name itself, for the tables of built-ins."""
    constants = CONSTANTS.get(library, {})
    return constants[name] if name in constants else LibraryName(library, name)


def is_there(name: LibraryName) -> bool:
    """Whether NumPy, or a module of Python's numbers, has what a program names."""
    modules = {"numpy": numpy, "math": math, "cmath": cmath}
    return name.library not in modules or hasattr(modules[name.library], name.name.partition(".")[0])


def names_of(library: str) -> list[str]:
    """The names that a known module has, as far as they are listed here; functions are listed with their tables."""
    known = {"typing": TYPING, "pyc": PYC, "pyc.structure": structure.NAMES, "builtins": BUILTINS}
    names = known.get(library, ())
    return [*CONSTANTS.get(library, ()), *names]
