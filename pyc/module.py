"""Module classes: typed weights and methods, generic over dimensions, precision and target.

``class MLP[In, Out, P: Precision](pyc.Module)`` and ``class MLP(pyc.Module[In, Out, P])`` declare one, ``MLP[784, 10,
f32]`` is an instance of it (a class again), ``MLP[784, 10, f32].load("w.safetensors")`` an object with weights. Weights
are checked against their types, all of them at once. Methods run on :class:`pyc.Array`, interpreted.
"""

from __future__ import annotations

import difflib
import functools
import itertools
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, ClassVar, Generic

from .annotations import (
    Dim,
    Parameter,
    RecordSpec,
    StackAnnotation,
    TensorSpec,
    TupleSpec,
    bare,
    bounded,
    element_of,
    parameter,
    resolve,
    spell,
)
from .dataclass import dataclass
from .diagnostics import CompileError, Diagnostic, Note
from .precision import DTYPES, DType, Precision
from .target import Target
from .user_annotations import Annotations, checked

#: Attribute of a function that ``@pyc.python`` keeps out of compilation.
PYTHON_ONLY = "__pyc_python__"
#: Attribute with the type parameters of a definition, where its syntax was made fit for an older Python.
DECLARED = "__pyc_parameters__"


@dataclass(frozen=True)
class _Parameters:
    """``pyc.Module[In, Out]`` as a base class: stands for ``Module`` and remembers the parameters."""

    declared: tuple[Any, ...]

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return () if Module in bases else (Module,)


@dataclass(frozen=True)
class Applied:
    """``Block[In, Hid]`` with parameters of the module around it: an instance once they are known."""

    generic: type[Module]
    arguments: tuple[Any, ...]

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (self.generic,)

    def __repr__(self) -> str:
        return f"{self.generic.__name__}[{', '.join(map(spell, self.arguments))}]"


@dataclass(frozen=True)
class WeightType:
    """What a weight of an instance has to be. ``annotation`` is its declaration as written."""

    name: str
    precision: Precision
    shape: tuple[int, ...]
    target: Target
    annotation: str

    def __str__(self) -> str:
        return _typed(self.precision.storage, self.shape)


