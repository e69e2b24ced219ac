"""What is said at run time: ``print``, and exceptions whose messages contain values.

Python formats all of it, in the loader: here each piece becomes a value and its place in a template, whose form is
described in ``targets/cpu/_tell.py``. The elements of an array are said one by one before the line that shows them.
"""

from __future__ import annotations

import ast
import builtins
import json
from dataclasses import field
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.control import EXCEPTIONS
from pyc.precision import DTYPES
from pyc.source import Span

from . import advice, arrays, check_records, check_unpacking, flow, tree
from .check_expressions import condition, decided
from .check_subscripts import selected
from .composites import item
from .context import Checker
from .report import fix
from .types import (
    INT,
    RecordArrayType,
    RecordType,
    ScalarType,
    StaticType,
    TensorType,
    TupleType,
    is_array,
    kind_of,
)
from .values import LibraryName, Value, described

_PLAIN = {"bool": "bool", "i64": "int", "f64": "float"}


@dataclass
class _Said:
    """What is said: the values in their order, and the statements that make them and say elements of arrays."""

    c: Checker
    span: Span
    values: list[tree.Expression] = field(default_factory=list)
    prepared: list[tree.Statement] = field(default_factory=list)
    elements: list[tree.Statement] = field(default_factory=list)
    #: The values that are numbers of exceptions.
    caught: list[int] = field(default_factory=list)

    def part(self, node: ast.expr) -> Any:
        """The part of a template for an expression, evaluated after those before it."""
        if isinstance(node, ast.JoinedStr):
            return self._formatted(node)
        if (name := shown(node)) is not node or isinstance(node, ast.Name):
            number = self.c.caught.get(name.id) if isinstance(name, ast.Name) else None
            if number is not None:
                return self._caught(node, number)
        if (parts := arguments_of(node)) is not None and parts[0].id in self.c.caught:
            said = self._caught(parts[0], self.c.caught[parts[0].id])
            return ["arguments", said[1], parts[1]]
        if (text := self._put_together(node)) is not None:
            return text
        return self._of(self.c.value(node), self.c.span(node))

    def _put_together(self, node: ast.expr) -> Any:
        """The part of a string made of others, or by ``str``, ``repr`` and ``format``; ``None`` for anything else."""
        match node:
            case ast.BinOp(left=left, op=ast.Mod(), right=right) if self._is_text(left):
                values = right.elts if isinstance(right, ast.Tuple) else None
                if values is not None and not any(isinstance(v, ast.Starred) for v in values):
                    return ["percent", self.part(left), ["tuple", [self.part(v) for v in values]]]
                return ["percent", self.part(left), self.part(right)]
            case ast.BinOp(left=left, op=ast.Add(), right=right) if self._is_text(left) or self._is_text(right):
                sides = [self.part(left), self.part(right)]
                if self._is_text(left) and self._is_text(right):
                    return ["format", [[side, "", ["text", ""]] for side in sides]]
                return ["sum", *sides]
            case ast.BinOp(left=left, op=ast.Mult(), right=right) if self._is_text(left) or self._is_text(right):
                return ["product", self.part(left), self.part(right)]
            case ast.Call(func=ast.Attribute(value=text, attr="format"), args=arguments, keywords=keywords) if (
                self._is_text(text) and all(k.arg for k in keywords)
            ):
                text = self.part(text)
                values = [self.part(a) for a in _one_by_one(self, arguments)]
                return ["formatted", text, values, {str(k.arg): self.part(k.value) for k in keywords}]
            case ast.Call(func=ast.Name(id="format") as f, args=[inner, *rest], keywords=[]) if self._is_builtin(f):
                if len(rest) <= 1:
                    value = self.part(inner)
                    return ["format", [[value, "", self.part(rest[0]) if rest else ["text", ""]]]]
            case ast.Call(func=ast.Name(id="str" | "repr" | "ascii" as word) as f, args=[inner], keywords=[]):
                if self._is_builtin(f):
                    return ["format", [[self.part(inner), word[0], ["text", ""]]]]
        return None

    def _is_text(self, node: ast.expr) -> bool:
        """Whether an expression is a string, by its look or because it is one at compile time."""
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Mult(), right=right):
                return self._is_text(left) or self._is_text(right)
            case ast.BinOp(left=left, op=ast.Mod()) | ast.Call(func=ast.Attribute(value=left, attr="format")):
                return self._is_text(left)
            case ast.Call(func=ast.Name(id="str" | "repr" | "ascii" | "format") as function):
                return self._is_builtin(function)
            case ast.Name() | ast.Attribute():
                return self.c.static_text(node) is not None
        return advice.is_text(node)

    def _is_builtin(self, function: ast.Name) -> bool:
        return function.id not in self.c.locals and function.id not in self.c.scope.namespace.bindings

    def _caught(self, node: ast.expr, number: tree.Variable) -> Any:
        """The part of an exception that a handler has bound: the loader makes it of its number."""
        at = self._number(tree.Local(span=self.span, type=number.type, variable=number))
        self.caught.append(at)
        said = ["caught", at]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return ["format", [[said, node.func.id[0], ["text", ""]]]]
        return said

    def _formatted(self, node: ast.JoinedStr) -> Any:
        pieces: list[Any] = []
        for v in node.values:
            if isinstance(v, ast.Constant):
                pieces.append(str(v.value))
                continue
            assert isinstance(v, ast.FormattedValue)
            value = self.part(v.value)
            spec = ["text", ""] if v.format_spec is None else self.part(v.format_spec)
            pieces.append([value, "" if v.conversion == -1 else chr(v.conversion), spec])
        return ["format", pieces]

    def _of(self, value: tree.Expression | Value, span: Span) -> Any:
        match value:
            case str():
                return ["text", value]
            case None:
                return ["none"]
            case tuple():
                return ["tuple", [self._of(v, span) for v in value]]
            case tree.Expression():
                return self._expression(value)
            case bool() | int() | float():
                return self._expression(self.c.runtime(value, span))
        message = f"{described(value)} cannot be printed in compiled code"
        raise self.c.error("E223", message, span, fix("numbers, arrays, tuples and strings can"))

    def _expression(self, x: tree.Expression) -> Any:
        t = x.type
        if isinstance(t, StaticType):
            return self._of(t.value, x.span)  # type: ignore[arg-type]
        if isinstance(t, RecordType | RecordArrayType):
            return self._record(check_records.value_of(self.c, x))
        if isinstance(x, tree.Tuple):
            return ["tuple", [self._expression(i) for i in x.items]]
        if isinstance(t, TupleType):
            whole = self._kept(x)
            items = [tree.TupleItem(span=x.span, type=i, x=whole, index=k) for k, i in enumerate(t.items)]
            return ["tuple", [self._expression(i) for i in items]]
        if is_array(t):
            return self._array(self._kept(x), t)
        if not isinstance(t, ScalarType):
            raise self.c.error("E223", f"a {t} cannot be printed in compiled code", x.span)
        return ["value", self._name(t, x.span), self._number(self._kept(x))]

    def _record(self, x: tree.Expression) -> Any:
        t = x.type
        if not isinstance(t, RecordType):
            raise self.c.error("E223", f"{t} cannot be printed in compiled code", x.span, fix("its fields can"))
        for special in ("__repr__", "__str__", "__format__"):
            if special in self.c.instances.records.of(t).methods:
                message = f"a {t} cannot be printed in compiled code, because it has the method {special}"
                raise self.c.error("E223", message, x.span, fix("print its fields"))
        whole = x if isinstance(x, tree.Tuple) else self._kept(x)
        items = [self._expression(item(whole, k, x.span)) for k in range(len(t.items))]
        return ["record", t.name, list(t.fields), items]

    def _number(self, x: tree.Expression) -> int:
        """The position of a value; integers are handed over as i64, floats as f64."""
        assert isinstance(x.type, ScalarType)
        plain = ScalarType("f64" if kind_of(x.type.dtype) == "float" else "i64")
        self.values.append(x if x.type.dtype == plain.dtype else tree.Cast(span=x.span, type=plain, x=x))
        return len(self.values) - 1

    @staticmethod
    def _is_float(x: tree.Expression) -> bool:
        return isinstance(x.type, ScalarType) and x.type.dtype == "f64"

    def _kept(self, x: tree.Expression) -> tree.Expression:
        if isinstance(x, tree.Constant | tree.DimValue):
            return x
        variable = self.c.temporary(x)
        self.prepared.append(tree.Assign(span=x.span, variable=variable, value=x))
        return tree.Local(span=x.span, type=x.type, variable=variable)

    def _name(self, t: ScalarType | TensorType, span: Span) -> str:
        """The type of a value as the loader knows it: Python's own, or NumPy's name."""
        if isinstance(t, ScalarType) and t.weak and t.dtype in _PLAIN:
            return _PLAIN[t.dtype]
        if t.dtype == "bool":
            return "?"
        if t.dtype.startswith(("f8", "bf", "c")):
            message = f"printing a {t} is not supported in compiled code"
            raise self.c.error("E223", message, span, fix("`x.to(f32)` can be printed"))
        return DTYPES[t.dtype].numpy

    def _array(self, x: tree.Expression, t: TensorType) -> Any:
        """An array: its extents are values, its elements are said before."""
        extents = [self._number(arrays.extent(self.c, x, axis, x.span)) for axis in range(t.rank)]
        numbers = [self.c.temporary(tree.Constant(span=x.span, type=INT, value=0)) for _ in t.dims]
        items = tuple(tree.Index(tree.Local(span=x.span, type=INT, variable=n), inside=True) for n in numbers)
        if items:
            element = selected(self.c, x, items, (), x.span)
        else:
            element = tree.Subscript(span=x.span, type=ScalarType(t.dtype), base=x, items=())
        assert isinstance(element.type, ScalarType)
        name = self._name(element.type, x.span)
        one = _Said(self.c, self.span)
        one._number(element)
        (said,) = one.tell("element", "", {"type": name})
        for axis in reversed(range(t.rank)):
            said = tree.ForRange(
                span=self.span,
                variable=numbers[axis],
                start=tree.Constant(span=x.span, type=INT, value=0),
                stop=arrays.extent(self.c, x, axis, x.span),
                step=tree.Constant(span=x.span, type=INT, value=1),
                body=(said,),
            )
        self.elements.append(said)
        return ["array", name, extents]

    def tell(self, kind: str, message: str, template: dict[str, Any]) -> list[tree.Statement]:
        """The statements that say it."""
        # The operation takes integers, then floats; parts know values by the order in which they were evaluated.
        row = sorted(range(len(self.values)), key=lambda k: self._is_float(self.values[k]))
        template = {**template, "caught": self.caught} if self.caught else template
        text = json.dumps({**template, "row": [row.index(k) for k in range(len(row))]})
        values = tuple(self.values[k] for k in row)
        told = tree.Tell(span=self.span, kind=kind, message=message, template=text, values=values)
        return [*self.prepared, *self.elements, told]


