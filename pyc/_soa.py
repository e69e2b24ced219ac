"""Records in one array for each field: what a class with ``layout="soa"`` has for arrays.

Bundles carry this file: it needs NumPy and must not import anything of pyc.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np


class SoA:
    """Records in one array for each field: what a record with ``layout="soa"`` has for arrays.

    Fields are attributes; ``bodies[i]`` is an element and ``bodies[1:]`` a part, both views.
    """

    def __init__(self, record: Any, fields: Mapping[str, Any]) -> None:
        vars(self).update(_record=record, _fields=dict(fields), _chosen=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents, which all fields have first."""
        name, kind = next(iter(self._record.__pyc_record__.fields().items()))
        own = self._fields[name]
        while isinstance(own, tuple):
            own = own[0]
        more = len(getattr(kind, "shape", ()))  # of a field that is an array
        return own.shape[: len(own.shape) - more]

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.intp))

    def __len__(self) -> int:
        return self.shape[0]

    def __getattr__(self, name: str) -> Any:
        fields = vars(self).get("_fields", {})
        if name in fields:
            return fields[name]
        raise AttributeError(f"records {self._record.__name__} have no field {name}" if fields else name)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._chosen:
            refuse_unseen()
        _assign(getattr(self, name), ..., value)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            return self._fields[index]
        found = SoA(self._record, {n: _part(f, index) for n, f in self._fields.items()})
        first, own = next(_leaves(found)), next(_leaves(self))
        if first.size and not np.may_share_memory(first, own):
            _mark(found)
        return SoAElement(found, chosen=self._chosen) if found.shape == () else found

    def __setitem__(self, index: Any, value: Any) -> None:
        if self._chosen:
            refuse_unseen()
        for name, own in self._fields.items():
            _assign(own, index, getattr(value, name))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def copy(self) -> SoA:
        """The same records in arrays of their own."""
        return _each(lambda x, own: x.copy(), self)

    def reshape(self, *shape: Any) -> SoA:
        """The same records under other extents: views where the strides of the fields allow it."""
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
        extents = np.empty(self.shape, np.bool_).reshape(*sizes).shape
        return _each(lambda x, own: x.reshape(*extents, *own), self)

    def flatten(self) -> SoA:
        """A copy along one axis."""
        return self.reshape(-1).copy()

    def transpose(self, *axes: Any) -> SoA:
        """Views with the axes in another order."""
        given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        order = [a % self.ndim for a in given or range(self.ndim)[::-1]]
        return _each(lambda x, own: x.transpose(*order, *range(self.ndim, x.ndim)), self)

    def swapaxes(self, axis1: int, axis2: int) -> SoA:
        """Views with two axes exchanged."""
        return _each(lambda x, own: x.swapaxes(axis1 % self.ndim, axis2 % self.ndim), self)

    @property
    def T(self) -> SoA:
        return self.transpose()

    def take(self, indices: Any, *arguments: Any, **named: Any) -> Any:
        """Copies of the records at positions."""
        return np.take(self, indices, *arguments, **named)  # type: ignore[call-overload]

    def repeat(self, repeats: Any, axis: Any = None) -> Any:
        """Each record as often as a number says."""
        return np.repeat(self, repeats, axis)  # type: ignore[call-overload]

    def compress(self, condition: Any, axis: Any = None) -> Any:
        """The records for which a condition holds."""
        return np.compress(condition, self, axis)  # type: ignore[call-overload]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """The records in one structured array, which is a copy."""
        whole = np.empty(self.shape, self._record.dtype)
        for index in np.ndindex(self.shape):
            whole[index] = self[index]._value()
        return whole if dtype is None else whole.astype(dtype)

    def __eq__(self, other: object) -> Any:
        if isinstance(other, SoAElement):
            other = vars(other)["_element"]
        elif isinstance(other, np.void) and getattr(other, "_record", None) is self._record:
            other = _of_one(self, other)
        if not isinstance(other, SoA) or other._record is not self._record:
            return NotImplemented
        rank, found = max(self.ndim, other.ndim), np.True_
        for x, y in zip(_leaves(self), _leaves(other), strict=True):
            same = np.asarray(x) == np.asarray(y)
            found = found & same.all(axis=tuple(range(rank, same.ndim)))
        return found

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return NotImplemented if equal is NotImplemented else ~equal

    __hash__ = None  # type: ignore[assignment]

    def __array_function__(self, function: Any, types: Any, arguments: Any, named: Any) -> Any:
        name = function.__name__
        if function in (np.reshape, np.copy):
            return getattr(self, name)(*arguments[1:], **named)
        if function in (np.zeros_like, np.empty_like):
            return _each(lambda x, own: function(x), self)
        if function is np.full_like:
            made = self.copy()
            made[...] = arguments[1] if len(arguments) > 1 else named["fill_value"]
            return made
        if function in (np.ndim, np.shape, np.size):
            return getattr(self, name)
        if name in _ORDERS:
            return self.transpose(*function(np.empty(tuple(range(self.ndim))), *arguments[1:], **named).shape)
        if name in _EXTENTS:
            return self.reshape(function(np.broadcast_to(False, self.shape), *arguments[1:], **named).shape)
        if name in _MOVES:
            return _moved(function, self, arguments, named)
        if name in _JOINS:
            return _joined(function, arguments, named)
        return _FUNCTIONS[name](*arguments, **named) if name in _FUNCTIONS else NotImplemented

    def __deepcopy__(self, memo: Any) -> SoA:
        return self.copy()

    def __reduce__(self) -> Any:
        return SoA, (self._record, self._fields)

    def __repr__(self) -> str:
        return f"SoA({self._record.__name__}, {self._fields})"


