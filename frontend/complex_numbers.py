"""Complex numbers: parts and what is made of them, where CPython's or NumPy's rules are not those of real numbers.

Sums, products, NumPy's quotients, comparisons and casts are operations of the dialect. The functions are written in the
language, in ``library/complex_functions.py``, of the real and imaginary parts.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import tree
from .context import Checker, Operand
from .cpython import messages
from .report import Invalid, fix
from .types import BOOL, COMPLEX, ScalarType, TensorType

#: The element type of the parts.
PART = {"c64": "f32", "c128": "f64"}
#: Functions of NumPy that take complex numbers, by the names of the operations that they are of real ones.
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "sinh", "cosh", "tan", "tanh", "log2", "log10")
#: Those of another file of the library.
INVERSES = ("acos", "acosh", "asin", "asinh", "atan", "atanh", "exp2", "expm1", "log1p", "reciprocal")
#: The file of the library with their order.
_ORDER = "complex_order"
#: Exponents up to which CPython multiplies.
_SMALL = 100


def is_complex(o: Operand | tree.Expression) -> bool:
    """Whether a number is complex, or an array's elements are."""
    return isinstance(o.type, ScalarType | TensorType) and o.type.dtype in PART


# --- parts ------------------------------------------------------------------------------------------------------------


def part(x: tree.Expression, name: str, span: Span) -> tree.Expression:
    """``real`` or ``imag`` of a complex number, or of an array: a view of it."""
    t = x.type
    assert isinstance(t, ScalarType | TensorType)
    if isinstance(x, tree.Constant):
        return tree.Constant(span=span, type=_part_type(t), value=getattr(complex(x.value), name))
    return tree.Unary(span=span, type=_part_type(t), op=name, x=x)


def _part_type(t: ScalarType | TensorType) -> ScalarType | TensorType:
    dtype = PART[t.dtype]
    return replace(t, dtype=dtype) if isinstance(t, ScalarType) else _plain(t, dtype)


def _plain(t: TensorType, dtype: str) -> TensorType:
    return replace(t, dtype=dtype, precision=Precision.plain(dtype))


def made(re: tree.Expression, im: tree.Expression, span: Span) -> tree.Expression:
    """The complex numbers with these parts, which are floats of one type and, as arrays, of one shape."""
    t = re.type if isinstance(re.type, TensorType) else im.type
    assert isinstance(t, ScalarType | TensorType)
    dtype = next(k for k, v in PART.items() if v == t.dtype)
    result = replace(t, dtype=dtype) if isinstance(t, ScalarType) else _plain(t, dtype)
    if isinstance(re, tree.Constant) and isinstance(im, tree.Constant):
        return tree.Constant(span=span, type=result, value=complex(re.value, im.value))
    return tree.Binary(span=span, type=result, op="complex", lhs=re, rhs=im)


def attribute(c: Checker, x: tree.Expression, name: str, span: Span) -> tree.Expression:
    """``x.real`` or ``x.imag``: of real numbers, themselves and 0."""
    t = x.type
    assert isinstance(t, ScalarType | TensorType)
    if t.dtype in PART:
        return part(x, name, span)
    if name == "real":
        return c.cast(x, "i64", weak=True) if t == BOOL else x
    zero = c.cast(c.runtime(0, span), "i64" if t == BOOL else t.dtype, weak=isinstance(t, ScalarType) and t.weak)
    if isinstance(t, ScalarType):
        return zero
    from . import arrays

    def nothing(y: tree.Expression) -> tree.Expression:
        sizes = tuple(arrays.extent(c, y, i, span) for i in range(t.rank))
        return tree.Fill(span=span, type=t, value=zero, sizes=sizes, read_only="`.imag` of real numbers")

    return arrays.asked(c, x, nothing)


