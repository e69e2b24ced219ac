"""Which vector registers and instructions code for each chip has: those of its width, and no calls for conversions."""

from __future__ import annotations

import re
from functools import cache

import pytest
from language import HEADER

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend

#: The code for a chip is made once, for one process.
pytestmark = pytest.mark.xdist_group("vector_widths")
PROGRAM = (
    HEADER.replace("import Tensor", "import bf16, f16, Tensor")
    + """\
def chain(x: Tensor[f64, N], y: Tensor[f64, N], out: Tensor[f64, N]) -> None:
    out[:] = x * 0.5 + y * x - 1.0
def chosen(x: Tensor[f32, N], y: Tensor[f32, N], out: Tensor[f32, N]) -> None:
    out[:] = np.where(x > y, x * y, np.where(y < np.float32(0), -y, x + y))
def half(x: Tensor[f16, N], w: Tensor[f32, N], out: Tensor[f16, N]) -> None:
    out[:] = (x.astype(np.float32) * w + np.float32(1)).astype(np.float16)
def brain(x: Tensor[bf16, N], w: Tensor[f32, N], out: Tensor[bf16, N]) -> None:
    out[:] = (x.astype(np.float32) * w + np.float32(1)).astype(bf16)
def exponential(x: Tensor[f32, N], out: Tensor[f32, N]) -> None:
    out[:] = np.exp(x)
def total(x: Tensor[f32, N], y: Tensor[f32, N], out: Tensor[f32, N]) -> f32:
    return np.sum(x * y)
def largest(x: Tensor[f64, N], y: Tensor[f64, N], out: Tensor[f64, N]) -> f64:
    return np.max(x - y)
def rows(x: Tensor[f64, N, M]) -> Tensor[f64, M]:
    return np.sum(x * x, axis=0)
"""
)
NAMES = tuple(re.findall(r"^def (\w+)", PROGRAM, re.MULTILINE))
#: The registers of the widest vectors that a chip's code uses.
WIDEST = {"x86-64-v2": "xmm", "x86-64-v3": "ymm", "x86-64-v4": "zmm", "neoverse-n1": "v", "neoverse-v1": "z"}
#: Packed arithmetic of vectors, with three operands and with two, and of two or four numbers; AArch64's.
_X86 = re.compile(r"\t(v?(?:add|sub|mul|max|min|fn?m(?:add|sub)\d*|cvtps2ph|cvtph2ps|srld|psrld|paddd)[a-z0-9]*)\t(.*)")
_ARM = {"v": re.compile(r"\bv\d+\.(?:2d|4s|8h)"), "z": re.compile(r"\bz\d+\.[sdh]")}


@cache
def assembly(chip: str) -> dict[str, str]:
    """The code of each function for a chip, that of its chunks included."""
    target = Target.parse(f"cpu:{chip}")
    module = lower(Source("widths.py", PROGRAM), Request(target, NAMES)).module
    options = Options(name="program", emit="asm", pool=False)
    with module.context:
        cpu = backend("cpu")
        cpu.pipeline(target, options).run(module)
        (text,) = cpu.emit(module, target, options).files.values()
    found, name = dict.fromkeys(NAMES, ""), ""
    lines = (text.decode() if isinstance(text, bytes) else text).splitlines()
    for line in lines:
        label = re.match(r"(?:pyc\.|program_)(\w+)[\w.]*:|[A-Za-z_]", line)
        if label is not None:
            name = label[1] if label[1] in NAMES else ""
        if name:
            found[name] += f"{line}\n"
    return found


def registers(text: str, chip: str) -> set[str]:
    """The kinds of registers with which code does vector arithmetic."""
    if chip.startswith("neoverse"):
        return {kind for kind, pattern in _ARM.items() if pattern.search(text)}
    packed = [m[2] for line in text.splitlines() if (m := _X86.match(line)) and not re.search(r"s[sd](2|$)", m[1])]
    return {kind for operands in packed for kind in re.findall(r"%([xyz]mm)\d", operands)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("chip", WIDEST)
def test_vectors_are_as_wide_as_the_chip_has_them(chip, name):
    found = registers(assembly(chip)[name], chip)
    assert WIDEST[chip] in found, f"{found}"
    order = ["xmm", "ymm", "zmm"]
    if WIDEST[chip] in order:
        assert found <= set(order[: order.index(WIDEST[chip]) + 1])


@pytest.mark.parametrize("chip", WIDEST)
def test_conversions_and_functions_are_instructions(chip):
    for name in ("half", "brain", "exponential"):
        calls = re.findall(r"\t(?:callq?|bl)\t(\S+)", assembly(chip)[name])
        assert not [c for c in calls if re.match(r"__|exp|_ZGV", c)], (chip, name, calls)


def test_half_precision_is_converted_by_vectors():
    for chip, register in (("x86-64-v3", "ymm"), ("x86-64-v4", "zmm")):
        assert re.search(rf"vcvtph2ps\t.*%{register}", assembly(chip)["half"])
        assert re.search(rf"vcvtps2ph\t.*%{register}", assembly(chip)["half"])


@pytest.mark.parametrize("name", ["total", "largest"])
def test_reductions_have_several_accumulators(name):
    for chip, register in (("x86-64-v3", "ymm"), ("x86-64-v4", "zmm")):
        pattern = rf"\tv(?:fmadd\w*|add|max)p[sd]\t.*%({register}\d+)(?: |$)"
        blocks = re.split(r"\n\.L\w+:", assembly(chip)[name])
        assert max(len(set(re.findall(pattern, block, re.MULTILINE))) for block in blocks) >= 4


def test_conditions_are_masks():
    (loop,) = [b for b in re.split(r"\n\.L\w+:", assembly("x86-64-v4")["chosen"]) if "zmm" in b and "vcmp" in b][:1]
    assert "{%k" in loop
