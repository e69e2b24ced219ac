"""``nonlocal``: functions inside a function that rebind its names, as functions that are given and return them.

Before::

    def count(x):
        seen = 0
        def see(v):
            nonlocal seen
            seen += 1
            return v * seen
        return see(x) + see(2)

After::

    def count(x):
        seen = 0
        def see(v, *, seen):
            seen += 1
            return (v * seen, seen)
        return (.r := see(x, seen=seen), seen := .r[1], .r[0])[-1] + (.r := ...)[-1]

Whatever asks which names a statement binds then sees that the calls bind them. A call from which the new values would
not come back is refused: one through another name, in a lambda or a comprehension, or in ``try``, which an error
leaves with what had been assigned before.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import field

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span

from .check_definitions import own
from .flow import bound_names
from .report import Report, fix

#: The name under which a call keeps what it gave.
_GIVEN = ".given"
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Rebound(ast.arg):
    """A parameter that is a name of the function around, which the function rebinds."""


def rewritten(node: ast.FunctionDef, report: Report, span: Callable[[ast.AST], Span]) -> ast.FunctionDef:
    """A function in which no function inside it is ``nonlocal``; the function itself if there is none.

    Raises:
        Invalid: E101, a name is bound by no function around; E120, a call from which its value does not come back.
    """
    if not any(isinstance(n, ast.Nonlocal) for n in ast.walk(node)):
        return node
    node = copy.deepcopy(node)
    if missing := _Function(node, report, span).settle():
        name, at = next(iter(missing.items()))
        raise report.error("E101", f"no function around binds `{name}`, which is declared nonlocal", span(at))
    return node


@dataclass
class _Function:
    """A function, and those inside it that rebind names of functions around them."""

    node: ast.FunctionDef
    report: Report
    span: Callable[[ast.AST], Span]
    #: The names that each function inside rebinds, with the statement that says so.
    rebinding: dict[str, dict[str, ast.AST]] = field(default_factory=dict)

    def settle(self) -> dict[str, ast.AST]:
        """Rewrite the function; gives the names that it rebinds itself, which it is then given and returns."""
        declared: dict[str, ast.AST] = {
            name: n for n in own(self.node) if isinstance(n, ast.Nonlocal) for name in n.names
        }
        local = self._locals() - set(declared)
        inner = [n for n in own(self.node) if isinstance(n, ast.FunctionDef)]
        for n in inner:
            if found := _Function(n, self.report, self.span).settle():
                self._once(n, inner)
                self.rebinding[n.name] = found
        self._through_siblings(inner)
        for n in inner:
            if n.name in self.rebinding:
                _Calls(self, n).rewrite()
        _Calls(self, self.node).rewrite()
        for n in inner:
            if n.name in self.rebinding:
                _returning(n, list(self.rebinding[n.name]))
        outer = dict(declared)
        for names in self.rebinding.values():
            outer |= {name: at for name, at in names.items() if name not in local}
        return outer

    def _locals(self) -> set[str]:
        """The names that are the function's own."""
        return _parameters(self.node) | set(bound_names(*self.node.body))

    def _once(self, n: ast.FunctionDef, inner: list[ast.FunctionDef]) -> None:
        others = [o for o in inner if o.name == n.name and o is not n]
        if others or list(bound_names(*self.node.body)).count(n.name) > 1:
            message = f"{n.name} rebinds names of the function around it, and its own name is bound more than once"
            raise self.report.error("E120", message, self.span(n), fix("give each function a name of its own"))

    def _through_siblings(self, inner: list[ast.FunctionDef]) -> None:
        """A function that calls one next to it rebinds what that one rebinds."""
        changed = True
        while changed:
            changed = False
            for n in inner:
                local = _parameters(n) | set(bound_names(*n.body))
                for called in {k.id for k in own(n) if isinstance(k, ast.Name)} & set(self.rebinding) - local:
                    for name, at in self.rebinding[called].items():
                        if name in self.rebinding.get(n.name, {}):
                            continue
                        if name in local:
                            message = f"{called} rebinds `{name}` of the function around, and {n.name}, which calls it,"
                            mend = fix("give one of them another name")
                            raise self.report.error("E120", f"{message} has a `{name}` of its own", self.span(at), mend)
                        self._once(n, inner)
                        self.rebinding.setdefault(n.name, {})[name] = at
                        changed = True


def _parameters(n: ast.FunctionDef) -> set[str]:
    a = n.args
    return {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if p is not None}


def _returning(n: ast.FunctionDef, names: list[str]) -> None:
    """Make a function take names as parameters, and return their values behind its own result."""
    gives = _gives(n)

    def result(value: ast.expr | None, at: ast.AST) -> ast.Return:
        items = [*([value] if value is not None else []), *(ast.Name(id=name, ctx=ast.Load()) for name in names)]
        return _located(ast.Return(ast.Tuple(elts=items, ctx=ast.Load())), at)

    class Returns(ast.NodeTransformer):
        def visit_Return(self, node: ast.Return) -> ast.Return:
            return result(node.value if gives else None, node)

        def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.Pass:
            return _located(ast.Pass(), node)

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
            return node

        def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
            return node

    n.body = [Returns().visit(s) for s in n.body]
    if not gives:
        n.body.append(result(None, n.body[-1]))
    n.args.kwonlyargs += [_located(Rebound(arg=name), n) for name in names]
    n.args.kw_defaults += [None] * len(names)
    n.returns = None  # of what it returned before


def _gives(n: ast.FunctionDef) -> bool:
    """Whether a function returns values."""
    return any(isinstance(r, ast.Return) and r.value is not None and not _is_none(r.value) for r in own(n))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


