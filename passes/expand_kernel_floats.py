"""GPU: conversions for which chips have no instruction become integer arithmetic, as ``expand-small-floats`` does it.

Every chip converts between f16 and all others, and between bf16 and f32. What else involves bf16, and all of f8, is
expanded: through f32 it would be rounded twice.
"""

from __future__ import annotations

from typing import ClassVar

from pyc.dataclass import dataclass

from .base import GPU, Level
from .expand_small_floats import ExpandSmallFloats


@dataclass(frozen=True)
class ExpandKernelFloats(ExpandSmallFloats):
    """Expand conversions of f8, and those of bf16 from and to anything but f32."""

    name: ClassVar[str] = "expand-kernel-floats"
    takes: ClassVar[Level] = GPU
    gives: ClassVar[Level] = GPU

    def _is_native(self, source: str, to: str) -> bool:
        if any(t.startswith("f8") for t in (source, to)):
            return False
        return "bf16" not in (source, to) or "f32" in (source, to)