class Module:
    """The base of module classes."""

    #: The values of the type parameters, by name; ``None`` while they are open.
    __pyc_bindings__: ClassVar[Mapping[str, Any] | None] = {}
    #: The class that this is an instance of; itself where it is not generic.
    __pyc_generic_class__: ClassVar[type[Module]]

    def __init_subclass__(cls, *, annotations: Annotations | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if annotations is not None:
            checked(annotations)  # the compiler reads them where they are written
        if "__pyc_generic_class__" in vars(cls):
            return
        cls.__pyc_generic_class__ = cls
        if any(isinstance(b, _Parameters) or getattr(b, "__origin__", None) is Generic for b in _written_bases(cls)):
            cls.__pyc_bindings__ = None
            type_parameters(cls)  # a base such as Module[3] is refused here, where it is written
        elif any(isinstance(b, Applied) for b in _written_bases(cls)):
            cls.__pyc_bindings__ = None
        for name, value in list(vars(cls).items()):
            if not isinstance(value, FunctionType) or name.startswith("__pyc"):
                continue
            if value.__qualname__ != f"{cls.__qualname__}.{name}":
                setattr(cls, name, staticmethod(value))  # `act = gelu`: a function that the module has, no method
            elif not getattr(value, PYTHON_ONLY, False):
                setattr(cls, name, interpreted(value))

    def __class_getitem__(cls, arguments: Any) -> Any:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        if cls is Module:
            return _Parameters(given)
        if any(isinstance(a, Dim | Parameter) or parameter(a) is not None for a in given):
            return Applied(cls, given)
        return _instance(cls, given)

    def __init__(self, weights: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        """An object with these weights: arrays by dotted name, or keywords for those without a dot.

        Where a submodule or a tuple of them is declared, an object or a tuple of objects may be given; the same object
        in two places shares its weights.

        Raises:
            CompileError: E506 weights are missing, E507 they have other types; all of them at once.
        """
        held = dict(_held({**(weights or {}), **named}))
        given = {n: a for name, v in held.items() for n, a in _weights_in(name, v)}
        from .weights import stored

        types = list(weight_types(type(self)))
        given |= {t.name: stored(given[t.name], t.precision.storage) for t in types if t.name in given}
        errors = [e for t in types for e in _problems(t, given, type(self))]
        if errors:
            raise CompileError(errors)
        unused = sorted(set(given) - {t.name for t in types})
        if unused:
            # 3: the caller of load() or of the class.
            warnings.warn(f"{type(self).__name__} declares no weight {', '.join(map(repr, unused))}", stacklevel=3)
        _fill(self, {**given, **{n: m for n, m in held.items() if isinstance(m, Module)}}, "")

    @classmethod
    def load(cls, path: str | Path, *more: str | Path, prefix: str = "") -> Any:
        """An object with the weights of ``.safetensors`` or ``.npz`` files.

        With a ``prefix``, the weights are those whose names begin with it; the module knows them without it.

        Raises:
            CompileError: E505 a file cannot be read, or two of them hold one weight; E506 weights are missing, E507
                they have other types, all of them at once.
        """
        from . import weights

        return cls(weights.load(path, *more, prefix=prefix))

    def arrays(self) -> dict[str, Any]:
        """Every weight, as it is stored, by dotted name in order of declaration."""
        return {t.name: functools.reduce(_member, t.name.split("."), self) for t in weight_types(type(self))}

    def save(self, path: str | Path) -> None:
        """Write the weights to a ``.safetensors`` or ``.npz`` file."""
        from . import weights

        weights.save(path, self.arrays())

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field; compiled methods look at the weights again."""
        object.__setattr__(self, name, value)
        _changes[0] = next(_changed)

    def __reduce__(self) -> Any:
        """Pickled and copied as its class and its fields; an instance of a generic class by that and its arguments."""
        cls = type(self)
        generic = cls.__pyc_generic_class__
        arguments = (
            [(cls.__pyc_bindings__ or {})[p.name] for p in type_parameters(generic)] if cls is not generic else []
        )
        return _empty, (generic, tuple(arguments)), vars(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(f'{t.name}: {t}' for t in weight_types(type(self)))}>"


_changed = itertools.count(1)
_changes = [0]


def changes() -> int:
    """A number that is another one after a field of any module object has been set."""
    return _changes[0]


def _empty(cls: type[Module], arguments: tuple[Any, ...]) -> Module:
    """An object of a class without its fields, where a pickle of it is read."""
    return object.__new__(_instance(cls, arguments) if arguments else cls)


def _held(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is given by name, with the items of sequences of modules by theirs."""
    for name, value in given.items():
        if isinstance(value, list | tuple) and any(isinstance(v, Module | list | tuple) for v in value):
            yield from _held({f"{name}.{i}": v for i, v in enumerate(value)})
        else:
            yield name, value


def _weights_in(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A weight, or those of a module, by name."""
    if isinstance(value, Module):
        yield from ((f"{name}.{n}", a) for n, a in value.arrays().items())
    else:
        yield name, value


def _member(holder: Any, name: str) -> Any:
    return holder[int(name)] if isinstance(holder, tuple) else getattr(holder, name)


# --- type parameters and instances -----------------------------------------------------------------------------------


def type_parameters(definition: Any) -> tuple[Parameter, ...]:
    """The type parameters that a class or function declares, in whatever syntax."""
    own = vars(definition)
    if DECLARED in own:
        return tuple(_delayed(*d) for d in own[DECLARED])
    if getattr(definition, "__type_params__", ()):
        return _as_parameters(definition.__type_params__)
    if isinstance(definition, type):
        for base in _written_bases(definition):
            if isinstance(base, _Parameters):
                return _as_parameters(base.declared)
            if getattr(base, "__origin__", None) is Generic:
                return _as_parameters(base.__args__)
        if issubclass(definition, Module):
            return _mentioned(definition)
    return ()


def _mentioned(cls: type[Module]) -> tuple[Parameter, ...]:
    """The type parameters of a class that lists none: those that its fields mention, as they appear."""
    found: dict[str, Parameter] = {}
    names = vars(sys.modules[cls.__module__])
    for annotation in vars(cls).get("__annotations__", {}).values():
        spec = resolve(annotation, names)
        parts: tuple[Any, ...] = ()
        if isinstance(spec, TensorSpec):
            parts = (spec.element, *spec.dims, spec.target)
        else:
            parts = tuple(_arguments_in(spec))
        for part in parts:
            declared = [Parameter(n, "dim") for n in part.names] if isinstance(part, Dim) else [parameter(part)]
            for p in declared:
                if p is not None:
                    found.setdefault(p.name, p)
    return tuple(found.values())


def _arguments_in(spec: Any) -> Iterator[Any]:
    """The type arguments of the submodules in a field."""
    if isinstance(spec, TupleSpec):
        for i in spec.items:
            yield from _arguments_in(i)
        return
    meant = getattr(spec, "annotation", spec)
    if isinstance(meant, StackAnnotation):
        yield from _arguments_in(meant.item)
        yield meant.number
    elif isinstance(meant, Applied):
        yield from meant.arguments


def declare(*parameters: tuple[str, str, Callable[[], Any] | None, Callable[[], Any] | None]) -> Callable[[Any], Any]:
    """A decorator that gives a definition its type parameters: (name, ``name`` or ``pack``, bound, default)."""

    def decorate(definition: Any) -> Any:
        setattr(definition, DECLARED, parameters)
        if isinstance(definition, type) and issubclass(definition, Module):
            definition.__pyc_bindings__ = None
        return definition

    return decorate


def stand_in(name: str, kind: str, bound: Callable[[], Any] | None) -> Any:
    """A type parameter where it is used before its definition is there: a dimension to calculate with, or itself."""
    made = _delayed(name, kind, bound, None)
    return Dim(name) if made.kind in ("dim", "number") else made


def _delayed(name: str, kind: str, bound: Callable[[], Any] | None, default: Callable[[], Any] | None) -> Parameter:
    made = Parameter(name, "pack") if kind == "pack" else bounded(name, bound() if bound else None)
    return replace(made, default=functools.partial(_evaluated, default)) if default else made


def _evaluated(delayed: Callable[[], Any], found: Mapping[str, Any]) -> Any:
    """A default, in which the type parameters before it are names."""
    assert isinstance(delayed, FunctionType)
    return FunctionType(delayed.__code__, {**delayed.__globals__, **found})()


def _as_parameters(declared: Sequence[Any]) -> tuple[Parameter, ...]:
    found = []
    for d in declared:
        p = parameter(d)
        if p is None:
            raise TypeError(f"{spell(d)} is not a type parameter; use Dim, TypeVar or the brackets of Python 3.12")
        found.append(p)
    return tuple(found)


def _written_bases(cls: type) -> tuple[Any, ...]:
    return vars(cls).get("__orig_bases__", ())


def bind(p: Parameter, value: Any, owner: str) -> Any:
    """``value`` as what the type parameter ``p`` of ``owner`` becomes.

    Raises:
        TypeError: it is of another kind, or outside the bound.
    """
    match p.kind:
        case "dim" | "number":
            if getattr(value, "__args__", None) and len(value.__args__) == 1:  # Literal[4]
                (value,) = value.__args__
            if isinstance(value, int) and not isinstance(value, bool) and (value >= 0 or p.kind == "number"):
                return value
            expected = "a number"
        case "dtype":
            if isinstance(value, DType) and (
                value in p.admitted if isinstance(p.admitted, tuple) else p.admitted is None or p.admitted.admits(value)
            ):
                return value
            admitted = " or ".join(map(str, p.admitted)) if isinstance(p.admitted, tuple) else p.admitted
            expected = f"an element type ({admitted})"
        case "precision":
            if isinstance(value, DType | Precision):
                return element_of(value)
            expected = "an element type or Mixed[...]"
        case "target":
            if isinstance(value, Target):
                return value
            expected = "a target"
        case "flag":
            if isinstance(value, bool):
                return value
            expected = "a bool"
        case "text":
            if isinstance(value, str):
                return value
            expected = "a string"
        case _:
            raise TypeError(f"{owner}: a pack of dimensions (*{p.name}) cannot be given explicitly")
    raise TypeError(f"{owner}: {p.name} is {expected}, not {spell(value)}")


def _instance(cls: type[Module], given: tuple[Any, ...]) -> type[Module]:
    """The class of one instance: the same class for the same arguments."""
    if cls.__pyc_generic_class__ is not cls:
        raise TypeError(f"{cls.__name__} has its arguments already")
    declared = type_parameters(cls)
    if not len([p for p in declared if p.default is None]) <= len(given) <= len(declared):
        takes = f"takes {', '.join(p.name for p in declared)}" if declared else "is not generic"
        raise TypeError(f"{cls.__name__} {takes}; it was given {len(given)} argument{'s' * (len(given) != 1)}")
    bindings = {p.name: bind(p, v, cls.__name__) for p, v in zip(declared, given, strict=False)}
    for p in declared:
        if p.name not in bindings and p.default is not None:
            bindings[p.name] = bind(p, p.default(bindings), cls.__name__)
    name = f"{cls.__name__}[{', '.join(map(_argument, bindings.values()))}]"
    known: dict[str, type[Module]] = vars(cls).get("__pyc_instances__") or {}
    if name not in known:
        inherited = {k: v for _, own in _lineage(cls, bindings) for k, v in own.items()}
        body = {
            "__pyc_bindings__": {**inherited, **bindings},
            "__pyc_generic_class__": cls,
            "__module__": cls.__module__,
            "__qualname__": name,
            "__doc__": cls.__doc__,
        }
        known[name] = type(name, (cls,), body)
        cls.__pyc_instances__ = known  # type: ignore[attr-defined]
    return known[name]


def _lineage(cls: type[Module], bindings: Mapping[str, Any]) -> Iterator[tuple[type[Module], Mapping[str, Any]]]:
    """The module classes that a class consists of, those it derives from first, each with its type parameters."""
    generic = cls.__pyc_generic_class__
    written = _written_bases(generic)
    for base in written or generic.__bases__:
        if isinstance(base, Applied):
            declared = type_parameters(base.generic)
            given = [_substituted(a, bindings) for a in base.arguments]
            yield from _lineage(base.generic, {p.name: v for p, v in zip(declared, given, strict=False)})
        elif isinstance(base, type) and issubclass(base, Module) and base is not Module:
            yield from _lineage(base, base.__pyc_bindings__ or {})
    yield generic, bindings


def _argument(value: Any) -> str:
    if isinstance(value, Target) and value.chip:
        return f'{value.name}("{value.chip}")'
    return str(value)


#: A weight, a submodule, or several of them under one name.
Field = TensorSpec | type[Module] | tuple["Field", ...]


# --- weights ---------------------------------------------------------------------------------------------------------


def weight_types(cls: type[Module]) -> Iterator[WeightType]:
    """The types of all weights of an instance, nested ones with their path, in order of declaration.

    Raises:
        TypeError: the class is generic and has no arguments yet, or a weight's type makes no sense.
    """
    for name, spec, written, bindings in _fields(cls):
        yield from _weights_of(cls, name, spec, written, bindings)


def _weights_of(
    cls: type[Module], name: str, spec: Field, written: str, bindings: Mapping[str, Any]
) -> Iterator[WeightType]:
    if isinstance(spec, TensorSpec):
        yield _weight_type(cls, name, spec, written, bindings)
    elif isinstance(spec, tuple):
        for i, item in enumerate(spec):
            yield from _weights_of(cls, f"{name}.{i}", item, written, bindings)
    else:
        for t in weight_types(spec):
            yield WeightType(f"{name}.{t.name}", t.precision, t.shape, t.target, t.annotation)


def _fields(cls: type[Module]) -> Iterator[tuple[str, Field, str, Mapping[str, Any]]]:
    """The weights and submodules that the class declares, with their types as written; other fields are not ours."""
    bindings = cls.__pyc_bindings__
    if not bindings and type_parameters(cls.__pyc_generic_class__):
        names = ", ".join(p.name for p in type_parameters(cls))
        raise TypeError(f"{cls.__name__} is generic: give it arguments, {cls.__name__}[{names}]")
    found: dict[str, tuple[Field, str, Mapping[str, Any]]] = {}
    for base, own in _lineage(cls, bindings or {}):
        names = {**vars(sys.modules[base.__module__]), **{p.name: p for p in type_parameters(base)}}
        for name, annotation in vars(base).get("__annotations__", {}).items():
            annotation = bare(annotation, names)
            field = None if name in vars(base) else _field(annotation, names, own)
            if field is not None:
                found[name] = field, annotation if isinstance(annotation, str) else spell(annotation), own
    for name, (field, written, own) in found.items():
        yield name, field, written, own


def _field(annotation: Any, names: Mapping[str, Any], bindings: Mapping[str, Any]) -> Field | None:
    spec = resolve(annotation, names)
    return spec if isinstance(spec, TensorSpec) else _submodule(spec, bindings)


def _submodule(spec: Any, bindings: Mapping[str, Any]) -> Field | None:
    """The class of a submodule, or a tuple of them; ``None`` for what is neither."""
    if isinstance(spec, TupleSpec):
        items = [_submodule(i, bindings) for i in spec.items]
        return tuple(i for i in items if i is not None) if None not in items else None
    meant = getattr(spec, "annotation", spec)
    if isinstance(meant, StackAnnotation):
        item, number = _submodule(meant.item, bindings), _substituted(meant.number, bindings)
        if item is None or not isinstance(number, int):
            raise TypeError(f"{meant} takes a module class and a number")
        return (item,) * number
    if isinstance(meant, Applied):
        return _instance(meant.generic, tuple(_substituted(a, bindings) for a in meant.arguments))
    return meant if isinstance(meant, type) and issubclass(meant, Module) else None


def _substituted(argument: Any, bindings: Mapping[str, Any]) -> Any:
    """An argument of a submodule, with the values that the module around it has for its parameters."""
    if isinstance(argument, Dim):
        return argument.evaluate(bindings)
    p = parameter(argument)
    if p is None:
        return argument
    if p.name not in bindings:
        raise TypeError(f"{p.name} is no type parameter of the module")
    return bindings[p.name]


def _weight_type(
    cls: type[Module], name: str, spec: TensorSpec, written: str, bindings: Mapping[str, Any]
) -> WeightType:
    element = bindings[spec.element.name] if isinstance(spec.element, Parameter) else spec.element
    if isinstance(element, RecordSpec):
        raise TypeError(f"{cls.__name__}.{name}: a weight has numbers for elements, not records")
    precision = element if isinstance(element, Precision) else Precision.plain(element.name)
    target = bindings[spec.target.name] if isinstance(spec.target, Parameter) else spec.target
    shape = []
    for d in spec.dims:
        if isinstance(d, Parameter):
            raise TypeError(f"{cls.__name__}.{name}: a weight has a fixed shape, without *{d.name}")
        try:
            shape.append(d.evaluate(bindings) if isinstance(d, Dim) else d)
        except KeyError as error:
            raise TypeError(f"{cls.__name__}.{name}: {error.args[0]} is no type parameter of the class") from None
    on = target or next((b for b in bindings.values() if isinstance(b, Target)), Target("cpu"))
    return WeightType(name, precision, tuple(shape), on, written)


def _problems(t: WeightType, given: Mapping[str, Any], cls: type[Module]) -> Iterator[Diagnostic]:
    if t.name not in given:
        message = f"{cls.__name__} has no weight '{t.name}', declared as {t.annotation}"
        yield Diagnostic("E506", message, notes=nearest(t.name, given))
        return
    array = given[t.name]
    name = getattr(getattr(array, "dtype", None), "name", None)
    dtype = next((d.name for d in DTYPES.values() if d.numpy == name), name or type(array).__name__)
    shape = tuple(getattr(array, "shape", ()))
    if (dtype, shape) != (t.precision.storage, t.shape):
        from .weights import adjustment

        message = f"weight '{t.name}' of {cls.__name__} is declared {t} and is {_typed(dtype, shape)}"
        yield Diagnostic("E507", message, notes=adjustment(t.precision.storage, t.shape, array))


def nearest(name: str, given: Mapping[str, Any]) -> tuple[Note, ...]:
    """What to say of a weight that is missing: the names that look like it, or those that are there."""
    close = difflib.get_close_matches(name, list(given), n=3, cutoff=0.6)
    ending = [n for n in given if n.endswith(f".{name}")]
    if ending and not close:
        return (Note(f"there is {ending[0]}: `prefix={ending[0].removesuffix(name)!r}` leaves that out", fix=True),)
    if close:
        return (Note(f"did you mean {' or '.join(repr(n) for n in close)}?", fix=True),)
    return (Note(f"there is {', '.join(sorted(given)[:8]) or 'nothing'}"),)


def _typed(dtype: str, shape: Sequence[int]) -> str:
    return f"Tensor[{', '.join([dtype, *map(str, shape)])}]"


def _fill(module: Module, given: Mapping[str, Any], prefix: str) -> None:
    for name, spec, written, bindings in _fields(type(module)):
        setattr(module, name, _filled(type(module), name, spec, written, bindings, given, prefix + name))


def _filled(
    cls: type[Module],
    name: str,
    spec: Field,
    written: str,
    bindings: Mapping[str, Any],
    given: Mapping[str, Any],
    path: str,
) -> Any:
    """A weight, a submodule with its weights, or a tuple of these."""
    if isinstance(spec, TensorSpec):
        t = _weight_type(cls, name, spec, written, bindings)
        return import_module("pyc.targets.interpreter").array(given[path], t.precision, t.target)
    if isinstance(spec, tuple):
        items = enumerate(spec)
        return tuple(_filled(cls, name, item, written, bindings, given, f"{path}.{i}") for i, item in items)
    if type(given.get(path)) is spec:
        return given[path]
    nested = object.__new__(spec)
    _fill(nested, given, f"{path}.")
    return nested


def interpreted(function: FunctionType) -> Callable[..., Any]:
    """``function`` with its parameters and result held to their types. The interpreter is a target, and looked up by
    name at the first call: this layer imports nothing above it."""

    @functools.wraps(function)
    def method(*arguments: Any, **named: Any) -> Any:
        return import_module("pyc.targets.interpreter").typed(function)(*arguments, **named)

    return method
