"""Which buffers share memory, and how much it is."""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir

#: Operations on buffers that make another view of the same memory.
VIEWS = frozenset(
    f"memref.{o}"
    for o in (
        "subview", "cast", "expand_shape", "collapse_shape", "reinterpret_cast", "transpose",
        "extract_strided_metadata",
    )
) | {"builtin.unrealized_conversion_cast"}  # fmt: skip


def element_bytes(element: Any) -> int:
    """How many bytes an element takes in memory."""
    if isinstance(element, ir.IndexType):
        return 8
    if isinstance(element, ir.ComplexType):
        return 2 * element_bytes(element.element_type)
    return max(element.width // 8, 1)


def root(buffer: Any) -> Any:
    """The allocation or argument whose memory a buffer is a view of. Different ones do not overlap."""
    while not isinstance(buffer.owner, ir.Block) and buffer.owner.name in VIEWS:
        buffer = buffer.owner.operands[0]
    return buffer


def users(buffer: Any) -> list[Any]:
    """The operations that use a buffer: its views, and what uses it or them."""
    found: list[Any] = []
    for use in buffer.uses:
        user = use.owner.operation
        found.append(user)
        if user.name in VIEWS:
            found += [u for result in user.results for u in users(result)]
    return found
