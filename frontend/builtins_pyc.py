"""What pyc itself offers inside compiled functions, and the methods of arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from pyc.precision import DTYPES
from pyc.source import Span
from pyc.target import Target

from . import (
    array_methods,
    arrays,
    builtins_numpy,
    check_annotations,
    check_operators,
    complex_numbers,
    habits,
    library_calls,
    memory_order,
    numpy_keywords,
    numpy_shapes,
    tree,
)
from .arguments import bound
from .check_python import exact_literal
from .conform import static_dtype
from .context import Checker, Operand
from .evaluated import Evaluated
from .numpy_missing import notes_of_arrays
from .report import fix
from .static import Scope
from .types import ScalarType, TensorType
from .values import Element, Precision, TypeParameter, Value, described

#: Names that have a meaning outside of compiled code only, and what to do instead.
_ELSEWHERE = {
    "array": "np.empty makes an array; pyc.array is for the caller",
    "load": "load artifacts outside of compiled functions",
    "prange": "it stands in a `for`: `for i in prange(n):`",
    "static_range": "it stands in a `for`: `for i in static_range(4):`",
    "fastmath": 'it is a statement: `with pyc.fastmath("reassoc"):`',
}


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``pyc.name(...)``.

    Raises:
        Invalid: E115, it is not supported.
    """
    match name:
        case "erf" | "erfc" | "gelu" | "gelu_tanh" | "rsqrt" | "sigmoid":
            return builtins_numpy.floating_unary(c, name, bound(c, node, name, ["x"]).operand("x"), span)
        case "dot":
            a = bound(c, node, "dot", ["a", "b"], ["acc"])
            x, y = a.operand("a"), a.operand("b")
            precision = a.dtype("acc")
            if precision is None:
                return builtins_numpy.product(c, a, x, y, span, "dot")
            return _accumulating(c, x, y, precision.storage, c.span(a.nodes["acc"]), span)
        case "static":
            a = bound(c, node, "static", ["value"])
            value = c.static.evaluate(a.nodes["value"], known_names(c, a.nodes["value"]))
            return c.runtime(value, span) if isinstance(value, bool | int | float | complex) else value
        case "annotate":
            return check_annotations.annotated(c, node, span)
        case _:
            known = "functions of pyc are annotate, dot, erf, erfc, gelu, gelu_tanh, rsqrt, sigmoid and static"
            notes = fix(_ELSEWHERE[name]) if name in _ELSEWHERE else fix(known)
            raise c.error("E115", f"pyc.{name} is not supported in compiled code", span, notes)


def known_names(c: Checker, node: ast.expr, mend: str = "leave out `static`") -> Scope:
    """The scope of ``static(node)``: compile-time names, and variables that hold what is known at compile time.

    For a name that is none of these, ``mend`` says what to do.

    Raises:
        Invalid: E112, a name holds what is computed.
    """
    names: dict[str, Value] = {}
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and n.id in c.locals:
            found = c.value(n)
            if isinstance(found, tree.Constant):
                names[n.id] = found.value
            elif isinstance(found, tree.Expression):
                raise c.error("E112", f"{n.id} is not known at compile time", c.span(n), fix(mend))
            else:
                names[n.id] = found
    scope = c.static_scope()
    return replace(scope, names={**scope.names, **names})


def _accumulating(c: Checker, x: Operand, y: Operand, dtype: str, at: Span, span: Span) -> tree.Expression:
    """A product that keeps its accumulate type."""
    storage = [o.type.precision.storage for o in (x, y) if isinstance(o.type, TensorType)]
    for s in storage:
        if DTYPES[s].kind != DTYPES[dtype].kind or DTYPES[s].bits > DTYPES[dtype].bits:
            message = f"acc={dtype} cannot hold products of {s}"
            raise c.error("E306", message, at, fix("accumulate in a type as wide as the operands: `acc=f32`"))
    return check_operators.matmul(c, x, y, span, accumulate=dtype)


# --- conversions ------------------------------------------------------------------------------------------------------


def constructor(c: Checker, element: Element | Precision, node: ast.Call, span: Span) -> tree.Expression:
    """``f32(x)``: a number of an element type."""
    dtype = element.dtype if isinstance(element, Element) else element.storage
    if not node.args and not node.keywords:
        return c.cast(c.runtime(0, span), dtype)
    a = bound(c, node, str(element), ["x"])
    large = exact_literal(a.nodes["x"]) if dtype == "u64" else None
    if large is not None and 2**63 <= large < 2**64:
        # An int that Python holds and 64 bits with a sign do not.
        return tree.Constant(span=span, type=ScalarType(dtype), value=large)
    o = a.operand("x")
    if isinstance(o.type, TensorType):
        precision = element if isinstance(element, Precision) else Precision.plain(dtype)
        return arrays.converted(c, o, precision, span)
    return arrays.converted(c, o, Precision.plain(dtype), span)


