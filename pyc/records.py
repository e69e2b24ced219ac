"""Records in Python: values with named, typed fields, in memory as NumPy's structured arrays hold them.

Bundles carry this file as ``_records.py``: it needs NumPy and must not import anything of pyc. A record is a NumPy
scalar (of a class derived from ``np.void``), so that ``bodies[i]`` of an array of records is one too: a view of the
element, with attributes and methods, as ``bodies[i].x += 1.0`` wants it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._soa import SoA, SoAElement, refuse_unseen


@dataclass(frozen=True)
class Number:
    """A field that is a number: a sized one, or one of Python's own (``weak``)."""

    name: str
    dtype: np.dtype[Any]
    weak: type | None = None

    def taken(self, value: Any, where: str) -> Any:
        """``value`` as the field holds it.

        Raises:
            TypeError: it is no such number, or would be narrowed.
            OverflowError: an integer out of range.
        """
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        held = value.dtype if isinstance(value, np.generic) else None
        kinds = {bool: "b", int: "biu", float: "biuf", complex: "biufc"}
        if self.weak is not None:
            kind = held.kind if held is not None else {bool: "b", int: "i", float: "f", complex: "c"}.get(type(value))
            if held is not None and held.kind == "V" and held.names is None:
                kind = "f"
            if kind is None or kind not in kinds[self.weak]:
                raise TypeError(f"{where} is {self.name}, not {_article(value)}")
            return self.weak(value)
        if held is not None:
            try:
                wide = np.result_type(held, self.dtype) == self.dtype
            except TypeError:
                wide = False
            if not wide or held.names is not None:
                raise TypeError(f"{where} is {self.name} and was given {held.name}: write {self.name}(...)")
        elif type(value) not in (bool, int, float, complex) or not self._admits(type(value)):
            raise TypeError(f"{where} is {self.name}, not {_article(value)}")
        if self.dtype.kind in "iu" and isinstance(value, int):
            limits = np.iinfo(self.dtype)
            if not limits.min <= value <= limits.max:
                raise OverflowError(f"Python integer {value} out of bounds for {self.dtype.name}")
        return self.dtype.type(value)

    def _admits(self, kind: type) -> bool:
        order = [bool, int, float, complex]
        own = {"b": 0, "i": 1, "u": 1, "f": 2, "V": 2, "c": 3}[self.dtype.kind]
        return order.index(kind) <= own and (own > 0 or kind is bool)

    def read(self, value: Any) -> Any:
        """An element of memory as the field gives it."""
        if self.weak is not None:
            return self.weak(value)
        return value if isinstance(value, np.generic) else self.dtype.type(value)


