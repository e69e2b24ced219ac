"""The bridge from LLVM 24 text to LLVM 22, bit for bit, and what the code generator makes of it."""

from __future__ import annotations

import ctypes
import math
import re
import struct
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyc.dialects.mlir import ir, translate_to_llvm_ir
from pyc.passes import base
from pyc.targets import llvm

WIDTHS = {"half": ("f16", 16), "bfloat": ("bf16", 16), "float": ("f32", 32), "double": ("f64", 64)}


def llvm24_array(kind: str, patterns: list[int]) -> str:
    """LLVM 24's text of an array with these bit patterns, from MLIR itself."""
    element, width = WIDTHS[kind]
    values = ", ".join(f"0x{p:0{width // 4}X}" for p in patterns)
    n = len(patterns)
    constant = f"dense<[{values}]> : tensor<{n}x{element}>"
    text = f"llvm.mlir.global external constant @x({constant}) : !llvm.array<{n} x {element}>"
    with ir.Context(), ir.Location.unknown():
        return translate_to_llvm_ir(ir.Module.parse(text).operation)


def bits_after_bridge(kind: str, patterns: list[int]) -> list[int]:
    """What LLVM 22 has in memory for the array, as it lies in an object."""
    import llvmlite.binding as binding

    width = WIDTHS[kind][1]
    text = llvm.bridge(llvm24_array(kind, patterns))
    literals = re.findall(rf"{kind} (\S+?)[,\]]", text)
    assert len(literals) == len(patterns)
    cast = ", ".join(f"i{width} bitcast ({kind} {value} to i{width})" for value in literals)
    module = binding.parse_assembly(f"@x = constant [{len(patterns)} x i{width}] [{cast}]")
    printed = str(next(module.global_variables))
    return [int(v) % (1 << width) for v in re.findall(rf"i{width} (-?\d+)", printed)] or [0] * len(patterns)


@pytest.mark.parametrize("kind", ["half", "bfloat"])
def test_every_16_bit_pattern_survives(kind: str) -> None:
    patterns = list(range(1, 1 << 16))
    assert bits_after_bridge(kind, patterns) == patterns


def test_bf16_as_bits_changes_types_and_literals_alone() -> None:
    before = '!DIFile(filename: "a bfloat 0xR3F80") %bfloat = select i1 %c, bfloat 0xR3F80, bfloat 0xRBF80 ; bfloat'
    after = '!DIFile(filename: "a bfloat 0xR3F80") %bfloat = select i1 %c, i16 16256, i16 -16512 ; bfloat'
    assert llvm.bf16_as_bits(before) == after


@pytest.mark.parametrize("level", [0, 3])
def test_a_bf16_that_outlives_its_block_needs_no_library(level: int) -> None:
    text = """\
define void @f(i1 %c, bfloat %a, ptr %p) {
  br i1 %c, label %then, label %end
then:
  br label %end
end:
  %r = phi bfloat [ %a, %0 ], [ 0xR3F80, %then ]
  store bfloat %r, ptr %p
  ret void
}
"""
    code = llvm.optimise(text, llvm.cpu_machine("x86-64"), level, keep=["f"], bf16_moves=True)
    assert "__truncsfbf2" not in code.assembly()


