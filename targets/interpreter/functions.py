"""NumPy's functions on :class:`Array`: which widen, which accumulate, which only move elements."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pyc.precision import DTYPES, Precision
from pyc.records import Record, RecordArray, SoA, SoAElement
from pyc.target import Target

from .array import Array, arrays_in, common_target, joined, result_of, storable, wrapped
from .einsum import einsum
from .records import InterpretedRecords
from .rounding import EXTENDED, Plain, accumulated, accumulator, apply, dtype_of, promote, rounded, together

#: Contractions: operands are rounded to storage, products accumulate.
_MATMUL = {getattr(np, name) for name in ("matmul", "vecdot", "matvec", "vecmat") if hasattr(np, name)}
#: Reductions that add up, and so accumulate; the others (maximum, logical_and) only compare.
_SUMS = {np.add, np.multiply}
#: Functions that move elements without computing: what is stored stays as it is stored.
_MOVES = frozenset(
    (
        *("append", "array", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "block"),
        *("broadcast_arrays", "broadcast_to", "column_stack", "concatenate", "copy", "delete", "diag"),
        *("diagonal", "dsplit", "dstack", "empty_like", "expand_dims", "flip", "fliplr", "flipud", "full_like"),
        *("hsplit", "hstack", "insert", "moveaxis", "ones_like", "permute_dims", "ravel", "repeat", "reshape"),
        *("resize", "roll", "rollaxis", "rot90", "sort", "split", "squeeze", "stack", "swapaxes", "take"),
        *("take_along_axis", "tile", "transpose", "tril", "triu", "unstack", "vsplit", "vstack", "zeros_like"),
    )
)
#: Functions of elements and of positions among them.
_POSITIONED = frozenset(("choose", "delete", "insert", "repeat", "roll", "take", "take_along_axis"))
#: Functions that ask about arrays: memory, shape and type are what they are, on any target.
_QUESTIONS = frozenset(
    ("array2string", "array_repr", "array_str", "can_cast", "iscomplexobj", "isrealobj", "may_share_memory")
    + ("min_scalar_type", "ndim", "result_type", "save", "savez", "shape", "shares_memory", "size")
)


def call_ufunc(ufunc: np.ufunc, method: str, inputs: Sequence[Any], out: Any, options: Mapping[str, Any]) -> Any:
    """What a ufunc, or a method of one, gives on operands of which some are Arrays."""
    outputs = [o for o in (out or ()) if o is not None]
    common_target([a for a in (*inputs, *outputs) if isinstance(a, Array)])
    kept = {k: v.plain() if isinstance(v, Array) else v for k, v in options.items()}
    if method == "at":
        # In place, on the elements as they are stored.
        return ufunc.at(*(a.plain() if isinstance(a, Array) else a for a in inputs), **kept)
    chosen = kept.pop("where", None) if outputs and method == "__call__" else None
    if chosen is not None:
        # All is computed, and what the mask leaves out not stored: nor is it a reason to warn.
        with np.errstate(all="ignore"):
            result = _compute(ufunc, method, inputs, kept)
    elif ufunc in _MATMUL and method == "__call__":
        result = contract(ufunc, inputs, options=kept)
    else:
        result = _compute(ufunc, method, inputs, kept)
    if not outputs:
        return result
    results = result if isinstance(result, tuple) else (result,)
    for place, value in zip(out, results, strict=True):
        if chosen is not None and place is not None:
            _put_where(place, value, chosen)
        elif isinstance(place, Array):
            place[...] = value
        elif place is not None:
            np.copyto(place, _mapped(value, Array.stored), casting="same_kind")
    stored = tuple(r if o is None else o for o, r in zip(out, results, strict=True))
    return stored if isinstance(result, tuple) else stored[0]


def _put_where(place: Any, value: Any, chosen: Any) -> None:
    """Store a result where a mask chooses it: elsewhere it has none."""
    if isinstance(place, Array):
        np.copyto(place.plain(), storable(value, place), casting="unsafe", where=chosen)
    else:
        np.copyto(place, _mapped(value, Array.stored), casting="same_kind", where=chosen)


def _compute(ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    operands = [a.read() if isinstance(a, Array) else a for a in inputs]
    if method == "__call__":
        value = apply(ufunc, operands, options)
        # NumPy makes scalars of 0-d arrays; as values of the language they stay arrays.
        flat = all(np.ndim(o) == 0 for o in operands)
        values = tuple(np.asarray(v) if flat else v for v in (value if isinstance(value, tuple) else (value,)))
        results = tuple(result_of(v, inputs) for v in values)
        return results if isinstance(value, tuple) else results[0]
    if method == "outer":
        return result_of(ufunc.outer(*together(operands), **options), inputs)
    run = getattr(ufunc, method)
    if ufunc in _SUMS and options.get("dtype") is None:
        options = {k: v for k, v in options.items() if k != "dtype"}
        value = _accumulating(run, operands[0], inputs, operands[1:], options)
    else:
        value = run(*operands, **options)
    return result_of(value, inputs)


def _accumulating(run: Callable[..., Any], x: Any, sources: Sequence[Any], more: Sequence[Any], options: Any) -> Any:
    """A reduction or scan in accumulate precision, rounded once to the compute precision that it leaves."""
    x = np.asarray(x)
    dtype = dtype_of(x.dtype)
    if not dtype.is_float:
        return run(x, *more, **options)
    policy = joined(sources, dtype.name)
    accumulate = accumulator(dtype.name) if policy is None else policy.accumulate
    return accumulated(run, x, accumulate, dtype.name, *more, **options)


def contract(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    accumulate: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """A contraction: operands rounded to storage, exact products, sums in accumulate precision.

    With an explicit ``accumulate`` the result stays in it; otherwise it rounds to the operands' compute precision.
    """
    arrays = arrays_in(inputs)
    target = common_target(arrays)
    operands = [a.stored() if isinstance(a, Array) else np.asarray(a) for a in inputs]
    common = functools.reduce(promote, (dtype_of(o.dtype).name for o in operands))
    if accumulate is not None and promote(accumulate, common) != accumulate:
        raise TypeError(f"acc={accumulate} cannot hold products of {common}")
    policies = [a.precision for a in arrays if a.precision.storage == common]
    policy = next((p for p in policies if not p.is_plain), Precision.plain(common))
    value = function(*(rounded(o, accumulate or policy.accumulate) for o in operands), **(options or {}))
    value = rounded(np.asarray(value), accumulate or policy.compute)
    if not value.ndim:
        return value[()]
    return wrapped(value, None if accumulate else policy, target) if arrays else value


def call_function(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What one of NumPy's functions gives on arguments among which there are Arrays."""
    if function in _OWN and not any(map(_holds_records, (*args, *kwargs.values()))):
        return _OWN[function](*args, **kwargs)
    if function.__name__ in _QUESTIONS:
        return function(*_mapped(args, Array.plain), **_mapped(kwargs, Array.plain))
    if any(map(_holds_records, (*args, *kwargs.values()))):
        value = function(*_mapped(args, Array.plain), **_mapped(kwargs, Array.plain))
        return _rewrapped(value, lambda _: None, None)
    arrays = list(_arrays((args, kwargs)))
    target = common_target(arrays)
    if function.__name__ in _POSITIONED:
        # Positions do not say of which type the elements are.
        arrays = [a for a in arrays if a.dtype.kind not in "iu"] or arrays
    if function.__name__ in _MOVES and len({(a.precision, a.dtype) for a in arrays}) == 1:
        value = function(*_mapped(args, Array.plain), **_mapped(kwargs, Array.plain))
        first = arrays[0]
        return _rewrapped(value, lambda v: first.precision if v.dtype == first.dtype else None, target)
    small = _small_float(arrays)
    read = Array.read if small is None else _widened
    value = function(*_mapped(args, read), **_mapped(kwargs, read))
    if small is not None:
        return _rewrapped(_mapped_back(value, small), lambda _: None, target)
    return _rewrapped(value, lambda v: joined(arrays, dtype_of(v.dtype).name), target)