def arguments_of(node: ast.expr) -> tuple[ast.Name, int | None] | None:
    """The name in ``e.args`` and in ``e.args[0]``, and the number in the latter."""
    match node:
        case ast.Attribute(value=ast.Name() as name, attr="args"):
            return name, None
        case ast.Subscript(value=ast.Attribute(value=ast.Name() as name, attr="args"), slice=ast.Constant(int() as k)):
            return name, k
    return None


def shown(node: ast.expr) -> ast.expr:
    """What ``str(x)`` and ``repr(x)`` are of; any other expression itself."""
    match node:
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[inner], keywords=[]):
            return inner
    return node


# --- print ------------------------------------------------------------------------------------------------------------


def is_print(c: Checker, node: ast.expr) -> bool:
    """Whether an expression is a call of the built-in ``print``."""
    match node:
        case ast.Call(func=ast.Name(id="print") as function) if "print" not in c.locals:
            return str(c.value(function)) == "print"
    return False


def printed(c: Checker, node: ast.Call, span: Span, out: list[tree.Statement]) -> None:
    """Check ``print(...)``.

    Raises:
        Invalid: E203, an argument that is not supported; E223, something that cannot be printed.
    """
    said = _Said(c, span)
    parts = [said.part(a) for a in _one_by_one(said, node.args)]
    options: dict[str, Any] = {"sep": " ", "end": "\n", "flush": False}
    for k in node.keywords:
        options[k.arg or "**"] = _option(c, k)
    message = ", ".join(c.span(a).text for a in node.args)
    out += said.tell("print", message, {"arguments": parts, **options})


