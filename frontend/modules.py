"""Instances of module classes: their weights with types, submodules, constants, methods; with what they inherit."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span
from pyc.target import Target

from . import check_annotations, tree
from .annotations import Annotations, resolve, targets_in
from .binding import explicit
from .definitions import method_kind
from .report import Invalid, Report, closest, fix
from .signatures import Declarations, Field, ModuleClass
from .static import Scope, Static
from .types import TensorType
from .values import (
    Applied,
    Definition,
    LibraryName,
    Method,
    ModuleInstance,
    ModulePattern,
    Pattern,
    TensorPattern,
    TuplePattern,
    Value,
    text,
)

#: A submodule, or several of them under one name, as declared.
Submodule = Applied | tuple["Submodule", ...]


@dataclass(frozen=True, eq=False)
class Layer:
    """A class of a module's lineage, with the type parameters of its own."""

    declared: ModuleClass
    bindings: Mapping[str, Value]

    @property
    def scope(self) -> Scope:
        return Scope(self.declared.definition.namespace, dict(self.bindings))


@dataclass(frozen=True, eq=False)
class Module:
    """A module class with its type arguments: ``weights`` are its own and its submodules', in order of declaration.

    ``layers`` are the classes that it consists of, its own first. ``own`` says of each weight of its own its type and
    whether methods may write it.
    """

    applied: Applied
    layers: tuple[Layer, ...]
    target: Target
    own: Mapping[str, tree.Weight]
    submodules: Mapping[str, Submodule]
    weights: tuple[tree.Weight, ...]
    #: What the user says of it.
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bindings(self) -> Mapping[str, Value]:
        return self.layers[0].bindings

    def bound(self, method: Definition) -> dict[str, Value]:
        """The type parameters of the class that declares a method."""
        return dict(next((x.bindings for x in self.layers if x.declared.definition is method.owner), self.bindings))

    def constant(self, name: str) -> tuple[ast.expr, Scope] | None:
        """The expression of a constant of the class, and where its names are looked up."""
        return next(((x.declared.constants[name], x.scope) for x in self.layers if name in x.declared.constants), None)

    def method(self, name: str) -> Definition | None:
        """The method of a name: that of the class itself before that of the class it derives from."""
        return next((x.declared.methods[name] for x in self.layers if name in x.declared.methods), None)

    def names(self) -> list[str]:
        """Everything that ``self.`` reaches."""
        found = [n for x in self.layers for n in (*x.declared.constants, *x.declared.methods)]
        return [*self.own, *self.submodules, *found]


