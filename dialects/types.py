"""Types of the dialect: builtin tensors whose encoding is ``#pyc.meta``, and builtin scalars.

Unsigned elements are ``ui8`` to ``ui64`` at PYC, because a signless integer would not say how to divide or compare;
lowering to LINALG makes them signless.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.precision import DTYPES, Precision
from pyc.target import Target

from .dialect import MetaAttr
from .mlir import ir

#: How a dynamic extent is written in the shape lists of this package.
DYNAMIC: int = ir.ShapedType.get_dynamic_size()
_BY_MLIR = {d.mlir: d.name for d in DTYPES.values()}


def element_type(dtype: str) -> Any:
    """The MLIR type of an element type by its pyc name (``u8`` is ``ui8``)."""
    return ir.Type.parse(DTYPES[dtype].mlir)


def dtype_of(element: Any) -> str:
    """The pyc name of an MLIR element type.

    Raises:
        ValueError: it is no element type of the language.
    """
    name = _BY_MLIR.get(str(element))
    if name is None:
        raise ValueError(f"{element} is not an element type of the language")
    return name


def meta(precision: Precision | str, target: Target | str) -> Any:
    """The encoding attribute for a precision and a target."""
    return MetaAttr.get(ir.StringAttr.get(str(precision)), ir.StringAttr.get(str(target)))


def tensor_type(dtype: str, shape: Sequence[int | None], precision: Precision | str, target: Target | str) -> Any:
    """``tensor<shape x dtype, #pyc.meta<precision, target>>``; ``None`` is a dynamic extent."""
    sizes = [DYNAMIC if s is None else s for s in shape]
    return ir.RankedTensorType.get(sizes, element_type(dtype), meta(precision, target))


def is_tensor(t: Any) -> bool:
    return isinstance(t, ir.RankedTensorType)


def element_of(t: Any) -> Any:
    """The element type of a tensor type; a scalar type itself."""
    return t.element_type if is_tensor(t) else t


def shape_of(t: Any) -> list[int]:
    """The extents of a tensor type, :data:`DYNAMIC` where unknown; empty for a scalar."""
    return list(t.shape) if is_tensor(t) else []


def meta_of(t: Any) -> Any:
    """The encoding of a tensor type as :class:`MetaAttr`; ``None`` for a scalar or a bare tensor."""
    if not is_tensor(t) or t.encoding is None:
        return None
    return MetaAttr(t.encoding) if not isinstance(t.encoding, MetaAttr) else t.encoding


def precision_of(t: Any) -> Precision | None:
    m = meta_of(t)
    return None if m is None else Precision.parse(ir.StringAttr(m.precision).value)


def target_of(t: Any) -> str | None:
    m = meta_of(t)
    return None if m is None else ir.StringAttr(m.target).value