def _one_by_one(said: _Said, arguments: list[ast.expr]) -> list[ast.expr]:
    """Arguments, those behind ``*`` written out."""
    if not any(isinstance(a, ast.Starred) for a in arguments):
        return arguments
    call = ast.Call(ast.Name("print", ast.Load()), arguments, [])
    written, bound = check_unpacking.written_out(said.c, call)
    said.prepared += [tree.Assign(span=x.span, variable=v, value=x) for v, x in bound]
    return written.args


def _option(c: Checker, k: ast.keyword) -> Any:
    value = c.value(k.value) if k.arg in ("sep", "end", "flush") else None
    if k.arg in ("sep", "end") and (value is None or isinstance(value, str)):
        return {"sep": " ", "end": "\n"}[k.arg] if value is None else value
    if k.arg == "flush" and isinstance(value, tree.Constant) and isinstance(value.value, bool):
        return value.value
    message = f"the argument {k.arg or '**'} of print is not supported in compiled code"
    raise c.error(
        "E203", message, c.span(k.value), fix("print takes sep=, end= and flush=, constants, and writes to sys.stdout")
    )


# --- exceptions -------------------------------------------------------------------------------------------------------


def raised(c: Checker, node: ast.Raise, span: Span, out: list[tree.Statement]) -> None:
    """Check ``raise exception``.

    Raises:
        Invalid: E121, it is no exception that compiled code can raise.
    """
    if node.exc is None and c.handling:
        out.append(tree.Reraise(span=span))
        return
    if node.exc is None:
        raise c.error("E121", "`raise` without an exception stands in an `except` block", span)
    if isinstance(node.exc, ast.Name) and node.exc.id in c.caught and node.cause is None:
        out.append(tree.Reraise(span=span, number=c.caught[node.exc.id]))
        return
    cause = node.cause if not isinstance(node.cause, ast.Constant) or node.cause.value is not None else None
    if cause is not None and not (isinstance(cause, ast.Name) and cause.id in c.caught):
        notes = fix("name what `except ... as` has bound, leave out the cause, or write `from None`")
        raise c.error("E121", "`raise ... from` takes an exception that is being handled in compiled code", span, notes)
    head, arguments = (node.exc.func, node.exc.args) if isinstance(node.exc, ast.Call) else (node.exc, [])
    name = exception_name(c, head)
    if isinstance(node.exc, ast.Call) and node.exc.keywords:
        raise c.error("E121", "an exception takes its arguments by position in compiled code", c.span(node.exc))
    _raise(c, name, arguments, span, out, cause)


