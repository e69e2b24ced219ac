"""``@pyc.record``: a class of records, its fields declared by annotations."""

from __future__ import annotations

import sys
import typing
from collections.abc import Mapping
from typing import Any

from .annotations import (
    Parameter,
    RecordAnnotation,
    RecordSpec,
    ScalarSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    parameter,
    resolve,
    spell,
)
from .module import bind, type_parameters
from .precision import DTYPES, DType, Precision
from .records import Fixed, Items, Kind, Nested, Number, Record, RecordType, declared


def record(cls: Any = None, /, *, layout: str = "aos") -> Any:
    """``cls`` as a class of records: ``@pyc.record``, or ``@pyc.record(layout="soa")``.

    A record has the fields that the class annotates, with their defaults, and its methods. Fields are converted to
    their types when they are assigned. With ``layout="soa"``, arrays of the record are one array for each field.

    Raises:
        TypeError: it is no class, or declares no fields.
    """
    if layout not in ("aos", "soa"):
        raise TypeError(f'pyc.record takes layout="aos" or layout="soa", not {layout!r}')
    caller = sys._getframe(1)
    if cls is None:
        return lambda c: _record(c, layout, caller.f_globals, caller.f_locals)
    return _record(cls, layout, caller.f_globals, caller.f_locals)


def _record(cls: Any, layout: str, file: Mapping[str, Any], local: Mapping[str, Any]) -> RecordType:
    """The record class; names in its annotations are looked up when they are needed, where it was defined."""
    if not isinstance(cls, type):
        raise TypeError(f"pyc.record makes records of classes, not of {type(cls).__name__}")
    annotations = vars(cls).get("__annotations__", {})
    if not annotations:
        raise TypeError(f"the record {cls.__name__} has no fields: `x: f64` declares one")
    names = tuple(annotations)
    defaults = {n: vars(cls)[n] for n in names if n in vars(cls)}
    seen = ""
    for name in names:
        if name not in defaults and seen:
            raise TypeError(f"the field {name} of {cls.__name__} has no default and follows {seen}, which has one")
        seen = name if name in defaults else seen
    inner = {} if local is file else dict(local)
    made = declared(cls, lambda: _kinds(made, {}), defaults, layout)
    made.__pyc_record__.names_in_annotations = lambda: {**file, **inner, cls.__name__: made}
    made.__match_args__ = names
    if _parameters(made):
        _generic(made, names)
    return made


def _names_of(cls: Any) -> dict[str, Any]:
    """The names that a class's annotations may use."""
    return {**cls.__pyc_record__.names_in_annotations(), **{p.name: p for p in type_parameters(cls)}}


def _kinds(cls: Any, bindings: Mapping[str, Any]) -> dict[str, Kind]:
    """What the fields of a class hold.

    Raises:
        TypeError: one has no type that records hold.
    """
    names = {**_names_of(cls), **bindings}
    annotations = cls.__annotations__
    return {n: _kind(resolve(a, names), bindings, f"the field {n} of {cls.__name__}") for n, a in annotations.items()}


def _kind(spec: Spec, bindings: Mapping[str, Any], where: str) -> Kind:
    match spec:
        case ScalarSpec(element=element, weak=weak):
            dtype = bindings[element.name] if isinstance(element, Parameter) else element
            return Number(weak.__name__ if weak else dtype.name, dtype.dtype, weak)
        case RecordSpec(record=found, arguments=arguments):
            given = tuple(bindings[a.name] if isinstance(a, Parameter) else a for a in map(_declared, arguments))
            return Nested(found[given] if given else found)
        case TupleSpec(items=items):
            return Items(tuple(_kind(i, bindings, where) for i in items))
        case TensorSpec(element=element, dims=dims, target=None) if all(isinstance(d, int) for d in dims):
            if isinstance(element, Parameter):
                element = Precision.plain(bindings[element.name].name)
            if isinstance(element, Precision):
                return Fixed(str(spec), DTYPES[element.storage].dtype, tuple(d for d in dims if isinstance(d, int)))
    raise TypeError(f"{where} is {spec}: fields are numbers, records, tuples of these, and arrays of fixed size")


def _declared(argument: Any) -> Any:
    return parameter(argument) or argument


# --- generic classes --------------------------------------------------------------------------------------------------