@pytest.mark.parametrize("kind", ["float", "double"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_bit_patterns_survive(kind: str, data: st.DataObject) -> None:
    width = WIDTHS[kind][1]
    exponent = {32: 8, 64: 11}[width]
    fields = st.tuples(
        st.integers(0, 1),
        st.one_of(st.just(0), st.just((1 << exponent) - 1), st.integers(0, (1 << exponent) - 1)),
        st.integers(0, (1 << (width - 1 - exponent)) - 1),
    )
    packed = fields.map(lambda f: f[0] << (width - 1) | f[1] << (width - 1 - exponent) | f[2])
    decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-9999, max_value=9999).map(
        lambda d: int.from_bytes(struct.pack("<f" if width == 32 else "<d", float(d)), "little")
    )
    patterns = data.draw(st.lists(packed | decimals, min_size=2, max_size=50).filter(lambda p: any(p)))
    assert bits_after_bridge(kind, patterns) == patterns


@given(st.fractions(min_value=0, max_value=Fraction(10) ** 40, max_denominator=10**45))
def test_doubles_round_as_python_does(value: Fraction) -> None:
    expected = int.from_bytes(struct.pack("<d", value.numerator / value.denominator), "little")
    assert llvm._round(11, 52, value) == expected


@given(st.floats(width=32, allow_nan=False))
def test_singles_widen_exactly(value: float) -> None:
    bits = int.from_bytes(struct.pack("<f", value), "little")
    assert llvm._widen(bits) == int.from_bytes(struct.pack("<d", value), "little")


def test_a_decimal_is_rounded_once() -> None:
    # 1 + 2**-24 is a tie in f32 and rounds to even; a little above it must round up, which a double cannot tell.
    assert llvm.literal("float", "1.000000059604644775390625") == "0x3FF0000000000000"
    assert llvm.literal("float", "1.00000005960464477539062500000001") == "0x3FF0000020000000"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  %4 = fadd float %0, 1.000000e-01", "  %4 = fadd float %0, 0x3FB99999A0000000"),
        ("  ret half -qnan", "  ret half 0xHFE00"),
        ("  ret bfloat +snan(0x1)", "  ret bfloat 0xR7F81"),
        (
            "  %5 = fmul <2 x float> %1, splat (float 5.000000e-01)",
            "  %5 = fmul <2 x float> %1, splat (float 0x3FE0000000000000)",
        ),
        (
            "  %6 = insertvalue { float, double } { float 1.000000e+00, double +inf }, float f0x7FC00000, 0",
            "  %6 = insertvalue { float, double } { float 0x3FF0000000000000, double 0x7FF0000000000000 },"
            " float 0x7FF8000000000000, 0",
        ),
        (
            "  %9 = call double @f.1.5(half 1.000000e+00, double -0.000000e+00) ; +inf, 1.5",
            "  %9 = call double @f.1.5(half 0xH3C00, double 0x8000000000000000) ; +inf, 1.5",
        ),
        (
            "  %11 = phi float [ %16, %15 ], [ 1.000000e+00, %3.25 ]",
            "  %11 = phi float [ %16, %15 ], [ 0x3FF0000000000000, %3.25 ]",
        ),
        ("!3 = !{float 2.500000e+00}", "!3 = !{float 0x4004000000000000}"),
        ("  %7 = fcmp olt float %4, +inf", "  %7 = fcmp olt float %4, 0x7FF0000000000000"),
    ],
)
def test_rewrites(line: str, expected: str) -> None:
    assert llvm.bridge(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        'attributes #0 = { "note"="float 1.5 +inf" }',
        '@s = constant [12 x i8] c"float 1.5\\22\\00", align 1',
        '!0 = !{!"double +qnan 1.0"}',
        'define void @"float 1.5"(ptr %x1.5) {',
        "; double 1.500000e+00",
        "  %x.5 = add i32 %y.5, 3",
        'source_filename = "a float 1.5 b.py"',
        "float.1.5:",
    ],
)
def test_leaves_alone_what_is_no_literal(line: str) -> None:
    assert llvm.bridge(line) == line


def test_refuses_a_format_it_does_not_know() -> None:
    with pytest.raises(llvm.LlvmError, match="fp128"):
        llvm.bridge("  ret fp128 1.5")


KERNEL = """
source_filename = "LLVMDialectModule"
define float @fused(float %x, float %y, float %z) {
  %m = fmul float %x, %y
  %r = fadd float %m, %z
  ret float %r
}
define double @sum(ptr %p, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
  %s = phi double [ 0.000000e+00, %entry ], [ %t, %loop ]
  %q = getelementptr double, ptr %p, i64 %i
  %v = load double, ptr %q
  %t = fadd double %s, %v
  %j = add i64 %i, 1
  %c = icmp slt i64 %j, %n
  br i1 %c, label %loop, label %done
done:
  ret double %t
}
define double @exp(double %x) {
  %y = call double @llvm.exp.f64(double %x)
  %z = fadd double %y, 1.000000e+00
  ret double %z
}
define double @user(double %x) {
  %y = call double @exp(double %x)
  ret double %y
}
declare double @llvm.exp.f64(double)
"""


