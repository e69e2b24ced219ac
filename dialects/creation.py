"""Tensors from nothing. ``sizes`` are ``i64``, one for each axis of the result."""

from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext
from .shape import one_size_each
from .types import element_of, is_tensor, shape_of
from .verify import NUMBERS, STORED, elements_in, fail, same_meta


class FillOp(Pyc.Operation, name="fill", traits=[ext.Pure]):
    """Every element is ``value``."""

    value: ext.Operand[Any]
    sizes: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if element_of(self.res.type) != self.value.type:
            return fail(self, f"fills {self.res.type} with {self.value.type}")
        return same_meta(self, [self.res]) and one_size_each(self)


class EmptyOp(Pyc.Operation, name="empty", traits=[ext.Pure]):
    """Elements of no particular value."""

    sizes: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return same_meta(self, [self.res]) and one_size_each(self)


class IotaOp(Pyc.Operation, name="iota", traits=[ext.Pure]):
    """0, 1, 2, ... along the one axis."""

    sizes: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not is_tensor(self.res.type) or len(shape_of(self.res.type)) != 1:
            return fail(self, "gives a tensor of one axis")
        return same_meta(self, [self.res]) and elements_in(self, [self.res], NUMBERS | STORED) and one_size_each(self)