def _holds_records(value: Any) -> bool:
    """Whether a value is records, which are moved as they are and never rounded."""
    if isinstance(value, list | tuple):
        return any(map(_holds_records, value))
    return isinstance(value, Record | SoA | SoAElement | RecordArray)


def _small_float(arrays: Sequence[Array]) -> str | None:
    """The element type in which plain arrays meet, if it is a float that NumPy's functions do not know."""
    read = [dtype_of(a.read().dtype) for a in arrays]
    floats = [d.name for d in read if d.is_float]
    common = functools.reduce(promote, floats) if floats else ""
    return common if common in EXTENDED and all(d.is_float or d.kind == "bool" for d in read) else None


def _widened(a: Array) -> Plain:
    """The elements of an array as NumPy's functions know them: small floats as f32."""
    x = a.read()
    return rounded(x, "f32") if dtype_of(x.dtype).name in EXTENDED else x


def _mapped_back(value: Any, dtype: str) -> Any:
    """Results in f32 rounded to ``dtype``; others as they are."""
    if isinstance(value, np.ndarray | np.generic) and value.dtype == np.float32:
        found = rounded(np.asarray(value), dtype)
        return found if isinstance(value, np.ndarray) else found[()]
    if isinstance(value, list):
        return [_mapped_back(v, dtype) for v in value]
    if type(value) is tuple:
        return tuple(_mapped_back(v, dtype) for v in value)
    return value


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, Array):
        yield value
    elif isinstance(value, list | tuple):
        for v in value:
            yield from _arrays(v)
    elif isinstance(value, dict):
        for v in value.values():
            yield from _arrays(v)


