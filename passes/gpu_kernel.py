"""Device code: a kernel under construction, and the few operations that every mapping to the GPU is written with.

A :class:`Kernel` grows its parameters as its body asks for values of the host. Numbers that the host can know (extents,
integer arguments) are passed; scalars that only the device knows (a float computed from arguments, an element that was
loaded) are recomputed inside, so that nothing is ever copied back to decide a launch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pyc.dialects.mlir import arith, ir, memref, scf
from pyc.dialects.walk import nested

from .base import is_function
from .disjoint import disjoint

WARP = 32
#: Attributes of a kernel function: the most threads a block of it is launched with, and the user's function it is of.
MAX_THREADS, ORIGIN = "nvvm.maxntid", "pyc.kernel_of"


class Unmapped(Exception):
    """An operation has no form on a GPU. The message names it in the user's words."""


def index(value: int) -> Any:
    return arith.constant(ir.IndexType.get(), value)


def add(a: Any, b: Any) -> Any:
    return arith.addi(a, b)


def mul(a: Any, b: Any) -> Any:
    return arith.muli(a, b)


def less(a: Any, b: Any) -> Any:
    """``a < b`` of two numbers that are not negative."""
    return arith.cmpi(arith.CmpIPredicate.ult, a, b)


def equal(a: Any, b: Any) -> Any:
    return arith.cmpi(arith.CmpIPredicate.eq, a, b)


def both(a: Any, b: Any) -> Any:
    return arith.andi(a, b)


def smaller(a: Any, b: Any) -> Any:
    return arith.minui(a, b)


def ceil_divide(a: Any, b: Any) -> Any:
    return arith.ceildivui(a, b)


def product(values: Sequence[Any]) -> Any:
    out = index(1)
    for v in values:
        out = mul(out, v)
    return out


def register(operation: str, dimension: str) -> Any:
    """A special register: ``gpu.thread_id``, ``gpu.block_id``, ``gpu.block_dim`` or ``gpu.grid_dim`` of x, y or z."""
    attributes = {"dimension": ir.Attribute.parse(f"#gpu<dim {dimension}>")}
    return ir.Operation.create(operation, results=[ir.IndexType.get()], attributes=attributes).result


def thread(dimension: str) -> Any:
    return register("gpu.thread_id", dimension)


def block(dimension: str) -> Any:
    return register("gpu.block_id", dimension)


def block_size(dimension: str) -> Any:
    return register("gpu.block_dim", dimension)


def grid_size(dimension: str) -> Any:
    return register("gpu.grid_dim", dimension)


def barrier() -> None:
    """Wait until every thread of the block is here; all of them must come."""
    ir.Operation.create("gpu.barrier")


def shuffle(value: Any, distance: int) -> Any:
    """The value that the lane whose number differs by ``distance`` (a power of two) holds.

    Shuffles move 32 bits: narrower values travel in the low bits, wider ones in halves.
    """
    t = value.type
    bits = t.width
    as_integer = value if isinstance(t, ir.IntegerType) else arith.bitcast(_integer(bits), value)
    if bits == 64:
        halves = [arith.trunci(_integer(32), as_integer)]
        halves.append(arith.trunci(_integer(32), arith.shrui(as_integer, arith.constant(_integer(64), 32))))
        low, high = (arith.extui(_integer(64), _shuffle_word(h, distance)) for h in halves)
        moved = arith.ori(low, arith.shli(high, arith.constant(_integer(64), 32)))
    elif bits == 32:
        moved = _shuffle_word(as_integer, distance)
    else:
        moved = arith.trunci(_integer(bits), _shuffle_word(arith.extui(_integer(32), as_integer), distance))
    return moved if isinstance(t, ir.IntegerType) else arith.bitcast(t, moved)


def _integer(bits: int) -> Any:
    return ir.IntegerType.get_signless(bits)


def _shuffle_word(value: Any, distance: int) -> Any:
    i32 = _integer(32)
    operands = [value, arith.constant(i32, distance), arith.constant(i32, WARP)]
    attributes = {"mode": ir.Attribute.parse("#gpu<shuffle_mode xor>")}
    return ir.Operation.create(
        "gpu.shuffle", results=[i32, _integer(1)], operands=operands, attributes=attributes
    ).results[0]


@contextmanager
def when(condition: Any) -> Iterator[None]:
    """What is built inside runs where ``condition`` holds."""
    branch = scf.IfOp(condition)
    with ir.InsertionPoint(branch.then_block):
        yield
        scf.yield_([])


def choose(
    condition: Any, on_true: Callable[[], Sequence[Any]], on_false: Callable[[], Sequence[Any]], types: Sequence[Any]
) -> list[Any]:
    """Values of one of two branches; only the chosen one runs."""
    branch = scf.IfOp(condition, list(types), has_else=True)
    for target, values in ((branch.then_block, on_true), (branch.else_block, on_false)):
        with ir.InsertionPoint(target):
            scf.yield_(list(values()))
    return list(branch.results)


