"""Methods of the classes that a module class derives from: ``super().method(...)``, ``Base.method(self, ...)``."""

from __future__ import annotations

import ast

from pyc.diagnostics import Note
from pyc.source import Span

from . import tree
from .context import Checker
from .definitions import method_kind
from .report import closest, fix
from .values import Applied, Definition, Method, ModuleInstance, Parent, Value


def parent(c: Checker, node: ast.Call, span: Span) -> Parent:
    """What ``super()`` and ``super(Class, self)`` are in a method of a module.

    Raises:
        Invalid: E122, there is no module whose class derives from another.
    """
    module, owner = c.module, c.owner
    if node.args:
        found = [c.value(a) for a in node.args]
        match found:
            case [Definition() as asked, ModuleInstance() as instance] if not node.keywords:
                module, owner = instance, asked
            case _:
                raise c.error("E122", "super takes a module class and self", span, fix("`super()` is enough"))
    if module is None or owner is None:
        mend = fix("call the function or the method by its name")
        raise c.error("E122", "`super()` stands in methods of classes derived from pyc.Module", span, mend)
    layers = c.instances.modules.module(module.module, span).layers
    position = next((i for i, layer in enumerate(layers) if layer.declared.definition is owner), None)
    if position is None:
        message = f"{module.module.definition.name} does not derive from {owner.name}"
        raise c.error("E122", message, span, Note("it is declared here", owner.span))
    if position + 1 == len(layers):
        message = f"{owner.name} derives from pyc.Module alone, which has no methods for `super()`"
        raise c.error("E122", message, span, Note("it is declared here", owner.span))
    return Parent(module, owner)


def member(c: Checker, parent: Parent, name: str, span: Span) -> tree.Expression | Value:
    """``super().name``: a method or a constant of the nearest class above that has it.

    Raises:
        Invalid: E217, none has it.
    """
    layers = c.instances.modules.module(parent.module.module, span).layers
    above = list(layers)[[x.declared.definition for x in layers].index(parent.owner) + 1 :]
    for layer in above:
        if name in layer.declared.methods:
            found = _bound(parent.module, layer.declared.methods[name])
            is_property = method_kind(layer.declared.methods[name]) == "property"
            return c.instances.property_of(c, found, span) if is_property else found  # type: ignore[arg-type]
        if name in layer.declared.constants:
            return c.static.evaluate(layer.declared.constants[name], layer.scope, span)
    known = [n for x in above for n in (*x.declared.methods, *x.declared.constants)]
    notes = closest(name, known)
    if any(name in x.declared.fields for x in above):
        notes = (fix(f"weights and submodules belong to the object: `self.{name}`"),)
    message = f"no class that {parent.owner.name} derives from has a method {name}"
    raise c.error("E217", message, span, *notes, Note("it is declared here", parent.owner.span))


def by_class(c: Checker, base: Value, node: ast.Call) -> tuple[Value, ast.Call] | None:
    """``Base.method(self, x)`` as the method of ``self`` and its call with ``x``; ``None`` for any other call.

    Raises:
        Invalid: E202, the first argument is no such module; E217, the class has no such method.
    """
    definition = base.definition if isinstance(base, Applied) else base
    if not isinstance(definition, Definition) or not c.instances.declarations.is_module(definition):
        return None
    assert isinstance(node.func, ast.Attribute)
    name, at = node.func.attr, c.span(node.func)
    lineage = c.instances.modules.lineage(definition)
    methods = [c.instances.declarations.module_class(d).methods for d in lineage]
    found = next((m[name] for m in methods if name in m), None)
    if found is None:
        notes = closest(name, [n for m in methods for n in m])
        raise c.error("E217", f"the module class {definition.name} has no method {name}", at, *notes)
    if method_kind(found) == "staticmethod":
        return found, node
    itself = c.value(node.args[0]) if node.args else None
    if not isinstance(itself, ModuleInstance) or definition not in c.instances.modules.lineage(
        itself.module.definition
    ):
        message = f"the first argument of {found} is a {definition.name}"
        where = c.span(node.args[0]) if node.args else at
        raise c.error("E202", message, where, fix(f"`{definition.name}.{name}(self, ...)`"))
    rest = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
    return _bound(itself, found), rest


def _bound(module: ModuleInstance, method: Definition) -> Value:
    return method if method_kind(method) == "staticmethod" else Method(module, method)