@dataclass(frozen=True)
class Fixed:
    """A field that is an array of fixed extents."""

    name: str
    element: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype((self.element, self.shape))

    def taken(self, value: Any, where: str) -> Any:
        if not isinstance(value, np.ndarray) or np.result_type(value.dtype, self.element) != self.element:
            raise TypeError(f"{where} is {self.name}, not {_article(value)}")
        if value.shape != self.shape:
            raise ValueError(f"{where} has shape {self.shape}, and this has shape {value.shape}")
        return np.asarray(value, self.element)

    def read(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Items:
    """A field that is a tuple."""

    items: tuple[Kind, ...]

    @property
    def name(self) -> str:
        return f"tuple[{', '.join(i.name for i in self.items)}]"

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype([(f"f{k}", i.dtype) for k, i in enumerate(self.items)], align=True)

    def taken(self, value: Any, where: str) -> Any:
        if not isinstance(value, tuple) or len(value) != len(self.items):
            raise TypeError(f"{where} is {self.name}, not {_article(value)}")
        return tuple(i.taken(v, f"item {k} of {where}") for k, (i, v) in enumerate(zip(self.items, value, strict=True)))

    def read(self, value: Any) -> Any:
        return tuple(i.read(value[f"f{k}"]) for k, i in enumerate(self.items))


@dataclass(frozen=True)
class Nested:
    """A field that is a record."""

    record: RecordType

    @property
    def name(self) -> str:
        return self.record.__name__

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.record.dtype

    def taken(self, value: Any, where: str) -> Any:
        if not isinstance(value, self.record):
            raise TypeError(f"{where} is {self.name}, not {_article(value)}")
        return value

    def read(self, value: Any) -> Any:
        return value


Kind = Number | Fixed | Items | Nested
#: What stands for the default of a field that has none.
REQUIRED: Any = object()


@dataclass
class Layout:
    """The fields of a record class: what they hold and their defaults. Annotations are read when they are needed."""

    resolve: Callable[[], Mapping[str, Kind]]
    defaults: Mapping[str, Any]
    layout: str = "aos"
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    element: Any = None
    #: Of a generic class: the names of its fields, and what gives the instance for type arguments, or for values.
    names: Sequence[str] = ()
    instance: Callable[[tuple[Any, ...]], Any] | None = None
    chosen: Callable[[Mapping[str, Any]], RecordType] | None = None
    #: Of an instance of a generic class: that class, and the type arguments.
    instances: dict[str, RecordType] = field(default_factory=dict)
    generic: Any = None
    arguments: tuple[Any, ...] = ()
    #: What names in annotations stand for.
    names_in_annotations: Callable[[], Mapping[str, Any]] = dict

    def fields(self) -> Mapping[str, Kind]:
        if not self.kinds:
            self.kinds = self.resolve()
        return self.kinds


class RecordType(type):
    """The class of record classes. ``Body(...)`` makes a record, ``Body.dtype`` is NumPy's type of its elements."""

    __pyc_record__: Layout
    __match_args__: tuple[str, ...]

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return _made(cls, arguments, named)

    def __instancecheck__(cls, instance: Any) -> bool:
        if isinstance(instance, SoAElement):
            instance = instance._value()
        if not isinstance(instance, Record):
            return False
        return type(instance)._record is cls or type(instance)._record.__pyc_record__.generic is cls

    @property
    def dtype(cls) -> np.dtype[Any]:
        """The structured type of elements, aligned as C aligns them."""
        return np.dtype((_element_class(cls), _fields_dtype(cls)))

    def zeros(cls, shape: Any) -> Any:
        """A new array of records, all zero; in separate arrays for a record with ``layout="soa"``."""
        if cls.__pyc_record__.layout == "soa":
            return SoA(cls, {name: _zeros(kind, shape) for name, kind in cls.__pyc_record__.fields().items()})
        return np.zeros(shape, cls.dtype).view(RecordArray)

    def arrays(cls, **fields: Any) -> SoA:
        """Arrays of fields as one array of records, without copying."""
        known = cls.__pyc_record__.fields()
        if fields.keys() != known.keys():
            raise TypeError(f"{cls.__name__}.arrays takes {', '.join(known)}, and was given {', '.join(fields)}")
        return SoA(cls, {name: fields[name] for name in known})

    def __getitem__(cls, arguments: Any) -> Any:
        instance = cls.__pyc_record__.instance
        if instance is None:
            raise TypeError(f"{cls.__name__} takes no type arguments")
        return instance(arguments if isinstance(arguments, tuple) else (arguments,))

    def instances(cls) -> list[RecordType]:
        """The instances of a generic class that have been made."""
        return list(cls.__pyc_record__.instances.values())

    def __repr__(cls) -> str:
        return f"<record {cls.__name__}>"


def _zeros(kind: Kind, shape: Any) -> Any:
    if isinstance(kind, Nested):
        return kind.record.zeros(shape)
    if isinstance(kind, Items):
        return tuple(_zeros(i, shape) for i in kind.items)
    return np.zeros(shape, kind.dtype)


def _fields_dtype(cls: RecordType) -> np.dtype[Any]:
    """The fields as C lays them out. (Of a class of its own, NumPy forgets how a type is aligned.)"""
    names, formats, offsets, end = [], [], [], 0
    for name, kind in cls.__pyc_record__.fields().items():
        at = alignment(kind)
        end = -(-end // at) * at
        names.append(name)
        formats.append(kind.dtype)
        offsets.append(end)
        end += kind.dtype.itemsize
    at = alignment(Nested(cls))
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": -(-end // at) * at})


def alignment(kind: Kind) -> int:
    """The bytes of which the address of a field is a multiple."""
    match kind:
        case Number(dtype=dtype) | Fixed(element=dtype):
            return dtype.alignment
        case Items(items=items):
            return max(map(alignment, items), default=1)
        case Nested(record=record):
            return max(map(alignment, record.__pyc_record__.fields().values()))


def _element_class(cls: RecordType) -> type[Record]:
    """The class of a record's instances: NumPy's scalars, with the methods of the user's class."""
    layout = cls.__pyc_record__
    if layout.element is None:
        kept = {"__dict__", "__weakref__", "__pyc_record__", "__annotations__", "__slots__"}
        names = {k: v for k, v in vars(cls).items() if k not in kept and k not in layout.fields()}
        fields = tuple(layout.fields())
        # What dataclasses.replace and its like ask for.
        like = dataclasses.make_dataclass(cls.__name__, fields)
        names.update(_record=cls, __slots__=(), __match_args__=fields)
        names["__dataclass_fields__"] = vars(like)["__dataclass_fields__"]
        names |= {n: _as_python(names[n], t) for n, t in _CONVERSIONS.items() if n in names}
        if "__len__" in names and "__bool__" not in names:
            names["__bool__"] = _has_items
        if "__hash__" not in names and "__eq__" not in names:
            names["__hash__"] = None
        layout.element = type(cls.__name__, (Record,), names)
    return layout.element


#: What Python takes from these methods, where fields give them numbers of NumPy.
_CONVERSIONS: Mapping[str, tuple[type, type]] = {
    "__bool__": (np.bool_, bool),
    "__int__": (np.integer, int),
    "__index__": (np.integer, int),
    "__len__": (np.integer, int),
    "__float__": (np.floating, float),
    "__complex__": (np.complexfloating, complex),
}


def _as_python(method: Callable[[Any], Any], types: tuple[type, type]) -> Callable[[Any], Any]:
    """A method that gives a number of Python's where ``method`` gives one of NumPy's."""
    sized, plain = types

    @functools.wraps(method)
    def converted(self: Any) -> Any:
        found = method(self)
        return plain(found) if isinstance(found, sized) else found

    return converted


def _has_items(self: Any) -> bool:
    return len(self) != 0


def _made(cls: RecordType, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    layout = cls.__pyc_record__
    names = layout.names or tuple(layout.fields())
    if len(arguments) > len(names):
        raise TypeError(f"{cls.__name__} takes at most {len(names)} arguments, and {len(arguments)} are given")
    values = dict(zip(names, arguments, strict=False))
    for name, value in named.items():
        if name not in names:
            raise TypeError(f"{cls.__name__} has no field {name}")
        if name in values:
            raise TypeError(f"the field {name} of {cls.__name__} is given twice")
        values[name] = value
    missing = [n for n in names if n not in values and layout.defaults.get(n, REQUIRED) is REQUIRED]
    if missing:
        raise TypeError(f"{cls.__name__} needs its field {' and '.join(missing)}")
    if layout.chosen is not None:
        cls = layout.chosen(values)
    record: Any = np.zeros((), cls.dtype)[()]
    for name, kind in cls.__pyc_record__.fields().items():
        value = values[name] if name in values else layout.defaults[name]
        np.void.__setitem__(record, name, kind.taken(value, f"the field {name} of {cls.__name__}"))
    return record


def _undefined(self: Any, *_: Any) -> Any:
    """An operator that the user's class does not define: NumPy's own would take a record for a number."""
    return NotImplemented


class Record(np.void):
    """A record. Its fields are attributes; one that is assigned takes the type of the field."""

    __slots__ = ()
    __array_ufunc__ = None
    __lt__ = __le__ = __gt__ = __ge__ = _undefined
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = __matmul__ = _undefined
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = __rmatmul__ = _undefined
    _record: RecordType

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        return cls._record(*arguments, **named)

    @property
    def _kinds(self) -> Mapping[str, Kind]:
        return self._record.__pyc_record__.fields()

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_"):
            kinds = object.__getattribute__(self, "_kinds")
            if name in kinds:
                return kinds[name].read(np.void.__getitem__(self, name))
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        kinds = self._kinds
        if name not in kinds:
            raise AttributeError(f"{self._record.__name__} has no field {name}")
        if getattr(np.void.base.__get__(self), "_chosen", False):
            refuse_unseen(element=True)
        np.void.__setitem__(self, name, kinds[name].taken(value, f"the field {name} of {self._record.__name__}"))

    def __eq__(self, other: object) -> Any:
        if isinstance(other, np.ndarray) and other.dtype.names == self.dtype.names:
            return np.ndarray.__eq__(other, np.asarray(self))
        if type(other) is not type(self):
            return NotImplemented
        return all(_same(getattr(self, n), getattr(other, n)) for n in self._kinds)

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        if equal is NotImplemented or not isinstance(equal, np.ndarray):
            return NotImplemented if equal is NotImplemented else not equal
        return ~equal

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return True

    def __copy__(self) -> Any:
        return _copied(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return _copied(self)

    def __replace__(self, /, **changes: Any) -> Any:
        return replaced(self, changes)

    def __reduce__(self) -> Any:  # type: ignore[override]
        return self._record, tuple(getattr(self, n) for n in self._kinds)

    def __repr__(self) -> str:
        inner = ", ".join(f"{n}={getattr(self, n)!r}" for n in self._kinds)
        return f"{self._record.__name__}({inner})"

    __str__ = __repr__


def _copied(record: Record) -> Any:
    return np.array(record, record._record.dtype)[()]


def replaced(record: Any, changes: Mapping[str, Any]) -> Any:
    """A record with other values in some fields."""
    return record._record(**{n: getattr(record, n) for n in record._kinds} | dict(changes))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return all(map(_same, a, b))
    return bool(np.all(a == b))


def _article(value: Any) -> str:
    name = "None" if value is None else type(value).__name__
    return name if value is None else f"an {name}" if name[0] in "aeiou" else f"a {name}"


class RecordArray(np.ndarray[Any, Any]):
    """An array of records with its fields as attributes: ``bodies.x`` is ``bodies["x"]``."""

    def __getattr__(self, name: str) -> Any:
        if self.dtype.names is not None and name in self.dtype.names:
            return self._field(self[name])
        raise AttributeError(f"an array of {self.dtype.type.__name__} has no attribute {name}")

    def __array_function__(self, function: Any, types: Any, arguments: Any, named: Any) -> Any:
        found = super().__array_function__(function, types, arguments, named)
        if isinstance(found, np.ndarray) and found.dtype == self.dtype and found.dtype.type is np.void:
            return found.view(self.dtype)  # NumPy forgets the class of records where it promotes their types
        return found

    def _field(self, found: Any) -> Any:
        if isinstance(found, np.ndarray):
            return found.view(type(self) if found.dtype.names is not None else np.ndarray)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "dtype" and self.dtype.names is not None and name in self.dtype.names:
            self[name][...] = value
        else:
            super().__setattr__(name, value)


def declared(
    cls: type, resolve: Callable[[], Mapping[str, Kind]], defaults: Mapping[str, Any], layout: str = "aos"
) -> RecordType:
    """``cls`` as a record class, its bases but ``object`` kept."""
    left_out = {"__dict__", "__weakref__", *defaults}
    namespace = {k: v for k, v in vars(cls).items() if k not in left_out}
    namespace["__pyc_record__"] = Layout(resolve, defaults, layout)
    bases = tuple(b for b in getattr(cls, "__orig_bases__", cls.__bases__) if isinstance(b, type) and b is not object)
    return RecordType(cls.__name__, bases, namespace)


def described(name: str, fields: Sequence[tuple[str, Kind]], layout: str = "aos") -> RecordType:
    """A record class from a description of its fields: what a bundle has instead of the user's class."""
    return declared(type(name, (), {"__doc__": f"The record {name}."}), lambda: dict(fields), {}, layout)
