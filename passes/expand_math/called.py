"""Functions with a rare case that takes a branch: LLVM cannot vectorise those, so there is a variant for vectors.

Before::

    %y = math.sin %x {pyc.elementwise} : f64

After, where the vectoriser takes ``sin.f64.8`` for eight calls of ``sin.f64``::

    %y = func.call @sin.f64(%x) : (f64) -> f64

    func.func private @sin.f64(f64) -> f64
    func.func private @sin.f64.8(vector<8xf64>) -> vector<8xf64>

Both compute all but vast arguments by polynomials, and leave those to the C library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pyc.dialects.mlir import arith, cf, func, ir, vector

from ..base import C_LIBRARY
from .real import Real, Truth

_EFFECTS = ", ".join(
    f"{kind} = none" for kind in ("other", "argMem", "inaccessibleMem", "errnoMem", "targetMem0", "targetMem1")
)
_PURE = f"llvm.memory_effects = #llvm.memory_effects<{_EFFECTS}>, llvm.will_return, llvm.no_unwind"
#: What code generation calls a function that is not exported.
_PREFIX = "pyc."


def define(
    module: Any, name: str, dtype: str, compute: Callable[[Real], Real], limit: float, lanes: int, *, fused: bool
) -> str:
    """The symbol of the function ``name`` of ``dtype``, added to a module with its variant for ``lanes`` at once.

    ``compute`` makes the value of an ``f64`` smaller than ``limit``, ``fused`` where there are fused multiply-adds.
    """
    symbol = f"{name}.{dtype}"
    libm = f"{C_LIBRARY}{name}"
    mapping = f"_ZGV_LLVM_N{lanes}v_{_PREFIX}{symbol}({_PREFIX}{symbol}.{lanes})"
    wide = f"vector<{lanes}x{dtype}>"
    text = f"""
        func.func private @{libm}(f64) -> f64 attributes {{{_PURE}}}
        func.func private @{symbol}({dtype}) -> {dtype} attributes {{
          llvm.no_inline, {_PURE}, llvm.passthrough = [["vector-function-abi-variant", "{mapping}"]]}}
        func.func private @{symbol}.{lanes}({wide}) -> {wide} attributes {{{_PURE}}}
    """
    declared = {ir.StringAttr(op.attributes["sym_name"]).value for op in module.body.operations}
    parsed = ir.Module.parse(text, module.context)
    for function in list(parsed.body.operations):
        if ir.StringAttr(function.attributes["sym_name"]).value not in declared:
            module.body.append(function)
            if function.attributes["sym_name"].value != libm:
                _fill(function, libm, partial(_value, compute, fused=fused), limit)
    return symbol


def _fill(function: Any, libm: str, compute: Callable[[Any], Real], limit: float) -> None:
    """Give a function its body: the polynomial, and behind a branch the C library's function."""
    (t,) = function.type.inputs
    location = function.location
    entry = function.add_entry_block()
    rare = function.body.blocks.append()
    done = function.body.blocks.append(t, arg_locs=[location])
    (x,) = entry.arguments
    with ir.InsertionPoint(entry), location:
        value = compute(x)
        vast = abs(Real(x)) >= limit
        cf.CondBranchOp(_any(vast), [], [value.value], rare, done)
    with ir.InsertionPoint(rare), location:
        cf.BranchOp([_exact(x, value.value, vast, libm)], done)
    with ir.InsertionPoint(done), location:
        func.ReturnOp([done.arguments[0]])


def _value(compute: Callable[[Real], Real], x: Any, *, fused: bool) -> Real:
    """What a function of f64 makes of a value, which may be of f32."""
    given = Real(x, fused)
    return compute(given.widened()).narrowed() if given.is_single() else compute(given)


def _any(truth: Truth) -> Any:
    """Whether it is true of any element."""
    if not isinstance(truth.value.type, ir.VectorType):
        return truth.value
    i1 = ir.IntegerType.get_signless(1)
    kind = ir.Attribute.parse("#vector.kind<or>")
    return vector.reduction(i1, kind, truth.value)


def _exact(x: Any, value: Any, vast: Truth, libm: str) -> Any:
    """The value with the C library's in the place of those of vast arguments."""
    if not isinstance(x.type, ir.VectorType):
        return _called(libm, x)
    for lane in range(x.type.shape[0]):
        element = vector.extract(x, [], [lane])
        kept = vector.extract(value, [], [lane])
        chosen = arith.select(vector.extract(vast.value, [], [lane]), _called(libm, element), kept)
        value = vector.insert(chosen, value, [], [lane])
    return value


def _called(symbol: str, x: Any) -> Any:
    """What the C library's function of f64 gives."""
    given = Real(x)
    wide = given.widened() if given.is_single() else given
    attributes = {"callee": ir.FlatSymbolRefAttr.get(symbol)}
    value = Real(ir.Operation.create("func.call", [wide.value.type], [wide.value], attributes).results[0])
    return (value.narrowed() if given.is_single() else value).value