def _raise(
    c: Checker,
    name: str,
    arguments: list[ast.expr],
    span: Span,
    out: list[tree.Statement],
    cause: ast.expr | None = None,
) -> None:
    """``raise name(*arguments)``: a constant message without a cause needs nothing at run time."""
    said = _Said(c, span)
    if any(isinstance(a, ast.Starred) for a in arguments):
        arguments = _one_by_one(said, arguments)
    if not arguments and cause is None:
        out.append(tree.Raise(span=span, exception=name, message=""))
        return
    if len(arguments) == 1 and cause is None and (text := c.static_text(arguments[0])) is not None:
        out.append(tree.Raise(span=span, exception=name, message=text))
        return
    parts = [said.part(a) for a in arguments]
    message = ", ".join(c.span(a).text for a in arguments)
    template: dict[str, Any] = {"arguments": parts}
    if cause is not None:
        template["cause"] = said.part(cause)[1]
    *before, told = said.tell(name, message, template)
    assert isinstance(told, tree.Tell)
    out += [*before, told, tree.Raise(span=span, exception=name, message=message, template=told.template)]


def exception_name(c: Checker, node: ast.expr, *, raised: bool = True) -> str:
    """The built-in exception that an expression names: one that can be raised, or that a handler takes.

    Raises:
        Invalid: E121, it names none, or one that needs more than a message.
    """
    span = c.span(node)
    name = node.id if isinstance(node, ast.Name) else ""
    if isinstance(node, ast.Attribute) and c.value(node) == LibraryName("numpy.linalg", "LinAlgError"):
        return "LinAlgError"
    if (value := _bound_to(c, name)) is not None:
        return exception_name(c, value, raised=raised)
    known = getattr(builtins, name, None)
    if not (isinstance(known, type) and issubclass(known, Exception)) or name in c.scope.namespace.bindings:
        message = f"`{span.text}` is not a built-in exception"
        mend = "raise ValueError, IndexError, RuntimeError and the like"
        if span.text[:1] in ("'", '"'):
            mend = f"`ValueError({span.text})`"
        if isinstance(_binding(c, name), ast.ClassDef):
            message = f"`{name}`, a class of the file, is not known to callers of compiled code"
            mend = f"raise the built-in exception that is nearest, and have what is not compiled raise {name} from it"
        raise c.error("E121", message, span, fix(mend))
    if raised and known.__name__ not in EXCEPTIONS:
        raise c.error("E121", f"{name} cannot be raised in compiled code", span, fix("raise ValueError"))
    return known.__name__