def conjugate(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``x.conjugate()``: of real numbers, themselves."""
    if not is_complex(x):
        return attribute(c, x, "real", span)

    def conjugated(y: tree.Expression) -> tree.Expression:
        im = part(y, "imag", span)
        return made(part(y, "real", span), tree.Unary(span=span, type=im.type, op="neg", x=im), span)

    return c.once_only(x, conjugated)


def function(c: Checker, name: str, o: Operand, span: Span) -> tree.Expression:
    """A function of the library of one complex number or array.

    Raises:
        Invalid: E201, there is none.
    """
    if name in INVERSES:
        return written(c, name, [_strong(c, o.x)], span, "complex_inverses")
    if name not in FUNCTIONS:
        raise refused(c, f"np.{name}", span)
    return written(c, name, [_strong(c, o.x)], span)


def angle(c: Checker, o: Operand, span: Span, *, degrees: bool) -> tree.Expression:
    """``np.angle(z, deg)``."""
    return written(c, "angle", [_strong(c, o.x), degrees], span)


def absolute(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``abs(z)``: of Python's own, with its exception."""
    if isinstance(x.type, ScalarType) and x.type.weak:
        return written(c, "python_absolute", [x], span)
    return written(c, "absolute", [x], span)


def _strong(c: Checker, x: tree.Expression) -> tree.Expression:
    return c.cast(x, x.type.dtype) if isinstance(x.type, ScalarType) else x


def sign(c: Checker, o: Operand, span: Span) -> tree.Expression:
    """``np.sign(z)``: ``z / abs(z)``."""
    return written(c, "sign", [_strong(c, o.x)], span, _ORDER)


def extreme(
    c: Checker, name: str, o: Operand, axes: tuple[int, ...] | None, span: Span, *, keepdims: bool
) -> tree.Expression:
    """``max``, ``min``, ``argmax`` or ``argmin`` over axes, in the order of real parts and then imaginary ones."""
    function = "arg_extreme" if name.startswith("arg") else "extreme"
    return written(c, function, [o.x, axes, keepdims, name.endswith("max")], span, _ORDER)


def squared_magnitude(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``abs(x) ** 2``, of the parts."""
    return written(c, "squared_magnitude", [x], span)


def written(
    c: Checker, name: str, values: Sequence[object], span: Span, file: str = "complex_functions"
) -> tree.Expression:
    """A call of a function of ``library/complex_functions.py``, or another file; ``span`` is what the user wrote."""
    (line, column), (last, stop) = span.begin, span.stop
    lines = span.source.text.split("\n")
    place = {
        "lineno": line,
        "col_offset": len(lines[line - 1][: column - 1].encode()),
        "end_lineno": last,
        "end_col_offset": len(lines[last - 1][: stop - 1].encode()),
    }
    call = ast.Call(func=ast.Name(id=name, ctx=ast.Load(), **place), args=[], keywords=[], **place)
    from . import library_calls

    return library_calls.applied(c, file, name, values, call, span)


def refused(c: Checker, words: str, span: Span) -> Invalid:
    """The error of what complex numbers have not."""
    return c.error("E201", f"{words} does not take complex numbers", span, fix("compute with `z.real` and `z.imag`"))


# --- operators --------------------------------------------------------------------------------------------------------

_OPERATIONS: dict[type[ast.operator], str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul"}


def python_binary(c: Checker, op: ast.operator, lhs: Operand, rhs: Operand, span: Span) -> tree.Expression | None:
    """``lhs op rhs`` of Python's own numbers, one of them complex; ``None`` where Python has no such operator."""
    x, y = (c.cast(o.x, COMPLEX.dtype, weak=True) for o in (lhs, rhs))
    if isinstance(op, ast.Pow):
        return _python_power(c, x, y, span)
    if isinstance(op, ast.Div):
        return c.once_only(x, lambda a: c.once_only(y, lambda b: _quotient(c, a, b, messages()["complex /"], span)))
    if type(op) not in _OPERATIONS:
        return None
    if isinstance(x, tree.Constant) and isinstance(y, tree.Constant):
        a, b = complex(x.value), complex(y.value)
        value = a + b if isinstance(op, ast.Add) else a - b if isinstance(op, ast.Sub) else a * b
        return tree.Constant(span=span, type=COMPLEX, value=value)
    return tree.Binary(span=span, type=COMPLEX, op=_OPERATIONS[type(op)], lhs=x, rhs=y)


def _quotient(c: Checker, x: tree.Expression, y: tree.Expression, message: str, span: Span) -> tree.Expression:
    zero = tree.Constant(span=span, type=COMPLEX, value=0j)
    nonzero = tree.Compare(span=span, type=BOOL, predicate="ne", lhs=y, rhs=zero)
    body = written(c, "python_quotient", [x, y], span)
    if isinstance(y, tree.Constant) and y.value:
        return body
    return tree.Checked(
        span=span, type=COMPLEX, condition=nonzero, exception="ZeroDivisionError", message=message, body=body
    )


def _python_power(c: Checker, x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    """``x ** y`` by CPython's method: small whole exponents by multiplication, others by logarithms."""
    value = complex(y.value) if isinstance(y, tree.Constant) else None
    if value is not None and value.imag == 0 and value.real.is_integer() and abs(value.real) <= _SMALL:
        exponent = c.runtime(int(value.real), span)
        return written(c, "python_whole_power", [x, exponent], span)
    return written(c, "python_power", [x, y], span)


def elementwise(c: Checker, op: str, lhs: Operand, rhs: Operand, dtype: str, span: Span, words: str):
    """``np.maximum`` or ``np.minimum``; ``None`` for what is an operation of the dialect.

    Raises:
        Invalid: E201, NumPy has no such function of complex numbers.
    """
    if op in ("add", "sub", "mul", "div"):
        return None
    if op not in ("maximum", "minimum"):
        raise refused(c, words, span)
    return written(c, op, _alike(c, (lhs, rhs), dtype), span, _ORDER)


def _alike(c: Checker, operands: Sequence[Operand], dtype: str) -> list[tree.Expression]:
    """Operands of one complex type."""
    from .check_operators import with_precision

    return [
        with_precision(o.x, dtype, Precision.plain(dtype)) if isinstance(o.type, TensorType) else c.cast(o.x, dtype)
        for o in operands
    ]


def power(c: Checker, lhs: Operand, rhs: Operand, dtype: str, span: Span) -> tree.Expression:
    """``lhs ** rhs`` where one is complex and one is NumPy's."""
    values, exponent = _alike(c, (lhs, rhs), dtype), rhs.x
    if isinstance(exponent, tree.Constant):
        number = complex(exponent.value)
        if number.imag == 0 and number.real.is_integer() and abs(number.real) < _SMALL:
            return written(c, "whole_power", [values[0], c.runtime(int(number.real), span)], span)
    return written(c, "power", values, span)


def compared(c: Checker, predicate: str, lhs: Operand, rhs: Operand, dtype: str, span: Span) -> tree.Expression:
    """An order of NumPy's complex numbers: by real parts, and by imaginary ones where these are equal."""
    values = _alike(c, (lhs, rhs), dtype)
    if predicate in ("gt", "ge"):
        return written(c, "lt" if predicate == "gt" else "le", values[::-1], span, _ORDER)
    return written(c, predicate, values, span, _ORDER)


def ordered(c: Checker, predicate: str, span: Span) -> None:
    """Refuse an order of Python's complex numbers.

    Raises:
        Invalid: E201.
    """
    if predicate not in ("eq", "ne"):
        message = "complex numbers have no order"
        raise c.error("E201", message, span, fix("compare magnitudes, `abs(z)`, or parts, `z.real`"))
