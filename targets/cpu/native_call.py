"""Calls from Python without Python: LLVM IR that takes the arguments of a call apart, for functions that allow it.

For ``f(x: Tensor[f64, N], n: int) -> float`` it is a function of CPython's vectorcall protocol::

    PyObject *f__call(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names)

It takes what is plain: as many arguments as there are parameters, all by position, NumPy's own arrays of the element
type and rank, aligned, in native byte order, in memory that no written array shares; Python's and NumPy's own numbers.
For anything else, and for any doubt, it calls what takes everything (``runtime.py``), which says what is wrong.

Nothing of Python is linked: the addresses of CPython's and NumPy's functions, types and objects stand in a table that
the loader fills (``_native.py``), in the order of the names that the manifest lists. Objects are read where CPython and
NumPy promise that their fields are.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from pyc.dialects.signature import Signature, Value

from ..entry import value_entry
from ._values import BIND, FIXED, SAME, Dims

#: Where ``_native.py`` puts the address of the table in an object that is called.
STATE = 24
#: The first names of every table.
_ALWAYS = ("slow", "fail", "PyObject_Vectorcall", "Py_DecRef", "PyLong_FromLongLong", "ndarray")
#: Fields of objects: bytes from their beginning.
_TYPE, _VALUE = 8, 16
_DATA, _RANK, _EXTENTS, _STRIDES, _DTYPE, _FLAGS = 16, 24, 32, 40, 56, 64
_ALIGNED, _WRITEABLE = 0x100, 0x400
#: From this many elements on, in all arrays together, other threads may run meanwhile. Letting them costs 20 ns, and
#: a function with bounded loops, which go over axes, does not keep them waiting long for fewer.
_FEW = 256
_SIZES = {"bool": 1, "i4": 1, "u4": 1, "i8": 1, "i16": 2, "i32": 4, "i64": 8, "u8": 1, "u16": 2, "u32": 4, "u64": 8}
_SIZES |= {
    "f4e2m1": 1,
    "f8e8m0": 1,
    "f8e4m3": 1,
    "f8e5m2": 1,
    "bf16": 2,
    "f16": 2,
    "f32": 4,
    "f64": 8,
    "c64": 8,
    "c128": 16,
}
#: The scalars that are taken; those of other types need rounding, or more than a register.
_NUMBERS = ("bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64")
#: Extents in expressions are below this, so that sums and products of two do not overflow.
_SMALL = 1 << 30


@dataclasses.dataclass(frozen=True)
class NativeCall:
    """The text of the function, its symbol, and the names of what its table holds."""

    text: str
    symbol: str
    table: tuple[str, ...]


def native_call(
    s: Signature, symbol: str, arguments: Sequence[str], *, may_overlap: bool, bounded: bool
) -> NativeCall | None:
    """What calls the entry point ``symbol``, whose parameters have these LLVM types; ``None`` where none is made.

    ``may_overlap`` says that arguments may share memory, ``bounded`` that what it does is bounded by their extents.
    """
    if s.structure or s.nesting or any(v.weight is not None for v in s.parameters):
        return None
    if any(v.only == "keyword" or (v.dims is None and v.dtype not in _NUMBERS) for v in s.parameters):
        return None
    if any(v.allocated or v.strided or v.read_only for v in s.results):
        return None
    try:
        return _Writer(s, symbol, tuple(arguments), may_overlap, bounded).written()
    except _NotPlain:
        return None


class _NotPlain(Exception):
    """An extent is something that this file does not compute."""


@dataclasses.dataclass
class _Array:
    """An array at run time: the names of the registers that hold its facts."""

    data: str
    extents: list[str]
    #: In elements.
    strides: list[str]
    size: int
    bounds: tuple[str, str] = ("", "")


class _Writer:
    """Writes the function, from its first line to the last."""

    def __init__(self, s: Signature, symbol: str, arguments: tuple[str, ...], may_overlap: bool, bounded: bool) -> None:
        self._signature, self._symbol, self._types = s, symbol, arguments
        self._may_overlap, self._bounded = may_overlap, bounded
        self._lines: list[str] = []
        self._places: list[str] = []
        self._names: dict[str, int] = {name: i for i, name in enumerate(_ALWAYS)}
        self._count = 0
        self._dims: dict[str, str] = {}
        self._arrays: dict[int, _Array] = {}
        self._operands: list[str] = []

    def written(self) -> NativeCall:
        s = self._signature
        plan = Dims([value_entry(v) for v in s.parameters])
        self._branch(self._compare("eq", "ptr", "%names", "null"))
        count = self._let("and i64 %count, 9223372036854775807")
        self._branch(self._compare("eq", "i64", count, str(len(s.parameters))))
        for i, v in enumerate(s.parameters):
            argument = self._load("ptr", "%arguments", 8 * i)
            kind = self._load("ptr", argument, _TYPE)
            if v.dims is None:
                self._scalar(i, v, argument, kind)
            else:
                self._array(i, v, argument, kind, plan)
        self._later(plan)
        self._apart()
        self._results()
        self._call()
        self._returned()
        symbol = f"{self._symbol}__call"
        text = (
            f"\ndefine ptr @{symbol}(ptr %self, ptr %arguments, i64 %count, ptr %names) nounwind {{\n"
            + "".join(f"  {line}\n" for line in self._places)
            + f"  %state = getelementptr i8, ptr %self, i64 {STATE}\n  %table = load ptr, ptr %state\n"
            + "".join(line if line.endswith(":\n") else f"  {line}\n" for line in self._lines)
            + "}\n"
        )
        return NativeCall(text, symbol, tuple(self._names))

    # --- instructions -------------------------------------------------------------------------------------------------

    def _fresh(self) -> str:
        self._count += 1
        return f"%v{self._count}"

    def _let(self, instruction: str) -> str:
        name = self._fresh()
        self._lines.append(f"{name} = {instruction}")
        return name

    def _label(self) -> str:
        self._count += 1
        return f"l{self._count}"

    def _begin(self, label: str) -> None:
        self._lines.append(f"{label}:\n")

    def _branch(self, condition: str, otherwise: str = "slow") -> None:
        """Go on where a condition holds."""
        following = self._label()
        self._lines.append(f"br i1 {condition}, label %{following}, label %{otherwise}")
        self._begin(following)

    def _compare(self, how: str, kind: str, a: str, b: str) -> str:
        return self._let(f"icmp {how} {kind} {a}, {b}")

    def _at(self, base: str, offset: int) -> str:
        return self._let(f"getelementptr i8, ptr {base}, i64 {offset}") if offset else base

    def _load(self, kind: str, base: str, offset: int = 0) -> str:
        return self._let(f"load {kind}, ptr {self._at(base, offset)}, align 1")

    def _store(self, kind: str, value: str, base: str, offset: int = 0) -> None:
        self._lines.append(f"store {kind} {value}, ptr {self._at(base, offset)}")

    def _place(self, kind: str) -> str:
        """A place of its own on the stack."""
        name = self._fresh()
        self._places.append(f"{name} = alloca {kind}, align 16")
        return name

    def _named(self, name: str) -> str:
        """What the table has under a name."""
        return self._load("ptr", "%table", 8 * self._names.setdefault(name, len(self._names)))

    def _is(self, found: str, name: str) -> str:
        return self._compare("eq", "ptr", found, self._named(name))

    # --- arguments ----------------------------------------------------------------------------------------------------

    def _array(self, i: int, v: Value, argument: str, kind: str, plan: Dims) -> None:
        self._branch(self._is(kind, "ndarray"))
        axes = plan.plans[v.name]
        rank = self._load("i32", argument, _RANK)
        self._branch(self._compare("eq", "i32", rank, str(len(axes))))
        self._branch(self._is(self._load("ptr", argument, _DTYPE), f"dtype {v.dtype}"))
        needed = _ALIGNED | (_WRITEABLE if v.written else 0)
        flags = self._let(f"and i32 {self._load('i32', argument, _FLAGS)}, {needed}")
        self._branch(self._compare("eq", "i32", flags, str(needed)))
        size = _SIZES[v.dtype]
        made = _Array(self._load("ptr", argument, _DATA), [], [], size)
        extents = self._load("ptr", argument, _EXTENTS) if axes else ""
        strides = self._load("ptr", argument, _STRIDES) if axes else ""
        for axis, (how, what) in enumerate(axes):
            extent, stride = self._load("i64", extents, 8 * axis), self._load("i64", strides, 8 * axis)
            if how == BIND:
                self._dims[what] = extent
            elif how == SAME:
                self._branch(self._compare("eq", "i64", extent, self._dims[what]))
            elif how == FIXED:
                self._branch(self._compare("eq", "i64", extent, str(what)))
            if size > 1:
                rest = self._let(f"and i64 {stride}, {size - 1}")
                self._branch(self._compare("eq", "i64", rest, "0"))
                stride = self._let(f"ashr exact i64 {stride}, {size.bit_length() - 1}")
            made.extents.append(extent)
            made.strides.append(stride)
        self._arrays[i] = made
        self._operands.append(self._descriptor(made))

    def _descriptor(self, array: _Array) -> str:
        place = self._place(f"[{3 + 2 * len(array.extents)} x i64]")
        self._store("ptr", array.data, place)
        self._store("ptr", array.data, place, 8)
        for i, value in enumerate(("0", *array.extents, *array.strides)):
            self._store("i64", value, place, 16 + 8 * i)
        return place

    def _scalar(self, i: int, v: Value, argument: str, kind: str) -> None:
        """Python's own number, or NumPy's of the same type; the table has nothing where a type is not to be taken."""
        done, float_, named = self._label(), v.dtype[0] == "f", self._label()
        register = {"bool": "i8", "f32": "float", "f64": "double"}.get(v.dtype, f"i{8 * _SIZES[v.dtype]}")
        ways: list[tuple[str, str]] = []

        def way(value: str) -> None:
            label = self._label()
            self._lines.append(f"br label %{label}")
            self._begin(label)
            self._lines.append(f"br label %{done}")
            ways.append((value, label))

        def otherwise(condition: str) -> str:
            here, there = self._label(), self._label()
            self._lines.append(f"br i1 {condition}, label %{here}, label %{there}")
            self._begin(here)
            return there

        if v.dtype == "bool":
            there = otherwise(self._is(argument, f"{i} True"))
            way("1")
            self._begin(there)
            there = otherwise(self._is(argument, f"{i} False"))
            way("0")
        else:
            if float_:
                there = otherwise(self._is(kind, f"{i} float"))
                value = self._load("double", argument, _VALUE)
                way(self._let(f"fptrunc double {value} to float") if v.dtype == "f32" else value)
                self._begin(there)
            there = otherwise(self._is(kind, f"{i} int"))
            way(self._integer(v, argument, register))
        self._begin(there)
        self._lines.append(f"br label %{named}")
        self._begin(named)
        self._branch(self._is(kind, f"{i} numpy.{v.dtype}"))
        value = self._load(register, argument, _VALUE)
        way(self._let(f"zext i1 {self._compare('ne', 'i8', value, '0')} to i8") if v.dtype == "bool" else value)
        self._begin(done)
        merged = self._let(f"phi {register} {', '.join(f'[ {x}, %{label} ]' for x, label in ways)}")
        if v.dtype == "i64":
            known = self._dims.setdefault(v.name, merged)
            if known != merged:
                self._branch(self._compare("eq", "i64", known, merged))
        self._operands.append(merged)

    def _integer(self, v: Value, argument: str, register: str) -> str:
        """A Python int as a register of the parameter's type; where it does not fit, the slow way says so."""
        overflow = self._place("i32")
        reader = self._named("PyLong_AsLongLongAndOverflow")
        value = self._let(f"call i64 {reader}(ptr {argument}, ptr {overflow})")
        self._branch(self._compare("eq", "i32", self._load("i32", overflow), "0"))
        if register in ("float", "double"):
            value = self._let(f"sitofp i64 {value} to double")
            return value if register == "double" else self._let(f"fptrunc double {value} to float")
        bits = 8 * _SIZES[v.dtype]
        if v.dtype == "u64":
            self._branch(self._compare("sge", "i64", value, "0"))
        elif bits < 64:
            low = 0 if v.dtype[0] == "u" else -(1 << (bits - 1))
            moved = self._let(f"sub i64 {value}, {low}")
            self._branch(self._compare("ult", "i64", moved, str(1 << bits)))
        return value if bits == 64 else self._let(f"trunc i64 {value} to {register}")

    # --- extents ------------------------------------------------------------------------------------------------------

    def _later(self, plan: Dims) -> None:
        """Hold axes against expressions, as ``Dims.check`` does."""
        index = {v.name: i for i, v in enumerate(self._signature.parameters)}
        for dim, name, axis, _, factor, rest in plan.solved:
            value = self._let(f"sub i64 {self._arrays[index[name]].extents[axis]}, {rest}")
            self._branch(self._compare("sge", "i64", value, "0"))
            self._dims[dim] = value if factor == 1 else self._let(f"udiv i64 {value}, {factor}")
        for name, axis, text, _ in plan.later:
            expected = self._extent(text)
            self._branch(self._compare("eq", "i64", self._arrays[index[name]].extents[axis], expected))

    def _extent(self, text: str) -> str:
        """The value of a dimension expression.

        Raises:
            _NotPlain: it divides.
        """
        return self._expression(ast.parse(text, mode="eval").body)

    def _expression(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(int(value)) if value < _SMALL:
                return str(value)
            case ast.Name(name) if name in self._dims:
                return self._dims[name]
            case ast.UnaryOp(ast.USub(), operand):
                return self._let(f"sub i64 0, {self._small(operand)}")
            case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() as op, right):
                word = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul"}[type(op)]
                return self._let(f"{word} i64 {self._small(left)}, {self._small(right)}")
            case ast.Call(ast.Name("max" | "min" as name), [left, right]):
                a, b = self._expression(left), self._expression(right)
                first = self._compare("sgt" if name == "max" else "slt", "i64", a, b)
                return self._let(f"select i1 {first}, i64 {a}, i64 {b}")
            case _:
                raise _NotPlain

    def _small(self, node: ast.expr) -> str:
        value = self._expression(node)
        moved = self._let(f"add i64 {value}, {_SMALL}")
        self._branch(self._compare("ult", "i64", moved, str(2 * _SMALL)))
        return value

    # --- memory that is shared ----------------------------------------------------------------------------------------

    def _apart(self) -> None:
        """Go on where no element of a written array has a byte in common with another, as far as is easily seen."""
        written = [i for i, v in enumerate(self._signature.parameters) if v.written and i in self._arrays]
        for i in written:
            self._apart_in_itself(self._arrays[i])
        if self._may_overlap:
            return
        for i in written:
            for k in self._arrays:
                if k == i or (k in written and k < i):
                    continue
                (low, high), (other_low, other_high) = self._bounds(i), self._bounds(k)
                before, after = (
                    self._compare("ule", "ptr", high, other_low),
                    self._compare("ule", "ptr", other_high, low),
                )
                self._branch(self._let(f"or i1 {before}, {after}"))

    def _apart_in_itself(self, array: _Array) -> None:
        """Go on where each axis steps over all that the axes after it reach."""
        reach = "1"
        for extent, stride in zip(reversed(array.extents), reversed(array.strides), strict=True):
            length = self._let(f"call i64 @llvm.abs.i64(i64 {stride}, i1 false)")
            clear, single = self._compare("sge", "i64", length, reach), self._compare("sle", "i64", extent, "1")
            self._branch(self._let(f"or i1 {clear}, {single}"))
            last = self._let(f"sub i64 {extent}, 1")
            more = self._let(f"select i1 {single}, i64 0, i64 {self._let(f'mul i64 {length}, {last}')}")
            reach = self._let(f"add i64 {reach}, {more}")

    def _bounds(self, i: int) -> tuple[str, str]:
        """The first byte of an array, and the one after its last."""
        array = self._arrays[i]
        if not array.bounds[0]:
            low, high = "0", "1"
            for extent, stride in zip(array.extents, array.strides, strict=True):
                last = self._let(f"sub i64 {extent}, 1")
                far = self._let(f"mul i64 {stride}, {last}")
                low = self._let(f"add i64 {low}, {self._let(f'call i64 @llvm.smin.i64(i64 {far}, i64 0)')}")
                high = self._let(f"add i64 {high}, {self._let(f'call i64 @llvm.smax.i64(i64 {far}, i64 0)')}")
            kind = f"[{array.size} x i8]"
            array.bounds = (
                self._let(f"getelementptr {kind}, ptr {array.data}, i64 {low}"),
                self._let(f"getelementptr {kind}, ptr {array.data}, i64 {high}"),
            )
        return array.bounds

    # --- results ------------------------------------------------------------------------------------------------------

    def _results(self) -> None:
        """Make places for results; that of an array is the array."""
        results = self._signature.results
        shapes = [None if v.dims is None else [self._extent(d) for d in v.dims] for v in results]
        for shape in shapes:
            for extent in shape or ():
                self._branch(self._compare("sge", "i64", extent, "0"))
        self._owned = [self._place("ptr") for _ in results]
        for place in self._owned:
            self._store("ptr", "null", place)
        self._scalars: dict[int, str] = {}
        self._made: list[_Array] = []
        for k, (v, shape) in enumerate(zip(results, shapes, strict=True)):
            if shape is None:
                place = self._scalars[k] = self._place("[16 x i8]")
                self._operands.append(self._descriptor(_Array(place, [], [], 1)))
                continue
            extents = self._place(f"[{max(len(shape), 1)} x i64]")
            for axis, extent in enumerate(shape):
                self._store("i64", extent, extents, 8 * axis)
            dtype, make = self._named(f"dtype {v.dtype}"), self._named("PyArray_NewFromDescr")
            # It keeps the reference to the element type that it is given.
            self._lines.append(f"call void {self._named('Py_IncRef')}(ptr {dtype})")
            array = self._let(
                f"call ptr {make}(ptr {self._named('ndarray')}, ptr {dtype}, i32 {len(shape)}, ptr {extents},"
                " ptr null, ptr null, i32 0, ptr null)"
            )
            self._store("ptr", array, self._owned[k])
            self._branch(self._compare("ne", "ptr", array, "null"), "drop")
            steps, step = [], "1"
            for extent in reversed(shape):
                steps.append(step)
                step = extent if step == "1" else self._let(f"mul i64 {step}, {extent}")
            made = _Array(self._load("ptr", array, _DATA), shape, steps[::-1], _SIZES[v.dtype])
            self._made.append(made)
            self._operands.append(self._descriptor(made))

    def _call(self) -> None:
        """Call the function, other threads running meanwhile where it may take a while."""
        go, wait = self._label(), self._label()
        if self._bounded:
            total = "0"
            for array in (*self._arrays.values(), *self._made):
                count = "1"
                for extent in array.extents:
                    count = extent if count == "1" else self._let(f"mul i64 {count}, {extent}")
                total = self._let(f"add i64 {total}, {count}")
            long = self._compare("ugt", "i64", total, str(_FEW))
        else:
            long = "true"
        before = self._label()
        self._lines.append(f"br label %{before}")
        self._begin(before)
        self._lines.append(f"br i1 {long}, label %{wait}, label %{go}")
        self._begin(wait)
        saved = self._let(f"call ptr {self._named('PyEval_SaveThread')}()")
        self._lines.append(f"br label %{go}")
        self._begin(go)
        thread = self._let(f"phi ptr [ null, %{before} ], [ {saved}, %{wait} ]")
        operands = ", ".join(f"{t} {x}" for t, x in zip(self._types, self._operands, strict=True))
        number = self._let(f"call i32 @{self._symbol}({operands}) noinline")
        restore, after = self._label(), self._label()
        self._lines.append(f"br i1 {self._compare('ne', 'ptr', thread, 'null')}, label %{restore}, label %{after}")
        self._begin(restore)
        self._lines.append(f"call void {self._named('PyEval_RestoreThread')}(ptr {thread})")
        self._lines.append(f"br label %{after}")
        self._begin(after)
        self._number = self._place("i32")
        self._store("i32", number, self._number)
        self._branch(self._compare("eq", "i32", number, "0"), "fail")

    def _returned(self) -> None:
        """Return what the function's ``return`` gives; then the ways that do not."""
        s = self._signature
        for k, v in enumerate(s.results):
            if v.dims is None:
                value = self._boxed(v, self._scalars[k])
                self._store("ptr", value, self._owned[k])
                self._branch(self._compare("ne", "ptr", value, "null"), "drop")
        left = [s.returns.count(k) for k in range(len(s.results))]

        def taken(k: int) -> str:
            """A reference to a leaf that the caller owns."""
            value = self._load("ptr", self._owned[k]) if k >= 0 else self._load("ptr", "%arguments", 8 * -(k + 1))
            if k < 0 or left[k] > 1:
                self._lines.append(f"call void {self._named('Py_IncRef')}(ptr {value})")
            if k >= 0:
                left[k] -= 1
            return value

        unused = [k for k, count in enumerate(left) if not count]
        if s.returns_tuple:
            result = self._let(f"call ptr {self._named('PyTuple_New')}(i64 {len(s.returns)})")
            self._branch(self._compare("ne", "ptr", result, "null"), "drop")
            for position, k in enumerate(s.returns):
                put = self._named("PyTuple_SetItem")
                self._let(f"call i32 {put}(ptr {result}, i64 {position}, ptr {taken(k)})")
        elif s.returns:
            result = taken(s.returns[0])
        else:
            result = self._named("None")
            self._lines.append(f"call void {self._named('Py_IncRef')}(ptr {result})")
        for k in unused:
            self._lines.append(f"call void {self._named('Py_DecRef')}(ptr {self._load('ptr', self._owned[k])})")
        self._lines.append(f"ret ptr {result}")
        self._begin("fail")
        number = self._let(f"sext i32 {self._load('i32', self._number)} to i64")
        boxed = self._let(f"call ptr {self._named('PyLong_FromLongLong')}(i64 {number})")
        self._branch(self._compare("ne", "ptr", boxed, "null"), "drop")
        given = self._place("[2 x ptr]")
        self._store("ptr", boxed, given, 8)
        # It raises, and so returns nothing.
        raised = self._let(
            f"call ptr {self._named('PyObject_Vectorcall')}(ptr {self._named('fail')}, ptr {self._at(given, 8)},"
            " i64 -9223372036854775807, ptr null)"
        )
        self._lines.append(f"call void {self._named('Py_DecRef')}(ptr {raised})")
        self._lines.append(f"call void {self._named('Py_DecRef')}(ptr {boxed})")
        self._lines.append("br label %drop")
        self._begin("drop")
        for place in self._owned:
            self._lines.append(f"call void {self._named('Py_DecRef')}(ptr {self._load('ptr', place)})")
        self._lines.append("ret ptr null")
        self._begin("slow")
        result = self._let(
            f"tail call ptr {self._named('PyObject_Vectorcall')}(ptr {self._named('slow')}, ptr %arguments, i64 %count,"
            " ptr %names)"
        )
        self._lines.append(f"ret ptr {result}")

    def _boxed(self, v: Value, place: str) -> str:
        """A scalar result as a Python object."""
        if v.type == "int":
            return self._let(f"call ptr {self._named('PyLong_FromLongLong')}(i64 {self._load('i64', place)})")
        if v.type == "float":
            return self._let(f"call ptr {self._named('PyFloat_FromDouble')}(double {self._load('double', place)})")
        if v.type == "complex":
            parts = f"double {self._load('double', place)}, double {self._load('double', place, 8)}"
            return self._let(f"call ptr {self._named('PyComplex_FromDoubles')}({parts})")
        if v.dtype == "bool":
            true = self._compare("ne", "i8", self._load("i8", place), "0")
            value = self._let(f"select i1 {true}, ptr {self._named('True')}, ptr {self._named('False')}")
            self._lines.append(f"call void {self._named('Py_IncRef')}(ptr {value})")
            return value
        scalar = self._named("PyArray_Scalar")
        return self._let(f"call ptr {scalar}(ptr {place}, ptr {self._named(f'dtype {v.dtype}')}, ptr null)")


def described(call: NativeCall | None) -> Mapping[str, Any] | None:
    """What a manifest says of it."""
    return None if call is None else {"symbol": call.symbol, "table": list(call.table)}
