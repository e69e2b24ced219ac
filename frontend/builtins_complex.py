"""Complex numbers from parts: the built-in ``complex``, and what the library makes them with."""

from __future__ import annotations

import ast

from pyc.source import Span

from . import tree
from .arguments import bound
from .complex_numbers import is_complex, made, written
from .context import Checker, Operand
from .report import fix
from .types import COMPLEX, FLOAT, ScalarType, TensorType, kind_of


def constructed(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``complex()``, ``complex(x)``, ``complex(re, im)``."""
    a = bound(c, node, "complex", [], ["real", "imag"])
    if not a.given("real") and not a.given("imag"):
        return c.runtime(0j, span)
    values = [_number(c, a.operand(n)) if a.given(n) else None for n in ("real", "imag")]
    re, im = values
    if im is None:
        assert re is not None
        return c.cast(re.x, COMPLEX.dtype, weak=True, span=span)
    if re is None:
        re = c.operand(c.runtime(0.0, span))
    if not is_complex(re) and not is_complex(im):
        parts = [c.cast(o.x, FLOAT.dtype, weak=True) for o in (re, im)]
        return made(parts[0], parts[1], span)
    x, y = (c.cast(o.x, COMPLEX.dtype, weak=True) for o in (re, im))
    return written(c, "python_from_complex", [x, y], span)


def _number(c: Checker, o: Operand) -> Operand:
    if isinstance(o.type, TensorType):
        if o.type.rank:
            notes = fix("`x + 1j * y` makes an array, `x.astype(np.complex128)` converts one")
            raise c.error("E202", f"complex takes numbers, and this is a {o.type}", o.span, notes)
        return c.operand(tree.Subscript(span=o.span, type=ScalarType(o.type.dtype), base=o.x, items=()))
    return o


def from_parts(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``from_parts(re, im)`` in the library: numbers, or arrays of one shape."""
    a = bound(c, node, "from_parts", ["re", "im"])
    re, im = a.operand("re"), a.operand("im")
    assert kind_of(re.type.dtype) == kind_of(im.type.dtype) == "float"
    return made(re.x, im.x, span)
