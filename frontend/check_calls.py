"""Calls: of functions of the program, of types, of built-ins and libraries, of methods."""

from __future__ import annotations

import ast

from pyc.source import Span

from . import (
    builtins_cmath,
    builtins_math,
    builtins_numpy,
    builtins_pyc,
    builtins_python,
    check_inheritance,
    check_random,
    check_records,
    check_unpacking,
    factories,
    library_calls,
    numpy_calls,
    record_functions,
    tree,
)
from .closures import partial, with_partial
from .context import Checker
from .report import fix
from .static_parameters import call_contract
from .types import GeneratorType, RecordArrayType, RecordType, ScalarType, TensorType, TupleType
from .values import (
    Applied,
    Bound,
    Closure,
    Contract,
    Definition,
    Element,
    Library,
    LibraryName,
    Method,
    ModuleInstance,
    Partial,
    Precision,
    PythonType,
    RecordMethod,
    Recursive,
    Target,
    TypeParameter,
    Value,
    described,
)


def call(c: Checker, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call.

    Raises:
        Invalid: E216, what is called is no function; and what the function reports.
    """
    if check_unpacking.is_unpacked(node):
        return check_unpacking.called(c, node, span)
    if isinstance(node.func, ast.Call) and _is_vectorize(c, node.func.func):
        return numpy_calls.vectorized(c, node, span)
    if isinstance(node.func, ast.Attribute):
        base = c.value(node.func.value)
        if isinstance(base, tree.Expression) and isinstance(base.type, RecordType | RecordArrayType):
            return check_records.method(c, base, node.func.attr, node, span)
        if isinstance(base, tree.Expression) and isinstance(base.type, GeneratorType):
            return check_random.method(c, base, node.func.attr, node, span)
        if isinstance(base, tree.Expression):
            return builtins_pyc.method(c, base, node.func.attr, node, span)
        if (found := check_inheritance.by_class(c, base, node)) is not None:
            return c.instances.call(c, found[0], found[1], span)
        if node.func.attr == "zeros" and (made := record_functions.made_by_class(c, base, node, span)) is not None:
            return made
    callee = c.value(node.func)
    match callee:
        case tree.Expression():
            if (made := check_records.called(c, callee, node, span)) is not None:
                return made
            raise _not_callable(c, callee, c.span(node.func))
        case Element() | Precision():
            return builtins_pyc.constructor(c, callee, node, span)
        case PythonType("int" | "float" | "bool" as name):
            return builtins_python.call(c, name, node, span)
        case LibraryName("builtins", "super"):
            return check_inheritance.parent(c, node, span)
        case LibraryName("builtins", name):
            return builtins_python.call(c, name, node, span)
        case PythonType(name):
            return builtins_python.call(c, name, node, span)
        case LibraryName("math", name):
            return builtins_math.call(c, name, node, span)
        case LibraryName("cmath", name):
            return builtins_cmath.call(c, name, node, span)
        case LibraryName("numpy", name):
            return builtins_numpy.call(c, name, node, span)
        case LibraryName("numpy.linalg" | "numpy.fft" as library, name):
            return library_calls.call(c, library, name, node, span)
        case LibraryName("numpy.random", name):
            return check_random.made(c, name, node, span)
        case LibraryName("functools", "partial"):
            return partial(c, node, span)
        case LibraryName("library", name):
            return library_calls.intrinsic(c, name, node, span)
        case LibraryName("pyc", name):
            return builtins_pyc.call(c, name, node, span)
        case Contract():
            return call_contract(c, callee, node, span)
        case Partial():
            return call(c, with_partial(c, callee, node), span)
        case Definition(node=ast.ClassDef()) | Applied(definition=Definition(node=ast.ClassDef())) if (
            made := check_records.constructed(c, callee, node, span)
        ) is not None:
            return made
        case Definition() | Applied() | Method() | RecordMethod() | ModuleInstance() | Closure() | Recursive():
            if (function := factories.made(c, callee, node)) is not None:
                return function
            return c.instances.call(c, callee, node, span)
        case LibraryName("dataclasses", "replace"):
            return check_records.replaced(c, node, span)
        case Target() | Bound() | TypeParameter():
            return c.static.evaluate(node, c.static_scope())
        case _:
            words = c.span(node.func)
            example = _EXAMPLES.get(callee.name, "") if isinstance(callee, Library) else ""
            notes = (fix(f"call one of its functions: `{words.text}.{example}(...)`"),) if example else ()
            raise c.error("E216", f"{described(callee)} cannot be called", words, *notes)


#: A function of each module.
_EXAMPLES = {"numpy": "sum", "numpy.fft": "fft", "numpy.linalg": "norm", "numpy.random": "default_rng", "math": "sqrt"}


def _is_vectorize(c: Checker, node: ast.expr) -> bool:
    named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr == "vectorize"
    return named and c.value(node) == LibraryName("numpy", "vectorize")


def _not_callable(c: Checker, x: tree.Expression, span: Span):
    match x.type:
        case ScalarType() | TensorType() | TupleType():
            return c.error("E216", f"a {x.type} cannot be called", span)
        case _:
            return c.error("E216", "this cannot be called", span)
