"""What the host does in a call, as plain JSON: a list of steps over numbered slots, which ``_program.py`` runs.

========================================  ==========================================================================
step                                      meaning
========================================  ==========================================================================
``["int", d, op, bits, a, b]``            integer arithmetic, wrapped to ``bits``; ``op`` as in the arith dialect
``["wide", low, high, signed, bits, a, b]``  the two halves of a product
``["cmp", d, predicate, bits, a, b]``     1 or 0; ``predicate`` as in ``arith.cmpi``
``["convert", d, op, from, to, a]``       extension or truncation of an integer of ``from`` bits
``["select", d, c, a, b]``                ``a`` if ``c`` else ``b``
``["allocate", d, bytes, [sizes]]``       a contiguous temporary with elements of that many bytes
``["extent", d, view, axis]``             an extent of a view, ``axis`` a slot
``["parts", [d...], view]``               base, offset, sizes and strides of a view
``["view", d, base, offset, [sizes], [strides]]``  another view of the same memory, counted in elements
``["check", c, number]``                  stop with that error number unless ``c``
``["launch", kernel, [grid], [block], [arguments]]``  queue a kernel; nothing where a grid has no blocks
``["free", base]``                        give a temporary back, once the work queued so far is done
``["for", i, [from, to, step], [d...], [first...], [steps], [next...]]``
                                          ``d`` are ``first`` and, behind each round, ``next``; they stay behind it
``["while", [d...], [first...], [steps], c, [r...], [given...], [steps], [next...]]``
                                          steps that decide ``c`` and give ``r``; then, while it holds, the others
``["if", c, [r...], [[steps], [given...]], [[steps], [given...]]]``
                                          the steps of one branch, and what it gives
========================================  ==========================================================================

A temporary that goes into, through or out of a loop or branch has no ``free``: it ends with the last view of it.
Everything but kernels' names is a slot: a number. ``constants`` gives slots their initial value; the parameters of the
function, and then the places of its results, fill the first ones. All integers are signed: those of ``unsigned``, bits
by slot, are wrapped first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir
from pyc.dialects.types import DYNAMIC
from pyc.passes.base import PassError

_BINARY = frozenset(
    (
        "addi", "subi", "muli", "divsi", "divui", "remsi", "remui", "floordivsi", "ceildivsi", "ceildivui", "maxsi",
        "maxui", "minsi", "minui", "andi", "ori", "xori", "shli", "shrsi", "shrui",
    )
)  # fmt: skip
_CONVERSIONS = {"index_cast": "s", "index_castui": "u", "extsi": "s", "extui": "u", "trunci": "u"}
_PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
_SAME_VIEW = frozenset({"memref.cast"})
_DYNAMIC_STRIDE = ir.ShapedType.get_dynamic_stride_or_offset()


def host_program(function: Any) -> dict[str, Any]:
    """The host program of a function at level NVVM.

    Raises:
        PassError: an operation has no step.
    """
    return _Writer(function).program()


def checks_of(steps: Sequence[Any]) -> Iterator[int]:
    """The numbers of the errors that steps, and those inside them, can stop with."""
    for step in steps:
        if isinstance(step, list):
            if step and step[0] == "check":
                yield step[2]
            else:
                yield from checks_of(step)


class _Writer:
    def __init__(self, function: Any) -> None:
        self.function = function
        (self.block,) = function.regions[0].blocks
        self.slots: dict[Any, int] = {}
        self.constants: dict[int, int] = {}
        self.known: dict[int, int] = {}
        self.steps: list[list[Any]] = []
        self.count = 0
        #: By slot of a view: the slot of the temporary that it lies in.
        self.owners: dict[int, int] = {}
        #: By slot of a temporary: the steps that it is made in, and the last of them that works on it or a view of it.
        self.made: dict[int, list[list[Any]]] = {}
        self.last: dict[int, int] = {}
        #: Temporaries that control flow carries: which of them a view lies in, only a run can tell.
        self.carried: set[int] = set()

    def program(self) -> dict[str, Any]:
        for argument in self.block.arguments:
            self._define(argument)
        inputs = self.count
        steps = self._steps_of(self.block)
        constants = {str(slot): value for slot, value in self.constants.items()}
        program = {"inputs": inputs, "slots": self.count, "constants": constants, "steps": steps}
        unsigned = {str(i): bits for i, bits in enumerate(self._unsigned()) if bits}
        return {**program, "unsigned": unsigned} if unsigned else program

    def _unsigned(self) -> list[int]:
        """How many bits parameters have that are integers without a sign; 0 for the others."""
        parameters = signature.read(self.function).parameters if "pyc.signature" in self.function.attributes else ()
        return [int(p.dtype[1:]) if p.dims is None and p.dtype[0] == "u" else 0 for p in parameters]

    def _steps_of(self, block: Any) -> list[list[Any]]:
        """The steps of a block. Temporaries that are made in it, and do not leave it, are given back in it."""
        around, self.steps = self.steps, []
        steps = self.steps
        for operation in block.operations:
            self._write(operation.operation)
            for operand in operation.operands:
                self._note_use(operand)
        ends = [(self.last[owner], owner) for owner, within in self.made.items() if within is steps]
        for step, owner in sorted(ends, key=lambda end: -end[0]):
            if owner not in self.carried:
                steps.insert(step + 1, ["free", owner])
        self.steps = around
        return steps

    def _note_use(self, value: Any) -> None:
        owner = self.owners.get(self.slots.get(value, -1))
        if owner is not None:
            steps = self.made[owner]
            # A loop or branch around the use is the step that comes next, where the temporary was made outside of it.
            self.last[owner] = len(steps) - 1 if steps is self.steps else len(steps)

    def _define(self, value: Any) -> int:
        self.slots[value] = self.count
        self.count += 1
        return self.slots[value]

    def _constant(self, number: int) -> int:
        if number not in self.known:
            self.known[number] = self.count
            self.constants[self.count] = number
            self.count += 1
        return self.known[number]

    def _uses(self, values: Any) -> list[int]:
        return [self.slots[v] for v in values]

    def _write(self, operation: Any) -> None:
        dialect, _, name = operation.name.partition(".")
        operands = list(operation.operands)
        if dialect == "arith":
            self._arithmetic(operation, name)
        elif operation.name in _SAME_VIEW:
            self.slots[operation.results[0]] = self.slots[operands[0]]
        elif operation.name == "memref.alloc":
            self._allocate(operation)
        elif operation.name == "memref.dim":
            source, axis = self._uses(operands)
            self.steps.append(["extent", self._define(operation.results[0]), source, axis])
        elif operation.name == "memref.extract_strided_metadata":
            source = self.slots[operands[0]]
            self.steps.append(["parts", [self._define(r) for r in operation.results], source])
            self._lies_in(self.slots[operation.results[0]], source)
        elif operation.name == "memref.reinterpret_cast":
            self._view(operation)
        elif operation.name == "cf.assert":
            number = int(ir.StringAttr(operation.attributes["msg"]).value)
            self.steps.append(["check", self.slots[operands[0]], number])
        elif operation.name == "gpu.launch_func":
            self._launch(operation)
        elif operation.name in _CONTROL:
            _CONTROL[operation.name](self, operation)
        elif operation.name in ("scf.yield", "scf.condition"):
            self._note_carried(operands)  # before temporaries of this block are given back
        elif operation.name != "func.return":
            raise PassError(f"the host program has no step for {operation.name} at {operation.location}")

    # --- control flow ---

    def _for(self, operation: Any) -> None:
        (block,) = operation.regions[0].blocks
        bounds, first = self._uses(list(operation.operands)[:3]), self._carry(list(operation.operands)[3:])
        counter, *carried = block.arguments
        number, places = self._define(counter), self._define_all(carried)
        self._alias(operation.results, carried)
        steps = self._steps_of(block)
        following = self._carry(terminator(block).operands)
        self.steps.append(["for", number, bounds, places, first, steps, following])

    def _while(self, operation: Any) -> None:
        before, after = (region.blocks[0] for region in operation.regions)
        first, places = self._carry(operation.operands), self._define_all(before.arguments)
        deciding = self._steps_of(before)
        condition, *given = terminator(before).operands
        decision, handed = self.slots[condition], self._carry(given)
        results = self._define_all(after.arguments)
        self._alias(operation.results, after.arguments)
        steps = self._steps_of(after)
        following = self._carry(terminator(after).operands)
        self.steps.append(["while", places, first, deciding, decision, results, handed, steps, following])

    def _if(self, operation: Any) -> None:
        condition = self.slots[operation.operands[0]]
        branches: list[list[Any]] = []
        for region in operation.regions:
            blocks = list(region.blocks)
            steps = self._steps_of(blocks[0]) if blocks else []
            branches.append([steps, self._carry(terminator(blocks[0]).operands) if blocks else []])
        self.steps.append(["if", condition, self._define_all(operation.results), *branches])

    def _carry(self, values: Sequence[Any]) -> list[int]:
        """The slots of what goes into, through or out of control flow. Floats of the host are placeholders."""
        self._note_carried(values)
        return [self._constant(0) if isinstance(v.type, ir.FloatType) else self.slots[v] for v in values]

    def _note_carried(self, values: Sequence[Any]) -> None:
        self.carried.update(self.owners[self.slots[v]] for v in values if self.slots.get(v) in self.owners)

    def _define_all(self, values: Sequence[Any]) -> list[int]:
        return [self._define(v) for v in values]

    def _alias(self, values: Sequence[Any], others: Sequence[Any]) -> None:
        for value, other in zip(values, others, strict=True):
            self.slots[value] = self.slots[other]

    # --- one step ---

    def _arithmetic(self, operation: Any, name: str) -> None:
        operands = self._uses(operation.operands) if name != "constant" else []
        if name == "constant":
            attribute = operation.attributes["value"]
            if isinstance(attribute, ir.IntegerAttr):
                # An i1 reads as -1 where it is true.
                value = attribute.value & 1 if _bits(attribute.type) == 1 else attribute.value
                self.slots[operation.results[0]] = self._constant(value)
            elif isinstance(attribute, ir.BoolAttr):
                self.slots[operation.results[0]] = self._constant(int(attribute.value))
            elif isinstance(attribute, ir.FloatAttr):
                pass  # a placeholder: what control flow would carry of floats lies in the GPU's memory
            else:
                raise PassError(f"the host program has no constant {attribute}")
        elif name in _BINARY:
            bits = _bits(operation.results[0].type)
            self.steps.append(["int", self._define(operation.results[0]), name, bits, *operands])
        elif name in ("mulsi_extended", "mului_extended"):
            bits = _bits(operation.results[0].type)
            low, high = (self._define(r) for r in operation.results)
            self.steps.append(["wide", low, high, name == "mulsi_extended", bits, *operands])
        elif name == "cmpi":
            predicate = _PREDICATES[ir.IntegerAttr(operation.attributes["predicate"]).value]
            bits = _bits(operation.operands[0].type)
            self.steps.append(["cmp", self._define(operation.results[0]), predicate, bits, *operands])
        elif name == "select":
            self._note_carried(list(operation.operands)[1:])
            self.steps.append(["select", self._define(operation.results[0]), *operands])
        elif name in _CONVERSIONS:
            source, target = operation.operands[0].type, operation.results[0].type
            kind = _CONVERSIONS[name]
            self.steps.append(
                ["convert", self._define(operation.results[0]), kind, _bits(source), _bits(target), *operands]
            )
        else:
            raise PassError(f"the host program has no step for {operation.name} at {operation.location}")

    def _allocate(self, operation: Any) -> None:
        t = operation.results[0].type
        dynamic = iter(self._uses(operation.operands))
        sizes = [next(dynamic) if s == DYNAMIC else self._constant(s) for s in t.shape]
        width = t.element_type.width
        slot = self._define(operation.results[0])
        self.steps.append(["allocate", slot, max(width // 8, 1), sizes])
        self.owners[slot], self.made[slot], self.last[slot] = slot, self.steps, len(self.steps) - 1

    def _view(self, operation: Any) -> None:
        counts = list(ir.DenseI32ArrayAttr(operation.attributes["operandSegmentSizes"]))
        operands = self._uses(operation.operands)
        dynamic = iter(operands[counts[0] :])

        def slots(name: str) -> list[int]:
            values = list(ir.DenseI64ArrayAttr(operation.attributes[name]))
            return [next(dynamic) if v in (DYNAMIC, _DYNAMIC_STRIDE) else self._constant(v) for v in values]

        (offset,) = slots("static_offsets")
        sizes, strides = slots("static_sizes"), slots("static_strides")
        slot = self._define(operation.results[0])
        self.steps.append(["view", slot, operands[0], offset, sizes, strides])
        self._lies_in(slot, operands[0])

    def _launch(self, operation: Any) -> None:
        operands = self._uses(operation.operands)
        kernel = str(operation.attributes["kernel"]).rpartition("@")[2]
        self.steps.append(["launch", kernel, operands[:3], operands[3:6], operands[6:]])

    def _lies_in(self, view: int, source: int) -> None:
        if source in self.owners:
            self.owners[view] = self.owners[source]


_CONTROL: dict[str, Callable[[_Writer, Any], None]] = {
    "scf.for": _Writer._for,
    "scf.while": _Writer._while,
    "scf.if": _Writer._if,
}


def _bits(t: Any) -> int:
    return 64 if isinstance(t, ir.IndexType) else t.width
