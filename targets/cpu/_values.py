"""Parameters and results: what the caller's arrays and numbers must be, and how compiled code sees them.

Bundles carry this file: it must not import anything of pyc. An array is handed over as a descriptor (address twice,
offset, sizes, strides in elements), a scalar by value, and a result as a descriptor of the place for it.
"""

from __future__ import annotations

import ast
import ctypes
import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any

import numpy as np

from ._foreign import OTHERWISE, article, seen
from ._weights import numpy_dtype

#: NumPy's names of the language's element types.
NUMPY_NAMES = {
    "bool": "bool",
    "i4": "int4",
    "u4": "uint4",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "u16": "uint16",
    "u32": "uint32",
    "u64": "uint64",
    "f4e2m1": "float4_e2m1fn",
    "f8e8m0": "float8_e8m0fnu",
    "f8e4m3": "float8_e4m3fn",
    "f8e5m2": "float8_e5m2",
    "bf16": "bfloat16",
    "f16": "float16",
    "f32": "float32",
    "f64": "float64",
    "c64": "complex64",
    "c128": "complex128",
}
_NAMES = {v: k for k, v in NUMPY_NAMES.items()}
#: How scalars are handed over; narrow floats as their bits.
_CTYPES: dict[str, Any] = {
    "bool": ctypes.c_uint8,
    "i4": ctypes.c_int8,
    "u4": ctypes.c_uint8,
    "i8": ctypes.c_int8,
    "i16": ctypes.c_int16,
    "i32": ctypes.c_int32,
    "i64": ctypes.c_int64,
    "u8": ctypes.c_uint8,
    "u16": ctypes.c_uint16,
    "u32": ctypes.c_uint32,
    "u64": ctypes.c_uint64,
    "f4e2m1": ctypes.c_uint8,
    "f8e8m0": ctypes.c_uint8,
    "f8e4m3": ctypes.c_uint8,
    "f8e5m2": ctypes.c_uint8,
    "bf16": ctypes.c_uint16,
    "f16": ctypes.c_uint16,
    "f32": ctypes.c_float,
    "f64": ctypes.c_double,
    "c64": ctypes.c_float * 2,
    "c128": ctypes.c_double * 2,
}
#: What objects have that can be seen as arrays.
_ARRAYS = ("__dlpack__", "__array_interface__", "__array__", "__cuda_array_interface__")
_BITS = {
    "f4e2m1": np.uint8,
    "f8e8m0": np.uint8,
    "f8e4m3": np.uint8,
    "f8e5m2": np.uint8,
    "bf16": np.uint16,
    "f16": np.uint16,
}
#: Where an array object keeps its address: the first field after the object's head, by NumPy's binary interface.
_FIELD = object.__basicsize__


def array_dtype(name: str) -> np.dtype[Any]:
    """NumPy's element type for one of the language."""
    return numpy_dtype(NUMPY_NAMES[name])


def _read_address(array: np.ndarray[Any, Any]) -> int:
    return _POINTER(id(array) + _FIELD).value or 0


def _ask_address(array: np.ndarray[Any, Any]) -> int:
    return array.ctypes.data


def _address_function() -> Callable[[np.ndarray[Any, Any]], int]:
    """How to find an array's address. ``array.ctypes.data`` takes 1 us; reading the field 0.15 us, if it is there."""
    probes = [np.zeros(3), np.zeros((2, 2), np.int8)[1:, ::-1], np.zeros(4).view(np.recarray)]
    return _read_address if all(_read_address(p) == p.ctypes.data for p in probes) else _ask_address


_POINTER = ctypes.c_void_p.from_address
address_of = _address_function()
BIND, SAME, FIXED, LATER = range(4)


