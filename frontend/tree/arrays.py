"""Expressions of arrays."""

from __future__ import annotations

from typing import Literal

from pyc.dataclass import dataclass
from pyc.target import Target

from ..dims import Dim
from .expressions import DimCheck, Expression, Guard


@dataclass(frozen=True, eq=False, kw_only=True)
class Copy(Expression):
    """A fresh array with the same elements: ``x.copy()``, ``np.array(x)``.

    ``row_major`` says that it is in that order, as the method has it; the functions keep the order of ``x``.
    ``column_major`` says that NumPy has it in the other order, as ``order="F"`` asks.
    """

    x: Expression
    row_major: bool = False
    column_major: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Reduce(Expression):
    """``kind`` of ``build.reduce``; accumulates in the dtype of ``type`` (a rounding :class:`Cast` follows outside)."""

    kind: str
    x: Expression
    axes: tuple[int, ...]
    keepdims: bool
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class ArgReduce(Expression):
    kind: Literal["max", "min"]
    x: Expression
    axis: int
    keepdims: bool
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Matmul(Expression):
    """Accumulates in the dtype of ``type``."""

    lhs: Expression
    rhs: Expression
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Correlate(Expression):
    """Products of filters with windows of images: ``sizes`` is how many rows and columns of windows there are.

    Accumulates in the dtype of ``type``.
    """

    images: Expression
    filters: Expression
    sizes: tuple[Expression, Expression]
    strides: tuple[int, int]
    dilations: tuple[int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class Transpose(Expression):
    """A view of ``x``."""

    x: Expression
    permutation: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Diagonal(Expression):
    """The elements whose positions along the last two axes of ``x`` are equal: a view, which NumPy does not write."""

    x: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Reshape(Expression):
    """``sizes`` are int expressions; ``checked`` says that the number of elements must be compared at run time.

    ``contiguous`` says that it is a copy unless the elements lie one after the other, as NumPy's ``ravel`` has it;
    ``inferred`` is the axis whose extent was written as -1. ``backwards`` says that the axes are those of the user's
    in reverse, as for ``order="F"``.
    """

    x: Expression
    sizes: tuple[Expression, ...]
    checked: bool
    contiguous: bool = False
    inferred: int | None = None
    backwards: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class BroadcastTo(Expression):
    x: Expression
    sizes: tuple[Expression, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Concat(Expression):
    inputs: tuple[Expression, ...]
    axis: int
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Fill(Expression):
    """``value`` has the element type; negative sizes raise ``ValueError``.

    ``like`` says that NumPy lays it out as some other array is, ``read_only`` what makes it an array that NumPy does
    not write, if something does.
    """

    value: Expression
    sizes: tuple[Expression, ...]
    like: bool = False
    read_only: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Empty(Expression):
    """``like`` as in :class:`Fill`."""

    sizes: tuple[Expression, ...]
    like: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Iota(Expression):
    """0, 1, 2, ..., ``size`` of them, as the dtype of ``type``."""

    size: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Entry(Expression):
    """One of the numbers of a table, by its position, which is inside."""

    table: tuple[int, ...] | tuple[float, ...]
    index: Expression
    target: Target


@dataclass(frozen=True, eq=False, kw_only=True)
class Extent(Expression):
    """``x.shape[axis]``, an int. (Where the dimension is a number, a :class:`Constant` instead.)"""

    x: Expression
    axis: int


@dataclass(frozen=True, eq=False, kw_only=True)
class DimValue(Expression):
    """The value of a symbolic dimension (``N`` used as a number in the body)."""

    dim: Dim


@dataclass(frozen=True)
class Index:
    """One element along an axis; negative counts from the end; out of bounds is IndexError. Drops the axis.

    ``inside`` says that the value is known to be a position of the axis, as where a loop runs over an array.
    """

    value: Expression
    inside: bool = False


@dataclass(frozen=True)
class Range:
    """``start:stop:step`` along an axis, clamped as Python does. A full slice has no bounds."""

    start: Expression | None = None
    stop: Expression | None = None
    step: Expression | None = None


@dataclass(frozen=True)
class NewAxis:
    """An axis of extent 1 that is not in the base."""


Item = Index | Range | NewAxis


@dataclass(frozen=True, eq=False, kw_only=True)
class Subscript(Expression):
    """``base[items]``: a scalar where every axis has an :class:`Index`, else a view. ``...`` has been expanded."""

    base: Expression
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Chosen:
    """Elements that arrays of positions choose, as ``pyc.gather`` says: ``indices`` are ``i64``, one for each axis.

    They count from the end where they are negative, and are checked; those of axes in ``inside`` are neither.
    ``checks`` relate their extents. ``written`` are the axes as the user counts them, where ``axes`` count new ones
    too; ``masked`` says that one mask of all axes is what chooses.
    """

    indices: tuple[Expression, ...]
    axes: tuple[int, ...]
    position: int
    inside: frozenset[int] = frozenset()
    checks: tuple[DimCheck, ...] = ()
    written: tuple[int, ...] = ()
    masked: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Gather(Expression):
    """A copy of the elements of ``base`` that are chosen."""

    base: Expression
    chosen: Chosen


@dataclass(frozen=True, eq=False, kw_only=True)
class Nonzero(Expression):
    """The positions of the true elements of ``x``, a row for each of its axes."""

    x: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Packed(Expression):
    """An array of ``items``, numbers of its element type in row-major order; its extents are constants."""

    items: tuple[Expression, ...]
