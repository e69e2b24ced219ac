"""The way of a program to kernels for an NVIDIA GPU: which passes, in which order, and why in this order."""

from __future__ import annotations

from pyc.passes.base import BUFFER, Pass, Pipeline, Upstream
from pyc.passes.expand_kernel_floats import ExpandKernelFloats
from pyc.passes.expand_math.kernel import ExpandKernelMath
from pyc.passes.gpu_schedule import GpuSchedule
from pyc.passes.lower_gpu_to_nvvm import LowerGpuToNvvm
from pyc.passes.map_to_gpu import MapToGpu
from pyc.target import Target

from ..backend import Options
from ..cpu.pipeline import to_buffers
from .schedule import DEFAULT


def pipeline(target: Target, options: Options) -> Pipeline:
    """From PYC to NVVM; down to BUFFER as for a CPU: what is fused and what is in place is the same on all targets."""
    return Pipeline([*to_buffers(target, options), *to_kernels()])


def to_kernels(schedule: GpuSchedule = DEFAULT) -> list[Pass]:
    """From BUFFER to NVVM."""
    return [
        # One form of structured operation for the mapping to read.
        Upstream("generalize", "func.func(linalg-generalize-named-ops,canonicalize,cse)", BUFFER, BUFFER),
        MapToGpu(schedule),
        # After fusion, which removes most conversions.
        ExpandKernelFloats(),
        # Before libdevice is called for the rest.
        ExpandKernelMath(),
        LowerGpuToNvvm(),
    ]
