"""Host programs: each step does what the operation it stands for does, on numbers of every width."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from pyc.dialects.dialect import context
from pyc.dialects.mlir import PassManager, ir
from pyc.targets.cuda._program import Program, Stopped, View, contiguous
from pyc.targets.cuda.host_program import host_program

BINARY = (
    "addi", "subi", "muli", "divsi", "divui", "remsi", "remui", "floordivsi", "ceildivsi", "ceildivui", "maxsi",
    "maxui", "minsi", "minui", "andi", "ori", "xori",
)  # fmt: skip
SHIFTS = ("shli", "shrsi", "shrui")
PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
NUMBERS = (0, 1, 2, 3, 7, 63, 127, -1, -2, -7, -128)


class Notes:
    """A device that takes notes."""

    def __init__(self) -> None:
        self.launched: list[Any] = []
        self.live: set[int] = set()
        self.sizes: list[int] = []

    def allocate(self, size: int) -> int:
        self.sizes.append(size)
        address = 4096 * len(self.sizes)
        self.live.add(address)
        return address

    def release(self, address: int) -> None:
        self.live.remove(address)

    def launch(self, kernel: str, grid: Sequence[int], block: Sequence[int], arguments: bytes) -> None:
        self.launched.append((kernel, list(grid), list(block), arguments))


made_once = cache(context)


def folded(operation: str, t: str, result: str, a: int, b: int) -> int | None:
    """What MLIR makes of an operation on constants; ``None`` where it leaves it alone."""
    text = f"""func.func @f() -> {result} {{
      %a = arith.constant {a} : {t}
      %b = arith.constant {b} : {t}
      %0 = {operation} %a, %b : {t}
      return %0 : {result}
    }}"""
    with made_once():
        module = ir.Module.parse(text)
        PassManager.parse("builtin.module(canonicalize)").run(module.operation)
        (returned,) = [o for o in module.body.operations[0].regions[0].blocks[0].operations if "return" in o.name]
        maker = returned.operands[0].owner
        if maker.name != "arith.constant":
            return None
        attribute = maker.attributes["value"]
        return int(attribute.value) & 1 if result == "i1" else attribute.value


def computed(step: list[Any], values: Sequence[int]) -> int:
    """What a step leaves in slot 2, of values in slots 0 and 1."""
    steps = [step, ["launch", "k", [3] * 3, [3] * 3, [2]]]
    program = Program({"inputs": 2, "slots": 4, "constants": {"3": 1}, "steps": steps}, {"k": {"parameters": ["q"]}})
    device = Notes()
    program.run(list(values), device)
    return struct.unpack("q", device.launched[0][3])[0]


@pytest.mark.parametrize("bits", [8, 64])
@pytest.mark.parametrize("operation", [*BINARY, *SHIFTS])
def test_integer_arithmetic_is_mlirs(operation: str, bits: int) -> None:
    compared = 0
    for a in NUMBERS[::2]:
        for b in (0, 1, 3, 7) if operation in SHIFTS else NUMBERS:
            if b == 0 and ("div" in operation or "rem" in operation):
                assert computed(["int", 2, operation, bits, 0, 1], (a, b)) is not None
            elif (want := folded(f"arith.{operation}", f"i{bits}", f"i{bits}", a, b)) is not None:
                assert computed(["int", 2, operation, bits, 0, 1], (a, b)) == want, (a, b)
                compared += 1
    assert compared > 10


@pytest.mark.parametrize("predicate", PREDICATES)
def test_comparisons_are_mlirs(predicate: str) -> None:
    for a in NUMBERS[::2]:
        for b in NUMBERS[::2]:
            want = folded(f"arith.cmpi {predicate},", "i8", "i1", a, b)
            assert computed(["cmp", 2, predicate, 8, 0, 1], (a, b)) == want


def test_conversions_extend_and_truncate() -> None:
    assert computed(["convert", 2, "u", 64, 8, 0], (300, 0)) == 44
    assert computed(["convert", 2, "u", 64, 8, 0], (200, 0)) == -56
    assert computed(["convert", 2, "u", 8, 64, 0], (-56, 0)) == 200
    assert computed(["convert", 2, "s", 8, 64, 0], (-56, 0)) == -56
    assert computed(["convert", 2, "s", 1, 64, 0], (1, 0)) == -1
    assert computed(["convert", 2, "u", 1, 64, 0], (1, 0)) == 1


def test_products_have_two_halves() -> None:
    for a, b in [(1 << 62, 4), (-(1 << 63), -1), (3, -5)]:
        total = a * b
        assert computed(["wide", 2, 1, True, 64, 0, 1], (a, b)) == np.int64(np.uint64(total & (1 << 64) - 1))


def program(body: str, arguments: str = "%x: memref<?x?xf32, strided<[?, ?], offset: ?>>, %n: i64") -> Any:
    """The host program of a function with that body and kernel ``@k::@k`` of any parameters."""
    with context():
        module = ir.Module.parse(
            f"func.func @f({arguments}) -> i32 {{ {body}\n %r = arith.constant 0 : i32 return %r : i32 }}"
        )
        return host_program(module.body.operations[0])


def test_temporaries_end_with_their_last_user_and_after_failures() -> None:
    body = """
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %d = memref.dim %x, %c1 : memref<?x?xf32, strided<[?, ?], offset: ?>>
      %a = memref.alloc(%d) : memref<?xf32>
      %b = memref.alloc() : memref<3xf64>
      %e = memref.dim %a, %c0 : memref<?xf32>
      %i = arith.index_cast %e : index to i64
      %ok = arith.cmpi slt, %i, %n : i64
      cf.assert %ok, "7"
    """
    made = program(body)
    assert [s for s in made["steps"] if s[0] == "allocate"][1][2] == 8
    device = Notes()
    Program(made, {}).run([contiguous(0, (4, 5), 4), 9], device)
    assert (device.sizes, device.live) == ([20, 24], set())
    with pytest.raises(Stopped) as stopped:
        Program(made, {}).run([contiguous(0, (4, 5), 4), 2], device)
    assert stopped.value.number == 7
    assert not device.live


def test_views_count_from_the_beginning_of_memory() -> None:
    body = """
      %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %x
        : memref<?x?xf32, strided<[?, ?], offset: ?>> -> memref<f32>, index, index, index, index, index
      %c3 = arith.constant 3 : index
      %o = arith.addi %offset, %c3 : index
      %v = memref.reinterpret_cast %base to offset: [%o], sizes: [2], strides: [%strides#0]
        : memref<f32> to memref<2xf32, strided<[?], offset: ?>>
      %c0 = arith.constant 0 : index
      %d = memref.dim %v, %c0 : memref<2xf32, strided<[?], offset: ?>>
      %a = memref.alloc(%d) : memref<?xf32>
    """
    device = Notes()
    Program(program(body), {}).run([View(1000, 5, (4, 5), (7, 1), 4), 0], device)
    assert device.sizes == [8]


def test_a_launch_without_blocks_is_none() -> None:
    steps = [["launch", "k", [0, 1, 1], [1, 1, 1], []]]
    device = Notes()
    made = Program({"inputs": 2, "slots": 2, "constants": {}, "steps": steps}, {"k": {"parameters": []}})
    made.run([0, 1], device)
    assert not device.launched
    made.run([2, 1], device)
    assert device.launched == [("k", [2, 1, 1], [1, 1, 1], b"")]
