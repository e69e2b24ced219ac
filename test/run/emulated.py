"""Functions built from pyc operations, compiled for CUDA and run by the emulator on NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from compiled import Failed, Parameter, build, numpy_dtype
from numpy.typing import NDArray

from pyc.dialects import errors, remarks
from pyc.dialects.dialect import context
from pyc.dialects.mlir import ir
from pyc.passes.base import Pipeline
from pyc.passes.gpu_schedule import GpuSchedule
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.cuda._program import Stopped, contiguous
from pyc.targets.cuda.pipeline import to_buffers, to_kernels
from pyc.targets.cuda.runtime import view_of
from pyc.targets.cuda.schedule import DEFAULT
from pyc.targets.emulator import emulate


class Emulated:
    """``body(*parameters)`` gives the results, then the final values of the parameters at ``writes``.

    ``edit`` may change the text of the module before it is run: a mutation.
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        body: Callable[..., Sequence[Any]],
        *,
        writes: Sequence[int] = (),
        order: str = "forwards",
        schedule: GpuSchedule = DEFAULT,
        edit: Callable[[str], str] = str,
    ) -> None:
        self.parameters = parameters
        with context(), ir.Location.file("program.py", 1, 1):
            # Bodies of tests say "cpu" where they make tensors.
            text = build(parameters, body, writes).operation.get_asm(enable_debug_info=True)
            module = ir.Module.parse(text.replace('"cpu"', '"cuda"'))
            Pipeline([*to_buffers(Target("cuda"), Options("test")), *to_kernels(schedule)]).run(module)
            self.text = str(module)
            self.errors, self.remarks = errors.read(module), remarks.read(module)
            self.function: Any = emulate(ir.Module.parse(edit(self.text)), order).f

    def __call__(self, arguments: Sequence[Any], results: Sequence[tuple[str, Sequence[int]]]) -> list[NDArray[Any]]:
        """The results, whose element types and shapes the caller knows. Written arguments change.

        Raises:
            Failed: a check failed.
        """
        memory = self.function._memory
        inputs = [
            view_of(a) if shape is not None else p.take(a, {})
            for a, (_, shape), p in zip(arguments, self.parameters, self.function._parameters, strict=True)
        ]
        outs = []
        for dtype, shape in results:
            array, address = memory.result(tuple(shape), numpy_dtype(dtype), None)
            outs.append(array)
            inputs.append(contiguous(address, tuple(shape), array.itemsize))
        try:
            self.function._program.run(inputs, memory)
        except Stopped as stopped:
            raise Failed(self.errors[stopped.number - 1]) from None
        return outs
