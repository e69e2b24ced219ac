"""``np.iinfo`` and ``np.finfo``: the limits of element types, known when the program is compiled."""

from __future__ import annotations

import ast
from typing import Any

import ml_dtypes
import numpy as np

from pyc.precision import DTYPES
from pyc.source import Span

from . import tree
from .arguments import bound
from .conform import static_dtype
from .context import Checker
from .promotion import limits
from .report import closest, fix
from .types import ScalarType, TensorType, kind_of
from .values import Limits, Precision

#: Those of a float type that are numbers of that type, and those that are ints.
_NUMBERS = ("eps", "epsneg", "max", "min", "resolution", "smallest_normal", "smallest_subnormal", "tiny")
_COUNTS = ("bits", "precision", "maxexp", "minexp", "nmant", "nexp", "machep", "negep", "iexp")


def call(c: Checker, node: ast.Call, span: Span, name: str) -> Limits:
    """``np.iinfo(np.int32)``, ``np.finfo(x.dtype)``.

    Raises:
        Invalid: E202, the argument is no integer, or no float type.
    """
    argument = bound(c, node, f"np.{name}", ["type"]).nodes["type"]
    value = c.value(argument)
    if isinstance(value, tree.Expression):
        t = value.type
        dtype = t.dtype if isinstance(t, ScalarType | TensorType) else None
    else:
        found = static_dtype(value)
        dtype = found.storage if isinstance(found, Precision) else found.dtype if found is not None else None
    wanted = ("int", "uint") if name == "iinfo" else ("float",)
    if dtype is None or kind_of(dtype) not in wanted:
        what = "an integer" if name == "iinfo" else "a float"
        raise c.error("E202", f"np.{name} takes {what} type", c.span(argument), fix(f"`np.{name}(x.dtype)`"))
    return Limits(dtype)


def member(c: Checker, value: Limits, name: str, span: Span) -> tree.Expression:
    """One of the limits: an ``int`` of an integer type, a number of the type itself of a float type."""
    if kind_of(value.dtype) != "float":
        low, high = limits(value.dtype)
        known = {"min": low, "max": high, "bits": DTYPES[value.dtype].bits}
        if name in known:
            return c.runtime(known[name], span)
        raise c.error("E217", f"np.iinfo has no attribute {name}", span, *closest(name, known))
    if name in _NUMBERS:
        return tree.Constant(span=span, type=ScalarType(value.dtype), value=float(getattr(_finfo(value.dtype), name)))
    if name in _COUNTS:
        return c.runtime(int(getattr(_finfo(value.dtype), name)), span)
    raise c.error("E217", f"np.finfo has no attribute {name}", span, *closest(name, (*_NUMBERS, *_COUNTS)))


def _finfo(dtype: str) -> Any:
    name = DTYPES[dtype].numpy
    return ml_dtypes.finfo(getattr(ml_dtypes, name, None) or np.dtype(name))