def loop(
    start: Any, stop: Any, step: Any, body: Callable[..., Sequence[Any]], carried: Sequence[Any] = ()
) -> list[Any]:
    """The final values of ``carried``; ``body(i, *carried)`` gives the next ones."""
    operation = scf.ForOp(start, stop, step, list(carried))
    with ir.InsertionPoint(operation.body):
        scf.yield_(list(body(operation.induction_variable, *operation.inner_iter_args)))
    return list(operation.results)


def delinearize(position: Any, extents: Sequence[Any]) -> list[Any]:
    """The row-major coordinates of a linear ``position`` in a box of ``extents``. One axis costs no division."""
    coordinates: list[Any] = []
    for extent in reversed(extents[1:]):
        coordinates.append(arith.remui(position, extent))
        position = arith.divui(position, extent)
    return [position, *reversed(coordinates)] if extents else []


def apply(expression: Any, dims: Sequence[Any]) -> Any:
    """The value of an affine expression of loop indices."""
    if isinstance(expression, ir.AffineDimExpr):
        return dims[expression.position]
    if isinstance(expression, ir.AffineConstantExpr):
        return index(expression.value)
    a, b = apply(expression.lhs, dims), apply(expression.rhs, dims)
    if isinstance(expression, ir.AffineAddExpr):
        return add(a, b)
    if isinstance(expression, ir.AffineMulExpr):
        return mul(a, b)
    if isinstance(expression, ir.AffineFloorDivExpr):
        return arith.divui(a, b)
    if isinstance(expression, ir.AffineModExpr):
        return arith.remui(a, b)
    raise Unmapped(f"indexing by {expression}")


def access(reference: Any, expressions: Sequence[Any], dims: Sequence[Any]) -> Any:
    """The element of ``reference`` at the affine ``expressions`` of ``dims``."""
    return memref.load(reference, [apply(e, dims) for e in expressions])


def maker(value: Any) -> Any | None:
    """The operation that makes a value; ``None`` for an argument."""
    return None if isinstance(value.owner, ir.Block) else value.owner.operation


def device_scalar(value: Any) -> bool:
    """Whether a scalar of the host function is computed inside the kernels that use it."""
    operation = maker(value)
    if operation is None:
        return False
    if operation.name == "memref.load":
        return True
    if not (operation.name.startswith("arith.") or is_function(operation.name)):
        return False
    if any(_is_float(v.type) for v in [*operation.operands, *operation.results]):
        return True
    return any(device_scalar(v) for v in operation.operands)


def _is_float(t: Any) -> bool:
    return isinstance(t, ir.FloatType)


