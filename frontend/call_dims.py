"""Dimensions across a call: the callee's names for those of the caller, and the caller's for those of a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from itertools import count

from pyc.dataclass import dataclass

from .context import Checker
from .dims import AtLeastZero, Dim, FloorDiv, Unknown
from .types import INT, TensorType, TupleType, Type, with_items
from .values import Closure, Contract, Partial, Value


@dataclass
class DimNames:
    """Dimension names of an instance, each with what it is for the caller."""

    taken: set[str]
    back: dict[str, Dim] = field(default_factory=dict)
    of: dict[Dim, Dim] = field(default_factory=dict)

    def named(self, name: str, value: Dim) -> Dim | int:
        """The callee's own name for a dimension of the caller's; the number itself if it is one."""
        if value.value is not None:
            return value.value
        self.back[name] = value
        own = Dim.of(name)
        self.of.setdefault(value, own)
        return own

    def missing(self, types: Mapping[str, Type]) -> list[str]:
        """The names that no parameter gives a value to."""
        dims = [d for t in types.values() for d in dims_of(t)]
        given = {d.solvable[0] for d in dims if d.solvable is not None} | {n for n, t in types.items() if t == INT}
        return [n for n in self.back if n not in given]

    def value(self, value: Value, hint: str) -> Value:
        """A compile-time value with the callee's names for the caller's dimensions."""
        match value:
            case Dim() if value.value is None:
                if value not in self.of:
                    name = hint.split(".")[-1]
                    while name in self.taken or name in self.back:
                        name += "_"
                    self.named(name, value)
                return self.of[value]
            case tuple():
                return tuple(self.value(v, f"{hint}.{i}") for i, v in enumerate(value))
            case Closure(captured=captured):
                return replace(value, captured=tuple((n, self.value(v, n)) for n, v in captured))
            case Contract(function=function):
                return replace(value, function=self.value(function, hint))
            case Partial():
                return Partial(
                    self.value(value.function, hint),
                    tuple(self.value(v, hint) for v in value.arguments),
                    tuple((n, self.value(v, n)) for n, v in value.keywords),
                )
            case _:
                return value

    def own(self, parameter: str, t: Type) -> Type:
        """The type of a parameter without annotation: equal extents of the caller get one name."""
        match t:
            case TensorType():
                dims = []
                for axis, d in enumerate(t.dims):
                    if d.value is None and d not in self.of:
                        name = f"{parameter.split('.')[-1]}{axis}"
                        while name in self.taken:
                            name += "_"
                        self.taken.add(name)
                        self.named(name, d)
                    dims.append(d if d.value is not None else self.of[d])
                return replace(t, dims=tuple(dims))
            case TupleType(items=items):
                return with_items(t, tuple(self.own(f"{parameter}{i}", x) for i, x in enumerate(items)))
            case _:
                return t


def refreshed(t: Type, c: Checker, fresh: dict[object, Dim]) -> Type:
    """A type whose unknown extents are new ones of the caller."""
    match t:
        case TensorType():
            dims = tuple(_refreshed_dim(d, c, fresh) for d in t.dims)
            return replace(t, dims=dims)
        case TupleType(items=items):
            return with_items(t, tuple(refreshed(i, c, fresh) for i in items))
        case _:
            return t


def numbered(t: Type) -> Type:
    """A type whose unknown extents are numbered in order: equal to another that says the same."""
    return _numbered(t, count(1))


def _numbered(t: Type, numbers: Iterator[int]) -> Type:
    match t:
        case TensorType():
            return replace(t, dims=tuple(d if d.is_known else Dim.of(Unknown(-next(numbers))) for d in t.dims))
        case TupleType(items=items):
            return with_items(t, tuple(_numbered(i, numbers) for i in items))
        case _:
            return t


def _refreshed_dim(d: Dim, c: Checker, fresh: dict[object, Dim]) -> Dim:
    total = Dim(())
    for monomial, k in d.terms:
        product = Dim.of(k)
        for atom in monomial:
            match atom:
                case Unknown():
                    part = fresh.setdefault(atom, c.fresh_dim())
                case AtLeastZero(dim):
                    part = _refreshed_dim(dim, c, fresh).at_least_zero()
                case FloorDiv(dim, divisor):
                    part = _refreshed_dim(dim, c, fresh) // divisor
                case _:
                    part = Dim.of(atom)
            product = product * part
        total = total + product
    return total


def dims_of(t: Type) -> Iterator[Dim]:
    """The extents in a type."""
    match t:
        case TensorType(dims=dims):
            yield from dims
        case TupleType(items=items):
            for i in items:
                yield from dims_of(i)
        case _:
            pass
