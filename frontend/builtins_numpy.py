"""NumPy by its own names: one row a function, each with NumPy's result types."""

from __future__ import annotations

import ast
import math

from pyc.precision import DTYPES, Precision
from pyc.source import Span

from . import (
    arrays,
    check_flat,
    check_operators,
    complex_numbers,
    habits,
    library_calls,
    number_limits,
    numpy_keywords,
    numpy_missing,
    numpy_records,
    reductions,
    tree,
)
from .arguments import Arguments, bound, constant_ints
from .builtins_python import absolute
from .check_operators import compared, elementwise, read, result_dtype, with_precision
from .conform import static_dtype
from .context import Checker, Operand
from .library_calls import WRITTEN
from .numpy_calls import CALLS
from .numpy_creation import CREATION
from .numpy_grids import GRIDS, SLICED
from .numpy_indexing import INDEXING, positions
from .numpy_joining import JOINING
from .numpy_products import PRODUCTS, dotted
from .numpy_rolling import ROLLING
from .numpy_shapes import SHAPES
from .numpy_table import Handler, row, strong
from .promotion import floating, limits
from .report import fix
from .types import INT, ScalarType, TensorType, kind_of
from .values import Element, Value

#: Functions of one array computed in floating point: integers are converted first.
_FLOATING = {
    **{
        name: name
        for name in (
            "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "sin", "cos", "tan", "sinh",
            "cosh", "tanh", "rint",
        )
    },
    "fabs": "abs",
    **{
        spelling: f"a{name}"
        for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
        for spelling in (f"arc{name}", f"a{name}")
    },
}  # fmt: skip
#: Functions of two arrays computed in floating point.
_FLOATING_BINARY = {"arctan2": "atan2", "atan2": "atan2", "copysign": "copysign"}
#: Functions of one array that leave integers as they are.
_ROUNDING = {"floor": "floor", "ceil": "ceil", "trunc": "trunc", "fix": "trunc"}
_BINARY = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
    "floor_divide": "floordiv",
    "mod": "mod", "remainder": "mod", "power": "pow", "maximum": "maximum", "minimum": "minimum",
    "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor", "left_shift": "shl", "right_shift": "shr",
    "bitwise_left_shift": "shl", "bitwise_right_shift": "shr", "pow": "pow",
}  # fmt: skip
_COMPARE = {
    "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
}  # fmt: skip
_LOGICAL = {"logical_and": "and", "logical_or": "or", "logical_xor": "xor"}
_REDUCTIONS = {"sum": "sum", "prod": "prod", "any": "any", "all": "all"}
_EXTREMES = {"max": "max", "min": "min", "amax": "max", "amin": "min"}


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``np.name(...)``.

    Raises:
        Invalid: E115, the function is not supported.
    """
    if "." in name:
        from . import ufunc_methods

        return ufunc_methods.call(c, name, node, span)
    return numpy_keywords.call(c, name, node, span, lambda n: _call(c, name, n, span))


def _call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    node = check_flat.as_arguments(c, node)
    handler = _FUNCTIONS.get(name)
    if handler is not None or name in WRITTEN["numpy"]:
        found = numpy_records.call(c, name, node, span)
        if not isinstance(found, ast.Call):
            return found
        node = found
    if handler is None and name in WRITTEN["numpy"]:
        return library_calls.call(c, "numpy", name, node, span)
    if handler is None:
        notes = numpy_missing.notes(name, NAMES, habits.of_function(c.scope.namespace, span))
        raise c.error("E115", f"np.{name} is not supported in compiled code", span, *notes)
    return handler(c, node, span, name)


# --- elementwise ------------------------------------------------------------------------------------------------------


def floating_unary(c: Checker, op: str, o: Operand, span: Span) -> tree.Expression:
    """A function computed in floating point, of a number or an array."""
    o = check_operators.number(c, o)
    if complex_numbers.is_complex(o):
        return complex_numbers.function(c, op, o, span)
    dtype = floating(o.type.dtype)
    if kind_of(o.type.dtype) == "float":
        x = read(c.cast(o.x, o.type.dtype) if isinstance(o.type, ScalarType) else o.x)
    elif isinstance(o.type, TensorType):
        x = with_precision(o.x, dtype, Precision.plain(dtype))
    else:
        x = c.cast(o.x, dtype)
    return tree.Unary(span=span, type=x.type, op=op, x=x)


def _float_function(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return floating_unary(c, _FLOATING[name], _one(c, node, name), span)


def _one(c: Checker, node: ast.Call, name: str) -> Operand:
    return bound(c, node, f"np.{name}", ["x"]).operand("x")


def _rounding(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = _one(c, node, name)
    if complex_numbers.is_complex(o):
        raise complex_numbers.refused(c, f"np.{name}", span)
    if kind_of(o.type.dtype) != "float":
        return check_operators.copied(strong(c, o), span)
    return floating_unary(c, _ROUNDING[name], o, span)


def _binary(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = _sized(c, a.operand("x1"), a.operand("x2"))
    if _BINARY[name] == "pow":
        return check_operators.power(c, x, y, span, f"np.{name}")
    return elementwise(c, _BINARY[name], x, y, span, words=f"np.{name}")


def _fmod(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression | Value:
    a = bound(c, node, "np.fmod", ["x1", "x2"])
    x, y = _sized(c, a.operand("x1"), a.operand("x2"))
    if kind_of(result_dtype(c, [x, y], span, "np.fmod")) == "float":
        return elementwise(c, "fmod", x, y, span, words="np.fmod")
    return library_calls.call(c, "numpy", name, node, span)


def _float_binary(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = _sized(c, a.operand("x1"), a.operand("x2"))
    return floating_binary(c, _FLOATING_BINARY[name], x, y, span, f"np.{name}")


def floating_binary(c: Checker, op: str, x: Operand, y: Operand, span: Span, words: str) -> tree.Expression:
    """A function of two numbers or arrays that is computed in floating point."""
    dtype = result_dtype(c, [x, y], span, words)
    wide = floating(dtype)
    if wide != dtype:
        x, y = (
            c.operand(
                c.cast(o.x, wide)
                if isinstance(o.type, ScalarType)
                else with_precision(o.x, wide, Precision.plain(wide))
            )
            for o in (x, y)
        )
    return elementwise(c, op, x, y, span, words=words)


def _result_type(c: Checker, node: ast.Call, span: Span, name: str) -> Value:
    """``np.result_type``: an element type, known at compile time."""
    operands = []
    for n in node.args:
        value = c.value(n)
        found = static_dtype(value)
        if found is not None:
            dtype = found.storage if isinstance(found, Precision) else found.dtype
            operands.append(Operand(c.runtime(0, span), ScalarType(dtype)))
        else:
            operands.append(c.operand(c.runtime(value, c.span(n))))
    if not operands or node.keywords:
        raise c.error("E203", f"np.{name} takes arrays and element types", span)
    return Element(result_dtype(c, operands, span, f"np.{name}"))


def _question(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``np.ndim``, ``np.size``, ``np.shape``."""
    a = bound(c, node, f"np.{name}", ["a"], ["axis"] if name == "size" else [])
    o = a.operand("a")
    if a.given("axis"):
        axis = (a.axes("axis", len(o.dims), several=False) or (0,))[0]
        return arrays.asked(c, o.x, lambda x: arrays.extent(c, x, axis, span))
    if name == "ndim":
        return arrays.behind(c, o.x, c.runtime(len(o.dims), span), span)
    if isinstance(o.type, ScalarType):
        return c.runtime(1 if name == "size" else (), span)
    return arrays.element_count(c, o.x, span) if name == "size" else arrays.shape_of(c, o.x, span)


