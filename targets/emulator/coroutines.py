"""Kernels as coroutines for this machine: each GPU thread is one, and stops where threads wait for each other.

Before::

    llvm.func @f(%x: !llvm.ptr, ...) attributes {nvvm.kernel} { ... nvvm.barrier ... nvvm.shfl.sync bfly ... }

After::

    llvm.func @f(%x: !llvm.ptr, ..., %thread: !llvm.ptr) -> !llvm.ptr     // a handle, stopped at the start
      ... status = AT_BARRIER, suspend ...    value, lane -> record, status = AT_SHUFFLE, suspend, record -> result ...

``%thread`` is the thread's record of 32-bit words (:data:`WORDS`). What decides who runs next is ``schedule.py``.
"""

from __future__ import annotations

import re
from typing import Any

from pyc.dialects.mlir import ir, translate_to_llvm_ir
from pyc.passes.base import PassError

#: A thread's record: thread and block indices, block and grid sizes (x, y, z each), then these words.
STATUS, SENT, SOURCE, RECEIVED = 12, 13, 14, 15
WORDS = 16
READY, AT_BARRIER, AT_SHUFFLE, DONE = range(4)

_REGISTERS = {
    f"nvvm.read.ptx.sreg.{name}.{axis}": 3 * i + k
    for i, name in enumerate(("tid", "ctaid", "ntid", "nctaid"))
    for k, axis in enumerate("xyz")
}
#: Functions of libdevice whose C counterpart is not the same name without the prefix.
_LIBM = {"__nv_rsqrtf": "pyc_rsqrtf", "__nv_rsqrt": "pyc_rsqrt"}
#: Conversions that code generation calls and the C library may not have (the second goes through a float rounded to
#: odd, so that it rounds once), and the functions that resume and end coroutines.
CONVERSIONS = ("__truncsfbf2", "__truncdfhf2")
_SUPPORT = """
declare float @llvm.sqrt.f32(float)
declare double @llvm.sqrt.f64(double)
define internal float @pyc_rsqrtf(float %x) {
  %r = call float @llvm.sqrt.f32(float %x)
  %y = fdiv float 1.0, %r
  ret float %y
}
define internal double @pyc_rsqrt(double %x) {
  %r = call double @llvm.sqrt.f64(double %x)
  %y = fdiv double 1.0, %r
  ret double %y
}
define bfloat @__truncsfbf2(float %x) {
  %bits = bitcast float %x to i32
  %last = lshr i32 %bits, 16
  %odd = and i32 %last, 1
  %bias = add i32 %odd, 32767
  %rounded = add i32 %bits, %bias
  %nan = fcmp uno float %x, %x
  %quiet = or i32 %bits, 4194304
  %chosen = select i1 %nan, i32 %quiet, i32 %rounded
  %high = lshr i32 %chosen, 16
  %low = trunc i32 %high to i16
  %y = bitcast i16 %low to bfloat
  ret bfloat %y
}
declare double @llvm.fabs.f64(double)
define half @__truncdfhf2(double %x) {
  %near = fptrunc double %x to float
  %back = fpext float %near to double
  %inexact = fcmp one double %back, %x
  %size = call double @llvm.fabs.f64(double %x)
  %nearsize = call double @llvm.fabs.f64(double %back)
  %away = fcmp ogt double %nearsize, %size
  %bits = bitcast float %near to i32
  %one = zext i1 %away to i32
  %down = sub i32 %bits, %one
  %odd = or i32 %down, 1
  %chosen = select i1 %inexact, i32 %odd, i32 %bits
  %single = bitcast i32 %chosen to float
  %y = fptrunc float %single to half
  ret half %y
}
declare void @llvm.coro.resume(ptr)
declare void @llvm.coro.destroy(ptr)
"""
_OVER = """
define void @{name}(ptr %handles, ptr %order, i32 %n) {{
entry:
  br label %test
test:
  %i = phi i32 [ 0, %entry ], [ %next, %body ]
  %more = icmp slt i32 %i, %n
  br i1 %more, label %body, label %done
body:
  %at = getelementptr i32, ptr %order, i32 %i
  %which = load i32, ptr %at
  %place = getelementptr ptr, ptr %handles, i32 %which
  %handle = load ptr, ptr %place
  call void @llvm.coro.{what}(ptr %handle)
  %next = add i32 %i, 1
  br label %test
done:
  ret void
}}
"""


