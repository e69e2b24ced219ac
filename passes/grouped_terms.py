"""Instructions that multiply narrow integers in pairs or fours, and add all of these products to a 32-bit sum.

Of bytes, one adds four products (``vpdpbusd``); of 16-bit numbers, two (``pmaddwd``), to which bytes are widened. Sums
wrap around as those of 32-bit products do: intermediate results are exact. ``vpdpbusd`` multiplies bytes without a sign
by bytes with one. Where both have one, or neither, those of B are moved by 128.
"""

from __future__ import annotations

from dataclasses import dataclass

#: By the bits of a register: what multiplies pairs, and what multiplies fours and adds them to what there is.
_PAIRS = {128: "llvm.x86.sse2.pmadd.wd", 256: "llvm.x86.avx2.pmadd.wd", 512: "llvm.x86.avx512.pmaddw.d.512"}
_FOURS = "llvm.x86.avx512.vpdpbusd.{bits}"


@dataclass(frozen=True)
class Group:
    """How many ``terms`` are in one number; whether elements of A and of B have a sign, and the bits of a register."""

    terms: int
    left_signed: bool
    right_signed: bool
    bits: int

    @property
    def moved(self) -> bool:
        """Whether the bytes of B are moved by 128."""
        return self.terms == 4 and self.left_signed == self.right_signed

    @property
    def lanes(self) -> int:
        return self.bits // 32

    @property
    def narrow(self) -> str:
        """The type of a vector's elements as they are multiplied."""
        return f"vector<{self.lanes * self.terms}xi{32 // self.terms}>"

    def added(self, name: str, sums: str, left: str, right: str) -> list[str]:
        """The lines that add products to ``sums``; operands are vectors of 32-bit numbers."""
        wide, narrow = f"vector<{self.lanes}xi32>", self.narrow
        lines = [f"{name}_{x} = vector.bitcast {v} : {wide} to {narrow}" for x, v in (("a", left), ("b", right))]
        if self.terms == 2:
            call = f'llvm.call_intrinsic "{_PAIRS[self.bits]}"({name}_a, {name}_b) : ({narrow}, {narrow}) -> {wide}'
            return [*lines, f"{name}_ab = {call}", f"{name} = arith.addi {sums}, {name}_ab : {wide}"]
        # First the bytes without a sign.
        first, second = ("b", "a") if self.left_signed else ("a", "b")
        call = f'llvm.call_intrinsic "{_FOURS.format(bits=self.bits)}"({sums}, {name}_{first}, {name}_{second})'
        return [*lines, f"{name} = {call} : ({wide}, {narrow}, {narrow}) -> {wide}"]