def _binding(c: Checker, name: str) -> ast.stmt | None:
    """The one statement at the top level of the file that binds a name."""
    found = c.scope.namespace.bindings.get(name, ())
    return found[0].node if len(found) == 1 and name not in c.locals else None


def _bound_to(c: Checker, name: str) -> ast.expr | None:
    """The name or attribute that a name of the file stands for: ``Error = KeyError``."""
    match _binding(c, name):
        case ast.Assign(targets=[ast.Name()], value=ast.Name(id=other) as value) if other != name:
            return value
        case ast.Assign(targets=[ast.Name()], value=ast.Attribute() as value):
            return value
    return None


def asserted(c: Checker, node: ast.Assert, span: Span, out: list[tree.Statement]) -> None:
    """Check ``assert``; a message is evaluated where the condition fails."""
    test = condition(c, node.test)
    known = decided(test)
    if known is False and _is_static(c, node.test):
        words = c.static_text(node.msg) if node.msg is not None else None
        message = "this does not hold" + (f": {words}" if words else "")
        raise c.error("E130", message, c.span(node.test))
    if known:
        return
    holds = flow.assuming(c, node.test, truth=True)
    text = "" if node.msg is None else c.static_text(node.msg)
    if text is not None:
        out.append(tree.Assert(span=span, condition=test, message=text))
    else:
        assert node.msg is not None
        failed: list[tree.Statement] = []
        _raise(c, "AssertionError", [node.msg], span, failed)
        out.append(tree.If(span=span, condition=test, then=(), otherwise=tuple(failed)))
    c.env = holds


def _is_static(c: Checker, node: ast.expr) -> bool:
    """Whether an expression is ``static(...)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and str(c.value(node.func)) == "pyc.static"
    )
