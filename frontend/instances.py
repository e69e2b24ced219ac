"""Instances of functions: type parameters bound, parameter types fixed, bodies checked once; and calls of them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from itertools import islice
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Diagnostic, Note
from pyc.source import Span
from pyc.target import Target

from . import tree
from .annotations import Annotations, resolve
from .call_dims import numbered
from .check_annotations import of_module
from .composites import flat, leaf_variables
from .context import Checker
from .defaults import exported_parameters, fixed_parameters
from .definitions import method_kind
from .dims import Dim
from .evaluated import Evaluated
from .modules import Module, Modules
from .records import Records
from .report import Invalid, Report, Unresolved, fix
from .signatures import Declarations, Parameter, Signature
from .static import Static
from .types import NoneType, Type, leaves
from .values import Method, ModuleInstance, Value, text


@dataclass(frozen=True)
class Wanted:
    """An instance that is asked for: a signature with everything fixed that its body is checked with.

    ``types`` are those of the parameters that exist at run time; ``fixed`` are parameters known at compile time.
    """

    signature: Signature
    bindings: Mapping[str, Value]
    types: Mapping[str, Type]
    fixed: Mapping[str, Value]
    target: Target
    module: Module | None = None
    symbol: str = ""
    export: bool = False
    #: Parameters that calls fill in: what closures among the arguments use of the functions that define them.
    captured: tuple[Parameter, ...] = ()
    #: Modules whose methods are among the arguments, each with the path of its weights in this instance.
    modules: tuple[tuple[str, Module], ...] = ()
    #: The user's call of a function of the library: such an instance belongs to one call.
    at: Span | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All that exist at run time."""
        return (*(p for p in self.signature.parameters if p.name in self.types), *self.captured)

    @property
    def weights(self) -> tuple[tree.Weight, ...]:
        """The weights that the instance uses, by their paths in it."""
        own = self.module.weights if self.module else ()
        return (*own, *(replace(w, name=f"{path}.{w.name}") for path, m in self.modules for w in m.weights))

    @property
    def key(self) -> object:
        return (
            self.signature.definition.node,
            self.module.applied if self.module else None,
            tuple((k, _hashable(v)) for k, v in sorted(self.signature.definition.names.items())),
            tuple((k, _hashable(v)) for k, v in sorted(self.bindings.items())),
            tuple(self.types.items()),
            tuple((k, _hashable(v)) for k, v in sorted(self.fixed.items())),
            tuple((path, m.applied) for path, m in self.modules),
            self.target,
            self.at,
        )


#: So many numbers and arrays the arguments of one call may consist of.
_MOST_VALUES = 4096
#: A function that is being checked for so many kinds of arguments at once, each for the one before, goes on for ever;
#: so many are enough where Python's own stack ends first.
_MOST_CHAINED = 48
_ENOUGH_CHAINED = 12
#: So often the body of a function that calls itself is looked at for the type of its result.
_MOST_LOOKS = 8


@dataclass(frozen=True)
class Calls:
    """Where a function is called whose body is being checked, and the names of the functions on the way there."""

    span: Span
    names: str


def _hashable(value: Value) -> object:
    """A value as a part of a key: ``1``, ``1.0`` and ``True`` are different, and so are ``0.0`` and ``-0.0``."""
    if isinstance(value, tuple):
        return tuple(map(_hashable, value))
    return (type(value), repr(value)) if isinstance(value, float) else (type(value), value)


