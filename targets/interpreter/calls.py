"""Calls of typed functions: arguments and results take their declared precision, and dimensions are checked.

A function with a type of the language in its signature runs as Python does, in a frame of its own, with three
differences: its arrays are :class:`Array`, its type parameters are bound to what the arguments show them to be, and the
functions by which NumPy creates arrays create :class:`Array`. Debuggers step into it as into any function.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from pyc.annotations import (
    Dim,
    OptionalSpec,
    OtherSpec,
    Parameter,
    RecordSpec,
    ScalarSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    mentions_pyc,
    resolve,
)
from pyc.dataclass import dataclass
from pyc.module import PYTHON_ONLY, Module, bind, type_parameters
from pyc.precision import DTYPES, DType, Precision
from pyc.records import Fixed, Items, Nested, SoA
from pyc.target import Target

from . import fixed_weights
from .array import Array, storable, wrapped
from .frames import bound as bound_frame
from .records import InterpretedRecords, of_records
from .rounding import dtype_of, promote, rounded


@dataclass(frozen=True)
class Signature:
    """What a function declares. ``typed`` says that a type of the language is in it."""

    python: inspect.Signature
    parameters: Mapping[str, Spec]
    result: Spec
    generic: tuple[Parameter, ...]
    typed: bool

    @property
    def is_concrete(self) -> bool:
        """Whether the declared types say it all: every parameter has one, and only dimensions and targets are open."""
        missing = inspect.Parameter.empty
        declared = all(p.annotation is not missing for p in self.python.parameters.values())
        return declared and not any(_is_open(s) for s in self.parameters.values())

    @property
    def fixed_target(self) -> Target | None:
        """The target that the types of parameters or result fix, if they do."""
        for spec in (*self.parameters.values(), self.result):
            if isinstance(spec, TensorSpec) and isinstance(spec.target, Target):
                return spec.target
        return None


class TypedFunction:
    """A function that is called with its declared types; ``f[f32]`` gives type parameters explicitly."""

    def __init__(self, function: FunctionType, bindings: Mapping[str, Any] | None = None) -> None:
        functools.update_wrapper(self, function)
        self.__wrapped__: FunctionType = function
        self._bindings = dict(bindings or {})

    @functools.cached_property
    def signature(self) -> Signature:
        """What the function declares; resolved at the first call, when all names in annotations are there."""
        return read_signature(self.__wrapped__)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __getitem__(self, arguments: Any) -> TypedFunction:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        name, generic = self.__wrapped__.__name__, self.signature.generic
        if len(given) > len(generic):
            raise TypeError(
                f"{name} takes {', '.join(p.name for p in generic) or 'no type parameters'}, not {len(given)}"
            )
        asked, spare = list(generic), len(generic) - len(given)
        for i, a in enumerate(given):
            while spare and asked[i].kind == "dim" and not isinstance(a, int):
                del asked[i]  # one that is left out: a type is none for a dimension
                spare -= 1
        bound = {p.name: bind(p, v, name) for p, v in zip(asked, given, strict=False)}
        return TypedFunction(self.__wrapped__, {**self._bindings, **bound})

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        function, signature = self.__wrapped__, self.signature
        if not signature.typed and not (arguments and isinstance(arguments[0], Module)):
            return _stored(function(*arguments, **named))
        try:
            bound = signature.python.bind(*arguments, **named)
        except TypeError as error:
            raise TypeError(f"{function.__name__}(): {error}") from None
        bound.apply_defaults()
        call = _Call(function.__name__, signature, dict(self._bindings))
        call.enter(bound.arguments)
        run = bound_frame(function, call.bindings, call.target)
        # Methods whose types are not all said are orchestration, which sets weights as it likes.
        compiled = signature.typed or len(signature.parameters) == 1
        if not (compiled and arguments and isinstance(arguments[0], Module)):
            return call.leave(run(*bound.args, **bound.kwargs))
        with fixed_weights.fixed(arguments[0]):
            return call.leave(run(*bound.args, **bound.kwargs))

    def __repr__(self) -> str:
        return f"<interpreted {self.__wrapped__.__qualname__}>"


def typed(function: Any) -> Any:
    """``function`` as one that is called with its declared types, or itself where it is kept out of compilation."""
    if not isinstance(function, FunctionType) or getattr(function, PYTHON_ONLY, False):
        return function
    return TypedFunction(function)


def read_signature(function: FunctionType) -> Signature:
    """What a function's annotations mean.

    Raises:
        TypeError, NameError: they cannot be resolved.
    """
    python = inspect.signature(function)
    declared = {p.name: p for p in (*_class_parameters(function), *type_parameters(function))}
    # An int parameter may stand in dimensions.
    integers = {p.name: Dim(p.name) for p in python.parameters.values() if p.annotation in (int, "int")}
    names = {**function.__globals__, **_closure(function), **declared, **integers}
    missing = inspect.Parameter.empty
    parameters = {
        p.name: OtherSpec(p.annotation) if p.annotation is missing else resolve(p.annotation, names)
        for p in python.parameters.values()
    }
    result = OtherSpec(None) if python.return_annotation is missing else resolve(python.return_annotation, names)
    generic = type_parameters(function) or tuple(
        {p.name: p for s in parameters.values() for p in _mentioned(s)}.values()
    )
    is_typed = any(map(mentions_pyc, (*parameters.values(), result)))
    return Signature(python, parameters, result, generic, is_typed)


def _class_parameters(function: FunctionType) -> tuple[Parameter, ...]:
    """The type parameters of the module class that a function is a method of, found by its qualified name."""
    owner: Any = None
    for part in function.__qualname__.split(".")[:-1]:
        owner = function.__globals__.get(part) if owner is None else getattr(owner, part, None)
    return type_parameters(owner) if isinstance(owner, type) and issubclass(owner, Module) else ()


def _closure(function: FunctionType) -> dict[str, Any]:
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue  # not assigned yet: an annotation that needs it gets a NameError
    return found


def _mentioned(spec: Spec) -> Iterator[Parameter]:
    """The type parameters in a type that are not dimensions."""
    match spec:
        case TensorSpec(element=element, target=target):
            yield from (p for p in (element, target) if isinstance(p, Parameter))
        case ScalarSpec(element=Parameter() as p):
            yield p
        case TupleSpec(items=items):
            for i in items:
                yield from _mentioned(i)
        case OptionalSpec(inner=inner):
            yield from _mentioned(inner)


def _is_open(spec: Spec) -> bool:
    """Whether a type leaves open an element type or a rank, which only arguments show."""
    match spec:
        case TensorSpec(element=element, dims=dims):
            return isinstance(element, Parameter) or any(isinstance(d, Parameter) for d in dims)
        case ScalarSpec(element=element):
            return isinstance(element, Parameter)
        case TupleSpec(items=items):
            return any(map(_is_open, items))
        case OptionalSpec() | OtherSpec():
            return True  # None or not, which string, which function: the argument says it
    return False


def converted(name: str, value: Any, spec: Spec) -> Any:
    """``value`` in the type that is declared for a local name.

    Raises:
        TypeError, ValueError: it is a value of another kind, or of another shape.
    """
    if isinstance(spec, OtherSpec):
        return value
    return _Call(name, Signature(inspect.Signature(), {}, spec, (), typed=True), {})._result(value, spec, name)


# --- one call ---------------------------------------------------------------------------------------------------------


class _Call:
    """The state of one call: what its type parameters and dimensions are, and which argument showed it."""

    def __init__(self, name: str, signature: Signature, bindings: dict[str, Any]) -> None:
        self.name = name
        self.signature = signature
        self.bindings = bindings
        self.shown_by: dict[str, str] = {}

    @property
    def target(self) -> Target | None:
        """The target that the function's type parameter gives it."""
        return next((b for b in self.bindings.values() if isinstance(b, Target)), None)

    def enter(self, arguments: dict[str, Any]) -> None:
        """Give arguments their declared types; first those that show what names mean, then the others."""
        for value in arguments.values():
            if isinstance(value, Module):
                self.bindings.update(type(value).__pyc_bindings__ or {})
        # What a number of Python adapts to, the others show.
        late = [n for n, v in arguments.items() if type(v) in (int, float, complex) and self._is_generic(n)]
        for name in [*(n for n in arguments if n not in late), *late]:
            arguments[name] = self._argument(name, arguments[name], self.signature.parameters[name])
        for p in self.signature.generic:
            if p.name not in self.bindings and p.default is not None:
                self.bindings[p.name] = bind(p, p.default(self.bindings), self.name)
        for name, value in arguments.items():
            self._check_dims(name, value, self.signature.parameters[name])

    def _is_generic(self, name: str) -> bool:
        spec = self.signature.parameters[name]
        return isinstance(spec, ScalarSpec) and isinstance(spec.element, Parameter)

    def leave(self, value: Any) -> Any:
        """The result in its declared type."""
        return self._result(value, self.signature.result)

    def _argument(self, name: str, value: Any, spec: Spec) -> Any:
        if isinstance(spec, OptionalSpec):
            return None if value is None else self._argument(name, value, spec.inner)
        if isinstance(spec, ScalarSpec):
            made = self._scalar(name, value, spec)
            if isinstance(made, int) and not isinstance(made, bool):
                self.bindings.setdefault(name, made)  # an int parameter may stand in dimensions
            return made
        if isinstance(spec, TensorSpec) and isinstance(spec.element, RecordSpec):
            return self._records(name, value, spec)
        if isinstance(spec, TensorSpec):
            return self._tensor(name, value, spec)
        if isinstance(spec, TupleSpec):
            return self._tuple(name, value, spec, self._argument)
        return value

    def _records(self, name: str, value: Any, spec: TensorSpec) -> Any:
        """An array of records: with fields as attributes."""
        if not isinstance(value, SoA) and not (isinstance(value, np.ndarray) and value.dtype.names is not None):
            raise TypeError(f"{name} is {spec}, not {type(value).__name__}")
        if isinstance(value, np.ndarray) and isinstance(spec.element, RecordSpec) and not _is_generic(spec.element):
            _check_fields(name, value.dtype, spec.element.record)
        if value.ndim != len(spec.dims) and not any(isinstance(d, Parameter) for d in spec.dims):
            raise _wrong_rank(name, value, spec)
        self._bind_dims(name, value, spec)
        known = isinstance(spec.element, RecordSpec) and not _is_generic(spec.element)
        if known and isinstance(value, np.ndarray) and value.dtype.type is np.void:
            # Its elements become records of the class that the function knows them as, in the caller's memory.
            value = value.view(of_records(value.dtype, spec.element.record))  # type: ignore[union-attr]
        return value if isinstance(value, SoA | InterpretedRecords) else value.view(InterpretedRecords)

    def _tensor(self, name: str, value: Any, spec: TensorSpec) -> Array:
        if not isinstance(value, np.ndarray):
            if not isinstance(value, np.generic):
                raise TypeError(f"{name} is {spec}, not {type(value).__name__}; pyc.array(...) makes an array")
            value = np.asarray(value)
        precision = self._precision(name, value, spec)
        target = self._target(name, value, spec)
        if len([d for d in spec.dims if not isinstance(d, Parameter)]) > value.ndim or (
            value.ndim != len(spec.dims) and not any(isinstance(d, Parameter) for d in spec.dims)
        ):
            raise _wrong_rank(name, value, spec)
        self._bind_dims(name, value, spec)
        source = value.plain() if isinstance(value, Array) else value
        passed = rounded(source, precision.storage)
        if passed is not source and not np.shares_memory(passed, source):
            passed.flags.writeable = False  # what is written to a copy would be lost
        return wrapped(passed, precision, target)

    def _precision(self, name: str, value: Any, spec: TensorSpec) -> Precision:
        own = value.precision if isinstance(value, Array) else Precision.plain(dtype_of(value.dtype).name)
        wanted = spec.element
        assert not isinstance(wanted, RecordSpec)
        if isinstance(wanted, Parameter):
            if wanted.name not in self.bindings:
                shown = own if wanted.kind == "precision" else bind(wanted, _plain_dtype(own, name), self.name)
                self.bindings[wanted.name] = shown
                self.shown_by[wanted.name] = name
            wanted = _as_precision(self.bindings[wanted.name])
        # A mixed value is rounded when it is passed; whatever else is stored differently is an error.
        if own != wanted and not (own.is_plain and own.storage == wanted.storage):
            raise TypeError(
                f"{name} is {spec} with elements of {wanted} and was given {own}: write .to({wanted.storage})"
            )
        return wanted

    def _target(self, name: str, value: Any, spec: TensorSpec) -> Target | None:
        own = value.target if isinstance(value, Array) else None
        wanted = spec.target
        if isinstance(wanted, Parameter):
            if wanted.name not in self.bindings and own is not None:
                self._bind(wanted.name, own, name)
            wanted = self.bindings.get(wanted.name, own)
        if wanted is None:
            return own or self.target
        if own is not None and not wanted.accepts(own):
            raise TypeError(f"{name} is on {own} and {self.name} takes it on {wanted}: write .to({wanted.name})")
        return own or wanted

    def _bind_dims(self, name: str, value: Any, spec: TensorSpec) -> None:
        """Note what the dimensions of an argument mean, and its packs.

        Raises:
            TypeError: it has another number of dimensions than a pack has by now, as compiled code says it.
        """
        for d, extent in self._aligned(spec, value.shape):
            if isinstance(d, Parameter) and len(known := self.bindings.get(d.name, extent)) != len(extent):
                raise _wrong_rank(name, value, spec, str(value.ndim - len(extent) + len(known)))
            if isinstance(d, Parameter) or (isinstance(d, Dim) and d.operation is None):
                self._bind(d.name, extent, name)

    def _bind(self, name: str, value: Any, argument: str) -> None:
        """Note what a name means; it means one thing throughout a signature."""
        known = self.bindings.setdefault(name, value)
        if known != value:
            where = f" in {self.shown_by[name]}" if name in self.shown_by else ""
            raise ValueError(f"{name} is {known}{where} and {value} in {argument}")
        self.shown_by.setdefault(name, argument)

    def _aligned(self, spec: TensorSpec, shape: tuple[int, ...]) -> Iterator[tuple[int | Dim | Parameter, Any]]:
        """Dimensions with their extents; a pack with a tuple of them."""
        extra = len(shape) - len(spec.dims) + 1
        at = 0
        for d in spec.dims:
            if isinstance(d, Parameter):
                yield d, shape[at : at + extra]
                at += extra
            else:
                yield d, shape[at]
                at += 1

    def _check_dims(self, name: str, value: Any, spec: Spec) -> None:
        if isinstance(spec, OptionalSpec):
            if value is None:
                return
            spec = spec.inner
        if isinstance(spec, TensorSpec):
            for d, extent in self._aligned(spec, value.shape):
                self._check_dim(name, d, extent)
        elif isinstance(spec, TupleSpec):
            for i, (v, s) in enumerate(zip(value, spec.items, strict=True)):
                self._check_dims(f"{name}[{i}]", v, s)

    def _check_dim(self, name: str, d: int | Dim | Parameter, extent: Any) -> None:
        if isinstance(d, Parameter):
            expected = self.bindings[d.name]
        else:
            try:
                expected = d.evaluate(self.bindings) if isinstance(d, Dim) else d
            except KeyError:
                return  # no argument shows that name
        if expected != extent:
            what = str(expected) if str(d) == str(expected) else f"{d} = {expected}"
            raise ValueError(f"{name} has an extent of {extent} where {what} is declared")

    def _scalar(self, name: str, value: Any, spec: ScalarSpec) -> Any:
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        if spec.weak is not None:
            return _weak(name, value, spec.weak)
        element = spec.element
        if isinstance(element, Parameter):
            if element.name not in self.bindings:
                if not isinstance(value, np.generic):
                    raise TypeError(f"{name} is {spec}: give it as a sized number, f32(...), or write {self.name}[f32]")
                self.bindings[element.name] = bind(element, dtype_of(value.dtype), self.name)
            element = self.bindings[element.name]
        dtype: DType = element if isinstance(element, DType) else dtype_of(element.dtype)
        if isinstance(value, np.generic):
            held = dtype_of(value.dtype).name
            if promote(held, dtype.name) != dtype.name:
                raise TypeError(f"{name} is {dtype} and was given {held}: write {dtype}(...)")
        elif not isinstance(value, int | float | complex) or (dtype.is_integer and not isinstance(value, int)):
            raise TypeError(f"{name} is {dtype}, not {type(value).__name__}")
        return dtype(value)

    def _tuple(
        self, name: str, value: Any, spec: TupleSpec, convert: Callable[[str, Any, Any], Any]
    ) -> tuple[Any, ...]:
        if not isinstance(value, tuple) or len(value) != len(spec.items):
            raise TypeError(f"{name} is {spec}, not {type(value).__name__}")
        return tuple(convert(f"{name}[{i}]", v, s) for i, (v, s) in enumerate(zip(value, spec.items, strict=True)))

    def _result(self, value: Any, spec: Spec, name: str = "the result") -> Any:
        if isinstance(spec, TupleSpec):
            return self._tuple(name, value, spec, lambda n, v, s: self._result(v, s, n))
        if isinstance(spec, ScalarSpec):
            return self._scalar(name, value, spec)
        if isinstance(spec, RecordSpec):
            return copy.copy(value)  # records are values: what is returned is the caller's own
        if isinstance(spec, OtherSpec):
            return _stored(value)
        if not isinstance(spec, TensorSpec) or isinstance(spec.element, RecordSpec):
            return value
        if not isinstance(value, np.ndarray):
            extents = any(not isinstance(d, Parameter) for d in spec.dims)
            if extents or not isinstance(value, int | float | np.generic):
                raise TypeError(f"{self.name} returns {type(value).__name__} where {spec} is declared")
            value = np.asarray(value)
        element = spec.element
        wanted = _as_precision(self.bindings[element.name]) if isinstance(element, Parameter) else element
        target = self.bindings.get(spec.target.name) if isinstance(spec.target, Parameter) else spec.target
        own = value.target if isinstance(value, Array) else None
        if target is not None and own is not None and not target.accepts(own):
            raise TypeError(
                f"{self.name} returns an array on {own} where {target} is declared: write .to({target.name})"
            )
        if value.ndim != len(spec.dims) and not any(isinstance(d, Parameter) for d in spec.dims):
            raise ValueError(f"{self.name} returns {value.ndim} dimensions where {spec} is declared")
        for d, extent in self._aligned(spec, value.shape):
            self._check_dim(name, d, extent)
        if isinstance(value, Array) and value.precision == wanted and value.dtype.name == DTYPES[wanted.storage].numpy:
            return value  # the very object: a function may return its argument
        probe = wrapped(np.empty(0, DTYPES[wanted.storage].dtype), wanted, own)
        return wrapped(np.asarray(storable(value, probe)), wanted, own or target or self.target)


