"""What the tests of the checker share: checking a text, and reading errors off it."""

from __future__ import annotations

from pyc.diagnostics import CompileError, Diagnostic
from pyc.frontend.check_program import check_program
from pyc.frontend.request import Request
from pyc.frontend.tree import Function, Program
from pyc.source import Source
from pyc.target import Target

HEAD = """\
import math
import numpy as np
import pyc
from pyc import Dim, Float, Int, Mixed, Number, Precision, Target, Tensor, TypeVar, cpu, cuda, dot, erf, nn
from pyc import bf16, f16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64
"""


def program(
    text: str, *functions: str, target: Target | None = None, arguments: tuple[str, ...] | None = None
) -> Program:
    """The checked program of a text after the usual imports."""
    return check_program(Source("test.py", HEAD + text), Request(target, functions, arguments))


def checked(text: str, *functions: str, **options: object) -> dict[str, Function]:
    """Its functions by symbol."""
    return {f.symbol: f for f in program(text, *functions, **options).functions}  # type: ignore[arg-type]


def errors(text: str, *functions: str, **options: object) -> list[Diagnostic]:
    """Its errors; empty if there are none."""
    try:
        program(text, *functions, **options)  # type: ignore[arg-type]
    except CompileError as error:
        return list(error.diagnostics)
    return []


def found(text: str, *functions: str, **options: object) -> list[str]:
    """Its errors as ``code: text under the caret``."""
    return [f"{d.code}: {d.span.text if d.span else ''}" for d in errors(text, *functions, **options)]


def result_of(expression: str, **parameters: str) -> str:
    """The type of an expression of parameters of the given types, which may use the dimensions M and N."""
    listed = ", ".join(f"{name}: {t}" for name, t in parameters.items())
    dims = [d for d in ("M", "N") if any(d in t for t in parameters.values())]
    head = f"def f[{', '.join(dims)}]" if dims else "def f"
    return str(checked(f"@pyc.jit\n{head}({listed}):\n    return {expression}\n")["f"].result)
