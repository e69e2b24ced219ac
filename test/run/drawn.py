"""Random typed programs over everything that the language has, each a function with parameters of its own.

``program(seed, count)`` writes a file of functions ``f0``, ``f1``, ... and says how each is called. What they do,
CPython with NumPy decides. Types are followed while a function is written (NumPy itself says what an operation gives),
so that nearly all of them compile; extents of arrays are the names of dimensions.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import ml_dtypes
import numpy as np

HEADER = """\
from __future__ import annotations
import dataclasses
import math
from typing import TypeVarTuple
import numpy as np
import pyc
from pyc import Dim, Mixed, Tensor, TypeVar, prange
from pyc import bf16, c64, c128, f16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64

N = Dim("N")
M = Dim("M")
K = Dim("K")
T = TypeVar("T", i16, i32, i64, f32, f64)
S = TypeVarTuple("S")
H = Mixed[f16, f32]


@pyc.record
class Vec:
    x: f64
    y: f64 = 0.5
    n: int = 3

    def sum(self) -> f64:
        return self.x + self.y * self.n

    def __add__(self, other: Vec) -> Vec:
        return Vec(self.x + other.x, self.y - other.y, self.n)


@pyc.record
class Box:
    low: Vec
    w: f32 = 1.0
    k: i16 = 2


def applied(f, v):
    return f(v)


def folded(f, v, start):
    for e in v:
        start = f(start, int(e))
    return start


def scaled(x: Tensor[T, N], by: T) -> Tensor[T, N]:
    return x * by


def biggest(x: Tensor[T, N, M]) -> T:
    best = x[0, 0]
    for row in x:
        for e in row:
            if e > best:
                best = e
    return best


def backwards(v):
    return v[::-1]


def bump(v, by) -> None:
    v += by


def depth(n: int, k: int) -> int:
    if n <= 0:
        if k == 13:
            raise ValueError(f"depth {k}")
        return k
    return depth(n - 1, k + n) if n % 2 else depth(n - 2, k) - 1


