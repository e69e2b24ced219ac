"""Functions in memory form, built from operations: compiled for this CPU, with books on what they allocate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from allocations import Books, watched
from compiled import Parameter

from pyc.dialects import remarks, types
from pyc.dialects.dialect import context
from pyc.dialects.mlir import func, ir
from pyc.dialects.signature import Signature, Value, attach, mismatches
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.pipeline import to_buffers

CPU = Target("cpu")


def module_of(parameters: Sequence[Parameter], body: Callable[..., Sequence[Any]], *, may_overlap: bool = False) -> Any:
    """A module with the exported function ``f`` in memory form, whose results are what ``body(*parameters)`` gives.

    All its arrays count as written.
    """
    module = ir.Module.create()
    kinds = [types.element_type(d) if s is None else types.memref_type(d, s, d, "cpu") for d, s in parameters]
    with ir.InsertionPoint(module.body):
        function = func.FuncOp("f", (kinds, []))
        block = function.add_entry_block()
        with ir.InsertionPoint(block):
            results = list(body(*block.arguments))
            func.ReturnOp(results)
    function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(kinds, [r.type for r in results]))
    function.attributes["pyc.memory"] = ir.StringAttr.get("a test says so")
    if may_overlap:
        function.attributes["pyc.may_overlap"] = ir.UnitAttr.get()
    values = [_value(f"p{i}", t, written=True) for i, t in enumerate(kinds)]
    given = [_value("", r.type) for r in results]
    writes = tuple(i for i, v in enumerate(values) if v.dims is not None)
    s = Signature("f", "f", "cpu", tuple(values), tuple(given), tuple(range(len(given))), len(given) > 1, writes)
    attach(function, s)
    assert mismatches(function) == []
    module.operation.verify()
    return module


def _value(name: str, t: Any, *, written: bool = False) -> Value:
    dtype = types.dtype_of(types.element_of(t))
    if not types.is_memref(t):
        return Value(name, dtype, dtype, None, dtype, "cpu")
    dims = tuple(f"{name}_{i}" if name else "?" for i in range(t.rank))
    return Value(name, "Tensor", dtype, dims, dtype, "cpu", written=written, allocated=not name)


class InMemory:
    """``body(*parameters)`` as a function on NumPy arrays: ``f``, with its ``books`` and the ``remarks`` on copies."""

    def __init__(self, parameters: Sequence[Parameter], body: Callable[..., Sequence[Any]], **more: Any) -> None:
        cpu, options = backend("cpu"), Options("test", "obj")
        with context(), ir.Location.file("program.py", 1, 1):
            module = module_of(parameters, body, **more)
            cpu.pipeline(CPU, options).run(module)
            self.remarks = [r for r in remarks.read(module) if r.code == "E450"]
            bundle, self.books = watched(cpu.emit(module, CPU, options))
        self.f: Callable[..., Any] = bundle.f


def buffers(parameters: Sequence[Parameter], body: Callable[..., Sequence[Any]], **more: Any) -> str:
    """The text of the function before it becomes loops."""
    with context(), ir.Location.file("program.py", 1, 1):
        module = module_of(parameters, body, **more)
        for step in to_buffers(CPU, Options("test", "obj")):
            step.apply(module)
        return str(module)


__all__ = ["Books", "InMemory", "buffers", "module_of"]