def to(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.to(f16)``, ``x.to(Mixed[f16, f32])``, ``x.to(cuda)``.

    Raises:
        Invalid: E202, the argument is none of these.
    """
    a = bound(c, node, "to", ["what"])
    value = c.value(a.nodes["what"])
    if isinstance(value, Target):
        return arrays.moved(c, o, value, span)
    found = static_dtype(value)
    if found is None:
        what = "a value computed at run time" if isinstance(value, tree.Expression) else described(value)
        if isinstance(value, TypeParameter):
            what = f"the type parameter {value.name}"
        message = f"`.to` takes an element type, a precision or a target, not {what}"
        raise c.error("E202", message, c.span(a.nodes["what"]), fix("`x.to(f16)`, `x.to(cuda)`"))
    return arrays.converted(c, o, found if isinstance(found, Precision) else Precision.plain(found.dtype), span)


# --- methods of arrays ------------------------------------------------------------------------------------------------


def method(c: Checker, x: tree.Expression, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``x.name(...)`` of an array or a number.

    Raises:
        Invalid: E217, it has no such method.
    """
    if not isinstance(x.type, TensorType | ScalarType):
        raise c.error("E217", f"a {x.type} has no method {name}", span)
    o = c.operand(x)
    if name == "to" and (isinstance(o.type, TensorType) or not o.type.weak):
        return to(c, o, node, span)
    if name in ("conjugate", "conj") and (name == "conjugate" or isinstance(o.type, TensorType) or not o.type.weak):
        bound(c, node, name, [])
        return complex_numbers.conjugate(c, o.x, span)
    in_library = c.scope.namespace.in_library
    if name == "view" and in_library:
        return _bits(c, o, node, span)
    if isinstance(o.type, ScalarType):
        if name == "item" and not o.type.weak:
            return array_methods.item(c, o, node, span)
        if name == "astype" and (in_library or not o.type.weak):
            return _astype(c, o, node, span)
        if name in _OF_NUMBERS and o.type.weak:
            return _of_number(c, o, name, node, span)
        raise c.error("E217", f"the method {name} of numbers is not supported in compiled code", span)
    handler = _METHODS.get(name)
    if numpy_keywords.has(name, node):
        first = Evaluated(o.x, node.func)
        return builtins_numpy.call(
            c, name, ast.copy_location(ast.Call(node.func, [first, *node.args], node.keywords), node), span
        )
    if handler is None and name in library_calls.METHODS:
        return library_calls.method(c, name, node, span)
    if handler is None and name in array_methods.ELSEWHERE:
        raise array_methods.refused(c, name, node, span)
    if handler is None:
        attributes = ("shape", "ndim", "size", "T", "dtype")
        raise c.error(
            "E217",
            f"arrays have no method {name} in compiled code",
            span,
            *notes_of_arrays(name, (*METHODS, *attributes), habits.of_array(c.scope.namespace, span)),
        )
    return handler(c, o, node, span)


#: Methods of Python's numbers that the library holds.
_OF_NUMBERS = {"bit_length": "i64", "bit_count": "i64", "is_integer": "f64"}


def _of_number(c: Checker, o: Operand, name: str, node: ast.Call, span: Span) -> tree.Expression:
    bound(c, node, name, [])
    if o.type.dtype not in (_OF_NUMBERS[name], "bool"):
        if name == "is_integer":
            return c.runtime(value=True, span=span)
        raise c.error("E217", f"a {o.type} has no method {name}", span)
    number = c.cast(o.x, "i64", weak=True) if o.type.dtype == "bool" else o.x
    return library_calls.applied(c, "numbers", name, [number], node, span)


def _astype(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.astype(dtype)``; with ``copy=False``, ``x`` itself where it has the type."""
    a = bound(c, node, "astype", ["dtype"], ["order", "casting", "subok", "copy"])
    precision = a.precision("dtype")
    rule = c.static_text(a.nodes["casting"]) if a.given("casting") else "unsafe"
    if rule not in ("unsafe", "same_kind", "safe"):
        raise c.error("E202", "casting of astype is 'unsafe', 'same_kind' or 'safe'", c.span(a.nodes["casting"]))
    if rule != "unsafe" and not numpy_keywords.can_cast(o.type.dtype, precision.storage, rule):
        message = f"Cannot cast from {o.type.dtype} to {precision.storage} according to the rule '{rule}'"
        raise c.error("E201", message, span, fix("leave out casting"))
    if not a.flag("copy", default=True) and isinstance(o.type, TensorType) and o.type.precision == precision:
        if memory_order.of_memory(a, o.x) is not o.x:
            message = "astype with copy=False and an order asks how an array happens to lie in memory"
            raise c.error("E202", message, span, fix("leave out one of the two"))
        return o.x
    return memory_order.of_memory(a, arrays.converted(c, o, precision, span))


def _bits(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.view(dtype)`` in the library, which only reads it: the same bits as another element type of their width."""
    dtype = bound(c, node, "view", ["dtype"]).precision("dtype").storage
    if isinstance(o.type, ScalarType):
        return tree.Unary(span=span, type=ScalarType(dtype), op="bitcast", x=o.x)
    t = replace(o.type, dtype=dtype, precision=Precision.plain(dtype))
    return tree.Unary(span=span, type=t, op="bitcast", x=o.x)


def _copy(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "copy", [], ["order"])
    made = tree.Copy(span=span, type=o.type, x=o.x, row_major=not a.given("order"))
    return memory_order.of_memory(a, made)


def _sizes(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.reshape(a, b)`` or ``x.reshape((a, b))``."""
    packed = node if len(node.args) == 1 else _packed(node)
    a = bound(c, packed, "reshape", ["shape"], ["order"])
    return arrays.reshaped(c, o, a.shape("shape"), span, order=memory_order.of_elements(a))


def _packed(node: ast.Call) -> ast.Call:
    """A call whose several arguments are one tuple, as NumPy's methods take them."""
    if not node.args:
        return node
    bundle = ast.Tuple(elts=node.args, ctx=ast.Load())
    ast.copy_location(bundle, node)
    return ast.copy_location(ast.Call(func=node.func, args=[bundle], keywords=node.keywords), node)


def _transpose(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    packed = node if len(node.args) <= 1 else _packed(node)
    a = bound(c, packed, "transpose", [], ["axes"])
    return numpy_shapes.permuted(c, o, a.axes("axes", len(o.dims)), span)


def _flatten(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    order = memory_order.of_elements(bound(c, node, "flatten", [], ["order"]))
    flat = arrays.reshaped(c, o, [c.runtime(-1, span)], span, order=order)
    return tree.Copy(span=span, type=flat.type, x=flat, row_major=True)


def _ravel(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return arrays.raveled(c, o, span, order=memory_order.of_elements(bound(c, node, "ravel", [], ["order"])))


def _squeeze(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return numpy_shapes.squeezed(c, bound(c, node, "squeeze", [], ["axis"]), o, span)


def _dot(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "dot", ["b"])
    return builtins_numpy.product(c, a, o, a.operand("b"), span, "dot")


def _clip(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "clip", [], ["a_min", "a_max", "min", "max"])
    return builtins_numpy.clipped(c, a, o, [n for n in ("a_min", "min") if a.given(n)], span)


def _reduction(name: str) -> Callable[[Checker, Operand, ast.Call, Span], tree.Expression]:
    optional = {
        "sum": ["axis", "dtype", "out", "keepdims"],
        "prod": ["axis", "dtype", "out", "keepdims"],
        "var": ["axis", "dtype", "out", "ddof", "keepdims"],
        "std": ["axis", "dtype", "out", "ddof", "keepdims"],
        "mean": ["axis", "dtype", "out", "keepdims"],
    }.get(name, ["axis", "out", "keepdims"])

    def handler(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
        a = bound(c, node, name, [], optional)
        for refused in ("out", *(["dtype"] if name in ("mean", "var", "std") else [])):
            if a.given(refused):
                raise c.error("E203", f"{name} takes no argument {refused} in compiled code", span)
        return builtins_numpy.reduction(c, a, o, name, span)

    return handler


_REDUCTIONS = ("sum", "prod", "mean", "max", "min", "any", "all", "argmax", "argmin", "var", "std")
_METHODS: dict[str, Callable[[Checker, Operand, ast.Call, Span], tree.Expression]] = {
    **{name: _reduction(name) for name in _REDUCTIONS},
    "astype": _astype,
    "copy": _copy,
    "reshape": _sizes,
    "transpose": _transpose,
    "flatten": _flatten,
    "ravel": _ravel,
    "squeeze": _squeeze,
    "dot": _dot,
    "clip": _clip,
    **array_methods.METHODS,
}
METHODS = (*sorted({*_METHODS, *library_calls.METHODS}), "to")
