"""Assignments to fields: allowed where no other name can see the record that they change.

To the compiler a record is a value: ``b.x = 1.0`` gives the name ``b`` a new one. In Python it changes the one that is
there, for every name that has it. Both are the same where ``b`` is its only name, which is what is checked here::

    b = Body(x, v)        # b is the only name of a new record
    b.x = 1.0             # so this is allowed
    c = b
    c.x = 2.0             # this is not: b would change too
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, fields

from pyc.dataclass import dataclass

from . import tree
from .emit_flow import named, parts
from .report import Report, fix
from .types import RecordArrayType, RecordType, TensorType, TupleType, Type

#: The names that alone have their record.
Owned = frozenset[tree.Variable]


def check_sharing(report: Report, function: tree.Function, body: Sequence[tree.Statement]) -> None:
    """Report assignments to fields of records that others see; note whether what the function returns is new.

    Reports E410.
    """
    state = _Sharing(report, frozenset(function.named))
    # A name without a value shares nothing.
    state.block(body, _assigned(body) - state.parameters)
    function.fresh = state.fresh


@dataclass
class _Sharing:
    report: Report
    parameters: frozenset[tree.Variable]
    #: Whether every result so far is a record that only the caller will have.
    fresh: bool = True
    #: For a temporary, the expression that it stands for.
    stands_for: dict[tree.Variable, tree.Expression] = field(default_factory=dict)

    def block(self, body: Sequence[tree.Statement], owned: Owned) -> Owned:
        for s in body:
            owned = self._statement(s, owned)
        return owned

    def _statement(self, s: tree.Statement, owned: Owned) -> Owned:
        for e in _expressions(s):
            owned = self._after(e, owned)
        match s:
            case tree.Assign(variable=variable, value=value):
                return self._assign(s, variable, value, owned)
            case tree.Return(value=value):
                if value is not None and not self._is_new(value, owned):
                    self.fresh = False
                return owned
            case tree.If(then=then, otherwise=otherwise):
                return self.block(then, owned) & self.block(otherwise, owned)
        blocks = [b for b in _blocks(s) if b]
        while blocks:
            after = owned
            for b in blocks:
                after &= self.block(b, after)
            if after == owned:
                break
            owned = after
        return owned

    def _assign(self, s: tree.Assign, variable: tree.Variable, value: tree.Expression, owned: Owned) -> Owned:
        if variable.name.startswith("."):
            self.stands_for[variable] = value
        if isinstance(value, tree.Updated):
            if variable not in owned:
                self._refuse(s, variable)
            return owned
        if not _may_share(variable.type):
            return owned
        if self._is_new(value, owned):
            return owned | {variable}
        return owned - self._roots(value) - {variable}

    def _refuse(self, s: tree.Assign, variable: tree.Variable) -> None:
        name = variable.name
        if variable in self.parameters:
            message = f"{name} is the caller's record, and assigning its field would change it there"
        else:
            message = f"{name} may not be the only name of its record, and assigning its field would change the others"
        mend = fix(f"`{name} = dataclasses.replace({name})` before makes {name} a record of its own")
        self.report.error("E410", message, s.value.span, mend)

    def _after(self, e: tree.Expression, owned: Owned) -> Owned:
        """The names that alone have their record once ``e`` has been evaluated."""
        if isinstance(e, tree.Bind):
            owned = self._after(e.value, owned)
            self.stands_for[e.variable] = e.value
            return self._after(e.body, owned)
        for inner in parts(e):
            owned = self._after(inner, owned)
        match e:
            case tree.Tuple(items=items) if not isinstance(e.type, RecordType | RecordArrayType):
                for i in items:
                    if _may_share(i.type) and not self._is_new(i, owned):
                        owned -= self._roots(i)
            case tree.Call(function=function, arguments=arguments) if not function.fresh:
                for a in arguments:
                    owned -= self._roots(a)
        return owned

    def _is_new(self, e: tree.Expression, owned: Owned) -> bool:
        """Whether a value is held by nothing else."""
        match e:
            case tree.Together(function=function):
                return function.fresh
            case tree.Tuple(items=items):
                return isinstance(e.type, RecordType) or all(self._is_new(i, owned) for i in items)
            case tree.Bind(body=body) | tree.Checked(body=body):
                return self._is_new(body, owned)
            case tree.Conditional(on_true=a, on_false=b):
                return self._is_new(a, owned) and self._is_new(b, owned)
            case tree.Local(variable=variable) if variable in self.stands_for:
                return self._is_new(self.stands_for[variable], owned)
            case tree.Local() | tree.TupleItem():
                return not _may_share(e.type)
            case tree.Call(function=function):
                return function.fresh or not _may_share(e.type)
            case _:
                return True

    def _roots(self, e: tree.Expression) -> frozenset[tree.Variable]:
        """The names through which a value can be reached that is, or is part of, what ``e`` gives."""
        match e:
            case tree.Local(variable=variable) if variable in self.stands_for:
                return self._roots(self.stands_for[variable])
            case tree.Local(variable=variable):
                return frozenset({variable})
            case tree.TupleItem(x=x):
                return self._roots(x)
            case tree.Tuple(items=items):
                return frozenset().union(*(self._roots(i) for i in items)) if items else frozenset()
            case tree.Bind(body=body) | tree.Checked(body=body):
                return self._roots(body)
            case tree.Conditional(on_true=a, on_false=b):
                return self._roots(a) | self._roots(b)
            case _:
                return frozenset()


def _assigned(body: Sequence[tree.Statement]) -> Owned:
    """The variables that statements bind, and no expression."""
    found: set[tree.Variable] = set()
    inside: set[tree.Variable] = set()
    pending = list(body)
    while pending:
        s = pending.pop()
        if isinstance(s, tree.Assign):
            found.add(s.variable)
        for e in _expressions(s):
            inside.update(named(e))
        pending += [inner for b in _blocks(s) for inner in b]
    return frozenset(found - inside)


def _may_share(t: Type) -> bool:
    """Whether a value of a type is, or holds, something that Python would share."""
    if isinstance(t, RecordArrayType):
        return False
    return isinstance(t, RecordType | TensorType) or (isinstance(t, TupleType) and any(map(_may_share, t.items)))


def _expressions(s: tree.Statement) -> Iterator[tree.Expression]:
    """The expressions that a statement evaluates itself."""
    for f in fields(s):
        value = getattr(s, f.name)
        for v in value if isinstance(value, tuple) else (value,):
            if isinstance(v, tree.Expression):
                yield v
            elif isinstance(v, tree.Index | tree.Range | tree.NewAxis):
                yield from (x for x in vars(v).values() if isinstance(x, tree.Expression))


def _blocks(s: tree.Statement) -> Iterator[tuple[tree.Statement, ...]]:
    if isinstance(s, tree.Try):
        yield from (h.body for h in s.handlers)
    if isinstance(s, tree.Rounds):
        yield from s.rounds
    for f in fields(s):
        value = getattr(s, f.name)
        if isinstance(value, tuple) and value and all(isinstance(v, tree.Statement) for v in value):
            yield value
