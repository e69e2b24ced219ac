"""The way of a program to kernels for an NVIDIA GPU: which passes, in which order, and why in this order."""

from __future__ import annotations

from pyc.passes.adopt_destinations import AdoptDestinations
from pyc.passes.base import BUFFER, Pass, Pipeline, Upstream
from pyc.passes.bufferize import Bufferize
from pyc.passes.expand_kernel_floats import ExpandKernelFloats
from pyc.passes.fuse_elementwise import FuseElementwise
from pyc.passes.gpu_schedule import GpuSchedule
from pyc.passes.inline_calls import InlineCalls
from pyc.passes.lower_gpu_to_nvvm import LowerGpuToNvvm
from pyc.passes.lower_to_linalg import LowerToLinalg
from pyc.passes.map_to_gpu import MapToGpu
from pyc.passes.reuse_destinations import ReuseDestinations
from pyc.passes.separate_destinations import SeparateDestinations
from pyc.passes.strip_meta import StripMeta

from .schedule import DEFAULT


def pipeline() -> Pipeline:
    """From PYC to NVVM."""
    return Pipeline([*to_buffers(), *to_kernels()])


def to_buffers() -> list[Pass]:
    """From PYC to BUFFER, as for a CPU: what is fused and what is in place does not depend on the target."""
    return [
        LowerToLinalg(),
        # Before fusion, which sees one function at a time.
        InlineCalls(),
        # While types still say which target a value is on, so that transfers stay what they are.
        FuseElementwise(),
        StripMeta(),
        # After the last elimination of common subexpressions.
        SeparateDestinations(),
        ReuseDestinations(),
        # Before bufferisation, which then computes results where the caller wants them.
        AdoptDestinations(),
        Bufferize(),
    ]


def to_kernels(schedule: GpuSchedule = DEFAULT) -> list[Pass]:
    """From BUFFER to NVVM."""
    return [
        # One form of structured operation for the mapping to read.
        Upstream("generalize", "func.func(linalg-generalize-named-ops,canonicalize,cse)", BUFFER, BUFFER),
        MapToGpu(schedule),
        # After fusion, which removes most conversions.
        ExpandKernelFloats(),
        LowerGpuToNvvm(),
    ]
