"""NumPy's promotion of element types (NEP 50): what two operands become before an operation."""

from __future__ import annotations

from pyc.precision import DTYPES, STORED

from .types import ScalarType, TensorType

_NARROW = ("f8e4m3", "f8e5m2", "bf16", "f16")
_SIGNED_FOR = {8: "i16", 16: "i32", 32: "i64", 64: "f64"}


def promoted(a: str, b: str) -> str | None:
    """The element type that two sized ones share; ``None`` where there is none (``bf16`` and ``f16``)."""
    if a == b:
        return a
    if a in STORED or b in STORED:
        return None
    x, y = DTYPES[a], DTYPES[b]
    if x.kind == "bool" or y.kind == "bool":
        return b if x.kind == "bool" else a
    if x.kind == y.kind and x.is_integer:
        return a if x.bits > y.bits else b
    if x.is_integer and y.is_integer:
        signed, unsigned = (x, y) if x.kind == "int" else (y, x)
        return signed.name if signed.bits > unsigned.bits else _SIGNED_FOR[unsigned.bits]
    if "complex" in (x.kind, y.kind):
        return _complex(a, b)
    if x.is_float and y.is_float:
        return _floats(a, b)
    number, integer = (x, y) if x.is_float else (y, x)
    return _float_and_integer(number.name, integer.bits)


def _complex(a: str, b: str) -> str:
    wide = [n for n in (a, b) if n in ("c128", "f64") or (DTYPES[n].is_integer and DTYPES[n].bits >= 32)]
    return "c128" if wide else "c64"


def _floats(a: str, b: str) -> str | None:
    pair = {a, b}
    if "f64" in pair:
        return "f64"
    if "f32" in pair:
        return "f32"
    return "f32" if pair == {"f8e5m2", "f16"} else None


def _float_and_integer(name: str, bits: int) -> str | None:
    if name == "f64" or (name == "f32" and bits <= 16) or (name in _NARROW and bits == 8):
        return name
    if name in ("bf16", "f8e4m3"):
        return None
    return "f32" if bits == 16 else "f64"


def element_of(t: ScalarType | TensorType) -> tuple[str, bool]:
    """The (element type, whether it is weak) that a number or array brings into an operation."""
    return (t.dtype, t.weak) if isinstance(t, ScalarType) else (t.dtype, False)


def joined(types: list[tuple[str, bool]]) -> tuple[str, bool] | None:
    """The (element type, whether it is weak) of operands together; ``None`` where there is none.

    A weak number takes the type of a sized one of its kind or above: an ``int`` joins ``u8`` and ``f16``, a ``float``
    joins ``f16`` but makes ``f64`` of ``i32``. ``bool`` is never weak in that sense: it is the narrowest of all.
    """
    if all(weak for _, weak in types):
        return max((d for d, _ in types), key=("bool", "i64", "f64", "c128").index), True
    strong = [d for d, weak in types if not weak or d == "bool"]
    result = strong[0]
    for d in strong[1:]:
        shared = promoted(result, d)
        if shared is None:
            return None
        result = shared
    for d, weak in types:
        if weak and d != "bool":
            result = _with_weak(result, d)
    return result, False


def _with_weak(dtype: str, weak: str) -> str:
    kind = DTYPES[dtype].kind
    match weak:
        case "i64":
            return "i64" if kind == "bool" else dtype
        case "f64":
            return "f64" if kind in ("bool", "int", "uint") else dtype
        case _:
            return dtype if kind == "complex" else {"f64": "c128"}.get(dtype, "c64" if kind == "float" else "c128")


def floating(dtype: str) -> str:
    """The element type in which NumPy computes ``exp`` and the like: integers become floats wide enough for them."""
    d = DTYPES[dtype]
    if not (d.is_integer or d.kind == "bool"):
        return dtype
    return "f16" if d.bits <= 8 else "f32" if d.bits == 16 else "f64"


def summed(dtype: str) -> str:
    """The element type of a sum or product: small integers and ``bool`` widen to 64 bits."""
    d = DTYPES[dtype]
    if d.kind == "uint":
        return "u64"
    return "i64" if d.kind in ("int", "bool") else dtype


def accumulator(dtype: str) -> str:
    """What a sum of a plain element type accumulates in: ``f32`` for narrow floats, itself otherwise."""
    return "f32" if dtype in _NARROW else dtype


def limits(dtype: str) -> tuple[int, int]:
    """The smallest and largest value of an integer type."""
    d = DTYPES[dtype]
    return (0, 2**d.bits - 1) if d.kind == "uint" else (-(2 ** (d.bits - 1)), 2 ** (d.bits - 1) - 1)
