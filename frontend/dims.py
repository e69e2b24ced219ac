"""Symbolic dimensions: integer polynomials over names, in one canonical form so that equality is ``==``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pyc.dataclass import dataclass


@dataclass(frozen=True, order=True)
class Symbol:
    """A dimension that has a name: a type parameter, or an ``int`` parameter, which may be below zero."""

    name: str
    signed: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, order=True)
class Unknown:
    """An extent known only at run time; each expression that makes one gives it its own ``number``."""

    number: int

    def __str__(self) -> str:
        return "?"


@dataclass(frozen=True)
class AtLeastZero:
    """``max(dim, 0)``: the length of a clamped slice. Printed as the dimension itself, as users write it."""

    dim: Dim

    def __str__(self) -> str:
        return f"({self.dim})"


@dataclass(frozen=True)
class FloorDiv:
    """``dim // divisor`` for a positive divisor."""

    dim: Dim
    divisor: int

    def __str__(self) -> str:
        return f"({self.dim})//{self.divisor}"


Atom = Symbol | Unknown | AtLeastZero | FloorDiv
Monomial = tuple[Atom, ...]


@dataclass(frozen=True)
class Dim:
    """A sum of products of atoms with integer coefficients; ``terms`` is sorted and holds no zero."""

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: int | str | Atom) -> Dim:
        """A constant, a named dimension, or an atom, as a dimension."""
        if isinstance(value, int):
            return Dim((((), value),) if value else ())
        atom = Symbol(value) if isinstance(value, str) else value
        return Dim((((atom,), 1),))

    @property
    def value(self) -> int | None:
        """The number that it is, if it is one."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and self.terms[0][0] == ():
            return self.terms[0][1]
        return None

    @property
    def atoms(self) -> frozenset[Atom]:
        return frozenset(a for monomial, _ in self.terms for a in monomial)

    @property
    def symbols(self) -> frozenset[str]:
        """Every name in it, also inside clamps and quotients."""
        found: set[str] = set()
        for atom in self.atoms:
            if isinstance(atom, Symbol):
                found.add(atom.name)
            elif isinstance(atom, AtLeastZero | FloorDiv):
                found |= atom.dim.symbols
        return frozenset(found)

    @property
    def solvable(self) -> tuple[str, int, int] | None:
        """``("N", 2, 1)`` for ``2*N + 1``: the one name that the dimension gives a value to, if it does."""
        match self.terms:
            case (((Symbol(name),), factor),) | (((Symbol(name),), factor), ((), _)) if factor > 0:
                return name, factor, dict(self.terms).get((), 0)
            case _:
                return None

    @property
    def is_known(self) -> bool:
        """Whether it is an expression over names and numbers alone."""
        return all(isinstance(a, Symbol) or (not isinstance(a, Unknown) and a.dim.is_known) for a in self.atoms)

    def __add__(self, other: Dim | int) -> Dim:
        other = _dim(other)
        total = dict(self.terms)
        for monomial, c in other.terms:
            total[monomial] = total.get(monomial, 0) + c
        return _canonical(total)

    def __neg__(self) -> Dim:
        return self * -1

    def __sub__(self, other: Dim | int) -> Dim:
        return self + -_dim(other)

    def __mul__(self, other: Dim | int) -> Dim:
        other = _dim(other)
        total: dict[Monomial, int] = {}
        for m, a in self.terms:
            for n, b in other.terms:
                monomial = tuple(sorted((*m, *n), key=str))
                total[monomial] = total.get(monomial, 0) + a * b
        return _canonical(total)

    def __floordiv__(self, divisor: int) -> Dim:
        if divisor == 1:
            return self
        if all(c % divisor == 0 for _, c in self.terms):
            return Dim(tuple((m, c // divisor) for m, c in self.terms))
        if self.value is not None:
            return Dim.of(self.value // divisor)
        return Dim.of(FloorDiv(self, divisor))

    @property
    def not_negative(self) -> bool:
        """Whether it is known to be no less than zero: dimensions are not, and what is made of them."""
        return all(c >= 0 and all(_not_negative(a) for a in monomial) for monomial, c in self.terms)

    def as_extent(self) -> Dim:
        """The same, where it is the extent of an array: a name alone is then the name of a dimension."""
        match self.terms:
            case (((Symbol(name, signed=True),), c),):
                return Dim((((Symbol(name),), c),))
            case _:
                return self

    def at_least_zero(self) -> Dim:
        """``max(self, 0)``; itself where it cannot be negative."""
        if self.not_negative:
            return self
        if self.value is not None:
            return Dim.of(max(self.value, 0))
        return Dim.of(AtLeastZero(self))

    def substitute(self, values: Mapping[str, Dim]) -> Dim:
        """Names replaced by dimensions."""
        total = Dim(())
        for monomial, c in self.terms:
            product = Dim.of(c)
            for atom in monomial:
                product = product * _substitute(atom, values)
            total = total + product
        return total

    def expression(self) -> str:
        """Python text that evaluates to it: ``max(N - 2, 0)``."""
        return self._text(exact=True)

    def __str__(self) -> str:
        return self._text(exact=False)

    def _text(self, *, exact: bool) -> str:
        parts: list[str] = []
        for monomial, c in self.terms:
            alone = len(self.terms) == 1 and len(monomial) == 1 and c == 1
            factors = [_atom_text(a, exact=exact, alone=alone) for a in monomial]
            if abs(c) != 1 or not factors:
                factors.insert(0, str(abs(c)))
            sign = ("-" if c < 0 else "") if not parts else (" - " if c < 0 else " + ")
            parts.append(sign + "*".join(factors))
        return "".join(parts) or "0"


def _atom_text(atom: Atom, *, exact: bool, alone: bool) -> str:
    match atom:
        case AtLeastZero(dim):
            if exact:
                return f"max({dim.expression()}, 0)"
            return str(dim) if alone else f"({dim})"
        case FloorDiv(dim, divisor):
            inner = dim.expression() if exact else str(dim)
            return f"({inner})//{divisor}" if alone else f"(({inner})//{divisor})"
        case _:
            return str(atom)


def _not_negative(atom: Atom) -> bool:
    match atom:
        case Symbol(signed=signed):
            return not signed
        case FloorDiv(dim):
            return dim.not_negative
        case _:
            return True


def _dim(value: Dim | int) -> Dim:
    return value if isinstance(value, Dim) else Dim.of(value)


def _canonical(total: Mapping[Monomial, int]) -> Dim:
    # Names first, in order; the constant last, as people write them.
    items = sorted(((m, c) for m, c in total.items() if c), key=lambda t: (len(t[0]) == 0, [str(a) for a in t[0]]))
    return Dim(tuple(items))


def _substitute(atom: Atom, values: Mapping[str, Dim]) -> Dim:
    match atom:
        case Symbol(name, signed):
            value = values.get(name, Dim.of(atom))
            return value if signed else value.as_extent()
        case AtLeastZero(dim):
            return dim.substitute(values).at_least_zero()
        case FloorDiv(dim, divisor):
            return dim.substitute(values) // divisor
        case _:
            return Dim.of(atom)