def _is_generic(element: Any) -> bool:
    """Whether a record has types that only a call shows."""
    return bool(element.arguments) or element.record.__pyc_record__.instance is not None


def _check_fields(name: str, dtype: np.dtype[Any], record: Any) -> None:
    """Refuse an array whose fields are not those of a record, in the words of compiled code.

    Raises:
        TypeError: a name, an element type or an extent is another.
    """
    kinds, found = record.__pyc_record__.fields(), dtype.names or ()
    if list(found) != list(kinds):
        held = f"the fields {', '.join(found)}" if found else dtype.name
        raise TypeError(f"{name} holds {held}, and {record.__name__} has the fields {', '.join(kinds)}")
    for field, kind in kinds.items():
        base, shape = dtype[field].subdtype or (dtype[field], ())
        if isinstance(kind, Nested):
            _check_fields(f"{name}.{field}", dtype[field], kind.record)
        elif isinstance(kind, Items):
            if len(base.names or ()) != len(kind.items):
                raise TypeError(f"{name}.{field} holds {base}, and {kind.name} is wanted")
        else:
            wanted = kind.element if isinstance(kind, Fixed) else kind.dtype
            if base != wanted or len(shape) != len(getattr(kind, "shape", ())):
                raise TypeError(f"{name}.{field} holds {base.name}, and {kind.name} is wanted")


