"""``@dataclass`` as the standard library has it, but that a class gets its methods when they are first needed.

The compiler has three hundred classes of values. For each of them the standard library writes the text of six methods
and compiles it, which is a quarter of the time that a first call takes; most of these methods are never called.
"""

from __future__ import annotations

import dataclasses
import operator
import reprlib
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def dataclass(cls: type[T], /) -> type[T]: ...


@overload
def dataclass(
    *, frozen: bool = False, eq: bool = True, kw_only: bool = False, order: bool = False, slots: bool = False
) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(field_specifiers=(dataclasses.field,))
def dataclass(
    cls: Any = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    kw_only: bool = False,
    order: bool = False,
    slots: bool = False,
) -> Any:
    """``cls`` as a data class; without it, the decorator that makes one."""

    def made(c: type[Any]) -> type[Any]:
        if order or slots:
            return dataclasses.dataclass(frozen=frozen, eq=eq, kw_only=kw_only, order=order, slots=slots)(c)
        return _made(c, frozen, eq, kw_only)

    return made if cls is None else made(cls)


def _made(cls: Any, frozen: bool, eq: bool, kw_only: bool) -> Any:
    own, documented = vars(cls), cls.__doc__
    cls.__doc__ = documented or cls.__name__  # the text of a signature is not made for it
    hashed = "__hash__" in own and not (own["__hash__"] is None and "__eq__" in own)
    dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    cls.__doc__ = documented
    known = dataclasses.fields(cls)
    if "__init__" not in own:
        cls.__init__ = _initialised_on_demand(cls, frozen)
    if "__repr__" not in own:
        cls.__repr__ = _repr
    if eq and "__eq__" not in own:
        cls.__eq__ = _equality(_values([f.name for f in known if f.compare]))
    if eq and not hashed:
        counted = [f.name for f in known if (f.compare if f.hash is None else f.hash)]
        cls.__hash__ = _hash(_values(counted)) if frozen else None
    if frozen:
        cls.__setattr__, cls.__delattr__ = _guards(cls, frozenset(f.name for f in known))
    return cls


def _initialised_on_demand(cls: Any, frozen: bool) -> Callable[..., None]:
    def __init__(self: Any, *values: Any, **named: Any) -> None:
        cls.__init__ = _initialiser(cls, frozen)
        cls.__init__(self, *values, **named)

    return __init__


def _initialiser(cls: Any, frozen: bool) -> Any:
    """``__init__`` of a class, compiled from text as the standard library does."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    positional, keywords, body = ["self"], [], []
    for f in dataclasses.fields(cls):
        value = f.name
        if f.default_factory is not dataclasses.MISSING:
            names[f"_make_{f.name}"] = f.default_factory
            parameter = f"{f.name}=_missing"
            value = f"_make_{f.name}() if {f.name} is _missing else {f.name}"
        elif f.default is not dataclasses.MISSING:
            names[f"_default_{f.name}"] = f.default
            parameter = f"{f.name}=_default_{f.name}"
        else:
            parameter = f.name
        (keywords if f.kw_only else positional).append(parameter)
        body.append(f"_set(self, {f.name!r}, {value})" if frozen else f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join([*positional, *(["*", *keywords] if keywords else [])])
    text = f"def __init__({parameters}):\n " + "\n ".join(body or ["pass"])
    exec(text, names)
    made = names["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return made


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _values(names: list[str]) -> Callable[[Any], Any]:
    """What gives the values of some fields of an object, to be compared and hashed."""
    return operator.attrgetter(*names) if names else lambda _: ()


def _equality(values: Callable[[Any], Any]) -> Callable[[Any, object], Any]:
    def __eq__(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(values: Callable[[Any], Any]) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __hash__


def _guards(cls: Any, names: frozenset[str]) -> tuple[Any, Any]:
    """``__setattr__`` and ``__delattr__`` of a frozen class: its subclasses may have attributes of their own."""

    def __setattr__(self: Any, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__