class Dims:
    """Which parameter binds which dimension name, and what each axis is held against."""

    def __init__(self, parameters: Sequence[Mapping[str, Any]]) -> None:
        self.origin: dict[str, str] = {}
        self.plans: dict[str, list[tuple[int, Any]]] = {}
        self.later: list[tuple[str, int, str, CodeType]] = []
        offsets: list[tuple[str, str, int, str, int, int]] = []
        for parameter in parameters:
            name, plan = parameter["name"], []
            if parameter["dims"] is None:
                if parameter["dtype"] == "i64":
                    self.origin.setdefault(name, name)
                continue
            for axis, dim in enumerate(parameter["dims"]):
                if dim.isdecimal():
                    plan.append((FIXED, int(dim)))
                elif not dim.isidentifier():
                    plan.append((LATER, None))
                    self.later.append((name, axis, dim, _expression(dim)))
                    solvable = _solvable(dim)
                    if solvable is not None:
                        offsets.append((solvable[0], name, axis, dim, *solvable[1:]))
                elif self.origin.setdefault(dim, name) == name and (BIND, dim) not in plan:
                    plan.append((BIND, dim))
                else:
                    plan.append((SAME, dim))
            self.plans[name] = plan
        #: Names that occur only as ``N + 2`` or ``2*N``: they follow from the extent.
        self.solved = []
        for dim, name, axis, text, factor, rest in offsets:
            if dim not in self.origin:
                self.origin[dim] = name
                self.solved.append((dim, name, axis, text, factor, rest))

    def unbound(self, results: Sequence[Mapping[str, Any]]) -> list[str]:
        """The names that extents of parameters or results are made of, and that no argument says."""
        texts = [text for _, _, text, _ in self.later] + [d for v in results for d in v["dims"] or ()]
        used = {name for text in texts if not text.isdecimal() for name in _expression(text).co_names}
        return sorted(used - self.origin.keys() - _FUNCTIONS.keys())

    def check(self, dims: dict[str, int], arrays: Mapping[str, Any]) -> None:
        """Hold the axes given by expressions against them."""
        for dim, name, axis, text, factor, rest in self.solved:
            found = arrays[name].shape[axis]
            dims[dim] = (found - rest) // factor
            if dims[dim] < 0:
                raise ValueError(f"{text} is at least {max(rest, 0)}, and axis {axis} of {name} is {found}")
        for name, axis, text, code in self.later:
            expected, found = _evaluate(code, dims), arrays[name].shape[axis]
            if found != expected:
                names = ", ".join(f"{n} is {dims[n]} in {self.origin[n]}" for n in code.co_names if n in dims)
                raise ValueError(f"axis {axis} of {name} is {found}, and {text} is {expected} ({names})")


def _expression(text: str) -> CodeType:
    """A dimension expression (names, integers, ``+ - * //``, ``max``) as code.

    Raises:
        ValueError: it is something else.
    """
    tree = ast.parse(text, mode="eval")
    allowed = (
        *(ast.Expression, ast.Name, ast.Load, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Call),
        *(ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.USub),
    )
    for node in ast.walk(tree):
        ok = isinstance(node, allowed)
        if isinstance(node, ast.Constant):
            ok = type(node.value) is int
        elif isinstance(node, ast.Call):
            ok = isinstance(node.func, ast.Name) and node.func.id in ("max", "min") and not node.keywords
        if not ok:
            raise ValueError(f"'{text}' is not a dimension")
    return compile(tree, "<dimension>", "eval")


def _solvable(text: str) -> tuple[str, int, int] | None:
    """``("N", 1, -2)`` for ``N - 2``, ``("N", 2, 1)`` for ``2*N + 1``; ``None`` for what is not of this form."""
    body, rest = ast.parse(text, mode="eval").body, 0
    match body:
        case ast.BinOp(left, ast.Add(), ast.Constant(int(number))):
            body, rest = left, number
        case ast.BinOp(left, ast.Sub(), ast.Constant(int(number))):
            body, rest = left, -number
        case ast.BinOp(ast.Constant(int(number)), ast.Add(), right):
            body, rest = right, number
    match body:
        case ast.Name(name):
            return name, 1, rest
        case ast.BinOp(ast.Constant(int(factor)), ast.Mult(), ast.Name(name)) if factor > 0:
            return name, factor, rest
    return None