def coroutines(unit: Any) -> tuple[str, list[str], dict[str, int]]:
    """LLVM IR text, the names of its kernels, and the size in bytes of each shared array, by symbol.

    For each kernel ``f`` there is ``pyc_start_f(parameters, records, handles, threads)``, which makes the coroutines of
    a block; ``pyc_resume(handles, order, n)`` runs those that ``order`` lists until each stops, ``pyc_destroy`` ends
    them. ``unit`` is a device module at level NVVM, and is changed.

    Raises:
        PassError: an operation that the emulator does not know.
    """
    with unit.context, ir.Location.unknown():
        kernels, shared = [], {}
        for operation in unit.regions[0].blocks[0].operations:
            name = ir.StringAttr(operation.attributes["sym_name"]).value
            if operation.operation.name == "llvm.mlir.global":
                shared[name] = _expose(operation.operation)
            elif "nvvm.kernel" in operation.attributes:
                kernels.append((name, _argument_types(operation)))
                _Coroutine(operation.operation).rewrite()
        text = translate_to_llvm_ir(unit)
    text = re.sub(r"@__nv_(\w+)", lambda m: f"@{_LIBM.get(m[0][1:], m[1])}", text)
    starts = "".join(_start(name, types) for name, types in kernels)
    over = _OVER.format(name="pyc_resume", what="resume") + _OVER.format(name="pyc_destroy", what="destroy")
    return text + _support(text) + over + starts, [name for name, _ in kernels], shared


def _support(text: str) -> str:
    """:data:`_SUPPORT` without what ``text`` declares already."""
    lines = []
    for line in _SUPPORT.split("\n"):
        name = re.match(r"declare .*(@[\w.]+\()", line)
        if name is None or not re.search(rf"^declare .*{re.escape(name[1])}", text, re.MULTILINE):
            lines.append(line)
    return "\n".join(lines)