def halves(v: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    if n <= 0:
        return v
    w = halves(v, n - 1) * 0.5
    w[0] += n
    return w
"""

PYTHON = ("int", "float", "bool", "complex")
INTS = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64")
NAMES = {
    "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64", "u8": "uint8", "u16": "uint16", "u32": "uint32",
    "u64": "uint64", "f16": "float16", "f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128",
    "bool": "bool", "bf16": "bfloat16",
}  # fmt: skip
#: What bf16 is combined with.
_WITH_BF16 = {"bf16", "f32", "f64", "int", "float", "bool"}
SHORT = {long: short for short, long in NAMES.items()}
FEATURES = (
    "views", "out", "prange", "records", "complex", "sized", "half", "try", "match", "nested", "jumps", "recursion",
    "index", "random", "raise", "more", "inner", "unpacked",
    "steps", "writes", "mixed",
)  # fmt: skip


def dtype_of(name: str) -> np.dtype[Any]:
    long = NAMES[name]
    return np.dtype(getattr(ml_dtypes, long, long))


@dataclass(frozen=True)
class Type:
    """What is known of a value: its element type, and the names of its extents; ``None`` for a single number.

    Numbers of Python's own types have Python's names (``int``), those of NumPy the language's (``i64``).
    """

    dtype: str
    dims: tuple[str, ...] | None = None

    @property
    def is_python(self) -> bool:
        return self.dims is None and self.dtype in PYTHON

    @property
    def kind(self) -> str:
        """``b``, ``i``, ``u``, ``f`` or ``c``."""
        return self.dtype[0] if self.dtype in PYTHON else "f" if self.dtype == "bf16" else dtype_of(self.dtype).kind

    def example(self) -> Any:
        if self.is_python:
            return {"int": 1, "float": 1.0, "bool": True, "complex": 1j}[self.dtype]
        return np.ones((1,) * len(self.dims or ()), dtype_of(self.dtype))[() if self.dims is None else ...]


def _type_of(value: Any, dims: tuple[str, ...] | None) -> Type:
    return Type(type(value).__name__ if type(value) in (int, float, bool, complex) else SHORT[value.dtype.name], dims)


@functools.cache
def given(operation: str, *operands: Type) -> Type | None:
    """What an operation gives, as NumPy says; ``None`` where it refuses."""
    dims = max((t.dims for t in operands if t.dims is not None), key=len, default=None)
    if "bf16" in {t.dtype for t in operands} and not {t.dtype for t in operands} <= _WITH_BF16:
        return None  # no element type holds both
    names = {"np": np, **{f"p{i}": t.example() for i, t in enumerate(operands)}}
    try:
        with np.errstate(all="ignore"):
            return _type_of(eval(operation.format(*(f"p{i}" for i in range(len(operands)))), names), dims)
    except (TypeError, OverflowError, ValueError, KeyError):
        return None


@dataclass(frozen=True)
class Value:
    """An expression and its type."""

    text: str
    type: Type


@dataclass
class Function:
    """A function: its text, the features that it was drawn with, and how it is called.

    What is ``mixed`` NumPy does not know: the interpreter says what it is.
    """

    name: str
    text: str
    features: tuple[str, ...]
    parameters: dict[str, str]
    mixed: bool = False


@dataclass(frozen=True)
class Scope:
    """What a statement may use."""

    values: tuple[Value, ...]
    depth: int = 0
    loop: bool = False
    guarded: bool = False

    def inside(self, *more: Value, loop: bool | None = None, guarded: bool = False) -> Scope:
        loop = self.loop if loop is None else loop
        return Scope((*self.values, *more), self.depth + 1, loop, self.guarded or guarded)

    def with_(self, *more: Value) -> Scope:
        return replace(self, values=(*self.values, *more))


@dataclass
class Writer:
    """Writes the statements of one function."""

    r: random.Random
    features: tuple[str, ...]
    extents: dict[str, str] = field(default_factory=dict)
    made: int = 0
    records: dict[str, str] = field(default_factory=dict)

    # --- drawing ------------------------------------------------------------------------------------------------------

    def of(self, *options: Any) -> Any:
        return self.r.choice(options)

    def chance(self, p: float) -> bool:
        return self.r.random() < p

    def has(self, feature: str) -> bool:
        return feature in self.features

    def fresh(self, stem: str) -> str:
        self.made += 1
        while f"{stem}{self.made}" in NAMES:
            self.made += 1
        return f"{stem}{self.made}"

    def pick(self, scope: Scope, test: Callable[[Type], bool]) -> Value | None:
        found = [v for v in scope.values if test(v.type)]
        return self.r.choice(found) if found else None

    def arrays(self, scope: Scope, rank: int | None = None) -> Value | None:
        return self.pick(scope, lambda t: t.dims is not None and (len(t.dims) == rank if rank else len(t.dims) > 0))

    # --- numbers ------------------------------------------------------------------------------------------------------

    def integer(self, s: Scope, depth: int = 0) -> str:
        """An ``int`` of Python's."""
        kind = self.r.randrange(16 if depth < 2 else 4)
        if kind < 4:
            name = self.pick(s, lambda t: t == Type("int"))
            return name.text if kind and name else str(self.of(0, 1, 2, 3, -1, 5, 7, -4, 100))
        one, two = self.integer(s, depth + 1), self.integer(s, depth + 1)
        match kind:
            case 4 | 5:
                return f"({one} {self.of('+', '-')} {two})"
            case 6:
                return f"({one} * {two} % {self.of(97, 7, -5)})"
            case 7:
                return f"({one} {self.of('//', '%')} {self.of('2', '3', '-3', two)})"
            case 8:
                return f"({one} {self.of('&', '|', '^')} {two})"
            case 9:
                return f"({one} if {self.condition(s, depth + 1)} else {two})"
            case 10:
                return f"{self.of('min', 'max')}({one}, {two})"
            case 11:
                return f"({one} {self.of('<<', '>>')} {self.of('1', '3')})"
            case 12 if self.has("recursion"):
                return f"depth({one} % 7, {two} % 20)"
            case 12 if self.has("nested"):
                return self.of(
                    f"(lambda u, v=2: u * v - {two})({one})",
                    f"applied(lambda u: u % 5 + {two}, {one})",
                    f"sum(g * 2 for g in range({one} % 5) if g != {two})",
                    f"max({one}, {two}, key=lambda g: g % 3)",
                )
            case 13:
                e = self.element(s, depth + 1, lambda t: t.kind in "iub" and t.dtype != "u64")
                return f"int({e.text})" if e else one
            case 14:
                a = self.arrays(s)
                return self.of(f"len({a.text})", f"{a.text}.size", f"{a.text}.shape[0]", f"{a.text}.ndim") if a else one
            case _:
                a = self.pick(s, lambda t: t.dims is not None and t.dims != () and t.kind in "iub" and t.dtype != "u64")
                if a is None:
                    return one
                reduced = (f"np.sum({a.text})", f"{a.text}.sum()", f"np.count_nonzero({a.text})")
                more = (f"{a.text}.max()", f"np.argmax({a.text})", f"np.min({a.text})")
                return f"int({self.of(*reduced, *(more if a.type.dtype != 'bool' else ()))})"

    def real(self, s: Scope, depth: int = 0) -> str:
        """A ``float`` of Python's."""
        kind = self.r.randrange(9 if depth < 2 else 3)
        if kind < 3:
            name = self.pick(s, lambda t: t == Type("float"))
            return name.text if kind and name else str(self.of(0.0, 1.5, -2.25, 0.1, 4.0, 1e10))
        one, two = self.real(s, depth + 1), self.real(s, depth + 1)
        match kind:
            case 3 | 4:
                return f"({one} {self.of('+', '-', '*')} {two})"
            case 5:
                return f"({one} {self.of('/', '//', '%')} {self.of('2.0', '-0.5', two)})"
            case 6:
                e = self.element(s, depth + 1, lambda t: t.kind in "iuf" and t.dtype != "bf16")
                return f"float({e.text})" if e else one
            case 7:
                return f"({one} if {self.condition(s, depth + 1)} else {two})"
            case _:
                return self.of(
                    f"float({self.integer(s, depth + 1)})", f"abs({one})", f"{self.of('min', 'max')}({one}, 2.0)"
                )

    def condition(self, s: Scope, depth: int = 0) -> str:
        kind = self.r.randrange(9 if depth < 2 else 4)
        compare = self.of("<", "<=", "==", "!=", ">", ">=")
        if kind < 3:
            return f"{self.integer(s, depth + 1)} {compare} {self.integer(s, depth + 1)}"
        match kind:
            case 3:
                name = self.pick(s, lambda t: t == Type("bool"))
                return name.text if name else f"{self.integer(s, 2)} > 0"
            case 4:
                return f"({self.condition(s, depth + 1)} {self.of('and', 'or')} {self.condition(s, depth + 1)})"
            case 5:
                return f"(not {self.condition(s, depth + 1)})"
            case 6:
                e = self.element(s, depth + 1, lambda t: t.kind in "iuf" and t.dtype != "bf16")
                return f"{e.text} {compare} {self.integer(s, depth + 1)}" if e else f"{self.real(s, 2)} {compare} 1.0"
            case 7:
                a = self.arrays(s)
                return f"bool(np.{self.of('any', 'all')}({a.text} != 0))" if a else "True"
            case _:
                return f"{self.integer(s, 2)} < {self.integer(s, 2)} <= {self.integer(s, 2)}"

    def position(self, s: Scope, dim: str) -> str:
        extent, near = self.extents[dim], self.of("0", "-1", "1", "-2", f"{self.extents[dim]} // 2")
        counter = self.pick(s, lambda t: t == Type("int"))
        safe = f"({counter.text if counter else '3'}) % max({extent}, 1)"
        return self.of(near, near, safe, safe, safe, counter.text if counter else near)

    def element(self, s: Scope, depth: int, test: Callable[[Type], bool]) -> Value | None:
        """An element of an array: a number of NumPy's."""
        a = self.pick(s, lambda t: t.dims is not None and test(Type(t.dtype)))
        if a is None:
            return None
        assert a.type.dims is not None
        places = [self.position(s, d) for d in a.type.dims]
        text = f"{a.text}[{', '.join(places) or '()'}]"
        if len(places) == 2 and self.chance(0.3):
            text = self.of(f"{a.text}[{places[0]}][{places[1]}]", f"{a.text}.T[{places[1]}, {places[0]}]")
        return Value(text, Type(a.type.dtype))

    def number(self, s: Scope, kinds: str) -> Value:
        """A number of any type of one of the ``kinds``."""
        options: list[Value | None] = [Value(self.integer(s, 1), Type("int"))]
        if "f" in kinds:
            options.append(Value(self.real(s, 1), Type("float")))
        if "c" in kinds:
            options.append(Value(f"complex({self.real(s, 2)}, {self.real(s, 2)})", Type("complex")))
        options.append(self.pick(s, lambda t: t.dims is None and not t.is_python and t.kind in kinds))
        options.append(self.element(s, 1, lambda t: t.kind in kinds and t.kind != "b"))
        if self.has("sized"):
            t = self.of(*INTS)
            options.append(Value(f"{t}({self.integer(s, 2)} & 63)", Type(t)))
        return self.r.choice([o for o in options if o is not None])

    # --- arrays -------------------------------------------------------------------------------------------------------

    def viewed(self, s: Scope, dims: tuple[str, ...], test: Callable[[Type], bool] = lambda t: True) -> Value | None:
        """An array with these extents that is one there is, or a view of one."""
        found: list[Value] = []
        for v in s.values:
            d = v.type.dims
            if d is None or not test(v.type):
                continue
            of = Type(v.type.dtype, dims)
            if d == dims:
                found += [v] * 3
                if dims:
                    found += [Value(f"{v.text}[::-1]", of), Value(f"{v.text}[:]", of), Value(f"{v.text}[...]", of)]
                if self.has("views"):
                    found += [Value(t.format(v.text), of) for t in self._same_shape(len(dims))]
            if len(d) == 2 and d[::-1] == dims:
                found += [
                    Value(f"{v.text}.T", of),
                    Value(f"np.transpose({v.text})", of),
                    Value(f"{v.text}.swapaxes(0, 1)", of),
                ]
            if len(d) == 2 and len(dims) == 1:
                if d[1:] == dims:
                    found.append(Value(f"{v.text}[{self.position(s, d[0])}]", of))
                if d[:1] == dims:
                    found.append(Value(f"{v.text}[:, {self.position(s, d[1])}]", of))
                if d == dims * 2:
                    found += [Value(f"{v.text}.diagonal()", of)] * 2
        return self.r.choice(found) if found else None

    def _same_shape(self, rank: int) -> tuple[str, ...]:
        if rank == 1:
            return (
                "{0}.reshape(-1)",
                "{0}[None, :][0]",
                "{0}.reshape(len({0}), 1)[:, 0]",
                "{0}.ravel()",
                "backwards({0})",
            )
        if rank == 2:
            return (
                "{0}[:, ::-1]", "{0}[::-1, ::-1]", "{0}.T.T", "{0}[::-1].T[::-1].T", "{0}.reshape({0}.shape)",
                "{0}.reshape(-1).reshape({0}.shape)", "np.flip({0}, 1)", "{0}[:, None, :][:, 0]",
            )  # fmt: skip
        return ("{0}[...]", "{0}.reshape(1)[0, ...]")

    def array(self, s: Scope, dims: tuple[str, ...], depth: int = 0) -> Value:
        """An array with these extents, of any type."""
        kind = self.r.randrange(20 if depth < 2 else 4)
        view = self.viewed(s, dims)
        if kind < 5 and view is not None:
            return view
        extent = [self.extents[d] for d in dims]
        shape = f"({', '.join(extent)}{',' if len(extent) == 1 else ''})"
        if depth >= 3 or (kind < 6 and view is None):
            t = self._of_numpy()
            return Value(f"np.{self.of('zeros', 'ones')}({shape}, dtype=np.{NAMES[t]})", Type(t, dims))
        x = self.array(s, dims, depth + 1)
        match kind:
            case 6 | 7 | 8:
                return self._binary(s, x, self.array(s, dims, depth + 1))
            case 9 | 10:
                return self._binary(s, x, self.number(s, "iuf" + ("c" if self.has("complex") else "")))
            case 11:
                return self._unary(x)
            case 12:
                y, compare = self.array(s, dims, depth + 1), self.of("<", "<=", "==", "!=", ">", ">=")
                if x.type.kind == "c" or y.type.kind == "c":
                    compare = self.of("==", "!=")
                return self._made(f"({{}} {compare} {{}})", x, y) or x
            case 13:
                y, c = self.array(s, dims, depth + 1), self.condition_array(s, dims, depth + 1)
                return self._made(f"np.where({c}, {{}}, {{}})", x, y, check="np.where(True, {}, {})") or x
            case 14:
                t = self._of_numpy()
                # What is out of range for the type, the processor decides.
                safe = dtype_of(x.type.dtype).kind in "biu" or t in ("f32", "f64", "c64", "c128")
                if not safe or (x.type.kind == "c") != (t[0] == "c"):
                    return x
                return Value(f"{x.text}.astype(np.{NAMES[t]})", Type(t, dims))
            case 15 if len(dims) == 1:
                n = f"len({x.text})" if x.text.isidentifier() else extent[0]
                order = f"np.sort({x.text})", f"np.roll({x.text}, {self.integer(s, 2)} % 9)", f"np.flip({x.text})"
                index = (
                    f"{x.text}[np.arange({n})[::-1]]", f"{x.text}[np.arange({n}) // 2]",
                    f"{x.text}[np.argsort({x.text}, kind='stable')]",
                )  # fmt: skip
                if x.type.kind == "c":
                    order, index = order[1:], index[:2]
                return Value(self.of(*order, *(index if self.has("index") else ())), x.type)
            case 15 if len(dims) == 2:
                y, z = (self.array(s, (d,), depth + 1) for d in dims)
                return self._binary(s, Value(f"{y.text}[:, None]", y.type), z, dims)
            case 16 if len(dims) == 1 and x.type.kind != "c":
                e, by = self.fresh("e"), self.real(s, 2) if x.type.kind == "f" else self.integer(s, 2)
                made = f"np.array([{e} * {by} for {e} in {x.text}])"
                t = given("{0} * {1}", Type(x.type.dtype), Type("float" if x.type.kind == "f" else "int"))
                # Of no elements, NumPy makes an array of f64.
                return Value(made, Type("f64", dims)) if t == Type("f64") else x
            case 17 if self.has("nested"):
                f = self.of("lambda v: v + v", "lambda v: v[::-1]", "backwards", "lambda v: abs(v)")
                if x.type.dtype == "bool" or (x.type.kind == "c" and "abs" in f) or not dims:
                    return x
                return Value(f"applied({f}, {x.text})", x.type)
            case 18 if self.has("random"):
                return Value(f"rng.random({shape})", Type("f64", dims))
            case 18 if len(dims) == 1 and self.has("recursion") and x.type.dtype == "f64":
                return Value(f"halves({x.text}, {self.integer(s, 2)} % 4)", x.type)
            case 19 if len(dims) == 1 and x.type.dtype in ("i16", "i32", "i64", "f32", "f64"):
                by = f"{x.type.dtype}({self.integer(s, 2)} & 7)"
                return Value(f"scaled({x.text}, {by})", x.type)
            case _:
                like = self.of("np.zeros_like({0})", "np.ones_like({0})", "{0}.copy()", "np.ascontiguousarray({0})")
                return Value(like.format(x.text), x.type) if dims else x

    def condition_array(self, s: Scope, dims: tuple[str, ...], depth: int = 0) -> str:
        x = self.array(s, dims, max(depth, 1))
        if x.type.dtype == "bool":
            return x.text
        return (
            f"({x.text} != 1)"
            if x.type.kind == "c"
            else f"({x.text} {self.of('<', '>', '==')} {self.of('0', '1', '2')})"
        )

    def _dtypes(self) -> tuple[str, ...]:
        found = ["i64", "f64", "f64", "i32", "bool", "f32"]
        if self.has("sized"):
            found += INTS
        if self.has("complex"):
            found += ["c128", "c64", "c128"]
        if self.has("half"):
            found += ["f16", "f16", "bf16"]
        return tuple(found)

    def _of_numpy(self) -> str:
        """An element type that NumPy has a name for."""
        return self.of(*(t for t in self._dtypes() if t != "bf16"))

    def _made(self, form: str, *operands: Value, check: str = "") -> Value | None:
        t = given(check or form, *(o.type for o in operands))
        return Value(form.format(*(o.text for o in operands)), t) if t is not None else None

    def _binary(self, s: Scope, x: Value, y: Value, dims: tuple[str, ...] | None = None) -> Value:
        if "bf16" in (x.type.dtype, y.type.dtype) and "float" in (x.type.dtype, y.type.dtype):
            return x  # whether it fits bf16 depends, for ml_dtypes, on what it is
        ops = ["{} + {}", "{} - {}", "{} * {}", "{} * {}", "np.minimum({}, {})", "np.maximum({}, {})"]
        kinds = {x.type.kind, y.type.kind}
        if kinds <= set("iub"):
            ops += ["{} & {}", "{} | {}", "{} ^ {}"]
            if "b" not in kinds:
                ops += ["{} // {}", "{} % {}", "{} << ({} & 3)", "{} >> ({} & 3)"]
        if "c" in kinds:
            ops = ops[:3]
        elif "b" not in kinds:
            ops += ["{} / {}"]
            if not {x.type.dtype, y.type.dtype} & {"f16", "bf16"}:
                ops += ["{} // {}", "{} % {}"]
        op = self.of(*ops)
        if self.chance(0.3) and not x.type.is_python and not y.type.is_python and dims is None:
            x, y = y, x
        found = self._made(op if op.startswith("np.") else f"({op})", x, y)
        if found is None:
            return x if x.type.dims is not None and dims is None else y if dims is None else self._zeros(dims)
        return Value(found.text, Type(found.type.dtype, dims)) if dims else found

    def _zeros(self, dims: tuple[str, ...]) -> Value:
        return Value(f"np.zeros(({', '.join(self.extents[d] for d in dims)},))", Type("f64", dims))

    def _unary(self, x: Value) -> Value:
        match x.type.kind:
            case "b":
                forms = ["(~{})", "np.logical_not({})"]
            case "i" | "u":
                forms = ["(-{})", "(~{})", "np.abs({})", "np.sign({})", "({} ** 2)", "np.square({})"]
            case "c":
                forms = ["(-{})", "np.conj({})", "{}.real", "{}.imag", "np.conjugate({})"]
            case _:
                forms = ["(-{})", "np.abs({})", "np.sqrt(np.abs({}))", "np.floor({})", "np.isnan({})", "({} ** 2)"]
                forms += ["np.sign({})", "np.rint({})", "np.trunc({})"]
        return self._made(self.of(*forms), x) or x