def compile_kernel(chip: str, level: int, *keep: str) -> llvm.Module:
    return llvm.optimise(KERNEL, llvm.cpu_machine(chip), level, keep=keep)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_levels_run_and_agree(level: int) -> None:
    loaded = llvm.Loaded(compile_kernel("native", level, "fused", "sum").object_code(), ["fused", "sum"])
    fused = ctypes.CFUNCTYPE(ctypes.c_float, *[ctypes.c_float] * 3)(loaded.addresses["fused"])
    assert fused(2.0, 3.0, 0.5) == 6.5
    values = (ctypes.c_double * 7)(1e16, 1.0, -1e16, 1.0, 1.0, 1e-3, 3.0)
    total = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.c_int64)(loaded.addresses["sum"])
    expected = 0.0
    for v in values:
        expected += v
    assert total(ctypes.addressof(values), 7) == expected


def test_no_contraction_and_no_reassociation() -> None:
    text = compile_kernel("x86-64-v3", 3, "fused", "sum").assembly()
    assert "vfmadd" not in text
    assert "vaddpd" not in text


def test_a_function_named_as_one_of_libm_is_not_taken_for_it() -> None:
    for level in (0, 3):
        loaded = llvm.Loaded(compile_kernel("native", level, "user").object_code(), ["user"])
        user = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(loaded.addresses["user"])
        assert user(1.0) == pytest.approx(math.e + 1.0)


def test_the_c_library_is_told_from_the_users_functions() -> None:
    assert llvm.C_LIBRARY == base.C_LIBRARY
    text = KERNEL.replace("@llvm.exp.f64", "@c.exp")
    for level in (0, 3):
        module = llvm.optimise(text, llvm.cpu_machine("native"), level, keep=["user"])
        loaded = llvm.Loaded(module.object_code(), ["user"])
        user = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(loaded.addresses["user"])
        assert user(1.0) == pytest.approx(math.e + 1.0)


def test_only_what_is_kept_stays() -> None:
    text = str(compile_kernel("x86-64-v3", 2, "fused"))
    assert "@fused" in text
    assert "sum" not in text


@pytest.mark.parametrize(
    "chip", ["", "native", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "neoverse-n1", "neoverse-v2"]
)
def test_chips_give_objects_and_the_same_bytes_again(chip: str) -> None:
    first = compile_kernel(chip, 3, "fused", "sum").object_code()
    assert first[:4] == b"\x7fELF"
    assert first == compile_kernel(chip, 3, "fused", "sum").object_code()


def test_ptx() -> None:
    module = llvm.optimise(KERNEL, llvm.Machine("nvptx64-nvidia-cuda", "sm_80", "+ptx70"), 3, keep=["fused"])
    assert ".target sm_80" in module.assembly()
    assert "mul.rn.f32" in module.assembly()


def test_bitcode_libraries_are_linked_and_dropped_where_unused() -> None:
    import llvmlite.binding as binding

    library = binding.parse_assembly(
        "define float @helper(float %x) { %y = fadd float %x, %x\n ret float %y }\ndefine void @unused() { ret void }"
    ).as_bitcode()
    text = (
        "declare float @helper(float)\ndefine float @f(float %x) { %y = call float @helper(float %x)\n ret float %y }"
    )
    module = str(llvm.optimise(text, llvm.cpu_machine("x86-64"), 2, keep=["f"], libraries=[library]))
    assert "fadd float %x, %x" in module
    assert "unused" not in module


@pytest.mark.parametrize(
    ("text", "keep"), [("define", "f"), ("define i32 @f() { ret i64 0 }", "f"), (KERNEL, "absent")]
)
def test_faults_are_named(text: str, keep: str) -> None:
    with pytest.raises(llvm.LlvmError):
        llvm.optimise(text, llvm.cpu_machine("x86-64"), 3, keep=[keep])


def test_an_object_with_unknown_symbols_does_not_load() -> None:
    text = "declare void @pyc_no_such_symbol()\ndefine void @f() { call void @pyc_no_such_symbol()\n ret void }"
    code = llvm.optimise(text, llvm.cpu_machine("native"), 3, keep=["f"]).object_code()
    with pytest.raises(llvm.LlvmError):
        llvm.Loaded(code, ["f"])
