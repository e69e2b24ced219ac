"""Element types of the language as ONNX has them, and in which of them a runtime computes."""

from __future__ import annotations

import onnx_ir as ir

from pyc.precision import DTYPES, STORED

#: ONNX's element types by ours. Complex numbers are missing: no ONNX operation computes with them.
TYPES: dict[str, ir.DataType] = {
    "bool": ir.DataType.BOOL,
    "i4": ir.DataType.INT4,
    "u4": ir.DataType.UINT4,
    "i8": ir.DataType.INT8,
    "i16": ir.DataType.INT16,
    "i32": ir.DataType.INT32,
    "i64": ir.DataType.INT64,
    "u8": ir.DataType.UINT8,
    "u16": ir.DataType.UINT16,
    "u32": ir.DataType.UINT32,
    "u64": ir.DataType.UINT64,
    "f4e2m1": ir.DataType.FLOAT4E2M1,
    "f8e8m0": ir.DataType.FLOAT8E8M0,
    "f8e4m3": ir.DataType.FLOAT8E4M3FN,
    "f8e5m2": ir.DataType.FLOAT8E5M2,
    "bf16": ir.DataType.BFLOAT16,
    "f16": ir.DataType.FLOAT16,
    "f32": ir.DataType.FLOAT,
    "f64": ir.DataType.DOUBLE,
}
NAMES = {t: name for name, t in TYPES.items()}

#: (The magnitude from which on it overflows, and what by the sign of the number it gives then) of each 8-bit float.
BEYOND = {"f8e4m3": (464.00003, float("nan")), "f8e5m2": (61440.0, float("inf"))}

_FLOATS = frozenset({"f32", "f64"})
_INTS = frozenset(n for n, d in DTYPES.items() if d.is_integer and n not in STORED)
_MOVABLE = frozenset(TYPES) - {"f8e4m3", "f8e5m2"} - STORED

#: The element types in which each operation is emitted as it is: those that ONNX allows and ONNX Runtime has a kernel
#: for, without the 16-bit floats. ONNX Runtime widens those by itself, and then does not round between two operations.
#: An operation that is not listed is emitted in every type.
DIRECT: dict[str, frozenset[str]] = {
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Mod"), _FLOATS | _INTS),
    **dict.fromkeys(("Max", "Min"), _FLOATS | {"i8", "i32", "i64", "u8", "u32", "u64"}),
    **dict.fromkeys(("Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Abs"), _FLOATS | _INTS),
    "Equal": _FLOATS | _INTS | {"bool"},
    "Where": _FLOATS | {"i8", "i32", "i64", "u8", "u32"},
    **dict.fromkeys(("ReduceSum", "ReduceProd"), _FLOATS | {"i32", "i64"}),
    **dict.fromkeys(("ReduceMax", "ReduceMin"), _FLOATS | {"i8", "i32", "i64", "u8"}),
    **dict.fromkeys(("ArgMax", "ArgMin"), _FLOATS | {"i8", "i32", "i64", "u8"}),
    "MatMul": _FLOATS | {"i32", "i64", "u32", "u64"},
    "Expand": _MOVABLE - {"bf16"},
    **dict.fromkeys(("Concat", "Slice", "GatherND", "ScatterND", "Squeeze", "Unsqueeze"), _MOVABLE),
}

#: The next type that holds every value of a type. ``u64`` goes to ``i64`` bit for bit: right wherever arithmetic wraps
#: or elements are only moved, and wrong where they are compared.
_WIDER = {
    "bool": "u8",
    "i4": "i8",
    "u4": "u8",
    **dict.fromkeys(("i8", "i16", "u8", "u16"), "i32"),
    "u32": "i64",
    "u64": "i64",
    **dict.fromkeys(("f4e2m1", "f8e8m0", "f8e4m3", "f8e5m2", "bf16", "f16"), "f32"),
}


def working_type(operation: str, dtype: str) -> str:
    """The element type in which ``operation`` is emitted for operands of ``dtype``."""
    direct = DIRECT.get(operation)
    return dtype if direct is None or dtype in direct else _WIDER[dtype]


def arithmetic_type(dtype: str) -> str:
    """The type that floats compute in before they are rounded: 8- and 16-bit ones in f32, as on every target."""
    d = DTYPES[dtype]
    return "f32" if d.is_float and d.bits < 32 else dtype
