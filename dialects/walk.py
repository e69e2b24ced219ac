"""The operations inside an operation, as a list, those around it, and what they call.

Passes choose all that they want before they change anything: of an operation that has been erased, nothing can be asked
any more, not even its name.
"""

from collections.abc import Iterator
from typing import Any

from .mlir import ir


def nested(operation: Any, *, outer_first: bool = False) -> list[Any]:
    """All operations inside an operation and the operation itself, in program order.

    Args:
        operation: Where to look.
        outer_first: Whether an operation comes before what its regions hold; otherwise it comes after.
    """
    found: list[Any] = []

    def visit(inner: Any) -> Any:
        found.append(inner)
        return ir.WalkResult.ADVANCE

    operation.walk(visit, ir.WalkOrder.PRE_ORDER if outer_first else ir.WalkOrder.POST_ORDER)
    return found


def around(operation: Any) -> Iterator[Any]:
    """An operation and those that it is in, the innermost first, within a function."""
    while operation is not None and (inner := operation.operation).name not in ("func.func", "builtin.module"):
        yield inner
        operation = inner.parent


def is_inside(operation: Any, outer: Any) -> bool:
    """Whether an operation is another one, or in it."""
    return any(o == outer for o in around(operation))


def within(operation: Any, block: Any) -> Any | None:
    """The operation of a block that an operation is, or is in; ``None`` where there is none."""
    return next((outer for outer in around(operation) if outer.block == block), None)


def function_of(operation: Any) -> Any:
    """The ``func.func`` that an operation is, or is in."""
    while operation.operation.name != "func.func":
        operation = operation.operation.parent
    return operation.operation


def calls_in(operation: Any) -> list[Any]:
    """The calls of functions inside an operation, in program order."""
    return [inner for inner in nested(operation) if inner.name == "func.call"]


def callee_of(operation: Any) -> str:
    """The symbol of the function that an operation calls, "" if it calls none that is known by name."""
    if operation.name in ("func.call", "llvm.call") and "callee" in operation.attributes:
        return ir.FlatSymbolRefAttr(operation.attributes["callee"]).value
    return ""