@dataclass(eq=False)
class Instances:
    """The function instances of a program, in an order in which callees come before callers."""

    report: Report
    static: Static
    annotations: Annotations
    declarations: Declarations
    modules: Modules
    records: Records
    target: Target
    functions: list[tree.Function] = field(default_factory=list)
    _known: dict[object, tree.Function] = field(default_factory=dict)
    #: The errors of instances that have some: a call after an attempt was forgotten reports them again.
    _failed: dict[object, tuple[Diagnostic, ...]] = field(default_factory=dict)
    _active: dict[object, str] = field(default_factory=dict)
    #: The exported instances, by what calls ask for.
    _exported: dict[object, Wanted] = field(default_factory=dict)
    _symbols: set[str] = field(default_factory=set)
    #: Of functions that call themselves: where they do, and what their undeclared results are taken for.
    _round_trips: dict[object, Calls] = field(default_factory=dict)
    _guesses: dict[object, Type] = field(default_factory=dict)
    _numbers: int = 0

    def fresh_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def depth(self, node: ast.AST) -> int:
        """How many instances of a function are being checked: each called by the one before."""
        return sum(isinstance(key, tuple) and key[0][0] is node for key in self._active)

    def too_deep(self, span: Span, what: str) -> Invalid:
        """Report what is nested too deeply: by itself, or because a function needs ever more instances of itself."""
        nodes = Counter(key[0][0] for key in self._active if isinstance(key, tuple))
        node, number = nodes.most_common(1)[0] if nodes else (None, 0)
        if isinstance(node, ast.FunctionDef) and number >= _ENOUGH_CHAINED:
            return self._endless(node.name, span)
        return self.report.error("E102", f"{what} is nested too deeply", span)

    def _endless(self, name: str, span: Span) -> Invalid:
        message = f"{name} calls itself with arguments of other types, or other constants, each time: this has no end"
        mend = "keep the types of the arguments, or end it by an `if` on what is known at compile time"
        return self.report.error("E126", message, span, fix(mend))

    # --- making instances ---------------------------------------------------------------------------------------------

    def instance(self, wanted: Wanted, span: Span) -> tree.Function:
        """The function that is asked for, its body checked.

        Raises:
            Invalid: it has errors, and its result type is not known without it; E126, it calls itself in a way that is
                not supported.
        """
        if sum(1 for _ in islice(leaves(tuple(wanted.types.values())), _MOST_VALUES + 1)) > _MOST_VALUES:
            raise self._endless(wanted.signature.definition.name, span)
        wanted = self._served(wanted)
        key = (wanted.key, wanted.symbol)
        if key in self._active:
            return self._recursive(wanted, key, span)
        if key in self._known:
            function = self._known[key]
            if key in self._failed:
                self.report.again(self._failed[key])
                if wanted.signature.result is None:
                    raise Invalid(function.name)
            return function
        if self.depth(wanted.signature.definition.node) > _MOST_CHAINED:
            raise self._endless(wanted.signature.definition.name, span)
        if len(self._active) > 100:
            raise self.too_deep(span, "this call")
        return self._made(wanted, key, span)

    def offer(self, exported: Wanted) -> None:
        """Let calls that ask for what is exported have the exported function itself."""
        self._exported.setdefault(exported.key, exported)

    def _served(self, wanted: Wanted) -> Wanted:
        """What is made for those who ask: for a call, the exported instance if there is one like it.

        One that is being checked calls itself, and keeps the signature that loaders know: there is another for calls.
        """
        exported = None if wanted.export else self._exported.get(wanted.key)
        if exported is None or (exported.key, exported.symbol) in self._active:
            return wanted
        return exported

    def _recursive(self, wanted: Wanted, key: object, span: Span) -> tree.Function:
        """The function that is being checked and is called again: it stays a function, and is called.

        Raises:
            Unresolved: its result is not declared, and not known yet.
        """
        function = self._known[key]
        function.recursive = True
        names = list(self._active.values())[list(self._active).index(key) :]
        self._round_trips[key] = Calls(span, " -> ".join([*names, names[0]]))
        if wanted.signature.result is None:
            if key not in self._guesses:
                raise Unresolved(frozenset({key}))
            guess = self._guesses[key]
            function.returned, function.result = guess, flat(guess)
        return function

    def _made(self, wanted: Wanted, key: object, span: Span) -> tree.Function:
        from .check_function import check_body

        signature = wanted.signature
        name = _name(wanted)
        if wanted.export:
            self._symbols.discard(wanted.symbol)
        result = None
        if signature.result is not None:
            result = resolve(signature.result, wanted.bindings, wanted.target)
        named = exported_parameters(wanted, self.static, self.report)
        function = tree.Function(
            name=name,
            symbol=self._symbol(wanted.symbol or name, export=wanted.export),
            span=signature.definition.span,
            parameters=tuple(leaf for v in named for leaf in leaf_variables(v)),
            weights=wanted.weights,
            result=flat(result or NoneType()),
            result_annotation=signature.result_text,
            target=wanted.target,
            export=wanted.export,
            module=str(wanted.module.applied) if wanted.module else None,
            constants={k: v for k, v in wanted.bindings.items() if isinstance(v, int) and not isinstance(v, bool)},
            generic={k: text(v) for k, v in wanted.bindings.items() if not isinstance(v, tuple)},
            unchecked=signature.unchecked,
            named=named,
            fixed=fixed_parameters(wanted, named) if wanted.export else (),
            returned=result or NoneType(),
            annotations=signature.annotations,
            of_result=signature.of_result,
            modules=self._said_of_modules(wanted, span),
        )
        self._known[key] = function
        self._active[key] = name
        before, known = self.report.count, len(self.report.errors)
        try:
            if result is None:
                self._check_until_known(wanted, key, function)
            else:
                check_body(self, wanted, function, declared=result)
        except Unresolved:
            del self._known[key]
            raise
        except Invalid:
            self._failed[key] = ()
            if result is None:
                raise
        finally:
            del self._active[key]
            if self.report.count > before:
                self._blame(wanted, function, known, span)
                self._failed[key] = tuple(self.report.errors[known:])
        self.functions.append(function)
        return function

    def _said_of_modules(self, wanted: Wanted, span: Span) -> dict[str, dict[str, Any]]:
        """By path, what the user says of the modules whose methods an instance calls, and of its own."""
        own = of_module(self.modules, wanted.module, span) if wanted.module else {}
        for path, module in wanted.modules:
            own |= {f"{path}.{p}".rstrip("."): said for p, said in of_module(self.modules, module, span).items()}
        return own

    def _check_until_known(self, wanted: Wanted, key: object, function: tree.Function) -> None:
        """Check the body of a function whose result is not declared.

        Where it calls itself, the paths that do not say what the result is; then all of it is looked at again with
        that for the calls, until it stays the same.

        Raises:
            Invalid: it has errors; E126, its result is not found.
            Unresolved: what it returns depends on a function whose body is being checked.
        """
        from .check_function import check_body

        errors, count = self.report.mark(), len(self.functions)
        before = dict(self._known), dict(self._failed), set(self._symbols)
        for _ in range(_MOST_LOOKS):
            try:
                check_body(self, wanted, function, declared=None)
            except Unresolved as call:
                if call.keys != {key}:
                    raise Unresolved(call.keys - {key}) from None
                break
            found = numbered(function.returned)
            if key not in self._round_trips or self._guesses.get(key) == found:
                return
            self._guesses[key] = found
            self.report.rewind(errors)
            # What was made for calls has been made for another result.
            self._known, self._failed, self._symbols = dict(before[0]), dict(before[1]), set(before[2])
            del self.functions[count:]
        at = self._round_trips[key]
        message = f"the result of {function.name} must be declared, for it calls itself: {at.names}"
        raise self.report.error("E126", message, at.span, fix(f"`def {wanted.signature.definition.name}(...) -> int:`"))

    def _blame(self, wanted: Wanted, function: tree.Function, known: int, span: Span) -> None:
        """Say on the errors of an instance whose types come from a call which call that is."""
        signature = wanted.signature
        if wanted.export or (signature.result is not None and not signature.type_parameters and not wanted.module):
            return
        note = Note(f"in {function.name}, called from here", span)
        same = f"in {function.name.partition('[')[0]}"
        for i, d in enumerate(self.report.errors[known:], known):
            calls = [n.message.partition(",")[0].partition("[")[0] for n in d.notes]
            if d.span is not None and d.span != span and len(d.notes) < 8 and same not in calls:
                self.report.errors[i] = replace(d, notes=(*d.notes, note))

    def _symbol(self, name: str, *, export: bool) -> str:
        base = re.sub(r"\W+", "_", name).strip("_") or "f"
        if base[0].isdigit():
            base = f"_{base}"
        symbol, number = base, 1
        while symbol in self._symbols:
            number += 1
            symbol = f"{base}_{number}"
        self._symbols.add(symbol)
        return symbol

    def reserve(self, symbols: Sequence[str]) -> None:
        """Keep symbols for exported functions: those of called instances step aside."""
        self._reserved = set(symbols)
        self._symbols |= self._reserved

    # --- members ------------------------------------------------------------------------------------------------------

    def member(self, c: Checker, instance: ModuleInstance, name: str, span: Span) -> tree.Expression | Value:
        """``self.name``; numbers are constants of the program, and a property is what its method gives."""
        value = self.modules.member(instance, name, {}, span)
        if isinstance(value, Method) and method_kind(value.definition) == "property":
            return self.property_of(c, value, span)
        return c.runtime(value, span) if isinstance(value, bool | int | float | complex) else value

    def property_of(self, c: Checker, method: Method, span: Span) -> tree.Expression | Value:
        """A property: a path to a weight or submodule is that itself, anything else is computed by a call."""
        node = method.definition.node
        assert isinstance(node, ast.FunctionDef)
        body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        if len(body) == 1 and isinstance(body[0], ast.Return) and node.args.args:
            place = _place_in_module(body[0].value, node.args.args[0].arg, method.module)
            if place is not None:
                return c.value(ast.copy_location(place, node))
        made = ast.Call(func=Evaluated(method, node), args=[], keywords=[])
        return self.call(c, method, made, span)

    def unsupported_dtype(self, dtype: str, target: Target, span: Span) -> Invalid:
        """The error for an element type that a target lacks."""
        known = ", ".join(d for d in ("f64", "f32", "f16", "bf16", "i32") if target.supports(d))
        notes = (fix(f"{text(target)} supports {known}"),) if known else ()
        return self.report.error("E303", f"{text(target)} does not support {dtype}", span, *notes)

    # --- calls --------------------------------------------------------------------------------------------------------

    def call(self, c: Checker, callee: Value, node: ast.Call, span: Span) -> tree.Expression:
        """A call of a function or method of the program.

        Raises:
            Invalid: E202, E203, E206, E212, E215, E301, E302: the arguments do not fit.
        """
        from .calling import Call

        return Call(self, c, node, span).checked(callee)

    def matched(self, c: Checker, node: ast.Call, signature: Signature) -> dict[str, ast.expr]:
        """The syntax of each argument of a call by parameter.

        Raises:
            Invalid: E203, there are too many, too few, or unknown ones.
        """
        from .calling import Call

        return Call(self, c, node, c.span(node)).matched(signature)


