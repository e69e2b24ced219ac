"""The words of annotations as Python objects: ``Tensor[f32, N, 4, cuda]`` evaluates, and can be resolved to values.

The compiler reads annotations as text and never meets these objects; they are for the interpreter and for CPython,
which evaluates annotations of ordinary files. Nothing here needs NumPy.
"""

from __future__ import annotations

import operator
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any, Literal

from .dataclass import dataclass
from .precision import DTYPES, DType, Kind, Precision
from .target import Target


@dataclass(frozen=True)
class Bound:
    """What a type parameter may stand for: ``T: Float`` admits the element types of these kinds."""

    name: str
    kinds: frozenset[Kind]

    def admits(self, dtype: DType) -> bool:
        """Whether an element type may be given for a parameter with this bound."""
        return dtype.kind in self.kinds

    def __repr__(self) -> str:
        return self.name


Float = Bound("Float", frozenset({"float"}))
Int = Bound("Int", frozenset({"int", "uint"}))
Number = Bound("Number", frozenset({"int", "uint", "float", "complex"}))


@dataclass(frozen=True, eq=False)
class Dim:
    """A dimension by name, or an expression over names: ``N``, ``N + 2``, ``2 * N``.

    ``Dim("N")`` declares one. ``operation`` and ``operands`` make the expression; a name has neither.
    """

    name: str
    operation: Callable[[int, int], int] | None = None
    operands: tuple[Dim | int, ...] = ()

    def evaluate(self, values: Mapping[str, Any]) -> int:
        """The extent, given the extents of names.

        Raises:
            KeyError: a name has no extent yet.
        """
        if self.operation is None:
            return values[self.name]
        left, right = (o.evaluate(values) if isinstance(o, Dim) else o for o in self.operands)
        return self.operation(left, right)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in it, sorted."""
        if self.operation is None:
            return (self.name,)
        return tuple(sorted({n for o in self.operands if isinstance(o, Dim) for n in o.names}))

    def __add__(self, other: Dim | int) -> Dim:
        return _combined("+", operator.add, self, other)

    def __radd__(self, other: int) -> Dim:
        return _combined("+", operator.add, other, self)

    def __sub__(self, other: Dim | int) -> Dim:
        return _combined("-", operator.sub, self, other)

    def __rsub__(self, other: int) -> Dim:
        return _combined("-", operator.sub, other, self)

    def __mul__(self, other: Dim | int) -> Dim:
        return _combined("*", operator.mul, self, other)

    def __rmul__(self, other: int) -> Dim:
        return _combined("*", operator.mul, other, self)

    def __floordiv__(self, other: Dim | int) -> Dim:
        return _combined("//", operator.floordiv, self, other)

    def __repr__(self) -> str:
        return self.name


def _combined(sign: str, operation: Callable[[int, int], int], left: Dim | int, right: Dim | int) -> Dim:
    def text(operand: Dim | int) -> str:
        compound = isinstance(operand, Dim) and operand.operation is not None and sign != "+"
        return f"({operand})" if compound else str(operand)

    return Dim(f"{text(left)} {sign} {text(right)}", operation, (left, right))


@dataclass(frozen=True)
class TensorAnnotation:
    """``Tensor[...]`` as it was written; :func:`resolve` says what its arguments mean."""

    arguments: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"Tensor[{', '.join(map(spell, self.arguments))}]"

    def __call__(self, *_: object, **__: object) -> Any:
        """Nothing: ``typing.Optional`` and the like ask for something that could be called."""
        raise TypeError(f"{self} is for annotations; pyc.array(...) makes an array")

    def __or__(self, other: Any) -> Any:
        return OptionalAnnotation(self) if other is None else NotImplemented

    __ror__ = __or__

    def __getitem__(self, arguments: Any) -> Any:
        """The type with its type parameters given, in the order in which they appear."""
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        free = list(dict.fromkeys(n for a in self.arguments for n in _names_in(a)))
        if len(given) != len(free):
            raise TypeError(f"{self} takes {', '.join(free) or 'no arguments'}, not {len(given)} arguments")
        return _replaced(self, list(zip(free, given, strict=True)))


def _names_in(argument: Any) -> Iterator[str]:
    if isinstance(argument, Dim):
        yield from argument.names
    elif (p := parameter(argument)) is not None:
        yield p.name


@dataclass(frozen=True)
class OptionalAnnotation:
    """``Tensor[f32, N] | None``."""

    inner: Any

    def __repr__(self) -> str:
        return f"{spell(self.inner)} | None"


@dataclass(frozen=True)
class BufferAnnotation(TensorAnnotation):
    """``Buffer[f32, N]``: a weight that methods write; otherwise a tensor."""

    def __repr__(self) -> str:
        return f"Buffer[{', '.join(map(spell, self.arguments))}]"


class GenericAlias:
    """``type Mat[R, C] = Tensor[f64, R, C]``: a type once it has its arguments."""

    def __init__(self, value: Any, *parameters: Any) -> None:
        self._value, self._parameters = value, parameters

    def __getitem__(self, arguments: Any) -> Any:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        if len(given) != len(self._parameters):
            raise TypeError(f"the alias takes {len(self._parameters)} arguments, not {len(given)}")
        return _replaced(self._value, [(p.name, a) for p, a in zip(self._parameters, given, strict=True)])


def _replaced(value: Any, by: list[tuple[str, Any]]) -> Any:
    """An annotation with other things in the place of type parameters."""
    names = dict(by)
    if isinstance(value, TensorAnnotation):
        return type(value)(tuple(_replaced(a, by) for a in value.arguments))
    if isinstance(value, Dim) and value.operation is not None:
        left, right = (_replaced(o, by) for o in value.operands)
        return value.operation(left, right)
    declared = parameter(value)
    return value if declared is None else names.get(declared.name, value)


class Buffer:
    """The type of weights that methods may write: what one call writes, the next one reads."""

    def __new__(cls, *_: object, **__: object) -> Buffer:
        raise TypeError("Buffer is for fields of modules; pyc.array(...) makes an array")

    def __class_getitem__(cls, arguments: Any) -> BufferAnnotation:
        return BufferAnnotation(arguments if isinstance(arguments, tuple) else (arguments,))


@dataclass(frozen=True)
class StackAnnotation:
    """``Stack[Block, 12]``: that many submodules of one class."""

    item: Any
    number: Any

    def __repr__(self) -> str:
        return f"Stack[{spell(self.item)}, {spell(self.number)}]"


class Stack:
    """The type of a field with several submodules of one class: ``Stack[Block[In, Out], 12]``. It holds a tuple."""

    def __new__(cls, *_: object, **__: object) -> Stack:
        raise TypeError("Stack is for fields of modules: blocks: Stack[Block, 12]")

    def __class_getitem__(cls, arguments: Any) -> StackAnnotation:
        if not isinstance(arguments, tuple) or len(arguments) != 2:
            raise TypeError("Stack takes a module class and how many of them: Stack[Block, 12]")
        return StackAnnotation(*arguments)


class Tensor:
    """The type of arrays: ``Tensor[element, *dims]`` or ``Tensor[element, *dims, target]``."""

    def __new__(cls, *_: object, **__: object) -> Tensor:
        raise TypeError("Tensor is for annotations; pyc.array(...) makes an array")

    def __class_getitem__(cls, arguments: Any) -> TensorAnnotation:
        return TensorAnnotation(arguments if isinstance(arguments, tuple) else (arguments,))


@dataclass(frozen=True)
class MixedAnnotation:
    """``Mixed[S, C]`` with type parameters in it: a precision once they are known."""

    arguments: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"Mixed[{', '.join(map(spell, self.arguments))}]"


class Mixed:
    """``Mixed[storage, compute]`` or ``Mixed[storage, compute, accumulate]``: a :class:`Precision`."""

    def __new__(cls, *_: object, **__: object) -> Mixed:
        raise TypeError("write Mixed[f16, f32]: Mixed takes element types in brackets")

    def __class_getitem__(cls, arguments: Any) -> Precision | MixedAnnotation:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        if len(given) not in (2, 3):
            takes = "Mixed takes storage, compute and, if it differs, accumulate: Mixed[f16, f32]"
            raise TypeError(f"{takes}; it was given {len(given)} argument{'s' * (len(given) != 1)}")
        names = [a.name for a in given if isinstance(a, DType)]
        if len(names) == len(given):
            return Precision(names[0], names[1], names[-1])
        return MixedAnnotation(given)


# --- type parameters -------------------------------------------------------------------------------------------------

ParameterKind = Literal["dim", "pack", "dtype", "precision", "target", "number", "flag", "text"]


@dataclass(frozen=True)
class Parameter:
    """A type parameter, however it was declared. ``admitted`` is what a dtype parameter may be: a bound or dtypes.

    ``flag`` and ``text`` are those with the bounds ``bool`` and ``str``.
    """

    name: str
    kind: ParameterKind
    admitted: Bound | tuple[DType, ...] | None = None
    #: Gives what it is where nothing says it, from the values of the type parameters before it.
    default: Callable[[Mapping[str, Any]], Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return self.name


def parameter(declared: Any) -> Parameter | None:
    """The type parameter that an object declares: a ``Dim``, a ``TypeVar``, a ``TypeVarTuple``; ``None`` for others."""
    if isinstance(declared, Parameter):
        return declared
    if isinstance(declared, Dim):
        return Parameter(declared.name, "dim") if declared.operation is None else None
    if isinstance(declared, typing.TypeVarTuple):
        return Parameter(declared.__name__, "pack")
    if isinstance(declared, typing.TypeVar):
        made = bounded(declared.__name__, declared.__constraints__ or declared.__bound__)
        given = getattr(declared, "__default__", None)  # Python 3.13's, and that of typing_extensions
        if given is None or repr(given) == "typing.NoDefault":
            return made
        return replace(made, default=lambda found: found.get(p.name) if (p := parameter(given)) else given)
    return None


def bounded(name: str, bound: Any) -> Parameter:
    """The type parameter ``name: bound``; without a bound it is a dimension.

    Raises:
        TypeError: the bound is none of Float, Int, Number, Precision, Target, int, an element type or a tuple of those.
    """
    if bound is None or (isinstance(bound, tuple) and not bound):
        return Parameter(name, "dim")
    if isinstance(bound, Bound):
        return Parameter(name, "dtype", bound)
    if isinstance(bound, DType):
        return Parameter(name, "dtype", (bound,))
    if isinstance(bound, tuple) and all(isinstance(b, DType) for b in bound):
        return Parameter(name, "dtype", bound)
    if bound is Precision:
        return Parameter(name, "precision")
    if bound is Target:
        return Parameter(name, "target")
    if bound is int:
        return Parameter(name, "number")
    if bound is bool:
        return Parameter(name, "flag")
    if bound is str:
        return Parameter(name, "text")
    bounds = "Float, Int, Number, Precision, Target, int or element types"
    raise TypeError(f"{name}: {spell(bound)} is not a bound; use {bounds}")


# --- what an annotation means ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TensorSpec:
    """A tensor type with its parts told apart. ``pack`` in ``dims`` is a :class:`Parameter` of that kind."""

    element: Precision | Parameter | RecordSpec
    dims: tuple[int | Dim | Parameter, ...]
    target: Target | Parameter | None

    def __str__(self) -> str:
        dims = (f"*{d}" if isinstance(d, Parameter) else str(d) for d in self.dims)
        return f"Tensor[{', '.join([str(self.element), *dims, *([str(self.target)] if self.target else [])])}]"


@dataclass(frozen=True)
class ScalarSpec:
    """A sized scalar, or one of Python's own (``weak``): ``int``, ``float``, ``bool``, ``complex``."""

    element: DType | Parameter
    weak: type | None = None

    def __str__(self) -> str:
        return self.weak.__name__ if self.weak else str(self.element)