class SoAElement:
    """One of the records in separate arrays: a view, as ``bodies[i]`` of an array is."""

    def __init__(self, element: SoA, *, chosen: bool = False) -> None:
        vars(self).update(_element=element, _chosen=chosen)

    def __getattr__(self, name: str) -> Any:
        element = vars(self)["_element"]
        if name not in element._fields:
            if name.startswith("__array_"):
                raise AttributeError(name)  # NumPy asks for `__array__`, which knows the type of the record
            return getattr(self._value(), name)
        kind = element._record.__pyc_record__.fields()[name]
        found = element._fields[name]
        return SoAElement(found) if isinstance(found, SoA) else _value_of(kind, found)

    def __setattr__(self, name: str, value: Any) -> None:
        element = vars(self)["_element"]
        if vars(self)["_chosen"]:
            refuse_unseen(element=True)
        kind = element._record.__pyc_record__.fields()[name]
        _assign(element._fields[name], (), kind.taken(_plain(value), f"the field {name}"))

    def __copy__(self) -> Any:
        return self._value()

    def _value(self) -> Any:
        element = vars(self)["_element"]
        kinds = element._record.__pyc_record__.fields()
        return element._record(*(_value_of(k, element._fields[n]) for n, k in kinds.items()))

    def __repr__(self) -> str:
        return repr(self._value())

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self._value(), dtype)

    def __eq__(self, other: object) -> Any:
        return other == self if isinstance(other, SoA) else self._value() == _plain(other)

    def __ne__(self, other: object) -> Any:
        return other != self if isinstance(other, SoA) else self._value() != _plain(other)

    __hash__ = None  # type: ignore[assignment]


def refuse_unseen(*, element: bool = False) -> None:
    """Refuse that the caller of this function's caller writes to ``bodies[mask]``, a copy under no name.

    Args:
        element: it writes to an element of the copy, ``bodies[mask][0].x``.

    Raises:
        TypeError: its statement assigns a part of what it has just indexed, which nobody could see.
    """
    frame = sys._getframe(2)
    place = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    line, end_line, begin, end = place
    if line is None or end_line != line or begin is None or end is None:
        return
    text = linecache.getline(frame.f_code.co_filename, line).encode()[begin:end].decode()
    try:
        target = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return  # no source to be read
    if not isinstance(target, ast.Attribute | ast.Subscript):
        return
    node, path = target.value, f".{target.attr}" if isinstance(target, ast.Attribute) else ""
    while isinstance(node, ast.Attribute) or (isinstance(node, ast.Subscript) and _is_name(node.slice)):
        path = f".{node.attr}{path}" if isinstance(node, ast.Attribute) else path
        node = node.value
    if element and isinstance(node, ast.Subscript):
        within = node.value
        while isinstance(within, ast.Attribute):
            within = within.value
        node = within
    if isinstance(node, ast.Subscript):
        array, index = ast.unparse(node.value), ast.unparse(node.slice)
        raise TypeError(
            "what arrays choose is a copy: to write to it would change nothing that anybody sees; "
            f"`{array}{path or '.field'}[{index}] = ...` writes to the array, or give the copy a name"
        )


def _mark(chosen: SoA) -> None:
    """Note of records, and of those in them, that arrays chose them from others: they are a copy."""
    vars(chosen)["_chosen"] = True
    for own in chosen._fields.values():
        if isinstance(own, SoA):
            _mark(own)


def _is_name(index: ast.expr) -> bool:
    return isinstance(index, ast.Constant) and isinstance(index.value, str)


def _plain(value: Any) -> Any:
    return value._value() if isinstance(value, SoAElement) else value


def _value_of(kind: Any, found: Any) -> Any:
    if isinstance(found, SoA):
        return SoAElement(found)._value()
    if isinstance(found, tuple):
        return tuple(map(_value_of, kind.items, found))
    return found if hasattr(kind, "shape") else kind.read(found[()])


def _part(own: Any, index: Any) -> Any:
    if isinstance(own, tuple):
        return tuple(_part(o, index) for o in own)
    if isinstance(own, SoA):
        return SoA(own._record, {n: _part(f, index) for n, f in own._fields.items()})
    whole = index if isinstance(index, tuple) else (index,)
    return own[whole if any(i is ... for i in whole) else (*whole, ...)]


