"""Lists held in names: ``parts = [a, b]``, which is a tuple where nobody can tell the two apart.

Python's lists grow and are changed in place; a list that is only indexed, counted, run over, unpacked and given to
functions of NumPy never does. What is done with a name is looked up in its whole function.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping, Sequence

from .scope import Binding

#: Functions of Python's that read a list and give nothing that has its type.
_READING = {"len", "enumerate", "zip", "reversed", "sum", "min", "max", "any", "all", "tuple", "sorted"}
_LIBRARIES = {"numpy", "math"}


def never_changed(function: ast.AST, bindings: Mapping[str, Sequence[Binding]]) -> frozenset[str]:
    """The names of a function that are bound to lists written out, all of whose uses read items.

    Args:
        bindings: the names of the file, which say what is NumPy.
    """
    names = {
        target.id
        for n in ast.walk(function)
        if isinstance(n, ast.Assign) and _is_flat(n.value)
        for target in n.targets
        if isinstance(target, ast.Name)
    }
    if not names:
        return frozenset()
    own = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    own |= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    reads = {id(x) for n in ast.walk(function) for x in _read(n, bindings, own)}
    bound = {id(t) for n in ast.walk(function) if isinstance(n, ast.Assign) for t in n.targets}
    changed = {
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and id(n) not in reads and id(n) not in bound
    }
    return frozenset(names - changed)


def as_tuple(held: frozenset[str], targets: Sequence[ast.expr], value: ast.expr) -> ast.expr:
    """The value of an assignment; a list that is bound to names in ``held`` as a tuple."""
    if (
        isinstance(value, ast.List)
        and _is_flat(value)
        and all(isinstance(t, ast.Name) and t.id in held for t in targets)
    ):
        return ast.copy_location(ast.Tuple(value.elts, ast.Load()), value)
    return value


def _is_flat(node: ast.expr) -> bool:
    """Whether a display has items, none of them a list itself."""
    nested = ast.List | ast.ListComp | ast.Tuple
    return isinstance(node, ast.List) and bool(node.elts) and not any(isinstance(e, nested) for e in node.elts)


def _read(node: ast.AST, bindings: Mapping[str, Sequence[Binding]], own: Container[str]) -> Sequence[ast.expr]:
    """What an expression or a statement reads the items of, and neither keeps nor changes; ``own`` are local names."""
    match node:
        case ast.Subscript(value=base, slice=index, ctx=ast.Load()) if not isinstance(index, ast.Slice):
            return [base]
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _READING and not (
            name in bindings or name in own
        ):
            return arguments
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root)), args=arguments, keywords=keywords) if (
            root not in own and _is_library(bindings.get(root, ()))
        ):
            return [*arguments, *(k.value for k in keywords if k.arg not in (None, "out"))]
        case ast.For(iter=iterable) | ast.comprehension(iter=iterable):
            return [iterable]
        case ast.Starred(value=value, ctx=ast.Load()):
            return [value]
        case ast.Assign(targets=targets, value=value) if all(isinstance(t, ast.Tuple | ast.List) for t in targets):
            return [value]
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=comparators):
            return comparators
    return ()


def _is_library(found: Sequence[Binding]) -> bool:
    return len(found) == 1 and found[0].kind == "import" and found[0].origin in _LIBRARIES