@dataclass(frozen=True)
class TupleSpec:
    items: tuple[Spec, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class RecordSpec:
    """A record; of a generic class whose ``arguments`` are type parameters, one that is not known yet."""

    record: Any
    arguments: tuple[Any, ...] = ()

    def __str__(self) -> str:
        given = f"[{', '.join(map(spell, self.arguments))}]" if self.arguments else ""
        return f"{self.record.__name__}{given}"


@dataclass(frozen=True)
class RecordAnnotation:
    """``Vec[T]``: a generic record with type parameters for arguments."""

    record: Any
    arguments: tuple[Any, ...]

    def __repr__(self) -> str:
        return str(RecordSpec(self.record, self.arguments))


@dataclass(frozen=True)
class OtherSpec:
    """An annotation that is not pyc's: Python's business."""

    annotation: Any

    def __str__(self) -> str:
        return spell(self.annotation)


@dataclass(frozen=True)
class OptionalSpec:
    """Another type, or None."""

    inner: Spec

    def __str__(self) -> str:
        return f"{self.inner} | None"


Spec = TensorSpec | ScalarSpec | TupleSpec | RecordSpec | OptionalSpec | OtherSpec

_WEAK: Mapping[type, str] = {bool: "bool", int: "i64", float: "f64", complex: "c128"}


def mentions_pyc(spec: Spec) -> bool:
    """Whether a type is one of pyc's own, so that a function with it in its signature is compiled."""
    match spec:
        case TensorSpec() | RecordSpec():
            return True
        case ScalarSpec(weak=weak):
            return weak is None
        case TupleSpec(items=items):
            return any(mentions_pyc(i) for i in items)
        case OptionalSpec(inner=inner):
            return mentions_pyc(inner)
    return False


def resolve(annotation: Any, names: Mapping[str, Any]) -> Spec:
    """What an annotation means; ``names`` gives the objects that names in quoted parts stand for.

    Raises:
        TypeError: it is a ``Tensor`` or ``Mixed`` with arguments that make no sense.
        NameError: a quoted part uses a name that is not there.
    """
    if isinstance(annotation, str):
        return resolve(evaluate(annotation, names), names)
    if typing.get_origin(annotation) is typing.Annotated:
        return resolve(annotation.__origin__, names)
    if isinstance(annotation, TensorAnnotation):
        return _tensor(annotation, names)
    if isinstance(annotation, OptionalAnnotation):
        return OptionalSpec(resolve(annotation.inner, names))
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        given = [a for a in typing.get_args(annotation) if a is not type(None)]
        if len(given) == 1:
            return OptionalSpec(resolve(given[0], names))
    if isinstance(annotation, DType):
        return ScalarSpec(annotation)
    if (record := _record(annotation)) is not None:
        return record
    if isinstance(annotation, type) and annotation in _WEAK:
        return ScalarSpec(DTYPES[_WEAK[annotation]], annotation)
    if typing.get_origin(annotation) is tuple:
        arguments = typing.get_args(annotation)
        if Ellipsis not in arguments:
            return TupleSpec(tuple(resolve(a, names) for a in arguments))
    declared = parameter(annotation) if isinstance(annotation, typing.TypeVar | Parameter) else None
    if declared is not None and declared.kind == "dtype":
        return ScalarSpec(declared)
    return OtherSpec(annotation)


def bare(annotation: Any, names: Mapping[str, Any]) -> Any:
    """An annotation without the ``Annotated[..., pyc.annotate(...)]`` around it."""
    found: Any = (
        evaluate(annotation, names) if isinstance(annotation, str) and "Annotated" in annotation else annotation
    )
    while typing.get_origin(found) is typing.Annotated:
        found = found.__origin__
    return found


def _record(annotation: Any) -> RecordSpec | None:
    if isinstance(annotation, RecordAnnotation):
        return RecordSpec(annotation.record, annotation.arguments)
    return RecordSpec(annotation) if hasattr(annotation, "__pyc_record__") else None


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The object that a quoted annotation stands for; dimensions among ``names`` can be calculated with."""
    usable = {k: _calculable(v) for k, v in names.items()}
    code = compile(text.strip(), "<annotation>", "eval", dont_inherit=True)
    return eval(code, {"__builtins__": __builtins__}, usable)


def _calculable(value: Any) -> Any:
    """A ``TypeVar`` that is a dimension as a :class:`Dim`, for ``N + 2``; the rest as it is."""
    if isinstance(value, typing.TypeVar):
        try:
            declared = parameter(value)
        except TypeError:
            return value  # a TypeVar of the user's other code
        if declared is not None and declared.kind in ("dim", "number"):
            return Dim(declared.name)
    if isinstance(value, Parameter):
        return Dim(value.name) if value.kind in ("dim", "number") else _Pack(value) if value.kind == "pack" else value
    return value


@dataclass(frozen=True)
class _Pack:
    """A pack that can be starred: ``Tensor[f32, *S]``."""

    declared: Parameter

    def __iter__(self) -> Iterator[Parameter]:
        yield self.declared


def _tensor(annotation: TensorAnnotation, names: Mapping[str, Any]) -> TensorSpec:
    first, *rest = (evaluate(a, names) if isinstance(a, str) else a for a in annotation.arguments)
    target = _target(rest[-1]) if rest else None
    dims = [_dim(d, annotation) for d in (rest if target is None else rest[:-1])]
    if sum(isinstance(d, Parameter) for d in dims) > 1:
        raise TypeError(f"{annotation}: a Tensor takes one pack of dimensions")
    return TensorSpec(element_of(first, annotation), tuple(dims), target)


def element_of(value: Any, whole: Any = None) -> Precision | Parameter | RecordSpec:
    """The precision or record, or the parameter for one, that stands where an element type is expected.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(value, DType):
        return Precision.plain(value.name)
    if isinstance(value, Precision):
        return value
    if value is bool:
        return Precision.plain("bool")
    if (record := _record(value)) is not None:
        return record
    if isinstance(value, MixedAnnotation):
        raise TypeError(f"{value} has parameters in it; take the whole precision as one: P: Precision")
    declared = parameter(value)
    if declared is not None and declared.kind in ("dtype", "precision"):
        return declared
    where = f"{whole}: " if whole is not None else ""
    hint = "; declare it as T: Float or P: Precision" if declared is not None else ""
    raise TypeError(f"{where}{spell(value)} is not an element type{hint}")


def _target(value: Any) -> Target | Parameter | None:
    if isinstance(value, Target):
        return value
    declared = parameter(value)
    return declared if declared is not None and declared.kind == "target" else None


def _dim(value: Any, whole: TensorAnnotation) -> int | Dim | Parameter:
    if typing.get_origin(value) is Literal:
        (value,) = typing.get_args(value)
    if typing.get_origin(value) is typing.Unpack:
        (value,) = typing.get_args(value)
    if isinstance(value, Dim):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 0:
            raise TypeError(f"{whole}: a dimension cannot be {value}")
        return value
    declared = parameter(value)
    if declared is not None and declared.kind == "pack":
        return declared
    if declared is not None and declared.kind in ("dim", "number"):
        return Dim(declared.name)
    raise TypeError(f"{whole}: {spell(value)} is not a dimension")


def spell(value: Any) -> str:
    """An argument of an annotation as users write it."""
    if isinstance(value, str):
        return repr(value)
    if typing.get_origin(value) is Literal:
        return f"L[{', '.join(map(str, typing.get_args(value)))}]"
    if isinstance(value, type):
        return value.__name__
    return getattr(value, "__name__", None) or str(value)
