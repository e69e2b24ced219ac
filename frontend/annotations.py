"""Types as users write them, in patterns over type parameters; binding the parameters; and the way back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from pyc.dataclass import dataclass
from pyc.precision import Precision
from pyc.source import Span
from pyc.target import Target

from . import check_annotations, foreign_types
from .dims import Dim
from .report import Invalid, Report, fix
from .static import Scope, Static
from .types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    GeneratorType,
    NoneType,
    RecordType,
    ScalarType,
    TensorType,
    TupleType,
    Type,
    is_plain_tuple,
    records,
    with_items,
)
from .values import (
    Alias,
    Applied,
    Bindings,
    Definition,
    Element,
    GeneratorPattern,
    LibraryName,
    ModulePattern,
    NonePattern,
    Pattern,
    PythonType,
    RecordPattern,
    ScalarPattern,
    TensorPattern,
    TuplePattern,
    TypeParameter,
    Value,
    described,
)

_SCALARS = {"int": INT, "float": FLOAT, "bool": BOOL, "complex": COMPLEX}


@dataclass(frozen=True)
class Annotations:
    """Reads annotations. ``integers`` are parameters of type ``int``, which annotations may use as dimensions."""

    static: Static
    report: Report
    #: Filled in by the records, which depend on this module: what a class with ``@pyc.record`` is as a type.
    hooks: dict[str, Callable[[Applied, Span], Pattern | None]] = field(default_factory=dict, compare=False)

    def pattern(self, node: ast.expr, scope: Scope, integers: frozenset[str] = frozenset()) -> Pattern:
        """The type that an annotation spells.

        Raises:
            Invalid: E207, it spells none; E211, E307 in its parts.
        """
        span = scope.span(node)
        match node:
            case ast.Constant(value=None):
                return NonePattern()
            case ast.Constant(value=str(text)):
                return self.pattern(self.quoted(text, node, span), scope, integers)
            case ast.Subscript(value=base, slice=index):
                items = index.elts if isinstance(index, ast.Tuple) else [index]
                head = self.static.evaluate(base, scope)
                match head:
                    case LibraryName("pyc", "Tensor" | "Buffer"):
                        return self._tensor([self._unquoted(i, scope) for i in items], scope, span, integers)
                    case LibraryName("pyc", "Stack"):
                        return self._stack(items, scope, span)
                    case PythonType("tuple"):
                        return TuplePattern(tuple(self.pattern(i, scope, integers) for i in items))
                    case LibraryName("typing", "Annotated"):
                        check_annotations.refuse(self.static, self.report, node, scope)
                        return self.pattern(items[0], scope, integers)
                    case TensorPattern():
                        return self._given(head, [self.static.evaluate(i, scope) for i in items], span)
                    case LibraryName("pyc", "Mixed") | Definition() | Alias():
                        return self.from_value(self.static.evaluate(node, scope), span)
                    case _:
                        said = foreign_types.advice(head, [*self._known(items, scope)], items)
                        if said is not None:
                            raise self.report.error("E207", said[0], span, said[1])
                        raise self._no_type(f"{described(head)}[...]", span)
            case ast.BinOp(op=ast.BitOr()):
                raise self._no_type("a union", span)
            case _:
                return self.from_value(self.static.evaluate(node, scope), span)

    def _unquoted(self, node: ast.expr, scope: Scope) -> ast.expr:
        """An argument of ``Tensor``, which may be in quotes by itself: ``Tensor[f32, "N + 2"]``."""
        match node:
            case ast.Constant(value=str(text)):
                return self.quoted(text, node, scope.span(node))
            case _:
                return node

    def quoted(self, text: str, node: ast.expr, span: Span) -> ast.expr:
        """The expression in a quoted annotation."""
        try:
            body = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self.report.error("E207", f"'{text}' is not a type", span) from None
        for inner in ast.walk(body):
            if isinstance(inner, ast.expr):
                ast.copy_location(inner, node)
        return body

    def from_value(self, value: Value, span: Span) -> Pattern:
        """The type that a compile-time value is, used as an annotation."""
        match value:
            case None:
                return NonePattern()
            case Element(dtype):
                return ScalarPattern(ScalarType(dtype))
            case PythonType(name) if name in _SCALARS:
                return ScalarPattern(_SCALARS[name])
            case TypeParameter(kind="dtype"):
                return ScalarPattern(value)
            case TensorPattern() | ScalarPattern() | TuplePattern() | RecordPattern() | NonePattern() | ModulePattern():
                return value
            case Applied(definition=Definition(node=ast.ClassDef())):
                return self.hooks["record"](value, span) or ModulePattern(value)
            case Definition(node=ast.ClassDef()):
                return self.from_value(Applied(value, ()), span)
            case LibraryName("pyc", "Tensor"):
                message = "Tensor needs its element type and dimensions"
                raise self.report.error("E207", message, span, fix("`Tensor[f32, N]`"))
            case LibraryName("numpy.random", "Generator"):
                return GeneratorPattern()
            case LibraryName("numpy", "ndarray" | "array" as name):
                message = f"np.{name} says neither element type nor shape"
                raise self.report.error("E207", message, span, fix("`Tensor[f64, N]` says both"))
            case TypeParameter(kind="dim" | "int", name=name):
                message = f"{name} is a dimension, not a type"
                raise self.report.error("E207", message, span, fix(f"`{name}: Float` declares an element type"))
            case TypeParameter(kind="precision", name=name) | Precision(storage=name):
                message = f"{value} is a precision, which only arrays have"
                raise self.report.error("E207", message, span, fix(f"`Tensor[{name}, N]`"))
            case _:
                if (said := foreign_types.advice(value, [], [])) is not None:
                    raise self.report.error("E207", said[0], span, said[1])
                raise self._no_type(described(value), span)

    def _known(self, nodes: Sequence[ast.expr], scope: Scope) -> Iterator[Value]:
        """The values of arguments of an annotation, and of theirs, that are known."""
        mark = self.report.mark()
        for node in (n for item in nodes for n in ast.walk(item)):
            if isinstance(node, ast.Name | ast.Attribute):
                try:
                    yield self.static.evaluate(node, scope)
                except Invalid:
                    self.report.rewind(mark)

    def _no_type(self, what: str, span: Span):
        known = "int, float, bool, f32 and the like, Tensor[f32, N], tuple[...], module classes and None"
        return self.report.error("E207", f"{what} is not a type of the language", span, fix(f"types are {known}"))

    # --- tensors ------------------------------------------------------------------------------------------------------

    def _given(self, pattern: TensorPattern, arguments: Sequence[Value], span: Span) -> TensorPattern:
        """``Square[2]`` of ``Square = Tensor[f64, N, N]``: its type parameters, in the order in which they appear."""
        from .binding import argument
        from .patterns import appearing

        free = appearing([pattern])
        if len(arguments) != len(free):
            takes = f"takes [{', '.join(map(str, free))}]" if free else "takes no type arguments"
            raise self.report.error("E215", f"{pattern} {takes}, and {len(arguments)} are given", span)
        found = {
            p.name: a if isinstance(a, TypeParameter) else argument(p, a, self.report, span)
            for p, a in zip(free, arguments, strict=True)
        }
        element, target = pattern.element, pattern.target
        if isinstance(element, TypeParameter):
            bound = found[element.name]
            element = bound if isinstance(bound, TypeParameter) else precision_of(element, found)
        if isinstance(target, TypeParameter):
            given = found[target.name]
            target = given if isinstance(given, Target | TypeParameter) else None
        named = {n: Dim.of(v.name) for n, v in found.items() if isinstance(v, TypeParameter)}
        numbers = {**numbers_in(found), **named}
        dims = tuple(d if isinstance(d, TypeParameter) else d.substitute(numbers) for d in pattern.dims)
        return TensorPattern(element, dims, target)

    def _stack(self, items: Sequence[ast.expr], scope: Scope, span: Span) -> TuplePattern:
        """``Stack[Block[In, Out], 12]``: that many submodules of one class."""
        if len(items) != 2:
            raise self.report.error(
                "E207", "Stack takes a module and how many of them", span, fix("`Stack[Block, 12]`")
            )
        item, number = self.pattern(items[0], scope), self.static.evaluate(items[1], scope)
        if isinstance(number, Dim):
            number = number.value
        if not isinstance(item, ModulePattern):
            message = f"Stack takes a module class, and this is {item}"
            raise self.report.error("E207", message, scope.span(items[0]), fix("`tuple[...]` holds others"))
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 10_000:
            message = "the number of modules in a Stack is known at compile time"
            raise self.report.error("E207", message, scope.span(items[1]), fix("`Stack[Block, 12]`"))
        return TuplePattern((item,) * number)

    def _tensor(self, items: Sequence[ast.expr], scope: Scope, span: Span, integers: frozenset[str]) -> TensorPattern:
        if not items:
            message = "Tensor needs its element type and dimensions"
            raise self.report.error("E207", message, span, fix("`Tensor[f32, N]`"))
        element = self._element(items[0], scope)
        rest = list(items[1:])
        target = self._target(rest[-1], scope, integers) if rest else None
        if target is not None:
            rest.pop()
        dims = tuple(self._extent(node, scope, integers) for node in rest)
        if sum(isinstance(d, TypeParameter) for d in dims) > 1:
            raise self.report.error("E207", "a Tensor takes one shape pack", span)
        return TensorPattern(element, dims, target)

    def _element(self, node: ast.expr, scope: Scope) -> Precision | TypeParameter | RecordPattern:
        value, span = self.static.evaluate(node, scope), scope.span(node)
        match value:
            case Element(dtype):
                return Precision.plain(dtype)
            case Precision() | TypeParameter(kind="dtype" | "precision"):
                return value
            case PythonType("bool"):
                return Precision.plain("bool")
            case (
                Applied(definition=Definition(node=ast.ClassDef())) | Definition(node=ast.ClassDef()) | RecordPattern()
            ):
                pattern = self.from_value(value, span)
                if isinstance(pattern, RecordPattern):
                    return pattern
                message = f"elements of arrays are numbers or records, and {described(value)} is a module"
                raise self.report.error("E207", message, span, fix("`@pyc.record` declares records"))
            case PythonType("int" | "float" | "complex" as name):
                sized = {"int": "i64", "float": "f64", "complex": "c128"}[name]
                message = f"{name} is Python's own number, not an element type"
                raise self.report.error("E207", message, span, fix(f"elements of arrays are sized: `{sized}`"))
            case TypeParameter(name=name):
                kind = {"int": "an int", "bool": "a bool", "str": "a str", "pack": "a pack of dimensions"}
                what = kind.get(value.kind, "a dimension")
                message = f"{name} is {what}, and the first argument of Tensor is the element type"
                raise self.report.error("E207", message, span, fix(f"`{name}: Float` declares an element type"))
            case _:
                message = f"the first argument of Tensor is the element type, not {described(value)}"
                raise self.report.error("E207", message, span, fix("`Tensor[f32, N]`"))

    def _target(self, node: ast.expr, scope: Scope, integers: frozenset[str]) -> Target | TypeParameter | None:
        """The target if the last argument is one."""
        match node:
            case ast.Name(id=name) if name in integers or self.static.unheard_of(name, scope):
                return None
            case ast.Name() | ast.Attribute() | ast.Call():
                value = self.static.evaluate(node, scope)
                if isinstance(value, Target):
                    return value
                return value if isinstance(value, TypeParameter) and value.kind == "target" else None
            case _:
                return None

    def _extent(self, node: ast.expr, scope: Scope, integers: frozenset[str]) -> Dim | TypeParameter:
        span = scope.span(node)
        if isinstance(node, ast.Starred):
            value = self.static.evaluate(node.value, scope)
            if isinstance(value, TypeParameter) and value.kind == "pack":
                return value
            raise self.report.error("E207", f"{described(value)} is not a shape pack", span)
        dim = self.dim(node, scope, integers)
        if dim.value is not None and dim.value < 0:
            raise self.report.error("E207", f"the extent {dim} is negative", span)
        if dim.value is not None and dim.value >= 2**63:
            raise self.report.error("E207", f"the extent {dim} does not fit 64 bits", span)
        return dim

    def dim(self, node: ast.expr, scope: Scope, integers: frozenset[str] = frozenset()) -> Dim:
        """A dimension: a number, a name, or arithmetic on them."""
        span = scope.span(node)
        match node:
            case ast.Name(id=name) if name in integers:
                return Dim.of(name)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() as op, right=right):
                a, b = self.dim(left, scope, integers), self.dim(right, scope, integers)
                match op:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult():
                        return a * b
                    case _:
                        if b.value is None or b.value <= 0:
                            message = f"a dimension is divided by a positive number, not by {b}"
                            raise self.report.error("E207", message, span)
                        return a // b.value
            case ast.BinOp():
                message = "dimensions are computed with + - * and //"
                raise self.report.error("E207", message, span)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.dim(operand, scope, integers)
            case ast.Slice():
                raise self.report.error("E207", "`:` is no extent", span, fix("each has a name: `Tensor[f32, N]`"))
            case ast.Constant(value=value) if value is ...:
                mend = fix("a pack stands for any number of them: `def f[*S](x: Tensor[f32, *S])`")
                raise self.report.error("E207", "`...` is no extent", span, mend)
        if isinstance(node, ast.Name) and self.static.unheard_of(node.id, scope):
            notes = fix(
                f'declare it as a dimension: `def f[{node.id}](...)`, or `{node.id} = Dim("{node.id}")` in the file'
            )
            raise self.report.error("E110", f"the name {node.id} is not defined", span, notes)
        value = self.static.evaluate(node, scope)
        match value:
            case None:
                message = "None is not a dimension: an extent that is known only at run time has a name too"
                raise self.report.error(
                    "E207", message, span, fix("`def f[N, K](x: Tensor[f64, N]) -> Tensor[f64, K]`")
                )
            case bool():
                pass
            case tuple():
                plain = ", ".join(ast.unparse(n) for n in node.elts) if isinstance(node, ast.Tuple) else "N, M"
                message = "the dimensions of a Tensor are its arguments, not a tuple"
                raise self.report.error("E207", message, span, fix(f"without parentheses: `Tensor[f32, {plain}]`"))
            case int():
                return Dim.of(value)
            case Dim():
                return value
            case TypeParameter(kind="dim" | "int", name=name):
                return Dim.of(name)
            case Element() | Precision():
                message = f"{value} is an element type where a dimension is expected"
                raise self.report.error("E207", message, span, fix("`Tensor[f32, N]`: the element type comes first"))
            case Target():
                message = "the target is the last argument of Tensor"
                raise self.report.error("E207", message, span, fix(f"`Tensor[f32, N, {value.name}]`"))
            case _:
                pass
        raise self.report.error("E207", f"{described(value)} is not a dimension", span)


# --- patterns and types -----------------------------------------------------------------------------------------------


def parameters_in(pattern: Pattern | None) -> Iterator[TypeParameter]:
    """The type parameters that a pattern names itself; dimension names appear as symbols, see :func:`dims_in`."""
    match pattern:
        case TensorPattern(element=element, dims=dims, target=target):
            if isinstance(element, RecordPattern):
                yield from parameters_in(element)
            for part in (element, *dims, target):
                if isinstance(part, TypeParameter):
                    yield part
        case RecordPattern(record=record):
            for part in record.arguments:
                if isinstance(part, TypeParameter):
                    yield part
        case ScalarPattern(element=TypeParameter() as element):
            yield element
        case TuplePattern(items=items):
            for item in items:
                yield from parameters_in(item)
        case _:
            pass


def dims_in(pattern: Pattern | None) -> Iterator[Dim]:
    """The dimensions written in a pattern."""
    match pattern:
        case TensorPattern(dims=dims):
            yield from (d for d in dims if isinstance(d, Dim))
        case TuplePattern(items=items):
            for item in items:
                yield from dims_in(item)
        case _:
            pass


def targets_in(pattern: Pattern | None) -> Iterator[Target]:
    """The fixed targets written in a pattern."""
    match pattern:
        case TensorPattern(target=Target() as target):
            yield target
        case TuplePattern(items=items):
            for item in items:
                yield from targets_in(item)
        case _:
            pass


def numbers_in(bindings: Bindings) -> dict[str, Dim]:
    """The dimensions among bindings, ready for substitution."""
    found: dict[str, Dim] = {}
    for name, value in bindings.items():
        if isinstance(value, Dim):
            found[name] = value
        elif isinstance(value, int) and not isinstance(value, bool):
            found[name] = Dim.of(value)
    return found


def resolve(pattern: Pattern, bindings: Bindings, target: Target) -> Type:
    """The type that a pattern is under bindings of its type parameters; without one of its own it is on ``target``."""
    match pattern:
        case TensorPattern(element=RecordPattern() as element, dims=dims, target=own):
            record = resolve(element, bindings, target)
            assert isinstance(record, RecordType)
            place = bindings[own.name] if isinstance(own, TypeParameter) else own or target
            assert isinstance(place, Target)
            return records(record, _extents(dims, bindings), narrowed(place, target))
        case RecordPattern(record=applied, fields=fields, parameters=parameters, layout=layout):
            arguments = tuple(_bound(a, bindings) for a in applied.arguments)
            key = Applied(applied.definition, arguments)
            items = tuple(resolve(p, bindings, target) for _, p in fields)
            own_bindings = dict(zip(parameters, arguments, strict=True))
            return RecordType(items, str(key), tuple(n for n, _ in fields), key, own_bindings, layout)
        case TensorPattern(element=element, dims=dims, target=own):
            assert not isinstance(element, RecordPattern)
            precision = precision_of(element, bindings)
            place = bindings[own.name] if isinstance(own, TypeParameter) else own or target
            assert isinstance(place, Target)
            return TensorType(precision.storage, _extents(dims, bindings), precision, narrowed(place, target))
        case GeneratorPattern():
            return GeneratorType("u64", (Dim.of(6),), Precision.plain("u64"), target)
        case ScalarPattern(element=TypeParameter() as parameter):
            return ScalarType(precision_of(parameter, bindings).storage)
        case ScalarPattern(element=ScalarType() as scalar):
            return scalar
        case TuplePattern(items=items):
            return TupleType(tuple(resolve(i, bindings, target) for i in items))
        case _:
            return NoneType()


def _extents(dims: Sequence[Dim | TypeParameter], bindings: Bindings) -> tuple[Dim, ...]:
    extents: list[Dim] = []
    numbers = numbers_in(bindings)
    for d in dims:
        if isinstance(d, TypeParameter):
            pack = bindings[d.name]
            assert isinstance(pack, tuple)
            extents += [p for p in pack if isinstance(p, Dim)]
        else:
            extents.append(d.substitute(numbers))
    return tuple(extents)


def _bound(argument: Value, bindings: Bindings) -> Value:
    """A type argument of a record with the type parameters in it bound."""
    return bindings[argument.name] if isinstance(argument, TypeParameter) else argument


def precision_of(element: Precision | TypeParameter, bindings: Bindings) -> Precision:
    if isinstance(element, Precision):
        return element
    bound = bindings[element.name]
    if isinstance(bound, Element):
        return Precision.plain(bound.dtype)
    assert isinstance(bound, Precision)
    return bound


def narrowed(target: Target, other: Target) -> Target:
    """The narrower of two targets that fit each other; ``target`` where they do not."""
    return other if target.accepts(other) else target


def fits(a: Target, b: Target) -> bool:
    """Whether one of two targets is the other, or a chip of it."""
    return a.accepts(b) or b.accepts(a)


def spelled(t: Type, home: Target | None = None) -> str:
    """A type as users write it, with its target where that is not ``home``."""
    match t:
        case GeneratorType():
            return str(t)
        case TensorType(target=target) if home is not None and target != home:
            place = f'{target.name}("{target.chip}")' if target.chip else target.name
            return f"{str(t)[:-1]}, {place}]"
        case TupleType(items=items) if is_plain_tuple(t):
            return f"tuple[{', '.join(spelled(i, home) for i in items)}]"
        case _:
            return str(t)


def renamed(t: Type, names: Mapping[str, Dim]) -> Type:
    """A type with dimension names replaced."""
    match t:
        case TensorType():
            return replace(t, dims=tuple(d.substitute(names) for d in t.dims))
        case TupleType(items=items):
            return with_items(t, tuple(renamed(i, names) for i in items))
        case _:
            return t