def _mapped(value: Any, change: Callable[[Array], Plain]) -> Any:
    """Arguments with every Array in them changed, also in lists and tuples."""
    if isinstance(value, Array):
        return change(value)
    if isinstance(value, list):
        return [_mapped(v, change) for v in value]
    if type(value) is tuple:
        return tuple(_mapped(v, change) for v in value)
    if isinstance(value, dict):
        return {k: _mapped(v, change) for k, v in value.items()}
    return value


def _rewrapped(value: Any, policy: Callable[[Plain], Precision | None], target: Target | None) -> Any:
    """A result of NumPy's with each array in it an :class:`Array`."""
    if isinstance(value, np.ndarray):
        if value.dtype.names is not None:
            return value.view(InterpretedRecords)
        return wrapped(value, policy(value), target) if value.dtype.name in _OURS else value
    if isinstance(value, list):
        return [_rewrapped(v, policy, target) for v in value]
    if type(value) is tuple:
        return tuple(_rewrapped(v, policy, target) for v in value)
    return value


_OURS = frozenset(d.numpy for d in DTYPES.values())


# --- functions with a rule of their own -------------------------------------------------------------------------------


def _statistic(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction or scan that adds up, run in accumulate precision and rounded once."""

    def run(a: Any, axis: Any = None, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        arrays = list(_arrays((a, args, kwargs)))
        x, rest = _mapped(a, Array.read), _mapped(args, Array.read)
        options = {"axis": axis, **_mapped(kwargs, Array.read)}
        if dtype is not None:
            return result_of(function(x, dtype=dtype, *rest, **options), arrays)  # noqa: B026 (the order is NumPy's)
        return result_of(_accumulating(lambda v, **o: function(v, **o), x, arrays, rest, options), arrays)

    return run


def _contraction(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(x: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        return contract(lambda a, b: function(a, b, *args, **kwargs), (x, y))

    return run


def _dot(x: Any, y: Any, out: Any = None) -> Any:
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return np.multiply(x, y)
    value = contract(np.dot, (x, y))
    if out is None:
        return value
    out[...] = value
    return out


def _einsum(subscripts: Any, /, *operands: Any, **options: Any) -> Any:
    if not isinstance(subscripts, str):
        raise TypeError("einsum of arrays of the language takes its subscripts as a string")
    arrays = [np.asarray(o) if not isinstance(o, np.ndarray) else o for o in operands]
    value = einsum(contract, subscripts, arrays)
    out = options.get("out")
    if out is None:
        return value
    out[...] = value
    return out


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """As NumPy's, of all axes too: an array without axes."""
    value = contract(lambda x, y: np.tensordot(x, y, axes), (a, b))
    return value if isinstance(value, np.ndarray) else result_of(np.asarray(value), [a, b])


def _complex(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose results are complex, also where none has an imaginary part: types do not depend on elements."""

    def run(*args: Any, **kwargs: Any) -> Any:
        value = function(*_mapped(args, Array.read), **_mapped(kwargs, Array.read))
        target = common_target(arrays_in(args))

        def wide(x: Plain) -> Array:
            return wrapped(x.astype(np.result_type(x, np.complex64)), None, target)

        return wide(value) if isinstance(value, np.ndarray) else type(value)(*map(wide, value))

    return run


def _where(condition: Any, *branches: Any) -> Any:
    arrays = list(_arrays((condition, branches)))
    common_target(arrays)
    value = np.where(_mapped(condition, Array.plain), *together([_mapped(b, Array.read) for b in branches]))
    if not branches:
        return _rewrapped(value, lambda _: None, common_target(arrays))
    return wrapped(value, joined(branches, dtype_of(value.dtype).name), common_target(arrays))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **bounds: Any) -> Any:
    low, high = bounds.get("min", a_min), bounds.get("max", a_max)
    if np.asarray(a).dtype.kind in "iu":
        # As NumPy has it: an int beyond what the elements reach bounds nothing.
        reach = np.iinfo(np.asarray(a).dtype)
        low = None if type(low) is int and low <= reach.min else low
        high = None if type(high) is int and high >= reach.max else high
    value = np.positive(a) if low is None else np.maximum(a, low)
    value = value if high is None else np.minimum(value, high)
    if out is None:
        return value
    out[...] = value
    return out


def _trace(a: Any, *args: Any, **kwargs: Any) -> Any:
    return np.sum(np.diagonal(a, *args, **kwargs), axis=-1)


def _copyto(destination: Any, source: Any, casting: str = "same_kind", where: Any = True) -> None:
    if isinstance(destination, Array):
        source = storable(source, destination)
        destination = destination.plain()
    np.copyto(destination, _mapped(source, Array.stored), casting=casting, where=_mapped(where, Array.plain))  # type: ignore[call-overload]


_OWN: Mapping[Callable[..., Any], Callable[..., Any]] = {
    np.dot: _dot,
    np.inner: _contraction(np.inner),
    np.vdot: _contraction(np.vdot),
    np.tensordot: _tensordot,
    np.einsum: _einsum,
    np.where: _where,
    np.clip: _clip,
    np.trace: _trace,
    np.copyto: _copyto,
    **{
        getattr(np.linalg, n): _contraction(getattr(np.linalg, n))
        for n in ("matmul", "vecdot")
        if hasattr(np.linalg, n)
    },
    **({np.linalg.tensordot: _tensordot} if hasattr(np.linalg, "tensordot") else {}),
    **{f: _complex(f) for f in (np.linalg.eig, np.linalg.eigvals)},
    **{
        f: _statistic(f)
        for f in (
            *(np.mean, np.var, np.std, np.sum, np.prod, np.cumsum, np.cumprod),
            *(np.nanmean, np.nanvar, np.nanstd, np.nansum, np.nanprod, np.nancumsum, np.nancumprod),
            *(getattr(np, n) for n in ("cumulative_sum", "cumulative_prod") if hasattr(np, n)),
        )
    },
}
#: ``np.roots``, which does not ask its argument for this function.
roots = _complex(np.roots)