def _each(
    change: Callable[[Any, tuple[int, ...]], Any], *parts: Any, joined: Callable[[Any], Any] | None = None
) -> Any:
    """Records whose fields are those of the parts, changed; ``change`` is given the extents that are a field's own."""

    def changed(values: Sequence[Any], rank: int) -> Any:
        first = values[0]
        if isinstance(first, SoA):
            return SoA(first._record, {n: changed([v._fields[n] for v in values], rank) for n in first._fields})
        if isinstance(first, tuple):
            return tuple(changed(items, rank) for items in zip(*values, strict=True))
        made = [change(v, v.shape[rank:]) for v in values]
        return joined(made) if joined is not None else made[0]

    return changed(parts, parts[0].ndim)


def _leaves(own: Any) -> Iterator[Any]:
    for x in own._fields.values() if isinstance(own, SoA) else own:
        yield from _leaves(x) if isinstance(x, SoA | tuple) else (x,)


def _assign(own: Any, index: Any, value: Any) -> None:
    value = _plain(value)
    if isinstance(own, tuple):
        for o, v in zip(own, value, strict=True):
            _assign(o, index, v)
    elif isinstance(own, SoA):
        for name, inner in own._fields.items():
            _assign(inner, index, getattr(value, name))
    else:
        own[index] = value


# --- functions of NumPy -----------------------------------------------------------------------------------------------

#: Functions whose results are views: with other axes, other extents.
_ORDERS = frozenset(("transpose", "permute_dims", "swapaxes", "moveaxis", "rollaxis"))
_EXTENTS = frozenset(("expand_dims", "squeeze", "atleast_1d", "atleast_2d", "atleast_3d"))
#: Functions that move elements into new arrays, and those that join several arrays into one.
_MOVES = frozenset(("roll", "take", "repeat", "tile", "delete", "compress", "extract"))
_JOINS = frozenset(("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack", "append"))


def _positions(x: SoA, first: int = 0) -> Any:
    return np.arange(first, first + x.size).reshape(x.shape)


def _moved(function: Any, x: SoA, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """The records at the positions that a function makes of all positions."""
    given = [_positions(x) if a is x else a for a in arguments]
    found = x.reshape(-1)[function(*given, **{k: _positions(x) if v is x else v for k, v in named.items()})]
    return found._value() if isinstance(found, SoAElement) else found.copy()


def _joined(function: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    parts = arguments[:2] if function is np.append else arguments[0]
    places, first = [], 0
    for p in parts:
        places.append(_positions(p, first))
        first += p.size
    flat = _each(lambda x, own: x, *(p.reshape(-1) for p in parts), joined=np.concatenate)
    given = (*places, *arguments[2:]) if function is np.append else (places, *arguments[1:])
    return flat[function(*given, **named)]


def _of_one(like: SoA, record: Any) -> SoA:
    """A record as arrays without axes."""
    made = _each(lambda x, own: np.empty(own, x.dtype), like)
    for name, own in made._fields.items():
        _assign(own, ..., getattr(record, name))
    return made


def _where(condition: Any, x: Any, y: Any) -> SoA:
    like = x if isinstance(x, SoA) else y
    x, y = (v if isinstance(v, SoA) else _of_one(like, v) for v in (x, y))
    test, ranks = np.asarray(condition), (x.ndim, y.ndim)

    def chosen(a: Any, b: Any) -> Any:
        if isinstance(a, SoA):
            return SoA(a._record, {n: chosen(a._fields[n], b._fields[n]) for n in a._fields})
        if isinstance(a, tuple):
            return tuple(map(chosen, a, b))
        own = a.shape[ranks[0] :]
        return np.where(test.reshape(*test.shape, *(1 for _ in own)), a, b)

    return chosen(x, y)


def _flip(m: SoA, axis: Any = None) -> Any:
    axes = range(m.ndim) if axis is None else np.atleast_1d(axis) % m.ndim
    return m[tuple(slice(None, None, -1 if i in axes else None) for i in range(m.ndim))]


def _rot90(m: SoA, k: int = 1, axes: Any = (0, 1)) -> SoA:
    for _ in range(k % 4):
        m = _flip(m.swapaxes(*axes), axes[0])
    return m


def _broadcast_to(array: SoA, shape: Any) -> SoA:
    extents = np.broadcast_to(False, shape).shape

    return _each(lambda x, own: np.broadcast_to(x, (*extents, *own)), array)


def _copyto(dst: SoA, src: Any) -> None:
    dst[...] = src


def _array_equal(a1: Any, a2: Any) -> bool:
    return isinstance(a1, SoA) and isinstance(a2, SoA) and a1.shape == a2.shape and bool(np.all(a1 == a2))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "where": _where,
    "flip": _flip,
    "flipud": lambda m: _flip(m, 0),
    "fliplr": lambda m: _flip(m, 1),
    "rot90": _rot90,
    "broadcast_to": _broadcast_to,
    "copyto": _copyto,
    "array_equal": _array_equal,
}
