"""Functions built from pyc operations, compiled for this machine's CPU and called on NumPy arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from pyc.dialects import errors, remarks, types
from pyc.dialects.dialect import context
from pyc.dialects.mlir import func, ir, translate_to_llvm_ir
from pyc.dialects.signature import Signature, Value, attach
from pyc.precision import DTYPES
from pyc.target import Target
from pyc.targets import llvm
from pyc.targets.backend import Options
from pyc.targets.cpu._pool import share
from pyc.targets.cpu.kernels import assembly
from pyc.targets.cpu.pipeline import pipeline
from pyc.targets.cpu.pool import without_pool
from pyc.targets.cpu.run import make_pool

Parameter = tuple[str, Sequence[int | None] | None]
_SCALARS: dict[str, Any] = {
    "bool": ctypes.c_bool, "i8": ctypes.c_int8, "i16": ctypes.c_int16, "i32": ctypes.c_int32, "i64": ctypes.c_int64,
    "u8": ctypes.c_uint8, "u16": ctypes.c_uint16, "u32": ctypes.c_uint32, "u64": ctypes.c_uint64,
    "f32": ctypes.c_float, "f64": ctypes.c_double,
}  # fmt: skip


def numpy_dtype(dtype: str) -> np.dtype[Any]:
    name = DTYPES[dtype].numpy
    return np.dtype(getattr(ml_dtypes, name, name))


class Failed(Exception):
    """A check failed: its kind, message and line."""

    def __init__(self, error: errors.Error) -> None:
        super().__init__(f"{error.kind}: {error.message}")
        self.error = error


class Compiled:
    """``body(*parameters)`` gives the results, then the final values of the parameters at ``writes``.

    ``chip`` is what code is made for, this machine unless told.
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        body: Callable[..., Sequence[Any]],
        *,
        writes: Sequence[int] = (),
        level: int = 1,
        chip: str = "",
    ) -> None:
        self.parameters, self.writes = parameters, writes
        with context(), ir.Location.file("program.py", 1, 1):
            module = build(parameters, body, writes)
            module.operation.verify()
            options, machine = Options("test"), llvm.cpu_machine(chip)
            pipeline(Target("cpu", chip), options).run(module)
            self.errors, self.remarks = errors.read(module), [r for r in remarks.read(module) if r.code == "E450"]
            kernels = assembly(module, machine, options, half=False)
            text = translate_to_llvm_ir(module.operation)
        symbol = "_mlir_ciface_f"
        shared = ["pyc.pool"] if "@pyc.pool =" in text else []
        code = llvm.optimise(without_pool(text), machine, level, keep=[symbol], assembly=kernels).object_code()
        self._code = llvm.Loaded(code, [symbol, *shared])
        if shared:
            share({"pool": "pyc.pool"}, self._code.addresses.__getitem__, self._code, make_pool)
        self._address = self._code.addresses[symbol]

    def __call__(self, arguments: Sequence[Any], results: Sequence[tuple[str, Sequence[int]]]) -> list[NDArray[Any]]:
        """The results, whose element types and shapes the caller knows. Written arguments change.

        Raises:
            Failed: a check failed.
        """
        outs = [np.full(shape, 77).astype(numpy_dtype(dtype)) for dtype, shape in results]
        keep = [self._argument(p, a) for p, a in zip(self.parameters, arguments, strict=True)]
        keep += [ctypes.byref(_descriptor(o)) for o in outs]
        call = ctypes.CFUNCTYPE(ctypes.c_int32)(self._address)
        call.argtypes = None  # type: ignore[assignment]
        number = call(*keep)
        if number:
            raise Failed(self.errors[number - 1])
        return outs

    @staticmethod
    def _argument(parameter: Parameter, value: Any) -> Any:
        dtype, shape = parameter
        return _SCALARS[dtype](value) if shape is None else ctypes.byref(_descriptor(value))


def build(parameters: Sequence[Parameter], body: Callable[..., Sequence[Any]], writes: Sequence[int] = ()) -> Any:
    """A module with the exported function ``f``."""
    module = ir.Module.create()
    kinds = [types.element_type(d) if s is None else types.tensor_type(d, s, d, "cpu") for d, s in parameters]
    with ir.InsertionPoint(module.body):
        function = func.FuncOp("f", (kinds, []))
        block = function.add_entry_block()
        with ir.InsertionPoint(block):
            results = list(body(*block.arguments))
            func.ReturnOp(results)
    function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(kinds, [r.type for r in results]))
    values = [_value(f"p{i}", t) for i, t in enumerate(kinds)]
    given = [_value("", r.type) for r in results[: len(results) - len(writes)]]
    s = Signature("f", "f", "cpu", tuple(values), tuple(given), tuple(range(len(given))), True, tuple(writes))
    attach(function, s)
    return module


def _value(name: str, t: Any) -> Value:
    dtype = types.dtype_of(types.element_of(t))
    if not types.is_tensor(t):
        return Value(name, dtype, dtype, None, dtype, "cpu")
    return Value(name, "Tensor", dtype, tuple(f"d{i}" for i in range(t.rank)), str(types.precision_of(t)), "cpu")


def _descriptor(a: NDArray[Any]) -> Any:
    class Descriptor(ctypes.Structure):
        _fields_ = [
            ("allocated", ctypes.c_void_p),
            ("aligned", ctypes.c_void_p),
            ("offset", ctypes.c_int64),
            ("sizes", ctypes.c_int64 * a.ndim),
            ("strides", ctypes.c_int64 * a.ndim),
        ]

    strides = [s // a.itemsize for s in a.strides]
    return Descriptor(
        a.ctypes.data, a.ctypes.data, 0, (ctypes.c_int64 * a.ndim)(*a.shape), (ctypes.c_int64 * a.ndim)(*strides)
    )