def _expose(array: Any) -> int:
    """Make a shared array a variable that the scheduler can see; gives its size in bytes."""
    array.attributes["linkage"] = ir.Attribute.parse("#llvm.linkage<external>")
    t = str(array.attributes["global_type"])
    size = max(int(re.sub(r"\D", "", t.rpartition(" x ")[2])) // 8, 1)
    for extent in re.findall(r"(\d+) x ", t):
        size *= int(extent)
    return size


def _argument_types(function: Any) -> list[str]:
    """LLVM's names of a kernel's parameter types."""
    text = str(function.attributes["function_type"])
    names = {"f16": "half", "bf16": "bfloat", "f32": "float", "f64": "double", "ptr": "ptr", "!llvm.ptr": "ptr"}
    inner = text[text.index("(") + 1 : text.rindex(")")]
    return [names.get(t, t) for t in inner.split(", ")] if inner else []


def _start(kernel: str, types: list[str]) -> str:
    """LLVM IR of the function that makes a block's coroutines, with parameters from one buffer, each aligned."""
    sizes = {"ptr": 8, "i64": 8, "double": 8, "i32": 4, "float": 4, "i16": 2, "half": 2, "bfloat": 2, "i8": 1, "i1": 1}
    loads, offset = [], 0
    for i, t in enumerate(types):
        offset = -(-offset // sizes[t]) * sizes[t]
        loads.append(f"  %q{i} = getelementptr i8, ptr %parameters, i64 {offset}\n")
        loads.append(f"  %a{i} = load {t}, ptr %q{i}\n")
        offset += sizes[t]
    arguments = "".join(f"{t} %a{i}, " for i, t in enumerate(types))
    return f"""
define void @pyc_start_{kernel}(ptr %parameters, ptr %records, ptr %handles, i32 %n) {{
entry:
{"".join(loads)}  br label %test
test:
  %i = phi i32 [ 0, %entry ], [ %next, %body ]
  %more = icmp slt i32 %i, %n
  br i1 %more, label %body, label %done
body:
  %word = mul i32 %i, {WORDS}
  %record = getelementptr i32, ptr %records, i32 %word
  %handle = call ptr @{kernel}({arguments}ptr %record)
  %place = getelementptr ptr, ptr %handles, i32 %i
  store ptr %handle, ptr %place
  %next = add i32 %i, 1
  br label %test
done:
  ret void
}}
"""


class _Coroutine:
    """The rewriting of one kernel."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.pointer, self.word = ir.Type.parse("!llvm.ptr"), ir.IntegerType.get_signless(32)
        self.token, self.flag = ir.Type.parse("token"), ir.IntegerType.get_signless(1)

    def rewrite(self) -> None:
        region = self.function.regions[0]
        first = region.blocks[0]
        for name in ("nvvm.kernel", "gpu.kernel", "nvvm.maxntid", "nvvm.reqntid"):
            if name in self.function.attributes:
                del self.function.attributes[name]
        self.function.attributes["passthrough"] = ir.ArrayAttr.get([ir.StringAttr.get("presplitcoroutine")])
        self.record = first.add_argument(self.pointer, self.function.location)
        self._retype(first)
        # From here on first is what runs, and before it a block that sets the coroutine up.
        work = [o.operation for block in region.blocks for o in block.operations]
        self.end, self.cleanup, self.final = (region.blocks.append() for _ in range(3))
        anchor = first.operations[0].operation
        with ir.InsertionPoint(anchor):
            self._begin()
        self._suspend(anchor, READY, include=True)
        for operation in work:
            self._replace(operation)
        self._finish()

    def _retype(self, first: Any) -> None:
        arguments = ", ".join(str(a.type) for a in first.arguments)
        self.function.attributes["function_type"] = ir.TypeAttr.parse(f"!llvm.func<ptr ({arguments})>")
        for name in ("arg_attrs", "res_attrs"):
            if name in self.function.attributes:
                del self.function.attributes[name]

    def _constant(self, value: int, t: Any) -> Any:
        attributes = {"value": ir.IntegerAttr.get(t, value)}
        return ir.Operation.create("llvm.mlir.constant", results=[t], attributes=attributes).result

    def _make(self, name: str, operands: list[Any], results: list[Any], **attributes: Any) -> Any:
        return ir.Operation.create(name, results=results, operands=operands, attributes=attributes)

    def _begin(self) -> None:
        i64 = ir.IntegerType.get_signless(64)
        null = self._make("llvm.mlir.zero", [], [self.pointer]).result
        self.identity = self._make(
            "llvm.intr.coro.id", [self._constant(0, self.word), null, null, null], [self.token]
        ).result
        size = self._make("llvm.intr.coro.size", [], [i64]).result
        memory = self._call("malloc", [size], [self.pointer])
        self.handle = self._make("llvm.intr.coro.begin", [self.identity, memory], [self.pointer]).result

    def _call(self, name: str, operands: list[Any], results: list[Any]) -> Any:
        unit = self.function.parent
        symbols = {ir.StringAttr(o.attributes["sym_name"]).value for o in unit.regions[0].blocks[0].operations}
        if name not in symbols:
            types = ", ".join(str(v.type) for v in operands)
            t = f"!llvm.func<{str(results[0]) if results else 'void'} ({types})>"
            ir.Operation.create(
                "llvm.func",
                attributes={"sym_name": ir.StringAttr.get(name), "function_type": ir.TypeAttr.parse(t)},
                regions=1,
                ip=ir.InsertionPoint.at_block_begin(unit.regions[0].blocks[0]),
            )
        call = self._make(
            "llvm.call",
            operands,
            results,
            callee=ir.FlatSymbolRefAttr.get(name),
            operandSegmentSizes=ir.DenseI32ArrayAttr.get([len(operands), 0]),
            op_bundle_sizes=ir.DenseI32ArrayAttr.get([]),
        )
        return call.result if results else None

    def _word(self, number: int) -> Any:
        return self._make(
            "llvm.getelementptr",
            [self.record],
            [self.pointer],
            rawConstantIndices=ir.DenseI32ArrayAttr.get([number]),
            elem_type=ir.TypeAttr.get(self.word),
        ).result

    def _load(self, number: int, t: Any) -> Any:
        return self._make("llvm.load", [self._word(number)], [t], volatile_=ir.UnitAttr.get()).result

    def _store(self, value: Any, number: int) -> None:
        self._make("llvm.store", [value, self._word(number)], [], volatile_=ir.UnitAttr.get())

    def _suspend(self, operation: Any, status: int, *, include: bool = False) -> Any:
        """Stop before what follows ``operation`` (or before it); gives the block that goes on."""
        block = operation.block
        rest = block.create_after()
        operations = [o.operation for o in block.operations]
        start = operations.index(operation) + (0 if include else 1)
        for moved in operations[start:]:
            rest.append(moved)
        with ir.InsertionPoint(block):
            self._store(self._constant(status, self.word), STATUS)
            saved = self._make("llvm.intr.coro.save", [self.handle], [self.token]).result
            self._switch(saved, 0, rest)
        return rest

    def _switch(self, saved: Any, final: int, rest: Any) -> None:
        """Suspend, and go to ``rest`` when resumed, to the cleanup when destroyed, else back to the scheduler."""
        operands = [saved, self._constant(final, self.flag)]
        outcome = self._make("llvm.intr.coro.suspend", operands, [ir.IntegerType.get_signless(8)]).result
        ir.Operation.create(
            "llvm.switch",
            operands=[outcome],
            successors=[self.end, rest, self.cleanup],
            attributes={
                "case_values": ir.Attribute.parse("dense<[0, 1]> : vector<2xi8>"),
                "case_operand_segments": ir.DenseI32ArrayAttr.get([0, 0]),
                "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 0, 0]),
            },
        )

    def _replace(self, operation: Any) -> None:
        if operation.name in _REGISTERS:
            with ir.InsertionPoint(operation):
                value = self._load(_REGISTERS[operation.name], self.word)
            operation.results[0].replace_all_uses_with(value)
            operation.erase()
        elif operation.name == "nvvm.barrier":
            self._suspend(operation, AT_BARRIER)
            operation.erase()
        elif operation.name == "nvvm.shfl.sync":
            self._shuffle(operation)
        elif operation.name == "llvm.return":
            with ir.InsertionPoint(operation):
                ir.Operation.create("llvm.br", successors=[self.final])
            operation.erase()
        elif operation.name.startswith("nvvm."):
            raise PassError(f"the emulator does not know {operation.name}")

    def _shuffle(self, operation: Any) -> None:
        if str(operation.attributes["kind"]) != "#nvvm<shfl_kind bfly>":
            raise PassError(f"the emulator does not know {operation}")
        _, value, distance, _ = operation.operands
        with ir.InsertionPoint(operation):
            self._store(value, SENT)
            self._store(distance, SOURCE)
        rest = self._suspend(operation, AT_SHUFFLE)
        with ir.InsertionPoint.at_block_begin(rest):
            received = self._load(RECEIVED, operation.results[0].type)
        operation.results[0].replace_all_uses_with(received)
        operation.erase()

    def _finish(self) -> None:
        none = ir.Type.parse("token")
        with ir.InsertionPoint(self.final):
            self._store(self._constant(DONE, self.word), STATUS)
            self._switch(self._make("llvm.mlir.none", [], [none]).result, 1, self.cleanup)
        with ir.InsertionPoint(self.cleanup):
            memory = self._make("llvm.intr.coro.free", [self.identity, self.handle], [self.pointer]).result
            self._call("free", [memory], [])
            ir.Operation.create("llvm.br", successors=[self.end])
        with ir.InsertionPoint(self.end):
            token = self._make("llvm.mlir.none", [], [none]).result
            self._make("llvm.intr.coro.end", [self.handle, self._constant(0, self.flag), token], [self.flag])
            ir.Operation.create("llvm.return", operands=[self.handle])