def _wrong_rank(name: str, value: Any, spec: TensorSpec, wanted: str = "") -> TypeError:
    """The error of an argument with too many or too few dimensions, as compiled code says it."""
    axes = "1 dimension" if value.ndim == 1 else f"{value.ndim} dimensions"
    single = [d for d in spec.dims if not isinstance(d, Parameter)]
    least = str(len(single)) if len(single) == len(spec.dims) else f"at least {len(single)}"
    return TypeError(f"{name} has {axes}, and {spec} has {wanted or least}")


def _stored(value: Any) -> Any:
    """An undeclared result: what was computed under a mixed precision is rounded to what that stores."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(map(_stored, value))
    if isinstance(value, Array) and value.dtype.name != DTYPES[value.precision.storage].numpy:
        return wrapped(rounded(value.plain(), value.precision.storage), value.precision, value.target)
    return value


def _as_precision(bound: Any) -> Precision:
    return bound if isinstance(bound, Precision) else Precision.plain(bound.name)


def _plain_dtype(precision: Precision, argument: str) -> DType:
    if not precision.is_plain:
        raise TypeError(f"{argument} is {precision}, and an element type is wanted; declare P: Precision")
    return DTYPES[precision.storage]


def _weak(name: str, value: Any, wanted: type) -> Any:
    """A number as one of Python's own."""
    kinds = {bool: "b", int: "biu", float: "biuf", complex: "biufc"}[wanted]
    dtype = getattr(value, "dtype", None)
    kind = (
        dtype_of(dtype).kind[0]
        if dtype is not None
        else {bool: "b", int: "i", float: "f", complex: "c"}.get(type(value))
    )
    if kind is None or kind not in kinds:
        raise TypeError(f"{name} is {wanted.__name__}, not {type(value).__name__}")
    return wanted(value)