@dataclass
class _Calls:
    """The calls in one function's own body of functions that rebind names around them."""

    function: _Function
    caller: ast.FunctionDef

    def rewrite(self) -> None:
        local = _parameters(self.caller)
        if self.caller is not self.function.node:
            local |= set(bound_names(*self.caller.body))
        self.known = {name: names for name, names in self.function.rebinding.items() if name not in local}
        self.gives = {n.name: _gives(n) for n in own(self.function.node) if isinstance(n, ast.FunctionDef)}
        self.caller.body = [self._statement(s, guarded=False) for s in self.caller.body]

    def _statement(self, s: ast.stmt, *, guarded: bool) -> ast.stmt:
        match s:
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                if s.name not in self.known:
                    self._refuse_inside(s)
                return s
            case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if name in self.known:
                call.args = [self._expression(a, guarded=guarded) for a in call.args]
                call.keywords = [self._keyword(k, guarded=guarded) for k in call.keywords]
                names = list(self.known[name])
                targets = [*([".ignored"] if self.gives[name] else []), *names]
                stored: list[ast.expr] = [ast.Name(id=t, ctx=ast.Store()) for t in targets]
                target = ast.Tuple(elts=stored, ctx=ast.Store())
                return _located(ast.Assign(targets=[target], value=self._given(call, names, guarded=guarded)), s)
        inside = guarded or isinstance(s, ast.Try)
        for name, value in ast.iter_fields(s):
            if isinstance(value, list):
                setattr(s, name, [self._part(v, guarded=inside) for v in value])
            elif isinstance(value, ast.AST):
                setattr(s, name, self._part(value, guarded=guarded))
        return s

    def _part(self, node: ast.AST, *, guarded: bool) -> ast.AST:
        match node:
            case ast.stmt():
                return self._statement(node, guarded=guarded)
            case ast.expr():
                return self._expression(node, guarded=guarded)
            case ast.ExceptHandler() | ast.match_case() | ast.withitem():
                for name, value in ast.iter_fields(node):
                    if isinstance(value, list):
                        setattr(node, name, [self._part(v, guarded=guarded) for v in value])
                    elif isinstance(value, ast.AST):
                        setattr(node, name, self._part(value, guarded=guarded))
        return node

    def _keyword(self, k: ast.keyword, *, guarded: bool) -> ast.keyword:
        k.value = self._expression(k.value, guarded=guarded)
        return k

    def _expression(self, e: ast.expr, *, guarded: bool) -> ast.expr:
        outer = self

        class Expressions(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.expr:
                if not (isinstance(node.func, ast.Name) and node.func.id in outer.known):
                    self.generic_visit(node)
                    return node
                node.args = [self.visit(a) for a in node.args]
                node.keywords = [self.visit(k) for k in node.keywords]
                return outer._value(node, node.func.id, guarded=guarded)

            def visit_Name(self, node: ast.Name) -> ast.Name:
                if node.id in outer.known:
                    outer._refuse(node, node.id, "can be called by this name only")
                return node

            def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
                outer._refuse_inside(node)
                return node

            def generic_visit(self, node: ast.AST) -> ast.AST:
                if isinstance(node, _COMPREHENSIONS):
                    outer._refuse_inside(node)
                return super().generic_visit(node)

        return Expressions().visit(e)

    def _refuse_inside(self, node: ast.AST) -> None:
        for n in _names(node):
            if n.id in self.known:
                what = {ast.Lambda: "a lambda", ast.FunctionDef: "a function inside another"}
                place = what.get(type(node), "a comprehension")
                self._refuse(n, n.id, f"cannot be used in {place}")

    def _refuse(self, node: ast.AST, name: str, what: str) -> None:
        changed, at = next(iter(self.known[name].items()))
        span = self.function.span
        message = f"{name} rebinds `{changed}` of the function around it, and {what} in compiled code"
        mend = fix(f"return the new value of `{changed}`, and assign it where {name} is called")
        raise self.function.report.error("E120", message, span(node), Note("it says so here", span(at)), mend)

    def _given(self, call: ast.Call, names: list[str], *, guarded: bool) -> ast.Call:
        assert isinstance(call.func, ast.Name)
        if guarded:
            self._refuse(call.func, call.func.id, "cannot be called in `try`")
        for name in names:
            value = _located(ast.Name(id=name, ctx=ast.Load()), call)
            call.keywords.append(_located(ast.keyword(arg=name, value=value), call))
        return call

    def _value(self, call: ast.Call, name: str, *, guarded: bool) -> ast.expr:
        if not self.gives[name]:
            self._refuse(call, name, "returns nothing: its call is a statement")
        names = list(self.known[name])

        def item(i: int) -> ast.expr:
            given = ast.Name(id=_GIVEN, ctx=ast.Load())
            return ast.Subscript(value=given, slice=ast.Constant(i), ctx=ast.Load())

        def bind(target: str, value: ast.expr) -> ast.expr:
            return ast.NamedExpr(target=ast.Name(id=target, ctx=ast.Store()), value=value)

        parts = [bind(_GIVEN, self._given(call, names, guarded=guarded))]
        parts += [bind(n, item(i)) for i, n in enumerate(names, 1)]
        steps = ast.Tuple(elts=[*parts, item(0)], ctx=ast.Load())
        last = ast.Constant(len(names) + 1)
        return _located(ast.Subscript(value=steps, slice=last, ctx=ast.Load()), call)


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Name))


def _located(made, at: ast.AST):
    """A new node, and all new ones in it, at the place of another."""
    return ast.fix_missing_locations(ast.copy_location(made, at))
