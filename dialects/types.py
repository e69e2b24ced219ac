"""Types of the dialect: builtin tensors whose encoding is ``#pyc.meta``, and builtin scalars.

In functions in memory form (``memory.py``), arrays are memrefs of any strides and offset, whose memory space is that.

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


def memref_type(dtype: str, shape: Sequence[int | None], precision: Precision | str, target: Target | str) -> Any:
    """``memref<shape x dtype, strided<[?, ...], offset: ?>, #pyc.meta<precision, target>>``: an array in memory."""
    sizes = [DYNAMIC if s is None else s for s in shape]
    return memref_of(sizes, element_type(dtype), meta(precision, target))


def memref_of(sizes: Sequence[int], element: Any, encoding: Any) -> Any:
    """The type of an array in memory from MLIR's own parts."""
    layout = ir.StridedLayoutAttr.get_fully_dynamic(len(sizes))
    return ir.MemRefType.get(list(sizes), element, layout, encoding)


def is_tensor(t: Any) -> bool:
    return isinstance(t, ir.RankedTensorType)


def is_memref(t: Any) -> bool:
    return isinstance(t, ir.MemRefType)


def is_array(t: Any) -> bool:
    """Whether a type is that of an array, as a value or in memory."""
    return is_tensor(t) or is_memref(t)


def element_of(t: Any) -> Any:
    """The element type of an array type; a scalar type itself."""
    return t.element_type if is_array(t) else t


def shape_of(t: Any) -> list[int]:
    """The extents of an array type, :data:`DYNAMIC` where unknown; empty for a scalar."""
    return list(t.shape) if is_array(t) else []


def meta_of(t: Any) -> Any:
    """The encoding of a tensor, or the memory space of a memref, as :class:`MetaAttr`; ``None`` where there is none."""
    found = t.encoding if is_tensor(t) else t.memory_space if is_memref(t) else None
    if found is None or isinstance(found, MetaAttr):
        return found
    return MetaAttr(found) if MetaAttr.isinstance(found) else None


def precision_of(t: Any) -> Precision | None:
    m = meta_of(t)
    return None if m is None else Precision.parse(ir.StringAttr(m.precision).value)


def target_of(t: Any) -> str | None:
    m = meta_of(t)
    return None if m is None else ir.StringAttr(m.target).value
