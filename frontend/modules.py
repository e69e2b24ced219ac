"""Instances of module classes: their weights with types, submodules, constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyc.source import Span
from pyc.target import Target

from . import tree
from .annotations import Annotations, resolve, targets_in
from .binding import explicit
from .report import Invalid, Report, closest
from .signatures import Declarations, ModuleClass
from .static import Scope, Static
from .types import TensorType
from .values import Applied, Definition, Method, ModuleInstance, ModulePattern, TensorPattern, Value


@dataclass(frozen=True, eq=False)
class Module:
    """A module class with its type arguments: ``weights`` are its own and its submodules', in order of declaration."""

    applied: Applied
    declared: ModuleClass
    bindings: Mapping[str, Value]
    target: Target
    own: Mapping[str, TensorType]
    submodules: Mapping[str, Applied]
    weights: tuple[tree.Weight, ...]

    @property
    def scope(self) -> Scope:
        return Scope(self.declared.definition.namespace, dict(self.bindings))


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
        declared = self.declarations.module_class(applied.definition)
        bindings = explicit(declared.type_parameters, applied, self.report, span, complete=True)
        scope = Scope(applied.definition.namespace, bindings)
        patterns = {name: (self.annotations.pattern(f.node, scope), f) for name, f in declared.fields.items()}
        target = self._target(bindings, [p for p, _ in patterns.values()])
        own: dict[str, TensorType] = {}
        submodules: dict[str, Applied] = {}
        weights: list[tree.Weight] = []
        for name, (pattern, f) in patterns.items():
            match pattern:
                case TensorPattern():
                    t = resolve(pattern, bindings, target)
                    assert isinstance(t, TensorType)
                    if any(d.value is None for d in t.dims):
                        message = f"the weight {name} has an extent that is not a number: {t}"
                        raise self.report.error("E225", message, f.span)
                    own[name] = t
                    weights.append(tree.Weight(name, t, f.span, f.text))
                case ModulePattern(module=inner):
                    submodules[name] = inner
                    nested = self._nested(inner, f.span)
                    weights += [tree.Weight(f"{name}.{w.name}", w.type, w.span, w.annotation) for w in nested.weights]
                case _:
                    message = f"a field of a module is a weight or a submodule, and {name} is a {pattern}"
                    raise self.report.error("E225", message, f.span)
        return Module(applied, declared, bindings, target, own, submodules, tuple(weights))

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
        """``self.name`` or ``self.sub.name``: a weight, a submodule, a constant, or a method.

        Raises:
            Invalid: E217, the module has no such attribute.
        """
        module = self.module(instance.module, span)
        path = f"{instance.path}.{name}" if instance.path else name
        if name in module.own:
            return tree.WeightRef(span=span, type=module.own[name], name=path)
        if name in module.submodules:
            return ModuleInstance(module.submodules[name], (), path)
        if name in module.declared.constants:
            return self.static.evaluate(module.declared.constants[name], module.scope, span)
        if name in module.declared.methods:
            return Method(instance, module.declared.methods[name])
        known = [*module.own, *module.submodules, *module.declared.constants, *module.declared.methods]
        message = f"{module.applied.definition.name} has no attribute {name}"
        raise self.report.error("E217", message, span, *closest(name, known))

    def call_method(self, instance: ModuleInstance, span: Span) -> Method:
        """What ``self.sub(...)`` calls.

        Raises:
            Invalid: E216, the module has no ``__call__``.
        """
        module = self.module(instance.module, span)
        method = module.declared.methods.get("__call__")
        if method is None:
            message = f"{module.applied} cannot be called: it has no method __call__"
            raise self.report.error("E216", message, span)
        return Method(instance, method)


def owner_of(definition: Definition) -> Definition:
    assert definition.owner is not None
    return definition.owner
