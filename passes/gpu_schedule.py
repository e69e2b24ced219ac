"""What a target decides about the shape of its kernels: numbers only, which the mapping passes read."""

from __future__ import annotations

from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith

from . import gpu_kernel as code

#: Blocks in y and z of a grid are counted in 16 bits.
MAX_GRID_Y = 65535


@dataclass(frozen=True)
class MatmulTile:
    """A block computes ``rows x columns`` of a product, each thread ``per_thread`` squared, in steps of ``depth``."""

    rows: int
    columns: int
    depth: int
    per_thread: int

    @property
    def threads(self) -> tuple[int, int]:
        """Threads of a block along columns and rows."""
        return self.columns // self.per_thread, self.rows // self.per_thread


@dataclass(frozen=True)
class GpuSchedule:
    """How large blocks and tiles are; targets have their own, these numbers are right for none and bad for none.

    Block shapes are (threads in x, threads in y), narrowest first; at run time the first that covers x is taken.

    ``maps`` serve elementwise kernels; ``rows`` reductions along the innermost axis (x threads share one result), whose
    x must be a multiple of the warp; ``columns`` reductions along other axes (y threads share one result). A reduction
    of which a block would do more than ``split_after`` elements is divided over at most ``max_splits`` blocks.
    """

    maps: tuple[tuple[int, int], ...] = ((32, 8), (256, 1))
    rows: tuple[tuple[int, int], ...] = ((32, 8), (256, 1))
    columns: tuple[int, int] = (32, 8)
    split_after: int = 8192
    max_splits: int = 512
    matmul: MatmulTile = MatmulTile(64, 64, 16, 4)


def fitting(shapes: tuple[tuple[int, int], ...], extent: Any) -> tuple[Any, Any]:
    """Host values (x, y): the first of ``shapes`` whose x covers ``extent``, else the last."""
    x, y = (code.index(n) for n in shapes[-1])
    for width, height in reversed(shapes[:-1]):
        covers = arith.cmpi(arith.CmpIPredicate.ule, extent, code.index(width))
        x = arith.select(covers, code.index(width), x)
        y = arith.select(covers, code.index(height), y)
    return x, y


def threads_of(shapes: tuple[tuple[int, int], ...]) -> int:
    """The most threads among block shapes."""
    return max(x * y for x, y in shapes)
