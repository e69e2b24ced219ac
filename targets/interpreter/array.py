"""``pyc.Array``: an ``ndarray`` that knows its precision and its target, and rounds as the language says.

A plain array computes in its element type. A mixed one holds storage elements where it is stored (a parameter, a
weight) and compute elements once it was read: operations on it give compute elements, every store rounds them again.
NumPy's functions come in through ``__array_ufunc__`` and ``__array_function__`` and leave with the same rules.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pyc.precision import DTYPES, DType, Precision
from pyc.target import Target, cpu

from .rounding import Plain, dtype_of, promote, rounded


class Array(np.ndarray[Any, Any]):
    """An array of the language. Made by :func:`array`; views and results keep precision and target."""

    _policy: Precision | None = None
    target: Target = cpu

    def __array_finalize__(self, source: Any) -> None:
        if isinstance(source, Array):
            self._policy = source._policy
            self.target = source.target

    @property
    def precision(self) -> Precision:
        """How elements are stored, computed with and accumulated."""
        name = dtype_of(self.dtype).name
        if self._policy is not None and name in (self._policy.storage, self._policy.compute):
            return self._policy
        return Precision.plain(name)

    def to(self, to: DType | Precision | Target | type[bool]) -> Array:
        """A copy on another target, or with elements converted and rounded to another precision."""
        if isinstance(to, Target):
            return wrapped(self.plain().copy(), self.precision, to)
        if isinstance(to, DType | Precision) or to is bool:
            precision = to if isinstance(to, Precision) else Precision.plain("bool" if to is bool else str(to))
            return wrapped(rounded(self.plain(), precision.storage).copy(), precision, self.target)
        raise TypeError(f".to takes an element type, a Mixed[...] or a target, not {to!r}")

    def plain(self) -> Plain:
        """The same elements, as they are now, as an ``ndarray``."""
        return self.view(np.ndarray)

    def read(self) -> Plain:
        """The elements as arithmetic takes them: a mixed array's widened to compute precision."""
        return rounded(self.plain(), self.precision.compute)

    def stored(self) -> Plain:
        """The elements as memory, matrix units and callees take them: a mixed array's rounded to storage precision."""
        return rounded(self.plain(), self.precision.storage)

    # --- NumPy ---------------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        from .functions import call_ufunc

        if any(isinstance(x, Array) and x.dtype == object for x in inputs):  # np.vectorize makes such
            return getattr(ufunc, method)(*(x.plain() if isinstance(x, Array) else x for x in inputs), **options)
        return call_ufunc(ufunc, method, inputs, out, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from .functions import call_function

        return call_function(func, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        return value if isinstance(value, np.ndarray) else self._scalar(value)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, storable(value, self))

    def __reduce__(self) -> Any:
        return _restored, (self.plain(), self.precision, self.target)

    def __deepcopy__(self, memo: Any) -> Array:
        return self.copy()

    def __repr__(self) -> str:
        place = "" if self.target == cpu else f", {self.target}"
        body = np.array2string(self.plain(), separator=", ", prefix="array(")
        return f"array({body}, {self.precision}{place})"

    def _scalar(self, value: Any) -> Any:
        """An element that was read: a NumPy scalar in compute precision."""
        return rounded(np.asarray(value), self.precision.compute)[()]

    # NumPy implements these as methods that would accumulate in the element type, or keep a policy that ended.

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """As NumPy's; the result is plain in the new element type."""
        given = DTYPES["bool"].dtype if dtype is bool else np.dtype(dtype)
        return wrapped(self.plain().astype(given, *args, **kwargs), None, self.target)

    def mean(self, *args: Any, **kwargs: Any) -> Any:
        return np.mean(self, *args, **kwargs)

    def var(self, *args: Any, **kwargs: Any) -> Any:
        return np.var(self, *args, **kwargs)

    def std(self, *args: Any, **kwargs: Any) -> Any:
        return np.std(self, *args, **kwargs)

    def cumsum(self, *args: Any, **kwargs: Any) -> Any:
        return np.cumsum(self, *args, **kwargs)

    def cumprod(self, *args: Any, **kwargs: Any) -> Any:
        return np.cumprod(self, *args, **kwargs)

    def clip(self, *args: Any, **kwargs: Any) -> Any:
        return np.clip(self, *args, **kwargs)

    def trace(self, *args: Any, **kwargs: Any) -> Any:
        return np.trace(self, *args, **kwargs)

    def dot(self, other: Any, out: Any = None) -> Any:
        return np.dot(self, other)


def _restored(elements: Plain, precision: Precision, target: Target) -> Array:
    return wrapped(elements, precision, target)


def wrapped(elements: Plain, precision: Precision | None, target: Target | None) -> Array:
    """A view of ``elements`` as an :class:`Array`; without a precision it is that of its element type."""
    dtype_of(elements.dtype)
    made = np.asarray(elements).view(Array)
    made._policy = precision
    made.target = target or cpu
    return made


def array(value: Any, precision: Any = None, target: Target = cpu) -> Array:
    """A new array: ``array([1, 2], f32)``, ``array(x, Mixed[f16, f32], cuda)``.

    ``precision`` is an element type or ``Mixed[...]``; without one it is that of the value, in which Python's numbers
    are i64 and f64. Elements are converted and rounded.
    """
    if precision is None:
        source = value.precision if isinstance(value, Array) else None
        return wrapped(np.array(value, subok=False), source, target)
    policy = precision if isinstance(precision, Precision) else Precision.plain(str(getattr(precision, "name", "bool")))
    elements = np.asarray(value.plain() if isinstance(value, Array) else value)
    dtype_of(elements.dtype)
    return wrapped(rounded(elements, policy.storage).copy(), policy, target)


def dot(x: Any, y: Any, /, *, acc: DType | None = None) -> Any:
    """``x @ y``, accumulated in ``acc`` and left in it: without ``acc`` it rounds as ``@`` does."""
    from .functions import contract

    return contract(np.matmul, (x, y), accumulate=acc.name if acc is not None else None)


# --- what results are -------------------------------------------------------------------------------------------------


def result_of(value: Any, sources: Sequence[Any]) -> Any:
    """``value``, computed from these operands, with the policy and target that they give it; scalars have neither."""
    if not isinstance(value, np.ndarray):
        return value
    return wrapped(value, joined(sources, dtype_of(value.dtype).name), common_target(arrays_in(sources)))


def arrays_in(operands: Sequence[Any]) -> list[Array]:
    """The arrays of the language among operands."""
    return [a for a in operands if isinstance(a, Array)]


def joined(operands: Sequence[Any], dtype: str) -> Precision | None:
    """The mixed policy of a result with elements of ``dtype``, if it has one.

    Storage types promote; where the mixed one wins, its policy governs the result.
    """
    policies = [
        a.precision if isinstance(a, Array) else Precision.plain(dtype_of(a.dtype).name)
        for a in operands
        if isinstance(a, np.ndarray)
    ]
    mixed = [p for p in policies if not p.is_plain and p.compute == dtype]
    if not mixed:
        return None
    storage = functools.reduce(promote, (p.storage for p in policies))
    return next((p for p in mixed if p.storage == storage), None)


def common_target(arrays: Sequence[Array]) -> Target | None:
    """The target on which all the arrays live.

    Raises:
        TypeError: they live on two.
    """
    found: Target | None = None
    for a in arrays:
        if found is None or found.accepts(a.target):
            found = a.target
        elif not a.target.accepts(found):
            raise TypeError(f"one array is on {found}, another on {a.target}: write .to({a.target.name}) on the first")
    return found


def storable(value: Any, destination: Array) -> Any:
    """``value`` as it can be stored in ``destination``: rounded if it is mixed, never narrowed.

    Raises:
        TypeError: its elements do not fit without narrowing, or it lives on another target.
    """
    precision = destination.precision
    if isinstance(value, Array):
        common_target([destination, value])
        own = value.precision
        if own == precision or (own.is_plain and own.storage == precision.storage):
            return rounded(value.plain(), dtype_of(destination.dtype).name)
        if not own.is_plain and (value.dtype.name != DTYPES[own.storage].numpy or own.storage == precision.storage):
            raise TypeError(f"{own} is stored as it is only where that is declared: write .to({precision})")
        value = value.plain()
    if isinstance(value, np.ndarray | np.generic):
        # An element that was read from a mixed array is a number of its compute type; to store it rounds.
        scalar = isinstance(value, np.generic) or value.ndim == 0
        widest = precision.compute if scalar else precision.storage
        held = dtype_of(value.dtype).name
        if promote(held, widest) != widest:
            raise TypeError(f"{held} does not fit in an array of {precision}: write .to({precision.storage})")
        return rounded(np.asarray(value), dtype_of(destination.dtype).name)
    if isinstance(value, float | complex) and destination.dtype.kind in "iub":
        raise TypeError(f"a {type(value).__name__} does not fit in an array of {precision}: write int(...)")
    return value
