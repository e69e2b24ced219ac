"""Signatures of functions and declarations of modules, as written: type parameters not yet bound."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from pyc.dataclass import dataclass
from pyc.source import Span
from pyc.target import CHIPS, Target

from . import check_annotations
from .annotations import Annotations
from .binding import argument
from .check_definitions import check_generator, refuse_coroutine
from .check_fastmath import flags_of
from .definitions import method_kind
from .nonlocals import rewritten
from .patterns import appearing
from .report import Invalid, Report, closest, fix
from .static import Scope, Static
from .static_parameters import StaticPattern, declared
from .types import ScalarType
from .values import (
    Applied,
    Definition,
    GeneratorPattern,
    LibraryName,
    ModulePattern,
    NonePattern,
    Pattern,
    RecordPattern,
    ScalarPattern,
    TensorPattern,
    TuplePattern,
    TypeParameter,
    Value,
    described,
)

_ANNOTATE = LibraryName("pyc", "annotate")


@dataclass(frozen=True)
class Parameter:
    """A parameter. Without an annotation its type is that of the argument."""

    name: str
    pattern: Pattern | None
    text: str
    span: Span
    default: ast.expr | None = None
    keyword_only: bool = False
    positional_only: bool = False
    #: Whether it takes the rest of the arguments, as a tuple: ``*args``.
    variadic: bool = False
    #: What it is where it is known at compile time, and whether it may be None, which is known then too.
    static: StaticPattern | None = None
    optional: bool = False
    #: What the user says of it.
    said: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def only(self) -> str:
        """How alone it can be passed: ``positional``, ``keyword``, or empty for both."""
        return "keyword" if self.keyword_only else "positional" if self.positional_only else ""


@dataclass(frozen=True, eq=False)
class Signature:
    """A function or method as declared. ``self_name`` is a method's first parameter; ``unchecked`` and
    ``fastmath`` are options of jit.
    """

    definition: Definition
    node: ast.FunctionDef
    type_parameters: tuple[TypeParameter, ...]
    parameters: tuple[Parameter, ...]
    result: Pattern | None
    result_text: str
    result_span: Span | None
    target: Target | None
    self_name: str | None = None
    unchecked: bool = False
    fastmath: frozenset[str] = frozenset()
    #: What the user says of the function, and of its result.
    annotations: Mapping[str, Any] = field(default_factory=dict)
    of_result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_typed(self) -> bool:
        """Whether it is a function of the hot path by itself: with types of pyc, a decorator, or in a module."""
        decorated = bool(self.node.decorator_list) and not self.definition.namespace.in_library
        return decorated or self.self_name is not None or any(map(_is_pyc, self.patterns))

    @property
    def patterns(self) -> Iterator[Pattern]:
        for p in self.parameters:
            if p.pattern is not None:
                yield p.pattern
        if self.result is not None:
            yield self.result


@dataclass(frozen=True)
class Field:
    """An attribute that a module class declares: a weight or a submodule. ``said`` are the annotations of its type."""

    name: str
    node: ast.expr
    span: Span
    text: str
    said: tuple[ast.Call, ...] = ()


@dataclass(frozen=True, eq=False)
class ModuleClass:
    """A class derived from ``pyc.Module``: its type parameters, and the fields, constants and methods that it adds.

    ``base`` is the user's class that it derives from, as it is written, and so is ``said``: ``annotations={...}``.
    """

    definition: Definition
    type_parameters: tuple[TypeParameter, ...]
    fields: dict[str, Field]
    constants: dict[str, ast.expr]
    methods: dict[str, Definition]
    base: ast.expr | None = None
    said: ast.expr | None = None


@dataclass(eq=False)
class Declarations:
    """Reads declarations, each once."""

    static: Static
    annotations: Annotations
    report: Report
    #: Filled in by the records, which depend on this module.
    record_class: Callable[[Definition], Any] | None = None
    _signatures: dict[Definition, Signature | None] = field(default_factory=dict)
    _classes: dict[Definition, ModuleClass | None] = field(default_factory=dict)

    # --- functions ----------------------------------------------------------------------------------------------------

    def signature(self, definition: Definition) -> Signature:
        """The signature of a function.

        Raises:
            Invalid: it has errors.
        """
        if definition not in self._signatures:
            self._signatures[definition] = None
            self._signatures[definition] = self._read_signature(definition)
        found = self._signatures[definition]
        if found is None:
            raise Invalid(definition.name)
        return found

    def scope(self, definition: Definition) -> Scope:
        """The scope of a definition's annotations: its type parameters, then those of its class, then the file."""
        names: dict[str, Value] = dict(definition.names)
        if definition.owner is not None:
            names.update(self.scope(definition.owner).names)
        for p in self.written_parameters(definition):
            names[p.name] = p
        return Scope(definition.namespace, names)

    def written_parameters(self, definition: Definition) -> tuple[TypeParameter, ...]:
        """The type parameters between a definition's brackets."""
        out = []
        if definition.place is not None:
            return ()  # a lambda has none
        for p in definition.namespace.parsed.type_parameters(definition.node):
            if p.kind == "pack":
                out.append(TypeParameter(p.name, "pack", span=p.span))
                continue
            scope = Scope(definition.namespace)
            bound = None if p.bound is None else self.static.evaluate(p.bound, scope)
            made = self.static.type_parameter(p.name, bound, p.span)
            if p.default is not None:
                made = replace(made, default=self._default(p.default, made, [*out], scope))
            out.append(made)
        return tuple(out)

    def _default(self, node: ast.expr, p: TypeParameter, before: list[TypeParameter], scope: Scope) -> Value:
        """The default of a type parameter, which may be computed from those before it."""
        names = Scope(scope.namespace, {**scope.names, **{b.name: b for b in before}})
        if p.kind in ("dim", "int"):
            dim = self.annotations.dim(node, names)
            return dim if dim.value is None else dim.value
        value = self.static.evaluate(node, names)
        return value if isinstance(value, TypeParameter) else argument(p, value, self.report, scope.span(node))

    def _read_signature(self, definition: Definition) -> Signature:
        node = definition.node
        assert isinstance(node, ast.FunctionDef)
        check_generator(self.report, node, definition.span, definition.namespace.parsed)
        node = rewritten(node, self.report, definition.namespace.span)
        scope, arguments = self.scope(definition), node.args
        span = definition.namespace.span
        if (extra := arguments.kwarg) is not None:
            message = f"the parameter **{extra.arg} is not supported in compiled code"
            raise self.report.error("E118", message, span(extra), fix("write the parameters out"))
        listed = [*arguments.posonlyargs, *arguments.args]
        self_name = None
        of_record = definition.owner is not None and self.record_layout(definition.owner) is not None
        if definition.owner is not None and method_kind(definition) != "staticmethod" and not of_record:
            if not listed:
                raise self.report.error("E118", f"the method {definition} has no self parameter", definition.span)
            first = span(listed[0])
            is_typed = listed[0].annotation is not None and definition.owner.name not in first.text
            if is_typed and listed[0].arg != "self" and not method_kind(definition):
                message = f"the method {definition} has no self parameter: its first is {listed[0].arg}"
                raise self.report.error("E118", message, first, fix(f"`self, {first.text}`"))
            self_name = listed.pop(0).arg
        integers = frozenset(a.arg for a in [*listed, *arguments.kwonlyargs] if self._is_int(a.annotation))
        defaults = [*[None] * (len(listed) - len(arguments.defaults)), *arguments.defaults]
        ahead = len(arguments.posonlyargs)
        if self_name is not None and ahead:
            ahead -= 1
        failed: list[Invalid] = []
        parameters: list[Parameter] = []
        each = [
            *((a, d, False) for a, d in zip(listed, defaults, strict=False)),
            *((a, d, True) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)),
        ]
        for i, (a, d, keyword) in enumerate(each):
            try:
                parameters.append(
                    replace(self._parameter(a, d, scope, keyword=keyword), positional_only=not keyword and i < ahead)
                )
            except Invalid as error:
                failed.append(error)
        if arguments.vararg is not None:
            try:
                rest = self._rest(arguments.vararg, scope)
                parameters.insert(sum(not p.keyword_only for p in parameters), rest)
            except Invalid as error:
                failed.append(error)
        result, of_result, returns = None, {}, node.returns
        try:
            if returns is not None:
                returns, calls = check_annotations.bare(self.annotations, returns, scope)
                result = self.annotations.pattern(returns, scope, integers)
                of_result = self._said(result, calls, scope)
        except Invalid as error:
            failed.append(error)
        if failed:
            raise failed[0]
        if isinstance(result, ModulePattern):
            raise self.report.error("E207", "a function cannot return a module", span(node.returns or node))
        patterns = [*(p.pattern for p in parameters), result]
        own = self._type_parameters(definition, [p for p in patterns if p is not None], integers)
        target, unchecked, fast = self._jit_options(definition)
        return Signature(
            definition,
            node,
            own,
            tuple(parameters),
            result,
            "" if returns is None else span(returns).text,
            None if returns is None else span(returns),
            target,
            self_name,
            unchecked,
            fast,
            self._annotations(definition),
            of_result,
        )

    def _said(self, pattern: Pattern, calls: tuple[ast.Call, ...], scope: Scope) -> Mapping[str, Any]:
        """What the user says of a parameter or a result.

        Raises:
            Invalid: E135, it is no number and no array.
        """
        if calls and not isinstance(pattern, TensorPattern | ScalarPattern):
            message = f"annotations are of numbers and arrays, and this is a {pattern}"
            raise self.report.error("E135", message, scope.span(calls[0]), fix("annotate its parts"))
        return check_annotations.of_calls(self.annotations, calls, scope)

    def _annotations(self, definition: Definition) -> Mapping[str, Any]:
        """What ``@pyc.annotate(...)`` says of a function, the first of several before the others."""
        assert isinstance(definition.node, ast.FunctionDef)
        scope, found = Scope(definition.namespace), dict[str, Any]()
        for d in definition.node.decorator_list:
            if self._quietly(d.func if isinstance(d, ast.Call) else d, definition) == _ANNOTATE:
                found = {**check_annotations.of_decorator(self.static, self.report, d, scope), **found}
        return found

    @staticmethod
    def _is_int(annotation: ast.expr | None) -> bool:
        return isinstance(annotation, ast.Name) and annotation.id == "int"

    def _parameter(self, a: ast.arg, default: ast.expr | None, scope: Scope, *, keyword: bool) -> Parameter:
        span = scope.span(a)
        if a.annotation is None:
            return Parameter(a.arg, None, "", span, default, keyword)
        written, calls = check_annotations.bare(self.annotations, a.annotation, scope)
        read, text = declared(self.annotations, written, scope), scope.span(written).text
        if (pattern := read.pattern) is None:
            if calls:
                message = "annotations are of numbers and arrays, and this is known at compile time"
                raise self.report.error("E135", message, scope.span(calls[0]), fix("leave it out"))
            return Parameter(a.arg, None, text, span, default, keyword, static=read.static, optional=read.optional)
        if not isinstance(pattern, TensorPattern | ScalarPattern | TuplePattern | RecordPattern | GeneratorPattern):
            message = f"a parameter cannot be a {pattern}"
            raise self.report.error(
                "E207", message, scope.span(a.annotation), fix("numbers, arrays, records and tuples can be passed")
            )
        said = self._said(pattern, calls, scope)
        return Parameter(a.arg, pattern, text, span, default, keyword, optional=read.optional, said=said)

    def _rest(self, a: ast.arg, scope: Scope) -> Parameter:
        """``*args``: its annotation is the type of each argument."""
        found = self._parameter(a, None, scope, keyword=False)
        if found.static is not None or found.optional:
            message = f"the parameter *{a.arg} is a {found.text}, which is known at compile time"
            raise self.report.error("E118", message, found.span, fix("leave its type out"))
        return replace(found, variadic=True)

    def _type_parameters(
        self, definition: Definition, patterns: list[Pattern], integers: frozenset[str]
    ) -> tuple[TypeParameter, ...]:
        """The written type parameters, then those that the patterns name without declaring them, as they appear."""
        written = self.written_parameters(definition)
        taken = {p.name for p in written} | integers | definition.names.keys()
        if definition.owner is not None:
            taken |= {p.name for p in self._class_type_parameters(definition.owner)}
        found = list(written)
        for p in appearing(patterns):
            if p.name not in taken:
                taken.add(p.name)
                found.append(p)
        return tuple(found)

    def _class_type_parameters(self, owner: Definition) -> tuple[TypeParameter, ...]:
        if self.record_layout(owner) is not None:
            assert self.record_class is not None
            return self.record_class(owner).type_parameters
        return self.module_class(owner).type_parameters

    def _jit_options(self, definition: Definition) -> tuple[Target | None, bool, frozenset[str]]:
        """The target, ``unchecked`` and ``fastmath`` of ``@pyc.jit(target=..., ...)``; other decorators are refused."""
        target: Target | None = None
        unchecked, fast = False, frozenset[str]()
        scope = Scope(definition.namespace)
        assert isinstance(definition.node, ast.FunctionDef)
        for d in definition.node.decorator_list:
            span = scope.span(d)
            head = d.func if isinstance(d, ast.Call) else d
            if definition.owner is not None and method_kind(definition):
                continue
            value = self._quietly(head, definition)
            if value == LibraryName("pyc", "python"):
                message = f"{definition} is marked @pyc.python: compiled code cannot call it"
                raise self.report.error("E128", message, span, fix("call it outside, and pass its result"))
            if value == _ANNOTATE or (isinstance(value, LibraryName) and value.library == "pyc.structure"):
                continue
            if value != LibraryName("pyc", "jit"):
                name = ast.unparse(head)
                message = f"the decorator {name} is not supported on compiled functions"
                mend = "leave it out, or put it on a function that is not compiled and calls this one"
                if not {"jit", "njit", "vectorize", "guvectorize", "compile"}.isdisjoint(name.lower().split(".")):
                    mend = "`@pyc.jit` compiles a function"
                raise self.report.error("E119", message, span, fix(mend))
            for k in d.keywords if isinstance(d, ast.Call) else ():
                if k.arg == "target":
                    found = self.static.evaluate(k.value, scope)
                    if not isinstance(found, Target):
                        mend = (fix(f"`target={found}`, with `from pyc import {found}`"),) if found in CHIPS else ()
                        raise self.report.error(
                            "E307", f"{described(found)} is not a target", scope.span(k.value), *mend
                        )
                    target = found
                elif k.arg == "unchecked":
                    found = self.static.evaluate(k.value, scope)
                    if not isinstance(found, bool):
                        message = f"unchecked is True or False, not {described(found)}"
                        raise self.report.error("E119", message, scope.span(k.value))
                    unchecked = found
                elif k.arg == "fastmath":
                    fast = flags_of(k.value, scope, self.report)
                elif k.arg not in ("level", "background"):  # how code is generated is not the language's business
                    known = ("target", "unchecked", "fastmath", "level", "background")
                    listed = (fix(f"leave it out: its options are {', '.join(f'`{n}=`' for n in known)}"),)
                    notes = closest(str(k.arg), known) or listed
                    raise self.report.error("E119", f"pyc.jit has no option {k.arg}", scope.span(k), *notes)
        return target, unchecked, fast

    # --- record classes -----------------------------------------------------------------------------------------------

    def record_layout(self, definition: Definition) -> str | None:
        """How arrays of a record lie in memory, ``aos`` or ``soa``; ``None`` for a class that is no record.

        Raises:
            Invalid: E226, an option of ``@pyc.record`` is wrong.
        """
        if not isinstance(definition.node, ast.ClassDef):
            return None
        for d in definition.node.decorator_list:
            head = d.func if isinstance(d, ast.Call) else d
            if self._quietly(head, definition) != LibraryName("pyc", "record"):
                continue
            for k in d.keywords if isinstance(d, ast.Call) else ():
                layout = self._quietly(k.value, definition)
                if k.arg != "layout" or layout not in ("aos", "soa"):
                    message = 'pyc.record takes layout="aos" or layout="soa"'
                    raise self.report.error("E226", message, definition.namespace.span(d))
                return str(layout)
            return "aos"
        return None

    def generic_parameters(self, definition: Definition) -> tuple[TypeParameter, ...]:
        """The type parameters that a class declares: between brackets, or as arguments of ``Generic``."""
        written = self.written_parameters(definition)
        node = definition.node
        assert isinstance(node, ast.ClassDef)
        if written:
            return written
        for base in node.bases:
            if isinstance(base, ast.Subscript) and self._quietly(base.value, definition) in (
                LibraryName("typing", "Generic"),
                LibraryName("pyc", "Generic"),
                LibraryName("pyc", "Module"),
            ):
                items = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
                values = [self.static.evaluate(i, Scope(definition.namespace)) for i in items]
                return tuple(v for v in values if isinstance(v, TypeParameter))
        return ()

    def lineage(self, definition: Definition) -> list[Definition]:
        """A module class and the user's module classes that it derives from, itself first."""
        found = [definition]
        for d in found:
            assert isinstance(d.node, ast.ClassDef)
            for b in d.node.bases:
                base = self._quietly(b.value if isinstance(b, ast.Subscript) else b, d)
                base = base.definition if isinstance(base, Applied) else base
                if isinstance(base, Definition) and isinstance(base.node, ast.ClassDef) and base not in found:
                    found.append(base)
        return found

    # --- module classes -----------------------------------------------------------------------------------------------

    def is_module(self, definition: Definition) -> bool:
        """Whether a class derives from ``pyc.Module``, or from ``pyc.Module[...]`` with its type parameters."""
        if not isinstance(definition.node, ast.ClassDef):
            return False
        bases = [b.value if isinstance(b, ast.Subscript) else b for b in definition.node.bases]
        values = [self._quietly(b, definition) for b in bases]
        derived = any(self._derived(b, definition) for b in definition.node.bases)
        return LibraryName("pyc", "Module") in values or derived

    def _quietly(self, node: ast.expr, definition: Definition) -> Value:
        """What an expression is at compile time, if anything; errors are not reported."""
        before = self.report.mark()
        try:
            return self.static.evaluate(node, Scope(definition.namespace))
        except Invalid:
            self.report.rewind(before)
            return None

    def module_class(self, definition: Definition) -> ModuleClass:
        """What a module class declares.

        Raises:
            Invalid: E225, it declares something that is no weight, submodule, constant or method.
        """
        if definition not in self._classes:
            self._classes[definition] = None
            self._classes[definition] = self._read_class(definition)
        found = self._classes[definition]
        if found is None:
            raise Invalid(definition.name)
        return found

    def _read_class(self, definition: Definition) -> ModuleClass:
        node, span = definition.node, definition.namespace.span
        assert isinstance(node, ast.ClassDef)
        if not self.is_module(definition):
            message = f"the class {definition.name} is not a module"
            raise self.report.error("E225", message, definition.span, fix("`class C(pyc.Module):` declares one"))
        fields: dict[str, Field] = {}
        constants: dict[str, ast.expr] = {}
        methods: dict[str, Definition] = {}
        for statement in node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=None):
                    scope = Scope(definition.namespace)
                    written, calls = check_annotations.bare(self.annotations, annotation, scope)
                    fields[name] = Field(name, written, span(statement), span(written).text, calls)
                case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                    constants[name] = value
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    constants[name] = value
                case ast.FunctionDef(name=name):
                    methods[name] = Definition(name, statement, definition.namespace, definition)
                case ast.AsyncFunctionDef():
                    self.check_coroutine(definition, statement)
                case ast.Pass() | ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    message = "a module declares weights, submodules, constants and methods"
                    raise self.report.error("E225", message, span(statement), fix("`up: Tensor[f32, In, Out]`"))
        parameters = self._class_parameters(definition, fields)
        said = next((k.value for k in node.keywords if k.arg == "annotations"), None)
        return ModuleClass(definition, parameters, fields, constants, methods, self._base(definition), said)

    def has_fields(self, definition: Definition) -> bool:
        """Whether a class is a module or a record."""
        return self.is_module(definition) or self.record_layout(definition) is not None

    def check_coroutine(self, owner: Definition, node: ast.AsyncFunctionDef) -> None:
        """Refuse a method that is a coroutine, but one that CPython keeps.

        Raises:
            Invalid: E120, it is to be compiled.
        """
        kept = LibraryName("pyc", "python")
        if not any(self._quietly(d, owner) == kept for d in node.decorator_list):
            raise refuse_coroutine(self.report, node, owner.namespace.parsed)

    def _base(self, definition: Definition) -> ast.expr | None:
        """The user's module class that a class derives from, as it is written.

        Raises:
            Invalid: E225, there are several.
        """
        assert isinstance(definition.node, ast.ClassDef)
        found = [b for b in definition.node.bases if self._derived(b, definition)]
        if len(found) > 1:
            message = f"{definition.name} derives from several module classes: one is supported"
            raise self.report.error("E225", message, definition.namespace.span(found[1]), fix("make it a field"))
        return found[0] if found else None

    def class_of(self, base: ast.expr, definition: Definition) -> Definition | None:
        """The class of the user's that a base of a class is; ``None`` for ``Generic[T]`` and the like."""
        value = self._quietly(base.value if isinstance(base, ast.Subscript) else base, definition)
        value = value.definition if isinstance(value, Applied) else value
        return value if isinstance(value, Definition) else None

    def _derived(self, base: ast.expr, definition: Definition) -> bool:
        value = self.class_of(base, definition)
        return value is not None and value is not definition and self.is_module(value)

    def _class_parameters(self, definition: Definition, fields: dict[str, Field]) -> tuple[TypeParameter, ...]:
        """Those between brackets; else those of ``Generic[...]``; else those that the fields name, as they appear."""
        declared = self.generic_parameters(definition)
        if declared:
            return declared
        patterns = [self.annotations.pattern(f.node, Scope(definition.namespace)) for f in fields.values()]
        return tuple(appearing(patterns))


def with_arguments(signature: Signature, count: int) -> Signature:
    """The signature for a call with so many arguments by position: ``*args`` is a tuple of those that remain."""
    before = [p for p in signature.parameters if not p.keyword_only and not p.variadic]
    rest = max(0, count - len(before))

    def known(p: Parameter) -> Parameter:
        return replace(p, pattern=TuplePattern((p.pattern,) * rest) if p.pattern is not None and rest else None)

    if not any(p.variadic for p in signature.parameters):
        return signature
    return replace(signature, parameters=tuple(known(p) if p.variadic else p for p in signature.parameters))


def _is_pyc(pattern: Pattern) -> bool:
    """Whether a type is one of pyc's, not Python's own."""
    match pattern:
        case TuplePattern(items=items):
            return any(map(_is_pyc, items))
        case ScalarPattern(element=ScalarType(weak=weak)):
            return not weak
        case NonePattern():
            return False
        case _:
            return True
