"""The closed evaluator: what module-level names and type arguments are, without running the file.

It knows literals, arithmetic on numbers, ``math`` constants, type aliases, targets, precisions, type parameters and
instances of generics. Everything else is an error at its use.
"""

from __future__ import annotations

import ast
import keyword
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.precision import DTYPES, Precision
from pyc.source import Span
from pyc.target import Target

from . import class_constants, constants, habits, nn_missing, target_constants
from .advice import of_instance
from .dims import Dim
from .evaluated import Evaluated
from .lambdas import function_of
from .libraries import (
    BUILTINS,
    CONSTANTS,
    OF_ELEMENTS,
    PYC,
    SUPPORTED,
    UFUNC_METHODS,
    library_value,
    names_of,
    starred_names,
)
from .numpy_missing import INSTEAD
from .report import Invalid, Report, closest, fix
from .scope import LIBRARIES, WRITTEN, Binding, Files, Namespace, Part, single_binding
from .static_operators import ARITHMETIC, COMPARISONS, is_huge, plain_element
from .ufuncs import is_method
from .values import (
    BOUNDS,
    Alias,
    Applied,
    Bound,
    Definition,
    Element,
    Library,
    LibraryName,
    Partial,
    PythonType,
    Table,
    TypeParameter,
    Value,
    described,
    text,
)

#: How names are imported that programs often use without.
_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy as np",
    "math": "import math",
    "cmath": "import cmath",
    "pyc": "import pyc",
    "dataclasses": "import dataclasses",
    "relu": "from pyc.nn import relu",
    "gelu": "from pyc.nn import gelu",
    "softmax": "from pyc.nn import softmax",
}


@dataclass(frozen=True)
class Scope:
    """Where names are looked up: type parameters and other compile-time names first, then the file."""

    namespace: Namespace
    names: Mapping[str, Value] = field(default_factory=dict)
    #: In a function of the library, the user's call: what happens in it happens there.
    at: Span | None = None

    def span(self, node: ast.AST) -> Span:
        return self.at or self.namespace.span(node)


