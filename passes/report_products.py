"""BUFFER: how sums of products are computed: in blocks, by rows or columns of a matrix, or by loops.

Nothing changes but ``pyc.remarks`` on the module: E455 says it of each that is in a function of the program's source.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import remarks, signature
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass
from .block_contractions import elements_of, matrix_product
from .block_vector_products import vector_product
from .block_windows import window_product
from .buffers import element_bytes
from .contraction_groups import group_of
from .contraction_kernels import blocking
from .structured import read

_NAMES = {1: "", 2: ", two numbers of 16 bits at a time", 4: ", four bytes at a time"}


@dataclass(frozen=True)
class ReportProducts(Pass):
    """Say how products are computed on a machine with such registers, which multiplies ``grouped`` bytes at once."""

    name: ClassVar[str] = "report-products"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    bits: int = 256
    registers: int = 16
    grouped: int = 0

    def apply(self, module: Any) -> None:
        if "pyc.source" not in module.operation.attributes:
            return
        found: list[remarks.Remark] = []
        for function in signature.functions(module):
            if not signature.is_exported(function) or signature.is_variant(function):
                continue
            sums = [(op, self._way(op)) for op in nested(function.operation) if op.name == "linalg.generic"]
            found += [remarks.remark("E455", text, op.location) for op, text in sums if text]
        remarks.attach(module, [r for r in found if r.line])

    def _way(self, operation: Any) -> str:
        """How a sum of products is computed; empty for an operation that is none."""
        s = read(operation)
        if len(s.inputs) != 2 or len(s.outputs) != 1 or not s.reduced or (elements := elements_of(s)) is None:
            return ""
        kinds = f"{elements.left} by {elements.right}, sums in {elements.sum}"
        if product := matrix_product(operation):
            size = blocking(self.bits, self.registers, 8 * element_bytes(product.sum_type), self.grouped)
            group = group_of(elements, size)
            stack = "a stack of products" if product.outer else "a product"
            return f"{stack} of matrices ({kinds}) is computed in blocks{_NAMES[group.terms if group else 1]}"
        if windows := window_product(operation):
            way = "one by one" if windows.is_each else "in blocks"
            return f"a product of filters and windows of images ({kinds}) is computed {way}"
        if vector_product(operation):
            return f"a product of a matrix and a vector ({kinds}) is computed by rows or columns of the matrix"
        return f"a sum of products ({kinds}) is computed by loops"
