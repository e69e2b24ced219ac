"""Functions written at the level of memory references, and artifacts of them: no frontend, no lowering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects import errors, signature
from pyc.dialects.mlir import PassManager, ir
from pyc.dialects.signature import Signature, Value
from pyc.target import Target
from pyc.targets.backend import Options, backend

_TAIL = (
    "builtin.module(convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-math-to-llvm,convert-arith-to-llvm,"
    "finalize-memref-to-llvm,convert-cf-to-llvm,convert-func-to-llvm,"
    "reconcile-unrealized-casts,canonicalize,cse)"
)
ANY1, ANY2 = "strided<[?], offset: ?>", "strided<[?, ?], offset: ?>"

AXPY = f"""
func.func @axpy(%a: f32, %x: memref<?xf32, {ANY1}>, %y: memref<?xf32, {ANY1}>, %out: memref<?xf32>) -> i32
    attributes {{llvm.emit_c_interface}} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %ok = arith.constant 0 : i32
  %n = memref.dim %x, %c0 : memref<?xf32, {ANY1}>
  scf.for %i = %c0 to %n step %c1 {{
    %u = memref.load %x[%i] : memref<?xf32, {ANY1}>
    %v = memref.load %y[%i] : memref<?xf32, {ANY1}>
    %p = arith.mulf %a, %u : f32
    %s = arith.addf %p, %v : f32
    memref.store %s, %out[%i] : memref<?xf32>
  }}
  return %ok : i32
}}
"""
# Writes u[i] += 1 for i < n; leaves with error 2 at the index where u runs out.
BUMP = f"""
func.func @bump(%u: memref<?xi64, {ANY1}>, %w: memref<?xi64, {ANY1}>, %n: i64, %out: memref<i64>) -> i32
    attributes {{llvm.emit_c_interface}} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i64
  %ok = arith.constant 0 : i32
  %two = arith.constant 2 : i32
  %size = memref.dim %u, %c0 : memref<?xi64, {ANY1}>
  cf.br ^head(%c0 : index)
^head(%i: index):
  %at = arith.index_cast %i : index to i64
  %more = arith.cmpi slt, %at, %n : i64
  cf.cond_br %more, ^check, ^done
^check:
  %in = arith.cmpi slt, %i, %size : index
  cf.cond_br %in, ^body, ^failed
^body:
  %v = memref.load %u[%i] : memref<?xi64, {ANY1}>
  %v1 = arith.addi %v, %one : i64
  memref.store %v1, %u[%i] : memref<?xi64, {ANY1}>
  %next = arith.addi %i, %c1 : index
  cf.br ^head(%next : index)
^done:
  memref.store %n, %out[] : memref<i64>
  return %ok : i32
