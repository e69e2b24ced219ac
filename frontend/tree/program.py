"""Functions of the checked program, and what they declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Diagnostic
from pyc.source import Source, Span
from pyc.target import Target

from ..types import NoneType, TensorType, Type

if TYPE_CHECKING:
    from .statements import Statement


@dataclass(frozen=True, eq=False)
class Variable:
    """A name with one type. Rebinding a name to another type makes a new variable; identity is what counts.

    ``annotation`` is the type as the user wrote it, for a parameter. ``default`` is what artifacts pass for it where
    callers say nothing, as Python writes it; ``only`` is ``positional`` or ``keyword`` where it is passed in no other
    way. ``said`` are the user's annotations.
    """

    name: str
    type: Type
    span: Span
    annotation: str = ""
    default: str | None = None
    only: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Weight:
    """A weight of a module. ``name`` is dotted, relative to the module (``block.up``); ``annotation`` as written.

    ``buffer`` says that methods may write it; ``said`` are the user's annotations.
    """

    name: str
    type: TensorType
    span: Span
    annotation: str
    buffer: bool = False
    said: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(eq=False)
class Function:
    """One instance of a function or method: all type parameters but dimensions are fixed.

    ``name`` is what users read (``axpy[f32]``, ``MLP[784, 10].__call__``), ``symbol`` an identifier unique in the
    program. ``weights`` are all those of the module that a method belongs to, in order of declaration, nested ones with
    their path; a call of a submodule's method passes the caller's weights under ``path``. ``constants`` are dimension
    names that the instance fixes to numbers. ``unchecked`` says that its indices are not checked.

    ``parameters`` and ``result`` are flat: tuples and records in them are taken apart (``composites.py``). ``named``
    and ``returned`` are what the user declared; ``fresh`` says that nothing else has the records that it returns.
    """

    name: str
    symbol: str
    span: Span
    parameters: tuple[Variable, ...]
    weights: tuple[Weight, ...]
    result: Type
    result_annotation: str
    target: Target
    export: bool
    module: str | None = None
    constants: Mapping[str, int] = field(default_factory=dict)
    body: tuple[Statement, ...] = ()
    generic: Mapping[str, str] = field(default_factory=dict)
    unchecked: bool = False
    #: Where in the file arithmetic on floats may do what flags say: first the function as a whole.
    fast: tuple[tuple[Span, frozenset[str]], ...] = ()
    #: What the user says of the operations of places in the file.
    said: tuple[tuple[Span, Mapping[str, Any]], ...] = ()
    #: What a function of the library is in the words of formats that have an operator for it.
    operator: Mapping[str, Any] = field(default_factory=dict)
    #: What is said of the function, of its result, and by path of its module and submodules.
    annotations: Mapping[str, Any] = field(default_factory=dict)
    of_result: Mapping[str, Any] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Whether it calls itself, directly or not: then it stays a function of its own.
    recursive: bool = False
    #: Whether it stays one because the program would become too long without it.
    kept: bool = False
    #: Whether another function of the program calls it.
    called: bool = False
    named: tuple[Variable, ...] = ()
    returned: Type = field(default_factory=NoneType)
    fresh: bool = False
    #: Of an exported one, the parameters that it is compiled for one value of, as artifacts describe them.
    fixed: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """A function that is described flat takes and gives what it says."""
        self.named = self.named or self.parameters
        if isinstance(self.returned, NoneType):
            self.returned = self.result

    @property
    def stays(self) -> bool:
        """Whether calls of it are not replaced by its body."""
        return self.recursive or self.kept

    @property
    def inputs(self) -> tuple[Variable | Weight, ...]:
        """All that it takes: parameters, then weights. What it writes is said by the index in this."""
        return (*self.parameters, *self.weights)


@dataclass(frozen=True)
class Program:
    """Functions in an order in which callees come before callers, and what was noted about skipped ones."""

    source: Source
    functions: tuple[Function, ...]
    remarks: tuple[Diagnostic, ...] = ()