def _sized(c: Checker, x: Operand, y: Operand) -> tuple[Operand, Operand]:
    """Two operands of which one is NumPy's: two Python numbers become NumPy's."""
    if all(isinstance(o.type, ScalarType) and o.type.weak for o in (x, y)):
        return c.operand(strong(c, x)), c.operand(strong(c, y))
    return x, y


def _compare(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = _sized(c, a.operand("x1"), a.operand("x2"))
    return compared(c, _COMPARE[name], x, y, span, words=f"np.{name}")


def _logical(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = (_truth(c, a.operand(n)) for n in ("x1", "x2"))
    return elementwise(c, _LOGICAL[name], x, y, span, words=f"np.{name}")


def _truth(c: Checker, o: Operand) -> Operand:
    if o.type.dtype == "bool":
        return c.operand(c.cast(o.x, "bool"))
    return c.operand(arrays.truth_of_elements(c, o))


def _logical_not(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    x = _truth(c, _one(c, node, name)).x
    return tree.Unary(span=span, type=x.type, op="not", x=x)


def _invert(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return check_operators.unary(c, ast.Invert(), c.operand(strong(c, _one(c, node, name))), span)


def _negative(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    op = ast.USub() if name == "negative" else ast.UAdd()
    return check_operators.unary(c, op, c.operand(strong(c, _one(c, node, name))), span)


def _absolute(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return absolute(c, c.operand(strong(c, _one(c, node, name))), span)


def _part(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x"], ["deg"] if name == "angle" else [])
    o = c.operand(strong(c, check_operators.number(c, a.operand("x"))))
    if name in ("real", "imag"):
        return complex_numbers.attribute(c, o.x, name, span)
    if name != "angle":
        if o.type.dtype == "bool":  # of which NumPy's function has none
            return arrays.converted(c, o, Precision.plain("i8"), span)
        found = complex_numbers.conjugate(c, o.x, span)
        # The function gives a new array, also of real numbers; the method gives these themselves.
        same = isinstance(found.type, TensorType) and not complex_numbers.is_complex(found)
        return tree.Copy(span=span, type=found.type, x=found) if same else found
    return complex_numbers.angle(c, o, span, degrees=a.flag("deg"))


def _is_complex(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``np.iscomplexobj``, ``np.isrealobj``: known at compile time."""
    found = complex_numbers.is_complex(bound(c, node, f"np.{name}", ["x"]).operand("x"))
    return c.runtime(found == (name == "iscomplexobj"), span)


def _square(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    x = strong(c, _one(c, node, name))
    if x.type.dtype == "bool":  # type: ignore[union-attr]
        x = arrays.converted(c, c.operand(x), Precision.plain("i8"), span)  # NumPy squares no bool
    return c.once_only(x, lambda v: elementwise(c, "mul", c.operand(v), c.operand(v), span, words="np.square"))


def _reciprocal(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = c.operand(strong(c, _one(c, node, name)))
    if kind_of(o.type.dtype) not in ("float", "complex"):
        raise c.error("E201", f"np.reciprocal does not take {o.type}", o.span, fix("`1 / x` gives floats"))
    if complex_numbers.is_complex(o):
        return complex_numbers.function(c, "reciprocal", o, span)
    one = c.operand(tree.Constant(span=span, type=ScalarType(read(o.x).type.dtype), value=1.0))  # type: ignore[union-attr]
    return elementwise(c, "div", one, o, span, words="np.reciprocal")


def _sign(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = c.operand(strong(c, _one(c, node, name)))
    if o.type.dtype == "bool":
        raise c.error("E201", f"np.sign does not take {o.type}", o.span)
    if complex_numbers.is_complex(o):
        return complex_numbers.sign(c, o, span)

    def signs(v: tree.Expression) -> tree.Expression:
        x = c.operand(v)
        zero, one, less = (c.operand(c.runtime(n, span)) for n in (0, 1, -1))
        low = elementwise(c, "mul", x, zero, span, words="np.sign")  # zeros of the type; NaN stays NaN
        up = arrays.selected(c, c.operand(compared(c, "gt", x, zero, span, "np.sign")), one, c.operand(low), span)
        if kind_of(o.type.dtype) == "uint":
            return up
        return arrays.selected(c, c.operand(compared(c, "lt", x, zero, span, "np.sign")), less, c.operand(up), span)

    finite = kind_of(o.type.dtype) != "float"
    return c.once_only(read(o.x), signs) if finite else c.once_only(read(o.x), lambda v: _float_sign(c, v, span))


def _float_sign(c: Checker, v: tree.Expression, span: Span) -> tree.Expression:
    x = c.operand(v)
    dtype = x.type.dtype
    zero, one, less = (c.operand(c.cast(c.runtime(n, span), dtype)) for n in (0.0, 1.0, -1.0))
    nan = c.operand(compared(c, "ne", x, x, span, "np.sign"))
    up = arrays.selected(c, c.operand(compared(c, "gt", x, zero, span, "np.sign")), one, zero, span)
    both = arrays.selected(c, c.operand(compared(c, "lt", x, zero, span, "np.sign")), less, c.operand(up), span)
    signs = arrays.selected(c, nan, x, c.operand(both), span)
    if isinstance(x.type, TensorType) and isinstance(signs.type, TensorType):
        return with_precision(signs, dtype, x.type.precision)
    return signs


def _test(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``isnan``, ``isinf``, ``isfinite``: comparisons that say it of floats; of integers it is known."""
    o = c.operand(strong(c, _one(c, node, name)))
    infinity = c.operand(c.runtime(math.inf, span))

    def test(v: tree.Expression) -> tree.Expression:
        x = c.operand(v)
        if complex_numbers.is_complex(x):
            return complex_numbers.written(c, name, [v], span)
        if name == "isnan":
            return compared(c, "ne", x, x, span, "np.isnan")
        if kind_of(o.type.dtype) != "float":
            return compared(c, "ne" if name == "isinf" else "eq", x, x, span, f"np.{name}")
        magnitude = c.operand(absolute(c, x, span))
        return compared(c, "eq" if name == "isinf" else "lt", magnitude, infinity, span, f"np.{name}")

    return c.once_only(read(o.x), test)


def _where(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.where", ["condition"], ["x", "y"])
    if not a.given("x") and not a.given("y"):
        return positions(c, a.array("condition"), span)
    if not (a.given("x") and a.given("y")):
        raise c.error("E203", "either both or neither of x and y should be given", span)
    x, y = arrays.wrapping(c, _sized(c, a.operand("x"), a.operand("y")), span)
    return arrays.selected(c, a.operand("condition"), x, y, span)


def _clip(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.clip", ["a"], ["a_min", "a_max", "min", "max"])
    return clipped(c, a, a.operand("a"), [n for n in ("a_min", "min") if a.given(n)], span)


def clipped(c: Checker, a: Arguments, x: Operand, low: list[str], span: Span) -> tree.Expression:
    """``minimum(maximum(x, low), high)``."""
    high = [n for n in ("a_max", "max") if a.given(n)]
    result = c.operand(strong(c, x))
    for names, op in ((low, "maximum"), (high, "minimum")):
        for n in names:
            limit = _within(c, op, a.operand(n), result, span)
            result = c.operand(elementwise(c, op, result, limit, span, words=a.words))
    return result.x


def _within(c: Checker, op: str, limit: Operand, x: Operand, span: Span) -> Operand:
    """A bound of integers as one of their type: a Python int beyond what they reach bounds nothing, as in NumPy."""
    if limit.type != INT or not DTYPES[x.type.dtype].is_integer or x.type == INT:
        return limit
    edge = limits(x.type.dtype)[0 if op == "maximum" else 1]
    if not -(2**63) < edge < 2**63 - 1:
        return limit  # every int of 64 bits is on this side of it
    if isinstance(limit.x, tree.Constant):
        value = int(limit.x.value.real)
        return c.operand(c.runtime(max(value, edge) if op == "maximum" else min(value, edge), limit.span))
    within = elementwise(c, op, limit, c.operand(c.runtime(edge, span)), span, words="clip")
    return c.operand(c.cast(within, "i64", weak=True))


# --- reductions -------------------------------------------------------------------------------------------------------


def _reduction(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    optional = ["axis", "dtype", "out", "keepdims"] if name in ("sum", "prod") else ["axis", "out", "keepdims"]
    a = _no_out(bound(c, node, f"np.{name}", ["a"], optional))
    return reduction(c, a, a.operand("a"), name, span)


def _no_out(a: Arguments) -> Arguments:
    if a.given("out"):
        raise a.c.error(
            "E203", f"{a.words} takes no argument out in compiled code", a.span, fix("assign: `x[:] = ...`")
        )
    return a


def reduction(c: Checker, a: Arguments, o: Operand, name: str, span: Span) -> tree.Expression:
    """A reduction by its NumPy name, of arguments ``axis``, ``keepdims``, ``dtype``, ``ddof``."""
    if isinstance(o.type, ScalarType):
        o = arrays.of_number(c, o)
    assert isinstance(o.type, TensorType)
    axes = a.axes("axis", o.type.rank, several=not name.startswith("arg"))
    keepdims = a.flag("keepdims")
    if name in _EXTREMES:
        return reductions.extreme(c, _EXTREMES[name], o, axes, span, keepdims=keepdims)
    if name in ("argmax", "argmin"):
        return reductions.arg_extreme(c, name, o, axes, span, keepdims=keepdims)
    if name == "mean":
        return reductions.mean(c, o, axes, span, keepdims=keepdims)
    if name in ("var", "std"):
        ddof = constant_ints(c.value(a.nodes["ddof"])) if a.given("ddof") else [0]
        if not ddof:
            raise c.error("E202", f"ddof of {a.words} is a constant int", span)
        return reductions.variance(c, o, axes, span, keepdims=keepdims, ddof=ddof[0], root=name == "std")
    dtype = a.dtype("dtype")
    return reductions.reduced(
        c, _REDUCTIONS[name], o, axes, span, keepdims=keepdims, dtype=dtype.storage if dtype else None
    )


def _statistic(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    optional = {"mean": ["axis", "dtype", "out", "keepdims"], "argmax": ["axis", "out", "keepdims"]}
    optional["argmin"] = optional["argmax"]
    a = _no_out(bound(c, node, f"np.{name}", ["a"], optional.get(name, ["axis", "dtype", "out", "ddof", "keepdims"])))
    if a.given("dtype"):
        raise c.error(
            "E203", f"{a.words} takes no argument dtype in compiled code", span, fix("convert first: `x.to(f64)`")
        )
    return reduction(c, a, a.operand("a"), name, span)


# --- products and the rest --------------------------------------------------------------------------------------------


def _matmul(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["a", "b"])
    return product(c, a, a.operand("a"), a.operand("b"), span, name)


def product(c: Checker, a: Arguments, x: Operand, y: Operand, span: Span, name: str) -> tree.Expression:
    """``np.dot`` and ``np.matmul``, which are one on vectors and matrices."""
    if name == "dot" and any(o.dims == () for o in (x, y)):
        lhs, rhs = _sized(c, x, y)
        return elementwise(c, "mul", lhs, rhs, span, words="np.dot")
    if name == "dot" and any(len(o.dims) > 2 for o in (x, y)):
        return dotted(c, x, y, [len(x.dims) - 1], [max(len(y.dims) - 2, 0)], span)
    return check_operators.matmul(c, x, y, span)


_FUNCTIONS: dict[str, Handler] = {
    **CREATION,
    **SHAPES,
    **JOINING,
    **PRODUCTS,
    **INDEXING,
    **ROLLING,
    **SLICED,
    **row(_FLOATING, _float_function),
    **row(_ROUNDING, _rounding),
    **row(_BINARY, _binary),
    **row(_FLOATING_BINARY, _float_binary),
    **row(_COMPARE, _compare),
    **row(["result_type", "promote_types"], _result_type),
    **row(["ndim", "size", "shape"], _question),
    **row(_LOGICAL, _logical),
    **row(_REDUCTIONS, _reduction),
    **row([*_EXTREMES, "mean", "var", "std", "argmax", "argmin"], _statistic),
    **row(["isnan", "isinf", "isfinite"], _test),
    **row(["abs", "absolute"], _absolute),
    **row(["negative", "positive"], _negative),
    **row(["invert", "bitwise_not", "bitwise_invert"], _invert),
    **row(["matmul", "dot"], _matmul),
    **row(["real", "imag", "conj", "conjugate", "angle"], _part),
    **row(["iscomplexobj", "isrealobj"], _is_complex),
    **CALLS,
    "fmod": _fmod,
    "logical_not": _logical_not,
    "square": _square,
    "reciprocal": _reciprocal,
    "sign": _sign,
    "where": _where,
    **dict.fromkeys(("iinfo", "finfo"), number_limits.call),
    "clip": _clip,
}
NAMES = tuple(sorted({*_FUNCTIONS, *WRITTEN["numpy"], *GRIDS}))
