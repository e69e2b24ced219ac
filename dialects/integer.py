"""Arithmetic of Python's exact ``int``, held in 64 bits: a result that does not fit raises OverflowError.

But for the quotient, none of these is ``Pure``: an operation that may raise must stay where it is. Zero divisors and
negative shift counts are checked before (``pyc.check``), so that the error names what the user wrote.
"""

from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .verify import fail


def _is_i64(op: Any, values: list[Any]) -> bool:
    i64 = ir.IntegerType.get_signless(64)
    if any(v.type != i64 for v in values):
        return fail(op, "takes and gives i64")
    return True


class ExactBinaryOp(Pyc.Operation):
    lhs: ext.Operand[Any]
    rhs: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return _is_i64(self, [self.lhs, self.rhs, self.res])


class ExactUnaryOp(Pyc.Operation):
    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return _is_i64(self, [self.x, self.res])


class IntAddOp(ExactBinaryOp, name="int_add"): ...


class IntSubOp(ExactBinaryOp, name="int_sub"): ...


class IntMulOp(ExactBinaryOp, name="int_mul"): ...


class IntFloorDivOp(ExactBinaryOp, name="int_floordiv"): ...


class IntModOp(ExactBinaryOp, name="int_mod"): ...


class IntDivOp(Pyc.Operation, name="int_div", traits=[ext.Pure]):
    """``lhs / rhs`` as ``f64``: the quotient of the numbers, not of their roundings, rounded once."""

    lhs: ext.Operand[Any]
    rhs: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not _is_i64(self, [self.lhs, self.rhs]):
            return False
        return self.res.type == ir.F64Type.get() or fail(self, f"gives f64, not {self.res.type}")


class IntPowOp(ExactBinaryOp, name="int_pow"):
    """``lhs ** rhs`` for ``rhs >= 0``."""


class IntShiftLeftOp(ExactBinaryOp, name="int_shl"): ...


class IntShiftRightOp(ExactBinaryOp, name="int_shr"):
    """Keeps the sign; 0 or -1 where the count is 64 or more."""


class IntNegOp(ExactUnaryOp, name="int_neg"): ...


class IntAbsOp(ExactUnaryOp, name="int_abs"): ...
