"""Checked trees written by hand, for tests of the emitter alone."""

from __future__ import annotations

from collections.abc import Sequence

from pyc.dialects.dialect import context
from pyc.frontend import tree
from pyc.frontend.dims import Dim
from pyc.frontend.emit import emit, verified
from pyc.frontend.report import Report
from pyc.frontend.request import Request
from pyc.frontend.tree import Expression, Function, Program, Statement, Variable
from pyc.frontend.types import BOOL, FLOAT, INT, NoneType, ScalarType, TensorType, Type
from pyc.precision import Precision
from pyc.source import Source, Span
from pyc.target import Target

SOURCE = Source("t.py", "x")
SPAN = Span(SOURCE, 0, 1)
CPU = Target("cpu")


def tensor(dtype: str, *dims: int | str) -> TensorType:
    return TensorType(dtype, tuple(Dim.of(d) for d in dims), Precision.plain(dtype), CPU)


def var(name: str, t: Type) -> Variable:
    return Variable(name, t, SPAN)


def local(v: Variable) -> Expression:
    return tree.Local(span=SPAN, type=v.type, variable=v)


def const(value: int | float | bool, t: ScalarType | None = None) -> Expression:
    t = t or (BOOL if isinstance(value, bool) else INT if isinstance(value, int) else FLOAT)
    return tree.Constant(span=SPAN, type=t, value=value)


def binary(op: str, lhs: Expression, rhs: Expression, t: Type | None = None, **more: object) -> Expression:
    return tree.Binary(span=SPAN, type=t or lhs.type, op=op, lhs=lhs, rhs=rhs, **more)  # type: ignore[arg-type]


def compare(predicate: str, lhs: Expression, rhs: Expression) -> Expression:
    return tree.Compare(span=SPAN, type=BOOL, predicate=predicate, lhs=lhs, rhs=rhs)


def part(base: Expression, *items: tree.Item, t: Type | None = None) -> Expression:
    if t is None:
        assert isinstance(base.type, TensorType)
        t = ScalarType(base.type.dtype)
    return tree.Subscript(span=SPAN, type=t, base=base, items=items)


def at(value: int | Expression) -> tree.Index:
    return tree.Index(const(value) if isinstance(value, int) else value)


def span(*bounds: int | None) -> tree.Range:
    return tree.Range(*(None if b is None else const(b) for b in bounds))


def assign(v: Variable, value: Expression) -> Statement:
    return tree.Assign(span=SPAN, variable=v, value=value)


def store(base: Expression, items: Sequence[tree.Item], value: Expression) -> Statement:
    return tree.Store(span=SPAN, base=base, items=tuple(items), value=value)


def ret(value: Expression | None = None) -> Statement:
    return tree.Return(span=SPAN, value=value)


def loop(
    v: Variable, start: int | Expression, stop: int | Expression, step: int | Expression, *body: Statement
) -> tree.ForRange:
    bounds = [const(b) if isinstance(b, int) else b for b in (start, stop, step)]
    return tree.ForRange(span=SPAN, variable=v, start=bounds[0], stop=bounds[1], step=bounds[2], body=body)


def when(condition: Expression, then: Sequence[Statement], otherwise: Sequence[Statement] = ()) -> tree.If:
    return tree.If(span=SPAN, condition=condition, then=tuple(then), otherwise=tuple(otherwise))


def function(
    name: str, parameters: Sequence[Variable], result: Type | None, *body: Statement, export: bool = True
) -> Function:
    result = NoneType() if result is None else result
    return Function(name, name, SPAN, tuple(parameters), (), result, str(result), CPU, export, body=body)


def lowered(*functions: Function, memory: bool = False) -> tuple[str, list[str]]:
    """The module's text, and the codes of what was reported; ``memory`` allows functions to be in memory form."""
    report = Report()
    with context():
        module = emit(Program(SOURCE, functions), report, Request(memory=memory))
        if not report.errors:
            verified(module, SOURCE)
        text = module.operation.get_asm(assume_verified=True)
    return text, [d.code for d in (*report.errors, *report.remarks)]