def _parameters(cls: Any) -> tuple[Parameter, ...]:
    """The type parameters of a class: those it lists, else the element types that its fields name."""
    listed = type_parameters(cls)
    if listed:
        return listed
    found: dict[str, Parameter] = {}
    table = cls.__pyc_record__.names_in_annotations()
    for a in cls.__annotations__.values():
        words = a if isinstance(a, str) else spell(a)
        for name, value in table.items():
            if isinstance(value, typing.TypeVar) and name in _words(words):
                p = parameter(value)
                if p is not None and p.kind == "dtype":
                    found.setdefault(p.name, p)
    return tuple(found.values())


def _words(text: str) -> set[str]:
    return set("".join(k if k.isidentifier() or k.isdigit() else " " for k in text).split())


def _generic(cls: RecordType, names: tuple[str, ...]) -> None:
    """Give a generic class its instances: ``Vec[f32]``, and ``Vec(x, y)`` by what the values are."""
    parameters = _parameters(cls)
    instances = cls.__pyc_record__.instances

    def instance(arguments: tuple[Any, ...]) -> Any:
        if len(arguments) != len(parameters):
            raise TypeError(f"{cls.__name__} takes {len(parameters)} type arguments, not {len(arguments)}")
        if any(isinstance(_declared(a), Parameter) for a in arguments):
            return RecordAnnotation(cls, tuple(map(_declared, arguments)))
        bound = {p.name: bind(p, a, cls.__name__) for p, a in zip(parameters, arguments, strict=True)}
        words = ", ".join(map(spell, bound.values()))
        if words not in instances:
            layout = cls.__pyc_record__
            namespace = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__", "__pyc_record__")}
            own = type(cls.__name__, (), namespace)
            made = declared(own, lambda: _kinds(cls, bound), layout.defaults, layout.layout)
            made.__name__ = f"{cls.__name__}[{words}]"
            made.__pyc_record__.generic = cls
            made.__pyc_record__.arguments = tuple(bound.values())
            instances[words] = made
        return instances[words]

    def chosen(values: Mapping[str, Any]) -> RecordType:
        bindings: dict[str, Any] = {}
        table = _names_of(cls)
        specs = {n: resolve(a, table) for n, a in cls.__annotations__.items() if n in values}
        for weak in (False, True):
            for n, spec in specs.items():
                _infer(spec, values[n], bindings, cls.__name__, weak=weak)
        missing = [p.name for p in parameters if p.name not in bindings]
        if missing:
            raise TypeError(f"{missing[0]} of {cls.__name__} cannot be found from the values: {cls.__name__}[f64](...)")
        return instance(tuple(bindings[p.name] for p in parameters))

    cls.__pyc_record__.names = names
    cls.__pyc_record__.instance = instance
    cls.__pyc_record__.chosen = chosen


def _infer(spec: Spec, value: Any, bindings: dict[str, Any], owner: str, *, weak: bool) -> None:
    """Bind the type parameters that a value shows; Python's numbers show them only where nothing else does."""
    match spec:
        case ScalarSpec(element=Parameter() as p):
            held = getattr(value, "dtype", None)
            if held is not None and not weak:
                _bound(p, _dtype_named(held.name), bindings, owner)
            elif held is None and weak and p.name not in bindings:
                names = {int: "i64", float: "f64", complex: "c128"}
                if type(value) in names:
                    _bound(p, DTYPES[names[type(value)]], bindings, owner)
        case RecordSpec(record=found, arguments=arguments) if isinstance(value, Record) and not weak:
            layout = value._record.__pyc_record__
            if layout.generic is found:
                for a, b in zip(arguments, layout.arguments, strict=True):
                    if isinstance(_declared(a), Parameter):
                        _bound(_declared(a), b, bindings, owner)
        case TupleSpec(items=items) if isinstance(value, tuple):
            for s, v in zip(items, value, strict=False):
                _infer(s, v, bindings, owner, weak=weak)
        case TensorSpec(element=Parameter() as p) if not weak and hasattr(value, "dtype"):
            _bound(p, _dtype_named(value.dtype.name), bindings, owner)


def _dtype_named(name: str) -> DType | None:
    return next((d for d in DTYPES.values() if d.numpy == name), None)


def _bound(p: Parameter, value: Any, bindings: dict[str, Any], owner: str) -> None:
    if value is None:
        return
    known = bindings.setdefault(p.name, bind(p, value, owner))
    if known != value:
        raise TypeError(f"{p.name} of {owner} is {known} and {value}: convert one of the values")