^failed:
  return %two : i32
}}
"""
# Adds all entries of a matrix to a scalar of every kind; returns one scalar of each kind too.
SCALARS = """
func.func @scalars(%a: i64, %b: f64, %c: i1, %d: i8, %e: f16, %f: bf16, %g: i32,
    %ra: memref<i64>, %rb: memref<f64>, %rc: memref<i1>, %rd: memref<i8>, %re: memref<f16>, %rf: memref<bf16>,
    %rg: memref<i32>) -> i32 attributes {llvm.emit_c_interface} {
  %ok = arith.constant 0 : i32
  memref.store %a, %ra[] : memref<i64>
  memref.store %b, %rb[] : memref<f64>
  memref.store %c, %rc[] : memref<i1>
  memref.store %d, %rd[] : memref<i8>
  memref.store %e, %re[] : memref<f16>
  memref.store %f, %rf[] : memref<bf16>
  memref.store %g, %rg[] : memref<i32>
  return %ok : i32
}
"""
TEMPORARY = f"""
func.func @transposed(%x: memref<?x?xf64, {ANY2}>, %out: memref<?x?xf64>) -> i32 attributes {{llvm.emit_c_interface}} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %ok = arith.constant 0 : i32
  %m = memref.dim %x, %c0 : memref<?x?xf64, {ANY2}>
  %n = memref.dim %x, %c1 : memref<?x?xf64, {ANY2}>
  %t = memref.alloc(%n, %m) {{alignment = 64 : i64}} : memref<?x?xf64>
  scf.for %i = %c0 to %m step %c1 {{
    scf.for %j = %c0 to %n step %c1 {{
      %v = memref.load %x[%i, %j] : memref<?x?xf64, {ANY2}>
      memref.store %v, %t[%j, %i] : memref<?x?xf64>
    }}
  }}
  scf.for %i = %c0 to %n step %c1 {{
    scf.for %j = %c0 to %m step %c1 {{
      %v = memref.load %t[%i, %j] : memref<?x?xf64>
      memref.store %v, %out[%i, %j] : memref<?x?xf64>
    }}
  }}
  memref.dealloc %t : memref<?x?xf64>
  return %ok : i32
}}
"""
SCALE = f"""
func.func @Net(%x: memref<?xf32, {ANY1}>, %w: memref<?xf32, {ANY1}>, %out: memref<?xf32>) -> i32
    attributes {{llvm.emit_c_interface}} {{
  %one = arith.constant 1.0 : f32
  %ok = func.call @axpy(%one, %x, %w, %out)
      : (f32, memref<?xf32, {ANY1}>, memref<?xf32, {ANY1}>, memref<?xf32>) -> i32
  return %ok : i32
}}
func.func @Net_twice(%x: memref<?xf32, {ANY1}>, %w: memref<?xf32, {ANY1}>, %out: memref<?xf32>) -> i32
    attributes {{llvm.emit_c_interface}} {{
  %one = arith.constant 2.0 : f32
  %ok = func.call @axpy(%one, %x, %w, %out)
      : (f32, memref<?xf32, {ANY1}>, memref<?xf32, {ANY1}>, memref<?xf32>) -> i32
  return %ok : i32
}}
"""


# A sum in strict order: 0.1 s for 10**8.
SPIN = """
func.func @spin(%n: i64, %out: memref<f64>) -> i32 attributes {llvm.emit_c_interface} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f64
  %tenth = arith.constant 0.1 : f64
  %ok = arith.constant 0 : i32
  %end = arith.index_cast %n : i64 to index
  %sum = scf.for %i = %c0 to %end step %c1 iter_args(%s = %zero) -> f64 {
    %t = arith.addf %s, %tenth : f64
    scf.yield %t : f64
  }
  memref.store %sum, %out[] : memref<f64>
  return %ok : i32
}
"""


def array(name: str, dtype: str, *dims: str, written: bool = False, weight: str | None = None) -> Value:
    kind = f"Tensor[{', '.join([dtype, *dims])}]"
    return Value(name, kind, dtype, dims, dtype, "cpu", written=written, weight=weight)


def scalar(name: str, kind: str) -> Value:
    dtype = {"int": "i64", "float": "f64"}.get(kind, kind)
    return Value(name, kind, dtype, None, dtype, "cpu")


def declare(
    symbol: str, parameters: Sequence[Value], results: Sequence[Value], returns: Sequence[int], **more: Any
) -> Signature:
    name = more.pop("name", symbol)
    return Signature(symbol, name, "cpu", tuple(parameters), tuple(results), tuple(returns), **more)


VECTORS = [array("x", "f32", "N"), array("y", "f32", "N")]
SIGNATURES = {
    "axpy": declare("axpy", [scalar("a", "f32"), *VECTORS], [array("", "f32", "N")], [0]),
    "bump": declare(
        "bump",
        [array("u", "i64", "N", written=True), array("w", "i64", "M"), scalar("n", "int")],
        [scalar("", "int")],
        [0, -1],
        returns_tuple=True,
        writes=(0,),
    ),
    "scalars": declare(
        "scalars",
        [scalar(n, k) for n, k in zip("abcdefg", ("int", "float", "bool", "u8", "f16", "bf16", "i32"), strict=True)],
        [scalar("", k) for k in ("int", "float", "bool", "u8", "f16", "bf16", "i32")],
        range(7),
        returns_tuple=True,
    ),
    "transposed": declare(
        "transposed", [array("x", "f64", "M", "N")], [array("", "f64", "N", "M")], [0], name="t[f64]"
    ),
    "spin": declare("spin", [scalar("n", "int")], [scalar("", "float")], [0]),
    "Net": declare(
        "Net",
        [array("x", "f32", "N"), array("w", "f32", "N", weight="up.w")],
        [array("", "f32", "N")],
        [0],
        module="Net[f32]",
    ),
    "Net_twice": declare(
        "Net_twice",
        [array("x", "f32", "N"), array("w", "f32", "N", weight="up.w")],
        [array("", "f32", "N")],
        [0],
        module="Net[f32]",
    ),
}
ERRORS = [
    errors.Error(1, "ValueError", "never", "prog.py", 1, 1, "other"),
    errors.Error(2, "IndexError", "index 3 is out of bounds", "prog.py", 4, 9, "bump[i64]"),
]
ALL = AXPY + BUMP + SCALARS + TEMPORARY + SPIN + SCALE


def lowered(text: str = ALL) -> Any:
    """The LLVM-level module that the pipeline would give, its context entered by the caller."""
    module = ir.Module.parse(text)
    for op in module.body.operations:
        symbol = ir.StringAttr(op.attributes["sym_name"]).value
        if symbol in SIGNATURES:
            signature.attach(op, SIGNATURES[symbol])
    errors.attach(module, ERRORS)
    PassManager.parse(_TAIL).run(module.operation)
    return module


def emitted(emit: str = "", chip: str = "native", **options: Any) -> Any:
    with ir.Context(), ir.Location.unknown():
        given = Options("prog", emit=emit, source_path="prog.py", source_digest="00", **options)
        return backend("cpu").emit(lowered(), Target("cpu", chip), given)
