"""What the verifiers of several operations share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .mlir import ir
from .types import DYNAMIC, element_of, is_tensor, meta_of, shape_of, target_of

INTEGERS = frozenset(f"{s}{b}" for s in ("i", "ui") for b in (8, 16, 32, 64))
FLOATS = frozenset(("f8E4M3FN", "f8E5M2", "bf16", "f16", "f32", "f64"))
COMPLEX = frozenset(("complex<f32>", "complex<f64>"))
BOOL = frozenset(("i1",))
NUMBERS = INTEGERS | FLOATS | COMPLEX
REAL = INTEGERS | FLOATS
#: What arrays hold and nothing computes with.
STORED = frozenset(("si4", "ui4", "f4E2M1FN", "f8E8M0FNU"))
ANY = NUMBERS | BOOL | STORED


def fail(op: Any, message: str) -> bool:
    """Report ``message`` at the operation, in MLIR's manner; always ``False``, to be returned by a verifier."""
    op.location.emit_error(f"'{op.OPERATION_NAME}' op {message}")
    return False


def broadcast(a: Sequence[int], b: Sequence[int]) -> list[int] | None:
    """NumPy's broadcast of two shapes; ``None`` where they do not fit.

    An extent stretches only if it is statically 1. An unknown extent fits any other that is not 1: that the two are
    equal has been proved, or is checked at run time, before the operation.
    """
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + list(a), [1] * (rank - len(b)) + list(b)
    out = []
    for x, y in zip(a, b, strict=True):
        if x == 1 or y == 1:
            out.append(y if x == 1 else x)
        elif DYNAMIC in (x, y):
            out.append(x if y == DYNAMIC else y)
        elif x == y:
            out.append(x)
        else:
            return None
    return out


def compatible(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether two shapes can be the same at run time."""
    return len(a) == len(b) and all(x == y or DYNAMIC in (x, y) for x, y in zip(a, b, strict=True))


def shape_text(shape: Sequence[int]) -> str:
    return "[" + ", ".join("?" if s == DYNAMIC else str(s) for s in shape) + "]"


def same_meta(op: Any, values: Sequence[Any]) -> bool:
    """All tensors among ``values`` live on one target; scalars have none."""
    metas = [(v, meta_of(v.type)) for v in values if is_tensor(v.type)]
    if any(m is None for _, m in metas):
        return fail(op, "takes and gives tensors whose encoding is #pyc.meta")
    targets = {target_of(v.type) for v, _ in metas}
    if len(targets) > 1:
        return fail(op, f"combines values of different targets: {', '.join(sorted(map(str, targets)))}; insert pyc.to")
    return True


def elements_in(op: Any, values: Sequence[Any], allowed: frozenset[str]) -> bool:
    for v in values:
        if str(element_of(v.type)) not in allowed:
            return fail(op, f"does not take elements of type {element_of(v.type)}")
    return True


def result_shape(op: Any, want: Sequence[int], *, tensor: bool) -> bool:
    """The result is a tensor (or scalar) of a shape that can be ``want``."""
    r = op.results[0].type
    if is_tensor(r) != tensor:
        return fail(op, f"result should be a {'tensor' if tensor else 'scalar'}, is {r}")
    if not compatible(shape_of(r), want):
        return fail(op, f"result shape {shape_text(shape_of(r))} should be {shape_text(want)}")
    return True


def has_segments(op: Any) -> bool:
    """An operation with a varying number of operands says how many belong to each group."""
    return "operandSegmentSizes" in op.attributes or fail(op, "needs the attribute operandSegmentSizes")


def int_array(attribute: Any) -> list[int]:
    return [ir.IntegerAttr(a).value for a in attribute]