@dataclass(eq=False)
class Static:
    """The evaluator of one program."""

    files: Files
    report: Report
    #: Filled in by the annotations, which depend on this module.
    annotate: Callable[[ast.expr, Scope], Value] | None = None
    #: Gives a type argument as its parameter asks for it.
    bind: Callable[[TypeParameter, Value, Report, Span], Value] = lambda p, value, report, span: value
    #: The function that a call of a function gives, which depends on this module too.
    factory: Callable[[Static, Definition, ast.Call, Scope, Span | None], Value] = lambda s, f, node, scope, use: None
    #: Whether a class is a module or a record; said by the declarations.
    has_fields: Callable[[Definition], bool] = lambda definition: False
    _active: list[tuple[Namespace, str]] = field(default_factory=list)
    _lambdas: dict[ast.Lambda, Definition] = field(default_factory=dict)

    # --- names --------------------------------------------------------------------------------------------------------

    def name(
        self, name: str, scope: Scope, span: Span, *, local_names: Collection[str] = (), instead: Note | None = None
    ) -> Value:
        """What a name means; ``instead`` is said of one that means nothing.

        Raises:
            Invalid: E110, it is not defined.
        """
        if name in scope.names:
            return scope.names[name]
        if name in scope.namespace.bindings:
            value = self.member(scope.namespace, name, span)
            # `T = TypeVar("T", ...)` is what the instance at hand binds it to.
            return scope.names.get(value.name, value) if isinstance(value, TypeParameter) else value
        if (star := self._starred(scope.namespace, name, [])) is not None:
            return self.member(star, name, span) if isinstance(star, Namespace) else library_value(star.name, name)
        if name in CONSTANTS["builtins"] or name in BUILTINS:
            return library_value("builtins", name)
        local_names = sorted(local_names)
        known = [*local_names, *scope.names, *scope.namespace.bindings, *CONSTANTS["builtins"], *SUPPORTED]
        notes = list(closest(name, local_names, 0.8))
        if not notes and name not in _IMPORTS:
            notes += habits.of_name(name, scope.namespace)
        notes = notes or list(closest(name, known))
        if instead is not None:
            notes = [instead]
        elif name in _IMPORTS:
            notes = [fix(f"`{_IMPORTS[name]}` at the top of the file")]
        elif name in CONSTANTS["pyc"] or (name in PYC and not habits.of_networks(name)[0]):
            notes = [fix(f"`from pyc import {name}`")]
        raise self.report.error("E110", f"the name {name} is not defined", span, *notes)

    def unheard_of(self, name: str, scope: Scope) -> bool:
        """Whether a name means nothing, and is like none that does."""
        known = (*scope.names, *scope.namespace.bindings, *CONSTANTS["builtins"], *BUILTINS, *CONSTANTS["pyc"], *PYC)
        return name not in known and not closest(name, known) and self._starred(scope.namespace, name, []) is None

    def member(self, namespace: Namespace, name: str, span: Span) -> Value:
        """What a module-level name of a file means, evaluated once."""
        if name not in namespace.bindings:
            star = self._starred(namespace, name, [])
            if star is not None:
                return self.member(star, name, span) if isinstance(star, Namespace) else library_value(star.name, name)
            if (inner := self.files.submodule(namespace, name, span)) is not None:
                return inner
            message = f"{'pyc.nn' if namespace.is_nn else namespace.path} has no name {name}"
            user = self.files.loaded.get(span.source.path)
            notes = habits.of_function(user, span) if user is not None and namespace.is_nn else ()
            others = (
                nn_missing.notes(name, namespace.bindings) if namespace.is_nn else closest(name, namespace.bindings)
            )
            raise self.report.error("E115", message, span, *(notes or others))
        if name not in namespace.values:
            key = (namespace, name)
            if key in self._active:
                files = dict.fromkeys(n.path for n, _ in self._active[self._active.index(key) :])
                through = f" (through {', '.join(files)})" if len(files) > 1 else ""
                raise self.report.error("E116", f"{name} is defined in terms of itself{through}", span)
            self._active.append(key)
            try:
                namespace.values[name] = self._binding(
                    single_binding(namespace, name, self.report, span), namespace, span
                )
            finally:
                self._active.pop()
        return namespace.values[name]

    def _starred(self, namespace: Namespace, name: str, seen: list[Namespace]) -> Namespace | Library | None:
        """Where a name comes from that ``from ... import *`` brings; the last such statement that has it decides."""
        for node in reversed(namespace.wildcards):
            module = node.module or ""
            if module in LIBRARIES and not node.level:
                library = LIBRARIES[module]
                if name in names_of(library) or name in starred_names(library):
                    return Library(library)
                continue
            other = self.files.imported(module, namespace, namespace.span(node), level=node.level)
            if not isinstance(other, Namespace) or other in seen or not other.offers(name):
                continue
            if name in other.bindings:
                return other
            if (found := self._starred(other, name, [*seen, namespace])) is not None:
                return found
        return None

    def _binding(self, binding: Binding, namespace: Namespace, use: Span) -> Value:
        here = namespace.span(binding.node)
        match binding.node:
            case ast.Import():
                return self.files.imported(binding.origin, namespace, here, use=use)
            case ast.ImportFrom(module="_correlations" | "_lines" | "_parts" | "_quantised" | "_tables", level=1) if (
                namespace.in_library
            ):
                return LibraryName("library", binding.origin)
            case ast.ImportFrom(module=module, level=level) if level:
                source = self.files.imported(module or "", namespace, here, level=level)
                assert isinstance(source, Namespace)
                return self._imported_member(source, binding.origin, namespace, here)
            case ast.ImportFrom(module=module):
                return self._imported_from(module or "", binding.origin, namespace, here, use)
            case ast.Assign() if parameters := namespace.parsed.alias_parameters(binding.node):
                assert binding.value is not None
                return Alias(binding.name, binding.value, namespace, parameters)
            case ast.FunctionDef() | ast.ClassDef() as node:
                return Definition(node.name, node, namespace)
            case _:
                assert binding.value is not None
                return self.evaluate(binding.value, Scope(namespace), use)

    def _imported_from(self, module: str, name: str, namespace: Namespace, span: Span, use: Span) -> Value:
        if module in LIBRARIES:
            if LIBRARIES[module] == "pyc" and f"pyc.{name}" in WRITTEN:
                return self.files.written(f"pyc.{name}", span)
            return self._library_member(LIBRARIES[module], name, span)
        if not module:
            return self.files.imported(name, namespace, span, use=use)
        source = self.files.imported(module, namespace, span, use=use)
        if isinstance(source, Namespace):
            return self._imported_member(source, name, namespace, span)
        return self.attribute(source, name, span)

    def _imported_member(self, source: Namespace, name: str, importer: Namespace, span: Span) -> Value:
        """What ``from source import name`` gives, which may be a file of a package."""
        value = self.member(source, name, span)
        return self.files.checked(importer, value, span) if isinstance(value, Namespace) else value

    def attribute(self, value: Value, name: str, span: Span) -> Value:
        """``value.name`` at compile time."""
        match value:
            case Namespace():
                return self.member(value, name, span)
            case Library("pyc") if f"pyc.{name}" in WRITTEN:
                return self.files.written(f"pyc.{name}", span)
            case Library(library):
                return self._library_member(library, name, span)
            case Precision(storage=dtype) if name in OF_ELEMENTS:
                return OF_ELEMENTS[name](dtype)
            case Element(dtype) if name in OF_ELEMENTS:
                return OF_ELEMENTS[name](dtype)
            case LibraryName("numpy", ufunc) if is_method(f"{ufunc}.{name}"):
                return LibraryName("numpy", f"{ufunc}.{name}")
            case LibraryName("numpy") if name in UFUNC_METHODS:
                message = f"{value}.{name}, a method of a ufunc, is not supported in compiled code"
                raise self.report.error("E115", message, span, fix(UFUNC_METHODS[name]))
            case Target() if name in ("name", "chip"):
                return getattr(value, name)
            case Definition(node=ast.ClassDef()) | Applied() if name == "dtype":
                return value  # of a record: what np.zeros(n, dtype=Body.dtype) takes
            case Definition(node=ast.ClassDef()) if not self.has_fields(value):
                return class_constants.member(self, value, name, span)
            case LibraryName("numpy", module) if module in INSTEAD:
                message = f"{value}.{name} is not supported in compiled code"
                raise self.report.error("E115", message, span, fix(INSTEAD[module]))
            case _:
                raise self.report.error("E217", f"{described(value)} has no attribute {name}", span)

    def _library_member(self, library: str, name: str, span: Span) -> Value:
        if f"{library}.{name}" in LIBRARIES:
            return Library(LIBRARIES[f"{library}.{name}"])
        if name in names_of(library):
            return library_value(library, name)
        if library.startswith("numpy") or library in ("math", "cmath"):
            # Which functions are supported is known to the tables of built-ins; they report the others.
            return LibraryName(library, name)
        raise self.report.error(
            "E115", f"the module {library} has no name {name}", span, *closest(name, names_of(library))
        )

    # --- expressions --------------------------------------------------------------------------------------------------

    def evaluate(self, node: ast.expr, scope: Scope, use: Span | None = None) -> Value:
        """The compile-time value of an expression. ``use`` is where it matters, if that is elsewhere.

        Raises:
            Invalid: E112, it is none.
        """
        span = scope.span(node)
        match node:
            case ast.Constant(value=int() | float() | complex() | bool() | str() | None as value):
                return value
            case ast.Name(id=name):
                return self.name(name, scope, span)
            case ast.Lambda():
                return self._lambda(node, scope)
            case ast.ListComp() | ast.GeneratorExp() | ast.JoinedStr() | ast.Dict():
                return constants.constant(self, node, scope, use)
            case Evaluated() if not node.at_run_time:
                return node.value  # type: ignore[return-value]
            case ast.Attribute(value=base, attr=name):
                return self.attribute(self.evaluate(base, scope, use), name, span)
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                return tuple(self.evaluate(i, scope, use) for i in items)
            case ast.UnaryOp() | ast.BinOp() | ast.Compare() | ast.BoolOp() | ast.IfExp():
                return self._computed(node, scope, use)
            case ast.Subscript():
                return self._subscript(node, scope, use)
            case Part():
                return constants.part(self, node, scope, use)
            case ast.Call():
                return self._call(node, scope, use)
            case _:
                raise self.not_static(span, use)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Definition:
        """A lambda at the top level of a file: a function like others."""
        if node not in self._lambdas:
            self._lambdas[node] = Definition("lambda", function_of(node), scope.namespace, place=scope.span(node))
        return self._lambdas[node]

    def not_static(self, span: Span, use: Span | None, why: str = "", mend: str = "") -> Invalid:
        """The error for an expression that is not evaluated at compile time."""
        message = why or f"`{_short(span.text)}` is not evaluated at compile time"
        known = "module-level names can be numbers, arithmetic on them, types, targets and instances of generics"
        notes = [fix(mend or known)]
        if use is not None and use != span:
            notes.insert(0, Note("used by compiled code here", use))
        return self.report.error("E112", message, span, *notes)

    def _computed(self, node: ast.expr, scope: Scope, use: Span | None) -> Value:
        span = scope.span(node)
        try:
            match node:
                case ast.UnaryOp(op=op, operand=operand):
                    x = self._plain(operand, scope, use)
                    match op:
                        case ast.USub():
                            return -x  # type: ignore[operator]
                        case ast.UAdd():
                            return +x  # type: ignore[operator]
                        case ast.Invert():
                            return ~x  # type: ignore[operator]
                        case _:
                            return not x
                case ast.BinOp(left=left, op=op, right=right):
                    a, b = self._plain(left, scope, use), self._plain(right, scope, use)
                    return self._arithmetic(op, a, b, span, use)
                case ast.Compare(left=left, ops=ops, comparators=comparators):
                    return self._comparison(left, ops, comparators, scope, use)
                case ast.BoolOp(op=op, values=values):
                    result = True
                    for v in values:
                        result = self.evaluate(v, scope, use)
                        if bool(result) != isinstance(op, ast.And):
                            break
                    return result
                case ast.IfExp(test=test, body=body, orelse=orelse):
                    return self.evaluate(body if self.evaluate(test, scope, use) else orelse, scope, use)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise self.not_static(span, use, f"this constant cannot be computed: {error}") from None
        raise self.not_static(span, use)

    def _plain(self, node: ast.expr, scope: Scope, use: Span | None) -> Any:
        value = self.evaluate(node, scope, use)
        if not isinstance(value, int | float | complex | str | tuple | Dim):
            raise self.not_static(scope.span(node), use)
        return value

    def _arithmetic(self, op: ast.operator, a: Any, b: Any, span: Span, use: Span | None) -> Value:
        if isinstance(op, ast.Pow) and isinstance(a, int | float) and isinstance(b, int | float):
            if isinstance(a, int) and isinstance(b, int) and a.bit_length() * abs(b) > 4096:
                raise self.not_static(span, use, "this constant is too large")
            return a**b
        if type(op) not in ARITHMETIC:
            raise self.not_static(span, use)
        if isinstance(op, ast.LShift) and (is_huge(a) or not isinstance(b, int) or b > 4096):
            raise self.not_static(span, use, "this constant is too large")
        if isinstance(op, ast.Mult) and (isinstance(a, str | tuple) or isinstance(b, str | tuple)):
            length = next(len(x) for x in (a, b) if isinstance(x, str | tuple))
            if any(isinstance(x, int) and x * length > 100_000 for x in (a, b)):
                raise self.not_static(span, use, "this constant is too large")
        return ARITHMETIC[type(op)](a, b)

    def same(self, op: ast.cmpop, a: Value, b: Value, span: Span) -> bool:
        """``a == b`` or ``a != b`` of compile-time values: element types, precisions, targets, strings."""
        if not isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            raise self.not_static(span, None)
        x, y = plain_element(a), plain_element(b)
        if isinstance(x, Target) and isinstance(y, Target):
            equal = x.accepts(y) or y.accepts(x)
        else:
            equal = x == y
        return equal == isinstance(op, ast.Eq | ast.Is)

    def _comparison(
        self, left: ast.expr, ops: Sequence[ast.cmpop], comparators: Sequence[ast.expr], scope: Scope, use: Span | None
    ) -> bool:
        a = self.evaluate(left, scope, use)
        for op, node in zip(ops, comparators, strict=True):
            b = self.evaluate(node, scope, use)
            match op:
                case ast.In() | ast.NotIn() if isinstance(b, tuple):
                    holds = (plain_element(a) in [plain_element(x) for x in b]) == isinstance(op, ast.In)
                case ast.In() | ast.NotIn():
                    raise self.not_static(scope.span(node), use)
                case ast.Eq() | ast.NotEq() if isinstance(a, Target) and isinstance(b, Target):
                    holds = (a.accepts(b) or b.accepts(a)) == isinstance(op, ast.Eq)
                case _ if isinstance(a, Dim) or isinstance(b, Dim):
                    raise self.not_static(scope.span(left), use)
                case _:
                    holds = bool(COMPARISONS[type(op)](plain_element(a), plain_element(b)))
            if not holds:
                return False
            a = b
        return True

    def _subscript(self, node: ast.Subscript, scope: Scope, use: Span | None) -> Value:
        base, span = self.evaluate(node.value, scope, use), scope.span(node)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        match base:
            case LibraryName("pyc", "Mixed"):
                return self._mixed([self.evaluate(i, scope, use) for i in items], span)
            case LibraryName("pyc", "Tensor" | "Stack") | PythonType("tuple"):
                assert self.annotate is not None
                return self.annotate(node, scope)
            case Alias():
                return self._alias(base, [self.evaluate(i, scope, use) for i in items], span)
            case LibraryName("pyc", "L") | LibraryName("typing", "Literal") if len(items) == 1:
                return self.evaluate(items[0], scope, use)
            case Definition():
                arguments = tuple(self.evaluate(i, scope, use) for i in items)
                return Applied(base, arguments, tuple(scope.span(i) for i in items))
            case Table():
                index = self.evaluate(node.slice, scope, use)
                if (found := base.get(index)) is not None:
                    return found[0]
                raise self.not_static(span, use, f"{text(index)} is no key of {described(base)}")
            case tuple() | str() if isinstance(node.slice, ast.Slice):
                parts = (node.slice.lower, node.slice.upper, node.slice.step)
                found = [None if p is None else self.evaluate(p, scope, use) for p in parts]
                bounds = [b for b in found if b is None or isinstance(b, int)]
                if len(bounds) == len(found) and bounds[2] != 0:
                    return base[slice(*bounds)]
                raise self.not_static(span, use)
            case tuple() | str():
                index = self.evaluate(node.slice, scope, use)
                if isinstance(index, int) and -len(base) <= index < len(base):
                    return base[index]
                raise self.not_static(span, use)
            case _:
                if isinstance(base, LibraryName) and base.library == "numpy" and base.name in INSTEAD:
                    message = f"{base} is not supported in compiled code"
                    raise self.report.error("E115", message, span, fix(INSTEAD[base.name]))
                raise self.not_static(span, use, f"{described(base)} takes no type arguments")

    def _alias(self, alias: Alias, arguments: Sequence[Value], span: Span) -> Value:
        """``Mat[3, 4]`` of ``type Mat[R, C] = Tensor[f64, R, C]``.

        Raises:
            Invalid: E215, the arguments are too many or too few; E117, one is not of its kind.
        """
        scope = Scope(alias.namespace)
        names: dict[str, Value] = {}
        for i, p in enumerate(alias.parameters):
            declared = self.type_parameter(p.name, None if p.bound is None else self.evaluate(p.bound, scope), p.span)
            if i < len(arguments):
                value = arguments[i]
                kept = isinstance(value, TypeParameter | Dim)
                names[p.name] = value if kept else self.bind(declared, value, self.report, span)
            elif p.default is not None:
                names[p.name] = self.evaluate(p.default, Scope(alias.namespace, names))
        if len(names) != len(alias.parameters) or len(arguments) > len(names):
            takes = ", ".join(p.name for p in alias.parameters)
            message = f"{alias.name} takes [{takes}], and {len(arguments)} type arguments are given"
            raise self.report.error("E215", message, span, Note("it is declared here", scope.span(alias.value)))
        inner = Scope(alias.namespace, names)
        assert self.annotate is not None
        return (
            self.annotate(alias.value, inner)
            if isinstance(alias.value, ast.Subscript)
            else self.evaluate(alias.value, inner)
        )

    def _mixed(self, parts: Sequence[Value], span: Span) -> Precision:
        names = [p.dtype for p in parts if isinstance(p, Element)]
        if len(names) != len(parts) or len(names) not in (2, 3):
            message = "Mixed takes the element types of storage, computation and, if another, accumulation"
            raise self.report.error("E306", message, span, fix("`Mixed[f16, f32]`"))
        if not all(DTYPES[n].is_float for n in names) or any(
            DTYPES[a].bits > DTYPES[b].bits for a, b in pairwise(names)
        ):
            message = f"Mixed[{', '.join(names)}] computes in less than it stores; its parts are floats that widen"
            raise self.report.error("E306", message, span, fix("`Mixed[f16, f32]`"))
        return Precision(names[0], names[1], names[-1])

    # --- calls --------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, scope: Scope, use: Span | None) -> Value:
        if isinstance(node.func, ast.Attribute):
            base = self.evaluate(node.func.value, scope, use)
            if isinstance(base, str):
                return constants.method(self, base, node.func.attr, node, scope, use)
        callee, span = self.evaluate(node.func, scope, use), scope.span(node)
        match callee:
            case Bound(kind="target"):
                return target_constants.called(self, node, scope, use)
            case Target():
                return target_constants.narrowed(self, callee, node, scope, use)
            case LibraryName("typing" | "pyc", "TypeVar"):
                return self._type_variable(node, scope, use)
            case LibraryName("typing", "TypeVarTuple"):
                return TypeParameter(self._string(node, scope), "pack", span=span)
            case LibraryName("pyc", "Dim"):
                return TypeParameter(self._string(node, scope), "dim", span=span)
            case PythonType("int" | "float" | "bool" | "str" | "tuple" | "list") | LibraryName("builtins"):
                return constants.call(self, callee, node, scope, use)
            case LibraryName("functools", "partial") if node.args:
                function, *arguments = (self.evaluate(a, scope, use) for a in node.args)
                keywords = tuple((str(k.arg), self.evaluate(k.value, scope, use)) for k in node.keywords)
                return Partial(function, tuple(arguments), keywords)
            case Definition() if (function := self.factory(self, callee, node, scope, use)) is not None:
                return function
            case LibraryName("pyc", "static") if len(node.args) == 1:
                return self.evaluate(node.args[0], scope, use)
            case LibraryName("pyc", "Tensor"):
                arguments = ", ".join(map(ast.unparse, node.args))
                raise self.not_static(span, use, mend=f"`{ast.unparse(node.func)}[{arguments}]`")
            case Definition(node=ast.ClassDef()) | Applied(definition=Definition(node=ast.ClassDef())):
                base = callee.definition if isinstance(callee, Applied) else callee
                is_module = self.has_fields(base) and not base.node.decorator_list
                raise self.not_static(span, use, mend=of_instance(str(callee)) if is_module else "")
            case LibraryName("math", name) if callable(getattr(math, name, None)):
                return self._applied(getattr(math, name), node, scope, use)
            case _:
                raise self.not_static(span, use)

    def _applied(self, function: Callable[..., Any], node: ast.Call, scope: Scope, use: Span | None) -> Value:
        arguments = [self._plain(a, scope, use) for a in node.args]
        span = scope.span(node)
        if node.keywords or any(isinstance(a, tuple | Dim) for a in arguments) or any(is_huge(a) for a in arguments):
            raise self.not_static(span, use)
        if function in (math.factorial, math.comb, math.perm) and any(abs(a) > 500 for a in arguments):
            raise self.not_static(span, use, "this constant is too large")
        try:
            value = function(*arguments)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise self.not_static(span, use, f"this constant cannot be computed: {error}") from None
        if not isinstance(value, int | float):
            raise self.not_static(span, use)
        return value

    def _string(self, node: ast.Call, scope: Scope) -> str:
        match node.args:
            # Extents are written as expressions of Python, in which these mean something else.
            case [ast.Constant(value=str(name)), *_] if keyword.iskeyword(name) or name in ("max", "min"):
                raise self.report.error("E117", f"'{name}' cannot be a name: it means something else", scope.span(node))
            case [ast.Constant(value=str(name)), *_] if name.isidentifier():
                return name
            case _:
                message = "the first argument is the name, as a string literal"
                raise self.report.error("E117", message, scope.span(node))

    def _type_variable(self, node: ast.Call, scope: Scope, use: Span | None) -> TypeParameter:
        name, span = self._string(node, scope), scope.span(node)
        bound = next((self.evaluate(k.value, scope, use) for k in node.keywords if k.arg == "bound"), None)
        constraints = tuple(self.evaluate(a, scope, use) for a in node.args[1:])
        default = next((self.evaluate(k.value, scope, use) for k in node.keywords if k.arg == "default"), None)
        return replace(self.type_parameter(name, constraints or bound, span), default=default)

    def type_parameter(self, name: str, bound: Value, span: Span) -> TypeParameter:
        """A type parameter with a bound, a tuple of constraints, or neither (a dimension)."""
        match bound:
            case None:
                return TypeParameter(name, "dim", span=span)
            case Bound(kind, text, dtypes):
                return TypeParameter(name, kind, dtypes, text, span)
            case PythonType("int"):
                return TypeParameter(name, "int", bound="int", span=span)
            case PythonType("bool"):
                return TypeParameter(name, "bool", bound="bool", span=span)
            case PythonType("str"):
                return TypeParameter(name, "str", bound="str", span=span)
            case PythonType("float"):
                return TypeParameter(name, "dtype", BOUNDS["Float"].dtypes, "Float", span)
            case Element(dtype):
                return TypeParameter(name, "dtype", (dtype,), dtype, span)
            case tuple() if bound and all(isinstance(b, Element) for b in bound):
                dtypes = tuple(b.dtype for b in bound if isinstance(b, Element))
                return TypeParameter(name, "dtype", dtypes, f"({', '.join(dtypes)})", span)
            case _:
                message = f"{described(bound)} cannot bound the type parameter {name}"
                known = "Float, Int, Number, Precision, Target, int, or a tuple of element types such as (f16, f32)"
                raise self.report.error("E117", message, span, fix(f"bounds are {known}"))


def _short(text: str) -> str:
    line = text.split("\n")[0]
    return line if len(line) <= 40 else line[:37] + "..."