def _place_in_module(node: ast.expr | None, self_name: str, module: ModuleInstance) -> ast.expr | None:
    """``self.blocks[-1].weight`` of a module; ``None`` for what is computed."""
    match node:
        case ast.Name(id=name) if name == self_name:
            return Evaluated(module, node)
        case ast.Attribute(value=value, attr=name):
            base = _place_in_module(value, self_name, module)
            made: ast.expr | None = None if base is None else ast.Attribute(value=base, attr=name, ctx=ast.Load())
        case ast.Subscript(value=value, slice=ast.Constant() | ast.UnaryOp(operand=ast.Constant()) as index):
            base = _place_in_module(value, self_name, module)
            made = None if base is None else ast.Subscript(value=base, slice=index, ctx=ast.Load())
        case _:
            return None
    return None if made is None else ast.copy_location(made, node)


def _name(wanted: Wanted) -> str:
    """How users read an instance: ``axpy[f32]``, ``gelu[f32, M, 256]``, ``MLP[784, 10].__call__``."""
    definition = wanted.signature.definition
    base = f"{wanted.module.applied}.{definition.name}" if wanted.module else str(definition)
    shown: list[tuple[str, bool]] = []
    for p in wanted.signature.type_parameters:
        value = wanted.bindings.get(p.name)
        parts = value if isinstance(value, tuple) else (value,)
        shown += [(text(v), isinstance(v, Dim)) for v in parts if v is not None]
    # Dimensions that stay names say nothing at the end.
    while shown and shown[-1][1]:
        shown.pop()
    return f"{base}[{', '.join(word for word, _ in shown)}]" if shown and not wanted.module else base