@dataclass(eq=False)
class Modules:
    """The module instances of a program. ``target`` is where those that do not say it themselves are."""

    static: Static
    annotations: Annotations
    declarations: Declarations
    report: Report
    target: Target
    _known: dict[Applied, Module | None] = field(default_factory=dict)

    def module(self, applied: Applied, span: Span) -> Module:
        """A module class with its type arguments.

        Raises:
            Invalid: E215, the arguments do not fit; E225, its declaration has errors; E116, it contains itself.
        """
        if applied not in self._known:
            self._known[applied] = None
            self._known[applied] = self._read(applied, span)
        found = self._known[applied]
        if found is None:
            raise Invalid(str(applied))
        return found

    def _read(self, applied: Applied, span: Span) -> Module:
        layers = tuple(self._layers(applied, span))
        fields: dict[str, tuple[Pattern, bool, Field, Layer]] = {}
        failed: list[Invalid] = []
        for layer in reversed(layers):
            for name, f in layer.declared.fields.items():
                try:
                    fields[name] = (*self._field(f, layer.scope), f, layer)
                except Invalid as error:
                    failed.append(error)
        target = self._target(layers[0].bindings, [p for p, *_ in fields.values()])
        own: dict[str, tree.Weight] = {}
        submodules: dict[str, Submodule] = {}
        weights: list[tree.Weight] = []
        for name, (pattern, buffer, f, layer) in fields.items():
            try:
                if isinstance(pattern, TensorPattern):
                    own[name] = self._weight(pattern, layer, target, name, f, buffer=buffer)
                    weights.append(own[name])
                else:
                    submodules[name], nested = self._submodule(pattern, name, f)
                    weights += nested
            except Invalid as error:
                failed.append(error)
        if failed:
            raise failed[0]
        said = check_annotations.of_class(((x.declared.said, x.scope) for x in layers), self.static, self.report)
        return Module(applied, layers, target, own, submodules, tuple(weights), said)

    def _weight(
        self, pattern: TensorPattern, layer: Layer, target: Target, name: str, f: Field, *, buffer: bool
    ) -> tree.Weight:
        """A weight that the class declares.

        Raises:
            Invalid: E225, an extent is not a number, or negative.
        """
        t = resolve(pattern, layer.bindings, target)
        assert isinstance(t, TensorType)
        for d in t.dims:
            if d.value is None or d.value < 0:
                problem = "that is not a number" if d.value is None else "below zero"
                raise self.report.error("E225", f"the weight {name} has an extent {problem}: {t}", f.span)
        return tree.Weight(
            name, t, f.span, f.text, buffer, check_annotations.of_calls(self.annotations, f.said, layer.scope)
        )

    def _layers(self, applied: Applied, span: Span) -> Iterator[Layer]:
        """A class with its type arguments, and the classes that it derives from with theirs."""
        declared = self.declarations.module_class(applied.definition)
        bindings = explicit(declared.type_parameters, applied, self.report, span, complete=True)
        layer = Layer(declared, bindings)
        yield layer
        if declared.base is None:
            return
        base = self.static.evaluate(declared.base, layer.scope)
        if isinstance(base, Definition):
            base = Applied(base, ())
        assert isinstance(base, Applied)
        yield from self._layers(base, layer.scope.span(declared.base))

    def _field(self, f: Field, scope: Scope) -> tuple[Pattern, bool]:
        """The type of a field, and whether it is a ``Buffer``."""
        head = f.node.value if isinstance(f.node, ast.Subscript) else None
        buffer = head is not None and self.static.evaluate(head, scope) == LibraryName("pyc", "Buffer")
        return self.annotations.pattern(f.node, scope), buffer

    def _submodule(self, pattern: Pattern, name: str, f: Field) -> tuple[Submodule, list[tree.Weight]]:
        """A submodule, or several, and their weights by their paths.

        Raises:
            Invalid: E225, the field is something else.
        """
        match pattern:
            case ModulePattern() | TuplePattern() if f.said:
                message = f"annotations of types are of weights, and {f.name} is a module"
                mend = fix('`class C(pyc.Module, annotations={"kind": "mlp"})` annotates modules')
                raise self.report.error("E135", message, f.span, mend)
            case ModulePattern(module=inner):
                nested = self._nested(inner, f.span)
                return inner, [replace(w, name=f"{name}.{w.name}") for w in nested.weights]
            case TuplePattern(items=items):
                found = [self._submodule(p, f"{name}.{i}", f) for i, p in enumerate(items)]
                return tuple(m for m, _ in found), [w for _, weights in found for w in weights]
            case _:
                message = f"a field of a module is a weight or a submodule, and {f.name} is a {pattern}"
                raise self.report.error("E225", message, f.span)

    def lineage(self, definition: Definition) -> list[Definition]:
        """A module class and the user's classes that it derives from, itself first."""
        return self.declarations.lineage(definition)

    def _nested(self, applied: Applied, span: Span) -> Module:
        if applied in self._known and self._known[applied] is None:
            raise self.report.error("E116", f"{applied} contains itself", span)
        return self.module(applied, span)

    def _target(self, bindings: Mapping[str, Value], patterns: list) -> Target:
        """Where the module's functions run: its target parameter, else the one target that its weights name."""
        for value in bindings.values():
            if isinstance(value, Target):
                return self._narrowed(value)
        fixed = {t for p in patterns for t in targets_in(p)}
        return self._narrowed(fixed.pop()) if len(fixed) == 1 else self.target

    def _narrowed(self, target: Target) -> Target:
        return self.target if target.accepts(self.target) else target

    def member(
        self, instance: ModuleInstance, name: str, local: Mapping[str, Value], span: Span
    ) -> tree.Expression | Value:
        """``self.name`` or ``self.sub.name``: a weight, a submodule or a tuple of them, a constant, or a method.

        Raises:
            Invalid: E217, the module has no such attribute.
        """
        module = self.module(instance.module, span)
        path = f"{instance.path}.{name}" if instance.path else name
        if name in module.own:
            weight = module.own[name]
            return tree.WeightRef(span=span, type=weight.type, name=path, buffer=weight.buffer)
        if name in module.submodules:
            return _instances(module.submodules[name], path)
        layers = [x.declared for x in module.layers if name in x.declared.constants or name in x.declared.methods]
        if layers and name in layers[0].constants:
            found = module.constant(name)
            assert found is not None
            return self.static.evaluate(*found, span)
        method = module.method(name)
        if method is not None:
            return method if method_kind(method) == "staticmethod" else Method(instance, method)
        if name in module.bindings:
            notes = (fix(f"`{name}` alone: type parameters are names of the class, not attributes"),)
        else:
            notes = closest(name, module.names()) or _undeclared(module, name)
        message = f"{module.applied.definition.name} has no attribute {name}"
        raise self.report.error(
            "E217", message, span, *notes, Note("it is declared here", module.applied.definition.span)
        )

    def call_method(self, instance: ModuleInstance, span: Span) -> Method:
        """What ``self.sub(...)`` calls.

        Raises:
            Invalid: E216, the module has no ``__call__``.
        """
        module = self.module(instance.module, span)
        method = module.method("__call__")
        if method is None:
            message = f"{text(module.applied)} cannot be called: it has no method __call__"
            other = next((n for n in ("forward", "call", "apply", "predict") if module.method(n) is not None), None)
            notes = (fix(f"`{span.text}.{other}`, or name the method `__call__`"),) if other else ()
            raise self.report.error("E216", message, span, *notes)
        return Method(instance, method)


def _instances(submodule: Submodule, path: str) -> Value:
    if isinstance(submodule, tuple):
        return tuple(_instances(m, f"{path}.{i}") for i, m in enumerate(submodule))
    return ModuleInstance(submodule, (), path)


def _undeclared(module: Module, name: str) -> tuple[Note, ...]:
    """What to do about a field that no class of a module declares; one that ``__init__`` assigns is known to Python."""
    for layer in module.layers:
        definition = layer.declared.definition
        assert isinstance(definition.node, ast.ClassDef)
        for node in ast.walk(definition.node):
            match node:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(), attr=attr)]) if attr == name:
                    words = f"declare it in the class, with its type: `{name}: Tensor[f32, N]`"
                    return (fix(words), Note("`__init__` is run by Python alone", definition.namespace.span(node)))
    known = ", ".join(f"`{n}`" for n in module.names()[:8])
    return (fix(f"it has {known}"),) if known else ()


def owner_of(definition: Definition) -> Definition:
    assert definition.owner is not None
    return definition.owner
