"""One call of a function of the program: arguments matched, type parameters inferred, dimensions related."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span
from pyc.target import Target

from . import complex_numbers, habits, library_calls, library_precision, tree
from .advice import of_instance
from .annotations import dims_in, fits, narrowed, renamed, resolve, targets_in
from .binding import Match, default, explicit, relate
from .call_dims import DimNames, refreshed
from .check_lists import listed
from .check_records import holds_records, is_element
from .closures import Carried, default_of
from .composites import assembled, first_leaves, flat, flat_arguments, is_idle, leaves_of
from .conform import Place, conform
from .constant_results import constant_result, known_value
from .context import Checker, Operand
from .dims import Dim, Unknown
from .flow import bound_names
from .instances import Instances, Wanted
from .modules import Module
from .report import Invalid, closest, counted, fix
from .signatures import Parameter, Signature, with_arguments
from .static import Scope
from .static_parameters import fitted
from .types import (
    INT,
    GeneratorType,
    RecordArrayType,
    RecordType,
    ScalarType,
    TensorType,
    TupleType,
    Type,
    is_plain_tuple,
    kind_of,
    leaf_types,
    records,
)
from .values import (
    Applied,
    Captured,
    Closure,
    Definition,
    Method,
    ModuleInstance,
    RecordMethod,
    Recursive,
    TensorPattern,
    Value,
    described,
    text,
)

#: A function that calls itself with numbers known at compile time is compiled for them up to this depth.
_DEEPEST_SPECIALISED = 4
_ARRAYS = (TensorType, RecordArrayType)


@dataclass
class Call:
    """The checking of one call."""

    instances: Instances
    c: Checker
    node: ast.Call
    span: Span
    #: Arguments at run time and those known at compile time, by parameter.
    given: dict[str, tree.Expression] = field(default_factory=dict)
    fixed: dict[str, Value] = field(default_factory=dict)
    #: The closure that is called, if it is one.
    closure: Closure | None = None
    #: The record that a method is called on.
    of_record: RecordType | None = None
    #: The arrays under whose policy the results of a function of the library are.
    policies: Sequence[Operand] = ()

    def checked(self, callee: Value) -> tree.Expression:
        """The call.

        Raises:
            Invalid: E202, E203, E206, E212, E215, E216, E301, E302.
        """
        signature, module, path, applied = self._callee(callee)
        signature = with_arguments(signature, len(self.node.args))
        self._arguments(signature)
        found = self._inferred(signature, module, applied)
        target = self._target(signature, module, found)
        carried = self._carried()
        parameters = [p for p in signature.parameters if p.name in self.given]
        parameters += [Parameter(n, None, "", x.span) for n, x in carried.values.items()]
        self.given |= carried.values
        if (definition := signature.definition).namespace.in_library:
            untyped = [self.given[p.name] for p in parameters if p.pattern is None]
            self._check_real(definition, untyped)
            self.policies = library_precision.policies(definition.name, definition.namespace.path, untyped)
        arguments, checks = self._fitted(signature, parameters, found, target)
        wanted, back = self._wanted(signature, module, parameters, found, target, arguments, carried)
        function = self.instances.instance(wanted, self.span)
        function.called = True
        self._shared(signature, function)
        if definition.namespace.in_library and (known := constant_result(function, arguments, self.span)) is not None:
            return known
        result = self._result(function, back, parameters, arguments)
        modules = tuple((path, m.path) for path, m in carried.modules)
        call = self._flat(function, arguments, result, path, modules, checks)
        return library_precision.given_back(self.c, call, self.policies)

    def _check_real(self, definition: Definition, given: Sequence[tree.Expression]) -> None:
        """Refuse complex numbers for a function that NumPy has for real ones only.

        Raises:
            Invalid: E201, one is complex.
        """
        name, public = definition.name, library_calls.WRITTEN["numpy"]
        of_numpy = name in library_calls.REAL and public[name] == Path(definition.namespace.path).stem
        if of_numpy and any(complex_numbers.is_complex(x) for x in given):
            raise complex_numbers.refused(self.c, f"np.{name}", self.span)
        for x in given if of_numpy and name in library_calls.WHOLE else ():
            if isinstance(x.type, ScalarType | TensorType) and kind_of(x.type.dtype) == "float":
                raise self.c.error("E201", f"np.{name} takes whole numbers, and this is a {x.type}", self.span)

    def _shared(self, signature: Signature, function: tree.Function) -> None:
        """Refuse a call that may return an element of an array: what compiled code gives a function is a copy of it.

        Raises:
            Invalid: E410, it may.
        """
        if function.fresh or not holds_records(function.returned):
            return
        for p in signature.parameters:
            x = self.given.get(p.name)
            if x is not None and is_element(x) and (p.pattern is not None or isinstance(x.type, RecordType)):
                name = signature.definition
                message = f"{name} may return its argument {p.name}, which is an element of an array: a write to one"
                mend = fix("`dataclasses.replace(...)` of the element makes a record of its own of it")
                raise self.c.error("E410", f"{message} would be one to the other", self.span, mend)

    def _flat(
        self,
        function: tree.Function,
        arguments: Sequence[tree.Expression],
        result: Type,
        path: str,
        modules: tuple[tuple[str, str], ...],
        checks: tuple[tree.DimCheck, ...],
    ) -> tree.Expression:
        """The call with tuples and records taken apart, and its result put together."""
        given, bound = flat_arguments(arguments, self.c.temporary)
        if bound:
            at = first_leaves(arguments)
            checks = tuple(replace(k, left=at[k.left], right=at[k.right]) for k in checks)
        call: tree.Expression = tree.Call(
            span=self.span,
            type=flat(result),
            function=function,
            arguments=tuple(given),
            path=path,
            modules=modules,
            checks=checks,
        )
        if call.type != result:
            assert isinstance(call.type, TupleType)
            types = call.type.items

            def together(x: tree.Expression) -> tree.Expression:
                items = iter([tree.TupleItem(span=self.span, type=t, x=x, index=i) for i, t in enumerate(types)])
                whole = assembled(result, items, self.span)
                assert isinstance(whole, tree.Tuple)
                return tree.Together(span=self.span, type=whole.type, items=whole.items, function=function)

            call = self.c.once_only(call, together)
        for variable, value in reversed(bound):
            call = tree.Bind(span=self.span, type=call.type, variable=variable, value=value, body=call)
        return call

    def _carried(self) -> Carried:
        """What closures and modules among the arguments need; ``fixed`` is then what the callee knows them as."""
        carried = Carried(self.c, self.span)
        names = carried.closure(self.closure) if self.closure is not None else {}
        self.fixed = {**names, **{k: carried.value(v, k) for k, v in self.fixed.items()}}
        return carried

    def _callee(self, callee: Value) -> tuple[Signature, Module | None, str, Applied | None]:
        """The signature of what is called, its module and the path to that, and explicit type arguments."""
        declarations, modules, at = self.instances.declarations, self.instances.modules, self.c.span(self.node.func)
        applied = callee if isinstance(callee, Applied) else None
        if isinstance(callee, Applied):
            callee = callee.definition
        if isinstance(callee, ModuleInstance):
            callee = modules.call_method(callee, at)
        match callee:
            case Method(module=instance, definition=definition):
                module = modules.module(instance.module, at)
                return declarations.signature(definition), module, instance.path, applied
            case Definition(node=ast.FunctionDef()):
                return declarations.signature(callee), None, "", applied
            case Closure(definition=definition):
                self.closure = callee
                return declarations.signature(definition), None, "", applied
            case Recursive(definition=definition, captured=captured):
                self.closure = Closure(definition, (*captured, (definition.name, callee)))
                return declarations.signature(definition), None, "", applied
            case RecordMethod(record=record, definition=definition):
                self.of_record = record
                return declarations.signature(definition), None, "", applied
            case _:
                message = f"{described(callee)} cannot be called in compiled code"
                notes = fix(of_instance(str(callee)))
                raise self.c.error("E216", message, at, notes)

    # --- arguments ----------------------------------------------------------------------------------------------------

    def _arguments(self, signature: Signature) -> None:
        """Match arguments to parameters and check them as expressions."""
        nodes = self.matched(signature)
        failed: Invalid | None = None
        for p in signature.parameters:
            node, default = nodes.get(p.name), p.name not in nodes
            try:
                self._argument(signature, p, node if node is not None else p.default, default=default)
            except Invalid as error:
                failed = error
        if failed is not None:
            raise failed

    def _argument(self, signature: Signature, p: Parameter, node: ast.expr | None, *, default: bool) -> None:
        assert node is not None
        if default:
            value = self._default(signature, p, node)
        else:
            value = self._value(signature, node)
        span = self.span if default else self.c.span(node)
        if p.optional and value is None:
            self.fixed[p.name] = None
            return
        if p.static is not None:
            self.fixed[p.name] = fitted(self.c, p.name, p.span, p.static, value, span)
            return
        never_assigned = p.name not in assigned_in(signature.node)
        if p.pattern is None:
            if isinstance(value, tree.Expression) and signature.definition.namespace.in_library:
                value = known_value(self.c, value)
            specialised = never_assigned and self.instances.depth(signature.node) < _DEEPEST_SPECIALISED
            if isinstance(value, tree.Constant) and specialised:
                value = value.value if isinstance(value.type, ScalarType) and value.type.weak else value
            if isinstance(value, tree.Tuple) and is_plain_tuple(value.type) and specialised:
                items = [i.value for i in value.items if isinstance(i, tree.Constant)]
                value = tuple(items) if len(items) == len(value.items) else value
            if not isinstance(value, tree.Expression) and (never_assigned or not _is_number(value)):
                self.fixed[p.name] = value
                return
        self.given[p.name] = self.c.runtime(value, span)

    def _default(self, signature: Signature, p: Parameter, node: ast.expr) -> tree.Expression | Value:
        """What a parameter is where the call does not say it."""
        if self.closure is not None:
            value = dict(self.closure.captured)[default_of(p.name)]
            return self.c.held(value, self.span) if isinstance(value, Captured) else value
        return self.instances.static.evaluate(node, Scope(signature.definition.namespace))

    def _value(self, signature: Signature, node: ast.expr) -> tree.Expression | Value:
        """An argument; NumPy's own functions take lists as the arrays that they are."""
        if isinstance(node, ast.List) and signature.definition.namespace.in_library:
            return listed(self.c, node)
        return self.c.value(node)

    def matched(self, signature: Signature) -> dict[str, ast.expr]:
        """The syntax of each argument by parameter.

        Raises:
            Invalid: E203, there are too many, too few, or unknown ones.
        """
        c, name = self.c, signature.definition
        positional = [p for p in signature.parameters if not p.keyword_only]
        declared = Note(f"{name} is declared here", name.span)
        rest = next((p for p in positional if p.variadic), None)
        positional = [p for p in positional if not p.variadic]
        if rest is None and len(self.node.args) > len(positional):
            message = f"{name} takes {counted(len(positional), 'argument')}, and {len(self.node.args)} are given"
            raise c.error("E203", message, self.span, declared)
        found = {p.name: a for p, a in zip(positional, self.node.args, strict=False)}
        if rest is not None:
            others = ast.Tuple(self.node.args[len(positional) :], ast.Load())
            found[rest.name] = ast.copy_location(others, others.elts[0] if others.elts else self.node)
        known = [p.name for p in signature.parameters if not p.positional_only and not p.variadic]
        for k in self.node.keywords:
            if k.arg is None:
                notes = fix("write the arguments out")
                raise c.error("E121", "unpacking with `**` is not supported in compiled code", self.span, notes)
            if k.arg not in known:
                notes = habits.of_keyword(k.arg, known) or closest(k.arg, known)
                raise c.error("E203", f"{name} has no parameter {k.arg}", c.span(k), *notes, declared)
            if k.arg in found:
                raise c.error("E203", f"the argument {k.arg} of {name} is given twice", c.span(k))
            found[k.arg] = k.value
        missing = [p.name for p in signature.parameters if p.name not in found and p.default is None]
        if missing:
            raise c.error("E203", f"{name} needs its argument {' and '.join(missing)}", self.span, declared)
        return found

    # --- type parameters ----------------------------------------------------------------------------------------------

    def _inferred(self, signature: Signature, module: Module | None, applied: Applied | None) -> dict[str, Value]:
        """Type parameters in the caller's terms: given between brackets, or found in the arguments.

        Raises:
            Invalid: E215, one is not found or has two values.
        """
        report = self.instances.report
        found: dict[str, Value] = module.bound(signature.definition) if module else {}
        if self.closure is not None:
            found |= {n: v for n, v in self.closure.captured if isinstance(v, Dim)}
        if self.of_record is not None:
            found |= self.of_record.bindings  # type: ignore[arg-type]
        if applied is not None:
            at = self.c.span(self.node.func)
            found |= explicit(signature.type_parameters, applied, report, at, complete=False)
        for name, value in list(found.items()):
            if isinstance(value, int) and not isinstance(value, bool):
                found[name] = Dim.of(value)
        match = Match({p.name: p for p in signature.type_parameters}, report, found)
        pairs = [(p, self.given[p.name]) for p in signature.parameters if p.name in self.given]
        for p, x in pairs:
            if p.pattern is not None:
                self._same_shape(p, x)
                match.element(p.pattern, x.type, x.span)
        for p, x in pairs:
            if p.pattern is not None:
                match.weak(p.pattern, x.type, x.span)
        for index, (p, x) in enumerate(pairs):
            if p.pattern is not None:
                match.extents(p.pattern, x.type, index, x.span)
        for p, x in pairs:
            if p.pattern is not None:
                match.compound(p.pattern, x.type)
        for p in signature.type_parameters:
            if p.name not in match.found:
                if p.default is not None:
                    value = default(p, match.found)
                    match.found[p.name] = Dim.of(value) if type(value) is int else value
                    continue
                if p.kind == "target":
                    match.found[p.name] = self.c.target
                    continue
                if p.kind == "dim" and in_result(signature, p.name):
                    match.found[p.name] = self.c.fresh_dim()
                    continue
                message = f"{p.name} of {signature.definition} cannot be found from the arguments"
                notes = [Note(f"{p.name} is declared here", p.span)] if p.span else []
                raise report.error(
                    "E215", message, self.span, *notes, fix(f"`{signature.definition.name}[...](...)` says it")
                )
        self.match = match
        return match.found

    @staticmethod
    def _is_brought(signature: Signature, name: str) -> bool:
        """Whether a parameter gives a dimension its value."""
        return any(
            d.solvable is not None and d.solvable[0] == name for p in signature.parameters for d in dims_in(p.pattern)
        )

    def _same_shape(self, p: Parameter, x: tree.Expression) -> None:
        """Refuse an array of another rank, or a number for an array, before anything is inferred from it."""
        pattern = p.pattern
        if isinstance(pattern, TensorPattern):
            fixed = len(pattern.dims) - (pattern.pack is not None)
            fits_rank = isinstance(x.type, TensorType | RecordArrayType) and (
                x.type.rank >= fixed if pattern.pack is not None else x.type.rank == fixed
            )
            if not fits_rank:
                message = f"the argument {p.name} is a {p.text}, and this is a {x.type}"
                raise self.c.error("E202", message, x.span, Note(f"{p.name} is declared here", p.span))

    # --- target -------------------------------------------------------------------------------------------------------

    def _target(self, signature: Signature, module: Module | None, found: Mapping[str, Value]) -> Target:
        """Where the called function runs: it must be where the caller runs.

        Raises:
            Invalid: E302, it is elsewhere.
        """
        target = function_target(signature, module, found, self.c.target)
        if not fits(target, self.c.target):
            name = signature.definition
            message = f"{name} runs on {text(target)}, and is called from a function on {text(self.c.target)}"
            declared = Note(f"{name} is declared here", name.span)
            raise self.c.error("E302", message, self.span, declared, fix("call it from a function of its own target"))
        return narrowed(target, self.c.target)

    # --- fitting arguments --------------------------------------------------------------------------------------------

    def _fitted(
        self, signature: Signature, parameters: Sequence[Parameter], found: Mapping[str, Value], target: Target
    ) -> tuple[list[tree.Expression], tuple[tree.DimCheck, ...]]:
        """Arguments as the parameters' types, and what must be checked between them at run time."""
        values = [self.given[p.name] for p in parameters]
        patterns = [p.pattern for p in parameters]
        checks = relate(self.match, patterns, values, [p.name for p in parameters], self.instances.report)
        out: list[tree.Expression] = []
        failed: Invalid | None = None
        for p, x in zip(parameters, values, strict=True):
            try:
                out.append(self._fit(signature, p, x, found, target))
            except Invalid as error:
                failed = error
        if failed is not None:
            raise failed
        return out, checks

    def _fit(
        self, signature: Signature, p: Parameter, x: tree.Expression, found: Mapping[str, Value], target: Target
    ) -> tree.Expression:
        place_span = p.span
        if p.pattern is None:
            # As it is: a parameter without a type is one more name for it.
            return library_precision.passed(signature.definition.name, x, self.policies)
        want = resolve(p.pattern, found, target)
        place = Place(f"the argument {p.name}", want, place_span, "E202", widens=False)
        if isinstance(want, _ARRAYS) and isinstance(x.type, _ARRAYS) and want.rank != x.type.rank:
            # A pack that another argument has given has other axes: that is all there is to say.
            return conform(self.c, x, place)
        if isinstance(want, RecordArrayType) and isinstance(x.type, RecordArrayType):
            return self._fit_records(p, x, x.type, want, place)
        generator = isinstance(want, GeneratorType) or isinstance(x.type, GeneratorType)
        if generator or not (isinstance(want, TensorType) and isinstance(x.type, TensorType)):
            return conform(self.c, x, place)
        # Extents that are not known as expressions are compared between arguments, by the call.
        known = [w if w.is_known else d for w, d in zip(want.dims, x.type.dims, strict=True)]
        x = conform(
            self.c,
            x,
            Place(
                place.what,
                TensorType(want.dtype, tuple(known), want.precision, want.target),
                place_span,
                "E202",
                widens=False,
            ),
        )
        if x.type == want:
            return x
        self._provable(p, x, want)
        return tree.Conform(span=x.span, type=want, x=x, checks=())

    def _fit_records(
        self, p: Parameter, x: tree.Expression, t: RecordArrayType, want: RecordArrayType, place: Place
    ) -> tree.Expression:
        """An array of records as a parameter's type: extents not known as expressions are compared by the call."""
        known = tuple(w if w.is_known else d for w, d in zip(want.dims, t.dims, strict=True))
        x = conform(self.c, x, replace(place, type=records(want.record, known, want.target)))
        if x.type == want:
            return x
        self._provable(p, x, want)

        def build(v: tree.Expression) -> tree.Expression:
            pairs = zip(leaves_of(v), leaf_types(want), strict=True)
            leaves = (tree.Conform(span=v.span, type=w, x=leaf, checks=()) for leaf, w in pairs)
            return assembled(want, leaves, v.span)

        return build(x) if is_idle(x) else self.c.once_only(x, build)

    def _provable(self, p: Parameter, x: tree.Expression, want: TensorType | RecordArrayType) -> None:
        """An extent that is computed from one known only at run time cannot be compared."""
        assert isinstance(p.pattern, TensorPattern)
        assert isinstance(x.type, TensorType | RecordArrayType)
        for (declared, _), have, w in zip(self.match.aligned(p.pattern, x.type), x.type.dims, want.dims, strict=False):
            if have != w and str(declared) not in self.match.first:
                message = f"that {p.name} has the extent {declared if str(declared)[0] != '*' else w} cannot be checked"
                raise self.c.error("E206", message, x.span, fix("give the arrays declared shapes before the call"))

    # --- the instance -------------------------------------------------------------------------------------------------

    def _wanted(
        self,
        signature: Signature,
        module: Module | None,
        parameters: Sequence[Parameter],
        found: Mapping[str, Value],
        target: Target,
        arguments: list[tree.Expression],
        carried: Carried,
    ) -> tuple[Wanted, dict[str, Dim]]:
        """The instance, in the callee's own names, and those names in the caller's terms."""
        names = DimNames(taken={p.name for p in signature.type_parameters} | {p.name for p in parameters})
        bindings: dict[str, Value] = {}
        for number, (name, value) in enumerate(found.items(), 1):
            if isinstance(value, Dim) and not self._is_brought(signature, name) and not value.is_known:
                if not in_result(signature, name):
                    raise self._unknown(signature, name, value)
                bindings[name] = Dim.of(Unknown(-number))  # known when the called function has returned
            elif isinstance(value, Dim):
                bindings[name] = names.named(name, value)
            elif isinstance(value, tuple):
                pack = [names.named(f"{name}{i}", d) for i, d in enumerate(value) if isinstance(d, Dim)]
                bindings[name] = tuple(Dim.of(d) if isinstance(d, int) else d for d in pack)
            else:
                bindings[name] = value
        types: dict[str, Type] = {}
        for p, x in zip(parameters, arguments, strict=True):
            if p.pattern is not None:
                types[p.name] = resolve(p.pattern, bindings, target)
            else:
                types[p.name] = names.own(p.name, x.type)
        at = self.span if signature.definition.namespace.in_library else None
        fixed = {k: names.value(v, k) for k, v in self.fixed.items()}
        captured = [p for p in parameters if p.name in carried.values]
        # A dimension that no array brings is one more argument.
        for name in names.missing(types):
            captured.append(Parameter(name, None, "", self.span))
            types[name] = INT
            arguments.append(self._number(signature, name, names.back[name]))
        modules = tuple((path, self.instances.modules.module(m.module, self.span)) for path, m in carried.modules)
        wanted = Wanted(
            signature, bindings, types, fixed, target, module, at=at, captured=tuple(captured), modules=modules
        )
        return wanted, names.back

    def _number(self, signature: Signature, name: str, dim: Dim) -> tree.Expression:
        if dim.is_known:
            return self.c.dim_value(dim, self.span)
        raise self._unknown(signature, name, dim)

    def _unknown(self, signature: Signature, name: str, dim: Dim) -> Invalid:
        message = f"{name} of {signature.definition} must be a number here, and {dim} is known at run time only"
        return self.c.error("E215", message, self.span, fix("pass it as an `int` argument"))

    def _result(
        self,
        function: tree.Function,
        back: dict[str, Dim],
        parameters: Sequence[Parameter],
        arguments: Sequence[tree.Expression],
    ) -> Type:
        """The result's type in the caller's terms: what only the callee knows is known at run time."""
        names = dict(back)
        for p, x in zip(parameters, arguments, strict=True):
            if isinstance(x.type, ScalarType) and p.name not in names:
                names[p.name] = self.c.dim_of(x) or self.c.fresh_dim()
        return renamed(refreshed(function.returned, self.c, {}), names)


def function_target(signature: Signature, module: Module | None, found: Mapping[str, Value], default: Target) -> Target:
    """Where a function runs: its decorator, its target parameter, its module, the one target that its types name."""
    if signature.target is not None:
        return signature.target
    for p in signature.type_parameters:
        value = found.get(p.name)
        if p.kind == "target" and isinstance(value, Target):
            return value
    if module is not None:
        return module.target
    fixed = list(dict.fromkeys(t for p in signature.patterns for t in targets_in(p)))
    if not fixed or any(fits(t, default) for t in fixed):
        return default if not fixed else next(t for t in fixed if fits(t, default))
    return fixed[0]


def in_result(signature: Signature, name: str) -> bool:
    """Whether a dimension names an extent of the declared result, and of no argument: none need bring it."""
    given = any(name in d.symbols for p in signature.parameters for d in dims_in(p.pattern))
    return not given and any(name in d.symbols for d in dims_in(signature.result))


def _is_number(value: Value) -> bool:
    return isinstance(value, bool | int | float | complex)


def assigned_in(node: ast.FunctionDef) -> frozenset[str]:
    """The names that a function assigns."""
    return frozenset(bound_names(*node.body))