_FUNCTIONS = {"__builtins__": {}, "max": max, "min": min}


def _evaluate(code: CodeType, dims: Mapping[str, int]) -> int:
    return eval(code, _FUNCTIONS, dims)


class ArrayParameter:
    """What an array must be to stand for a parameter, and its descriptor."""

    ctype: Any = ctypes.c_void_p

    def __init__(self, value: Mapping[str, Any], plan: Sequence[tuple[int, Any]], origin: Mapping[str, str]) -> None:
        self.name, self.type, self.written = value["name"], value["type"], value["written"]
        self.dtype = numpy_dtype(NUMPY_NAMES[value["dtype"]])
        self.rank = len(plan)
        self.plan, self.origin = tuple(plan), origin
        self.size, self.alignment = self.dtype.itemsize, self.dtype.alignment
        self.pack = struct.Struct(f"PPq{2 * self.rank}q").pack

    def seen(self, value: Any) -> np.ndarray[Any, Any]:
        """An argument as a NumPy array that shares its memory.

        Raises:
            TypeError, ValueError: it is no array, or its memory cannot be shared.
        """
        return seen(self.name, self.type, value, written=self.written)

    def take(self, value: Any, dims: dict[str, int]) -> bytes:
        """The descriptor of an array; binds the dimension names that this parameter is the first to use.

        Raises:
            TypeError: no array, or of another element type or number of dimensions.
            ValueError: an extent contradicts another, or the memory is not as the compiled code can address it.
        """
        if type(value) is not np.ndarray and (not isinstance(value, np.ndarray) or isinstance(value, OTHERWISE)):
            raise TypeError(f"{self.name} is {article(value)}, and {self.type} wants a NumPy array")
        if value.dtype is not self.dtype and value.dtype != self.dtype:
            found, wanted = _dtype_name(value.dtype), _dtype_name(self.dtype)
            raise TypeError(f"{self.name} holds {found}, and {self.type} wants {wanted}")
        shape = value.shape
        if len(shape) != self.rank:
            raise TypeError(f"{self.name} has {_count(len(shape), 'dimension')}, and {self.type} has {self.rank}")
        for axis, (kind, what) in enumerate(self.plan):
            extent = shape[axis]
            if kind == BIND:
                dims[what] = extent
            elif kind == SAME:
                if extent != dims[what]:
                    raise ValueError(f"{what} is {dims[what]} in {self.origin[what]} and {extent} in {self.name}")
            elif kind == FIXED and extent != what:
                raise ValueError(f"axis {axis} of {self.name} is {extent}, and {self.type} wants {what}")
        if self.written and not value.flags.writeable:
            raise ValueError(f"{self.name} is read-only, and the function writes to it")
        address, size, strides = address_of(value), self.size, value.strides
        if address % self.alignment:
            raise ValueError(f"{self.name} is misaligned: its address is no multiple of {self.alignment}: pass a copy")
        steps = []
        for stride, extent in zip(strides, shape):  # noqa: B905 (both have the array's rank; strictness costs 10 %)
            if stride % size and extent > 1:
                raise ValueError(
                    f"{self.name} has a stride of {stride} bytes, no multiple of the {size} of an element: pass a copy"
                )
            steps.append(stride // size)
        return self.pack(address, address, 0, *shape, *steps)


class ScalarParameter:
    """What a Python or NumPy scalar must be to stand for a parameter."""

    plan: tuple[tuple[int, Any], ...] = ()

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.name, self.dtype, self.written = value["name"], value["dtype"], False
        #: What messages call it: Python's own types as they are written, others by their elements, whatever ``T`` is.
        self.type = value["type"] if value["type"] in ("int", "float", "bool", "complex") else self.dtype
        self.ctype = _CTYPES[self.dtype]
        kind = self.dtype.rstrip("0123456789")
        self.binds = self.dtype == "i64"
        if self.dtype == "bool":
            self.convert: Callable[[Any], Any] = self._boolean
        elif kind in ("i", "u"):
            bits = int(self.dtype[1:])
            self.low, self.high = (0, 2**bits - 1) if kind == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
            self.convert = self._integer
        elif kind == "c":
            # By address: how a struct of two floats is passed depends on the machine.
            self.ctype = ctypes.c_void_p
            self.sized = numpy_dtype(NUMPY_NAMES[self.dtype])
            self.pack = struct.Struct("2f" if self.dtype == "c64" else "2d").pack
            self.convert = self._complex
        else:
            #: The NumPy type that NumPy's scalars must widen to; Python's `float` takes any real number.
            self.sized = None if self.type == "float" else numpy_dtype(NUMPY_NAMES[self.dtype])
            self.convert = self._narrow if self.dtype in _BITS else self._float

    def seen(self, value: Any) -> Any:
        """An argument as a scalar: what has no axes is its one element."""
        if isinstance(value, (bool, int, float, complex, np.generic)) or value is None:
            return value
        if isinstance(value, np.ndarray) or any(hasattr(value, a) for a in _ARRAYS):
            array = seen(self.name, self.type, value)
            if array.ndim:
                raise TypeError(f"{self.name} is an array of shape {array.shape}, and {self.type} is one number")
            return array[()]
        if self.convert == self._integer and hasattr(value, "__index__"):
            return operator.index(value)
        return value

    def take(self, value: Any, dims: dict[str, int]) -> Any:
        """What ctypes hands over for a value.

        Raises:
            TypeError: it is no number of this kind.
            OverflowError: an integer out of range.
            ValueError: it contradicts the dimension of its name.
        """
        converted = self.convert(value)
        if self.binds and dims.setdefault(self.name, converted) != converted:
            raise ValueError(f"{self.name} is {dims[self.name]} in an array and {converted} as an argument")
        return converted

    def _boolean(self, value: Any) -> int:
        if isinstance(value, (bool, np.bool_)):
            return int(value)
        raise TypeError(f"{self.name} is {article(value)}, and {self.type} is wanted")

    def _integer(self, value: Any) -> int:
        if not isinstance(value, (int, np.integer, np.bool_)):
            raise TypeError(f"{self.name} is {article(value)}, and {self.type} is wanted")
        number = operator.index(value) if not isinstance(value, np.bool_) else int(value)
        if not self.low <= number <= self.high:
            raise OverflowError(f"{self.name} is {number}, and {self.type} holds {self.low} to {self.high}")
        return number

    def _float(self, value: Any) -> float:
        kind = type(value)
        if kind is not float and kind is not int:
            self._check_real(value)
        try:
            return float(value)
        except OverflowError:
            raise OverflowError(f"{self.name} is an int that is too large for {self.type}") from None

    def _complex(self, value: Any) -> bytes:
        if isinstance(value, np.generic):
            if not np.can_cast(value.dtype, self.sized or np.complex128):
                if not np.can_cast(value.dtype, np.clongdouble):
                    raise TypeError(f"{self.name} is {article(value)}, and {self.type} is wanted")
                found = _dtype_name(value.dtype)
                raise TypeError(f"{self.name} is {found}, and {self.type} would round it: pass np.{self.sized}(...)")
        elif not isinstance(value, (complex, float, int)):
            raise TypeError(f"{self.name} is {article(value)}, and {self.type} is wanted")
        try:
            number = complex(value)
        except OverflowError:
            raise OverflowError(f"{self.name} is an int that is too large for {self.type}") from None
        if self.dtype == "c64":
            number = complex(np.complex64(number))  # a part too large for 32 bits is infinite
        return self.pack(number.real, number.imag)

    def _narrow(self, value: Any) -> int:
        self._check_real(value)
        assert self.sized is not None
        return int(np.asarray(value, self.sized).view(_BITS[self.dtype]))

    def _check_real(self, value: Any) -> None:
        """Refuse what is no real number, and NumPy's scalars that would be rounded: only Python's adapt."""
        if isinstance(value, np.generic):
            if np.can_cast(value.dtype, self.sized or np.longdouble):
                return
            if np.can_cast(value.dtype, np.longdouble):
                found = _dtype_name(value.dtype)
                raise TypeError(f"{self.name} is {found}, and {self.type} would round it: pass np.{self.sized}(...)")
        elif isinstance(value, (float, int)):
            return
        raise TypeError(f"{self.name} is {article(value)}, and {self.type} is wanted")


class ArrayResult:
    """A new array for each call."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.dtype = numpy_dtype(NUMPY_NAMES[value["dtype"]])
        self.texts = tuple(value["dims"])
        self.extents = tuple(int(d) if d.isdecimal() else d if d.isidentifier() else _expression(d) for d in self.texts)
        self.pack = struct.Struct(f"PPq{2 * len(self.texts)}q").pack

    def shape(self, dims: Mapping[str, int]) -> list[int]:
        """The extents of the result.

        Raises:
            ValueError: one is negative.
        """
        shape: list[int] = []
        for extent in self.extents:
            if type(extent) is not int:
                extent = dims[extent] if type(extent) is str else _evaluate(extent, dims)  # type: ignore[arg-type]
            if extent < 0:
                raise ValueError(f"negative dimensions are not allowed: {self.texts[len(shape)]} is {extent}")
            shape.append(extent)
        return shape

    def make(self, dims: Mapping[str, int]) -> tuple[Any, bytes]:
        """The array and its descriptor."""
        shape = self.shape(dims)
        array = np.empty(shape, self.dtype)
        steps, step = [], 1
        for extent in reversed(shape):
            steps.append(step)
            step *= extent
        steps.reverse()
        address = address_of(array)
        return array, self.pack(address, address, 0, *shape, *steps)

    def filling(self, array: Any) -> tuple[Any, bytes]:
        """An array that is there already, of any strides, and its descriptor."""
        address, size = address_of(array), self.dtype.itemsize
        for stride, extent in zip(array.strides, array.shape, strict=True):
            if stride % size and extent > 1:
                raise ValueError(f"elements of {size} bytes every {stride} bytes: give the record fields that align")
        return array, self.pack(address, address, 0, *array.shape, *(s // size for s in array.strides))

    @staticmethod
    def value(array: Any) -> Any:
        return array


class ScalarResult:
    """A place for a scalar, and the Python or NumPy scalar that it holds after the call."""

    pack = staticmethod(struct.Struct("PPq").pack)

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.place = _CTYPES[value["dtype"]]
        dtype = value["dtype"]
        if value["type"] == "complex":
            self.value: Callable[[Any], Any] = lambda place: complex(*place)
        elif dtype in ("c64", "c128"):
            kind = np.dtype(NUMPY_NAMES[dtype]).type
            self.value = lambda place: kind(complex(*place))
        elif value["type"] in ("int", "float"):
            self.value = lambda place: place.value
        elif dtype == "bool":
            self.value = lambda place: bool(place.value)
        elif dtype in _BITS:
            scalar, bits = numpy_dtype(NUMPY_NAMES[dtype]), _BITS[dtype]
            self.value = lambda place: np.array(place.value, bits).view(scalar)[()]
        else:
            make = np.dtype(NUMPY_NAMES[dtype]).type
            self.value = lambda place: make(place.value)

    def make(self, dims: Mapping[str, int]) -> tuple[Any, bytes]:
        place = self.place()
        address = ctypes.addressof(place)
        return place, self.pack(address, address, 0)


def _dtype_name(dtype: np.dtype[Any]) -> str:
    name = _NAMES.get(dtype.name, dtype.name)
    return name if dtype.isnative else f"{name} in foreign byte order"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
