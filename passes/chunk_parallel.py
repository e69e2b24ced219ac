"""PYC to PYC: a loop whose rounds may run at the same time becomes a loop over chunks of rounds.

Before::

    %r = scf.for %i = %low to %high step %c1 iter_args(%s = %s0) -> (f64) {
      ...
      scf.yield %next
    } {pyc.parallel = ["add"]}

After::

    %parts = pyc.allocate(...)                          // one number for each chunk
    scf.for %chunk = %c0 to %chunks step %c1 {
      %p = scf.for %i = %first to %last step %c1 iter_args(%s = %zero) -> (f64) { ... }
      pyc.store %p, %parts[%chunk]
    } {pyc.parallel}
    %r = scf.for %chunk = %c0 to %chunks step %c1 iter_args(%s = %s0) -> (f64) {
      %p = pyc.load %parts[%chunk]
      %next = pyc.add %s, %p
      scf.yield %next
    }

Which rounds are a chunk depends on how many there are and on the body, never on how many threads run them: so do the
results. Chunks are not so small that starting them would be what takes the time. Inside such a loop, others run their
rounds one after the other; so does a loop that says something while it runs, whose lines would be out of order. That
rounds are independent is said of arrays that are apart: where arguments overlap, chunks come one after the other, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import build, remarks, signature
from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of
from pyc.dialects.walk import callee_of, is_inside, nested
from pyc.precision import DTYPES

from .base import PYC, Level, Pass

#: As the frontend has it: on a loop, how each number that it carries is combined. On a loop over chunks: the unit.
PARALLEL = "pyc.parallel"
_INFINITE = float("inf")


@dataclass(frozen=True)
class ChunkParallel(Pass):
    """Divide parallel loops into at most ``chunks`` parts, each of at least about ``least`` operations."""

    name: ClassVar[str] = "chunk-parallel"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    chunks: int = 256
    least: int = 8192

    def apply(self, module: Any) -> None:
        functions = {ir.StringAttr(f.attributes["sym_name"]).value: f for f in signature.functions(module)}
        found: list[remarks.Remark] = []
        with module.context, ir.Location.unknown():
            for function in functions.values():
                for loop in _outermost(function.operation):
                    if _says(loop, functions):
                        message = "the rounds of this loop over prange run one after the other: they print, or raise"
                        found.append(remarks.remark("E451", f"{message} with values in the message", loop.location))
                        del loop.attributes[PARALLEL]
                    else:
                        self._divide(loop, function.attributes)
        remarks.attach(module, found)

    def _divide(self, loop: Any, attributes: Any) -> None:
        target = ir.StringAttr(attributes["pyc.target"]).value
        kinds = [ir.StringAttr(k).value for k in ir.ArrayAttr(loop.attributes[PARALLEL])]
        low, high = list(loop.operands)[:2]
        entries = list(loop.operands)[3:]
        with ir.InsertionPoint(loop), loop.location:
            zero, one = (build.constant(n, "i64") for n in (0, 1))
            count = _distance(low, high, zero)
            size, chunks = self._sizes(count, max(1, self.least // _operations(loop)), one)
            parts = [_parts(self.chunks, v.type, target) for v in entries]
            outer = ir.Operation.create("scf.for", operands=[zero, chunks, one], regions=1)
            if "pyc.may_overlap" not in attributes:
                outer.attributes[PARALLEL] = ir.UnitAttr.get()
            body = outer.regions[0].blocks.append(build.i64())
        with ir.InsertionPoint(body), loop.location:
            chunk = body.arguments[0]
            first = build.binary("add", low, build.binary("mul", chunk, size))
            length = build.binary("minimum", size, build.binary("sub", high, first))
            last = build.binary("add", first, length)
            starts = [identity(kind, v.type) for kind, v in zip(kinds, entries, strict=True)]
            types = [v.type for v in entries]
            inner = ir.Operation.create("scf.for", types, [first, last, one, *starts], regions=1)
            loop.regions[0].blocks[0].append_to(inner.regions[0])
            for value, part in zip(inner.results, parts, strict=True):
                build.store(value, part, [chunk])
            ir.Operation.create("scf.yield")
        if entries:
            with ir.InsertionPoint(loop), loop.location:
                totals = _combine(kinds, entries, parts, (zero, chunks, one))
            for old, new in zip(loop.results, totals, strict=True):
                old.replace_all_uses_with(new)
        loop.erase()

    def _sizes(self, count: Any, least: int, one: Any) -> tuple[Any, Any]:
        """How many rounds a chunk has, and how many chunks there are."""
        size = build.binary("maximum", _quotient(count, self.chunks, one), build.constant(least, "i64"))
        before = build.binary("floordiv", build.binary("sub", count, one), size)  # -1 of no rounds
        return size, build.binary("add", before, one)


def _quotient(count: Any, divisor: int, one: Any) -> Any:
    """``count / divisor``, rounded up."""
    below = build.binary("floordiv", build.binary("sub", count, one), build.constant(divisor, "i64"))
    return build.binary("add", below, one)


def _distance(low: Any, high: Any, zero: Any) -> Any:
    """The number of rounds; of more than 64 bits can say, so many that nobody sees the last."""
    distance = build.binary("sub", build.binary("maximum", low, high), low)
    fits = build.compare("ge", distance, zero)
    return build.select(fits, distance, build.constant((1 << 63) - 1, "i64"))


def _outermost(function: Any) -> list[Any]:
    """The parallel loops of a function that are in no other; those that are lose their mark."""
    found: list[Any] = []
    for operation in nested(function, outer_first=True):
        if operation.name == "scf.for" and PARALLEL in operation.attributes:
            if any(is_inside(operation, loop) for loop in found):
                del operation.attributes[PARALLEL]
            else:
                found.append(operation)
    return found


def _says(operation: Any, functions: dict[str, Any]) -> bool:
    """Whether an operation, or a function that is called in it, says something."""
    pending, seen = [operation], set[str]()
    while pending:
        for op in nested(pending.pop()):
            if op.name == "pyc.tell":
                return True
            symbol = callee_of(op)
            if symbol in functions and symbol not in seen:
                seen.add(symbol)
                pending.append(functions[symbol].operation)
    return False


def _operations(loop: Any) -> int:
    """About how many operations a round has: those on arrays, loops inside and calls count as a thousand."""
    count = 0
    for op in nested(loop):
        many = op.name in ("scf.for", "scf.while", "func.call") or any(
            isinstance(v.type, ir.RankedTensorType) for v in (*op.operands, *op.results)
        )
        count += 1000 if many else 1
    return max(1, count - 1000)


# --- reductions -------------------------------------------------------------------------------------------------------


def _parts(count: int, t: Any, target: str) -> Any:
    """Memory for one number of each chunk."""
    dtype = dtype_of(t)
    return build.allocate(build.empty(dtype, [build.constant(count, "i64")], dtype, target))


def _combine(kinds: list[str], entries: list[Any], parts: list[Any], bounds: tuple[Any, Any, Any]) -> list[Any]:
    """What the loop carried at first, combined with the numbers of all chunks in their order."""
    op = ir.Operation.create("scf.for", [v.type for v in entries], [*bounds, *entries], regions=1)
    block = op.regions[0].blocks.append(build.i64(), *(v.type for v in entries))
    chunk, *totals = block.arguments
    with ir.InsertionPoint(block):
        values = [build.load(part, [chunk]) for part in parts]
        combined = [combine(k, total, v) for k, total, v in zip(kinds, totals, values, strict=True)]
        ir.Operation.create("scf.yield", operands=combined)
    return list(op.results)


def combine(kind: str, total: Any, value: Any) -> Any:
    """``total`` and the number of the next chunk as one."""
    match kind:
        case "int_add" | "int_mul":
            return build.exact(kind, total, value)
        case "min" | "max":
            better = build.compare("lt" if kind == "min" else "gt", value, total)
            return build.select(better, value, total)
        case "min_last" | "max_last":
            better = build.compare("lt" if kind == "min_last" else "gt", total, value)
            return build.select(better, total, value)
        case _:
            return build.binary(kind, total, value)


def _lowest(dtype: str) -> float | int:
    d = DTYPES[dtype]
    if d.kind == "float":
        return -_highest(dtype)
    return -(1 << (d.bits - 1)) if d.kind == "int" else 0


def _highest(dtype: str) -> float | int:
    d = DTYPES[dtype]
    if d.kind == "float":
        return _INFINITE if dtype != "f8e4m3" else 448.0
    return (1 << (d.bits - 1 if d.kind == "int" else d.bits)) - 1


#: By kind: the number that changes nothing, from an element type.
_IDENTITIES: dict[str, Callable[[str], Any]] = {
    "int_add": lambda dtype: 0,
    "int_mul": lambda dtype: 1,
    "add": lambda dtype: complex(-0.0, -0.0) if DTYPES[dtype].kind == "complex" else -0.0,
    "mul": lambda dtype: 1,
    "and": lambda dtype: 1 if dtype == "bool" else -1,
    "or": lambda dtype: 0,
    "xor": lambda dtype: 0,
    "min": _highest,
    "min_last": _highest,
    "minimum": _highest,
    "max": _lowest,
    "max_last": _lowest,
    "maximum": _lowest,
}


def identity(kind: str, t: Any) -> Any:
    """The constant that a reduction begins a chunk with."""
    dtype = dtype_of(t)
    return build.constant(_IDENTITIES[kind](dtype), dtype)