class Kernel:
    """One ``gpu.func`` and the ``gpu.launch_func`` of it that stands before ``host``.

    Use as a context manager: what is built inside becomes the kernel's body.
    """

    def __init__(self, unit: Any, name: str, host: Any, threads: int) -> None:
        self.unit, self.name, self.host, self.threads = unit, name, host, threads
        self.arguments: list[Any] = []
        self._inside: dict[Any, Any] = {}
        with ir.InsertionPoint(unit.regions[0].blocks[0]), host.location:
            self.function = ir.Operation.create(
                "gpu.func",
                attributes={
                    "sym_name": ir.StringAttr.get(name),
                    "kernel": ir.UnitAttr.get(),
                    "function_type": ir.TypeAttr.get(ir.FunctionType.get([], [])),
                    MAX_THREADS: ir.DenseI32ArrayAttr.get([threads, 1, 1]),
                },
                regions=1,
            )
        self.body = self.function.regions[0].blocks.append()

    def __enter__(self) -> Kernel:
        self._location = self.host.location
        self._location.__enter__()
        self._point = ir.InsertionPoint(self.body)
        self._point.__enter__()
        # What comes from the host is set up before this operation, whenever it is first asked for.
        self._anchor = index(0).owner
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        try:
            if kind is None:
                ir.Operation.create("gpu.return")
                signature = ir.FunctionType.get([a.type for a in self.body.arguments], [])
                self.function.attributes["function_type"] = ir.TypeAttr.get(signature)
        finally:
            self._point.__exit__(kind, value, trace)
            self._location.__exit__(kind, value, trace)

    def inside(self, value: Any) -> Any:
        """What stands in the kernel for a value of the host function."""
        if value not in self._inside:
            with ir.InsertionPoint(self._anchor):
                self._inside[value] = self._import(value)
        return self._inside[value]

    def _import(self, value: Any) -> Any:
        operation = maker(value)
        if operation is not None and (operation.name == "arith.constant" or device_scalar(value)):
            operands = [self.inside(v) for v in operation.operands]
            copy = operation.clone()
            for i, operand in enumerate(operands):
                copy.operands[i] = operand
            for old, new in zip(operation.results, copy.results, strict=True):
                self._inside[old] = new
            return self._inside[value]
        self.arguments.append(value)
        return self.body.add_argument(value.type, self.host.location)

    def shared(self, shape: Sequence[int], element: Any) -> Any:
        """An array in the block's shared memory."""
        space = ir.IntegerAttr.get(ir.IntegerType.get_signless(64), 3)
        t = ir.MemRefType.get(list(shape), element, memory_space=space)
        siblings = self.unit.regions[0].blocks[0].operations
        name = f"{self.name}_shared{sum(o.operation.name == 'memref.global' for o in siblings)}"
        with ir.InsertionPoint.at_block_begin(self.unit.regions[0].blocks[0]):
            ir.Operation.create(
                "memref.global",
                attributes={
                    "sym_name": ir.StringAttr.get(name),
                    "sym_visibility": ir.StringAttr.get("private"),
                    "type": ir.TypeAttr.get(t),
                    "initial_value": ir.UnitAttr.get(),
                },
            )
        return memref.get_global(t, name)

    def evaluate(self, wanted: Sequence[Any], known: Mapping[Any, Any], dims: Sequence[Any]) -> list[Any]:
        """``wanted`` values of a structured operation's body, for ``known`` values of it, at loop indices ``dims``.

        Only what they need is built.
        """
        values = dict(known)
        return [self._evaluate(v, values, dims) for v in wanted]

    def _evaluate(self, value: Any, values: dict[Any, Any], dims: Sequence[Any]) -> Any:
        if value in values:
            return values[value]
        operation = maker(value)
        if operation is None or operation.parent.operation.name != "linalg.generic":
            return self.inside(value)
        if operation.name == "linalg.index":
            return dims[_loop_number(operation)]
        for needed in _from_outside(operation):
            values[needed] = self._evaluate(needed, values, dims)
        copy = operation.clone()
        self._rewire(copy, values, dims)
        values.update(zip(operation.results, copy.results, strict=True))
        return values[value]

    def copied(self, operation: Any) -> Any:
        """A copy of a host operation with regions, and all that is nested in it, in the kernel."""
        known = {v: self.inside(v) for v in _from_outside(operation)}
        copy = operation.clone()
        self._rewire(copy, known, ())
        return copy

    def _rewire(self, copy: Any, known: Mapping[Any, Any], dims: Sequence[Any]) -> None:
        """Replace, in a copy and what is nested in it, values from outside by those of the kernel."""
        local, indices = _defined_in(copy), []
        for operation in nested(copy):
            if operation.name == "linalg.index":
                indices.append(operation)
            for i, operand in enumerate(operation.operands):
                if operand not in local:
                    operation.operands[i] = known[operand]
        for operation in indices:
            operation.results[0].replace_all_uses_with(dims[_loop_number(operation)])
            operation.erase()

    def launch(self, grid: Sequence[Any], threads: Sequence[Any]) -> None:
        """Add the launch before the host operation: ``grid`` blocks of ``threads`` threads (host values; x, y, z)."""
        self._promise()
        unit = ir.StringAttr(self.unit.attributes["sym_name"]).value
        sizes = [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, len(self.arguments), 0]
        ir.Operation.create(
            "gpu.launch_func",
            operands=[*grid, *threads, *self.arguments],
            attributes={
                "kernel": ir.Attribute.parse(f"@{unit}::@{self.name}"),
                "operandSegmentSizes": ir.DenseI32ArrayAttr.get(sizes),
            },
            loc=self.host.location,
            ip=ir.InsertionPoint(self.host),
        )

    def _promise(self) -> None:
        """Mark parameters whose memory no parameter of this kernel writes: loads from them may be cached."""
        inside = list(self.body.arguments)
        stored = [a for a, i in zip(self.arguments, inside, strict=True) if _is_stored_to(i)]
        kept = [
            isinstance(a.type, ir.MemRefType) and all(disjoint(a, s, parameters=True) for s in stored)
            for a in self.arguments
        ]
        attributes = [ir.DictAttr.get({"llvm.readonly": ir.UnitAttr.get()} if k else {}) for k in kept]
        self.function.attributes["arg_attrs"] = ir.ArrayAttr.get(attributes)


def _is_stored_to(buffer: Any) -> bool:
    return any(use.owner.name == "memref.store" and use.operand_number == 1 for use in buffer.uses)


def _loop_number(operation: Any) -> int:
    return ir.IntegerAttr(operation.attributes["dim"]).value


def _defined_in(operation: Any) -> set[Any]:
    """Values defined by what is nested in an operation."""
    found: set[Any] = set()
    for region in operation.regions:
        for inner in region.blocks:
            found.update(inner.arguments)
            for o in inner.operations:
                found.update(o.results)
                found |= _defined_in(o.operation)
    return found


def _from_outside(operation: Any) -> list[Any]:
    """What an operation, and what is nested in it, uses and does not define."""
    local, found = _defined_in(operation), []
    for inner in nested(operation):
        found.extend(v for v in inner.operands if v not in local)
    return found
