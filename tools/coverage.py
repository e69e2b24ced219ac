"""``python -m pyc.tools.coverage``: what of Python, ``math`` and NumPy compiles, read from the compiler's own tables.

It writes ``docs/coverage.md``; a test fails where that file does not say what the tables say.
"""

from __future__ import annotations

import ast
import builtins
import cmath
import inspect
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyc.frontend import (
    builtins_cmath,
    builtins_math,
    builtins_numpy,
    builtins_pyc,
    builtins_python,
    check_expressions,
    check_random,
    check_statements,
    library_calls,
)
from pyc.frontend.scope import LIBRARY
from pyc.targets.onnx.rules import RULES

FILE = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
#: Functions of NumPy that a numeric program is likely to name, beyond those that compile; what to write for some.
_WANTED = {
    "append": "`np.concatenate`", "apply_along_axis": "a loop over the lines", "argwhere": "`np.nonzero`",
    "bartlett": "", "blackman": "", "choose": "`np.where`, or a table indexed by an array",
    "copyto": "`x[...] = y`", "ediff1d": "`np.diff(np.ravel(x))`",
    "fill_diagonal": "a loop: `x[i, i] = v`", "fromfunction": "arithmetic on `np.arange`", "hamming": "", "hanning": "",
    "histogram2d": "a loop", "i0": "", "indices": "`np.arange` with new axes", "intersect1d": "`np.unique` and a loop",
    "ix_": "`x[i[:, None], j]`", "kaiser": "", "nanargmax": "`np.argmax(np.where(...))`",
    "nanargmin": "`np.argmin(np.where(...))`", "nancumsum": "`np.cumsum(np.where(np.isnan(x), 0, x))`",
    "nanpercentile": "", "nanquantile": "", "piecewise": "`np.where`",
    "resize": "`np.tile` and a slice", "select": "`np.where`", "setdiff1d": "`np.isin`",
    "trim_zeros": "", "union1d": "`np.unique(np.concatenate(...))`", "unwrap": "a loop",
    "vectorize": "a loop, or the function on whole arrays",
}  # fmt: skip
_METHODS = ("argpartition", "byteswap", "choose", "conj", "partition", "searchsorted", "tolist")
#: What the language promises by name, of NumPy and of Python.
_PROMISED = (
    "where clip minimum maximum take argmin argmax argsort sort cumsum concatenate stack pad linspace outer triu tril"
    " diag eye histogram bincount einsum dot matmul"
)
_PROMISED_BUILT_IN = "len abs min max sum round pow range enumerate zip print isinstance int float bool"


def coverage() -> str:
    """The text of ``docs/coverage.md``."""
    parts = [
        "# What compiles",
        "This file is written by `python -m pyc.tools.coverage`, from the tables that the compiler itself uses.",
        "Everything listed works on the CPU and in the interpreter. What is written as an *operation* is one of the"
        " dialect, or a few: it fuses, and goes to ONNX and CUDA too. What is written in *the language* (the files of"
        " `frontend/library`) is compiled with the program that calls it; where it loops, ONNX refuses it at the call.",
        "## Statements",
        *_constructs(ast.stmt, check_statements._statement, check_statements._UNSUPPORTED),
        "## Expressions",
        *_constructs(ast.expr, check_expressions._dispatch, check_expressions._UNSUPPORTED),
        "## Built-in functions",
        *_table(("name", "status"), _built_in()),
        "## math",
        *_table(("name", "status"), _of_math()),
        "## cmath",
        *_table(("name", "status"), _of_cmath()),
        "## NumPy",
        *_table(("name", "status"), _of_numpy()),
        "## numpy.linalg, numpy.fft and numpy.random",
        *_table(("name", "status"), _of_modules()),
        "## Methods of arrays",
        *_table(("name", "status"), _of_arrays()),
        "## What the language promises and is missing",
        _missing(),
        "## Operations of the dialect that ONNX has",
        ", ".join(f"`{name.removeprefix('pyc.')}`" for name in sorted(RULES) if name.startswith("pyc.")) + ".",
    ]
    return "\n\n".join(parts) + "\n"


def compiled() -> Iterator[str]:
    """The names of ``math``, ``cmath`` and NumPy that compile: ``math.sin``, ``np.linalg.inv``, ``array.sum``."""
    tables = (
        ("math", _of_math()), ("cmath", _of_cmath()), ("np", _of_numpy()), ("np", _of_modules()),
        ("array", _of_arrays()),
    )  # fmt: skip
    for module, table in tables:
        yield from (f"{module}.{name}" for name, status in table if not status.startswith("diagnosed"))


def _missing() -> str:
    names = [n for n in _PROMISED.split() if n not in builtins_numpy.NAMES]
    supported = {name for name, status in _built_in() if status.startswith("supported")}
    names = [*(f"`np.{n}`" for n in names), *(f"`{n}`" for n in _PROMISED_BUILT_IN.split() if n not in supported)]
    return (", ".join(names) or "Nothing") + "."


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> list[str]:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| `{a}` | {b} |" for a, b in rows)]
    return ["\n".join(lines)]


def _constructs(kind: type[ast.AST], function: object, unsupported: Mapping[Any, tuple[str, str]]) -> list[str]:
    """Each construct of Python's grammar: those that a checker's dispatch names, and those that it refuses."""
    handled = set(re.findall(r"ast\.(\w+)", inspect.getsource(function)))  # type: ignore[arg-type]
    refused = {node.__name__: other for node, (_, other) in unsupported.items()}
    rows = []
    for node in sorted(kind.__subclasses__(), key=lambda n: n.__name__):
        name = node.__name__
        if name in refused and name not in handled:
            rows.append((name, f"diagnosed: {refused[name]}"))
        elif name in handled:
            rows.append((name, "supported"))
    return _table(("syntax", "status"), rows)


def _built_in() -> Iterator[tuple[str, str]]:
    supported = {*builtins_python._FUNCTIONS, "range", "enumerate", "zip", "reversed", "print", "isinstance"}
    for name in sorted({*supported, *builtins_python._ELSEWHERE, "map", "filter", "getattr", "repr", "hash", "input"}):
        if not hasattr(builtins, name):
            continue
        if name in supported:
            yield name, "supported" + (" in `for`" if name in ("range", "enumerate", "zip", "reversed") else "")
        else:
            other = builtins_python._ELSEWHERE.get(name, "keep it in functions that are not compiled")
            yield name, f"diagnosed: {other}"


def _of_math() -> Iterator[tuple[str, str]]:
    for name in sorted({*builtins_math.NAMES, "pi", "e", "tau", "inf", "nan", "fma", "sumprod"}):
        if isinstance(getattr(math, name, None), float):
            yield name, "constant"
        elif name in builtins_math._WRITTEN or name in builtins_math._FOLDED or name in ("isclose", "perm", "fsum"):
            yield name, "in the language"
        elif name in builtins_math.NAMES:
            yield name, "operation"
        else:
            yield name, "diagnosed"


def _of_cmath() -> Iterator[tuple[str, str]]:
    for name in (n for n in dir(cmath) if not n.startswith("_")):
        if not callable(getattr(cmath, name)):
            yield name, "constant"
        else:
            yield name, "in the language" if name in builtins_cmath.NAMES else "diagnosed"


def _of_numpy() -> Iterator[tuple[str, str]]:
    for name in sorted({*builtins_numpy.NAMES, *_WANTED}, key=str.lower):
        if name in builtins_numpy.NAMES:
            yield name, _how(name, "numpy")
        else:
            yield name, f"diagnosed: {_WANTED[name]}" if _WANTED[name] else "diagnosed"


def _how(name: str, module: str) -> str:
    file = library_calls.WRITTEN[module].get(name)
    if file is None or (name in builtins_numpy._FUNCTIONS and module == "numpy"):
        return "operation"
    loops = ", with loops" if _has_loop(file, name, set()) else ""
    return f"in the language{loops}"


def _has_loop(file: str, name: str, seen: set[str]) -> bool:
    """Whether a function of the library, or one that it calls, loops."""
    if name in seen:
        return False
    seen.add(name)
    functions = {n.name: n for n in _source(file).body if isinstance(n, ast.FunctionDef)}
    node = functions.get(name)
    if node is None:
        return False
    for n in ast.walk(node):
        if isinstance(n, ast.For | ast.While):
            return True
        called = n.func.id if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) else None
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute):
            called = n.func.attr
        if called in functions and _has_loop(file, called, seen):
            return True
        other = library_calls.WRITTEN["numpy"].get(called or "")
        if other is not None and called not in builtins_numpy._FUNCTIONS and _has_loop(other, str(called), seen):
            return True
    return False


def _source(file: str) -> ast.Module:
    return ast.parse((LIBRARY / f"{file}.py").read_text(encoding="utf-8"))


def _of_modules() -> Iterator[tuple[str, str]]:
    for module in ("numpy.linalg", "numpy.fft"):
        for name in sorted(library_calls.WRITTEN[module]):
            yield f"{module.removeprefix('numpy.')}.{name}", _how(name, module)
    for name in ("default_rng", "Generator(PCG64)"):
        yield f"random.{name}", "in the language, with a seed"
    for name in check_random.METHODS:
        yield f"random.Generator.{name}", "in the language"


def _of_arrays() -> Iterator[tuple[str, str]]:
    attributes = ("shape", "ndim", "size", "T", "dtype")
    for name in sorted({*builtins_pyc.METHODS, *_METHODS, *attributes}, key=str.lower):
        if name in builtins_pyc.METHODS and name not in ("fill", "item"):
            yield name, "in the language" if name in library_calls.METHODS else "operation"
        elif name in attributes:
            yield name, "attribute"
        else:
            yield name, "diagnosed"


if __name__ == "__main__":
    FILE.write_text(coverage(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
