"""Functions compiled for several levels of x86-64 in one library, which chooses when it is loaded.

Each level is a module of its own, whose entry points are called ``<symbol>.<level>``; the lowest one has in addition
the entry points that callers know. These jump to the version that suits the machine::

    @stencil_step.chosen = internal global ptr @stencil_step.v2
    define i32 @stencil_step(ptr %0, i64 %1) {
      %version = load ptr, ptr @stencil_step.chosen
      %code = tail call i32 %version(ptr %0, i64 %1)
      ret i32 %code
    }

A constructor asks the processor what it has, and sets what is chosen. ``PYC_CPU=x86-64-v3`` in the environment keeps it
from choosing a higher level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyc.passes.base import C_LIBRARY

if TYPE_CHECKING:
    from .emit import Export

#: The levels that have versions, in order.
LEVELS = ("x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4")
#: Where the processor says what a level has beyond the one below: leaf of ``cpuid``, register, bits. Registers are
#: numbered as the results are: eax, ebx, ecx, edx.
_FEATURES: dict[str, tuple[tuple[int, int, tuple[int, ...]], ...]] = {
    # sse3 ssse3 cmpxchg16b sse4.1 sse4.2 popcnt
    "x86-64-v2": ((1, 2, (0, 9, 13, 19, 20, 23)),),
    # fma movbe osxsave avx f16c; bmi avx2 bmi2; lzcnt
    "x86-64-v3": ((1, 2, (12, 22, 27, 28, 29)), (7, 1, (3, 5, 8)), (0x80000001, 2, (5,))),
    # avx512 f dq cd bw vl
    "x86-64-v4": ((7, 1, (16, 17, 28, 30, 31)),),
}
#: The registers that the system must save for a level to be used: xmm and ymm; opmask and zmm besides.
_SAVED = {"x86-64-v3": 0x6, "x86-64-v4": 0xE6}
_CPUID = 'call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"'
_XGETBV = 'call { i32, i32 } asm sideeffect "xgetbv", "={ax},={dx},{cx}"(i32 0)'


def versioned(symbol: str, level: str) -> str:
    """The name of a function's version for a level."""
    return f"{symbol}.{level.removeprefix('x86-64').removeprefix('-') or 'v1'}"


def declared_elsewhere(text: str, symbol: str) -> str:
    """LLVM IR that uses the variable ``symbol`` of another module instead of its own."""
    return re.sub(rf"^@{re.escape(symbol)} = .*$", f"@{symbol} = external global ptr", text, flags=re.MULTILINE)


def dispatcher(exports: Sequence[Export], levels: Sequence[str], name: str, text: str) -> str:
    """LLVM IR of the entry points of a library, of what chooses their versions, and of what says which was chosen.

    Args:
        exports: The functions; their versions for the first level are in the same module.
        levels: In order, the lowest first, which every machine has that the library is loaded on.
        name: The symbol of the function that gives the name of the level that was chosen, as C text.
        text: What the module has already.
    """
    lowest, *higher = levels
    parts = [f'@.pyc.level.{k} = private constant [{len(v) + 1} x i8] c"{v}\\00"\n' for k, v in enumerate(levels)]
    parts.append(f"@.pyc.levels = private constant [{len(levels)} x ptr] [{_listed(levels)}]\n")
    parts.append("@.pyc.level = internal global ptr @.pyc.level.0\n")
    for e in exports:
        types = ", ".join(e.c_types)
        parts += [f"declare hidden i32 @{versioned(e.symbol, v)}({types})\n" for v in higher]
        parts.append(f"@{e.symbol}.chosen = internal global ptr @{versioned(e.symbol, lowest)}\n")
        parts.append(_entry(e))
    parts.append(f"define ptr @{name}() nounwind {{\n  %level = load ptr, ptr @.pyc.level\n  ret ptr %level\n}}\n")
    parts += [_has(level) for level in LEVELS[LEVELS.index(lowest) + 1 : LEVELS.index(higher[-1]) + 1]]
    parts.append(_choose(exports, levels, _undeclared(text)))
    parts.append(
        "@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }]"
        " [{ i32, ptr, ptr } { i32 65535, ptr @.pyc.choose, ptr null }]\n"
    )
    return "\n" + "".join(parts)


def _listed(levels: Sequence[str]) -> str:
    return ", ".join(f"ptr @.pyc.level.{k}" for k in range(len(levels)))


def _entry(e: Export) -> str:
    given = ", ".join(f"{kind} %{i}" for i, kind in enumerate(e.c_types))
    return (
        f"define i32 @{e.symbol}({given}) nounwind {{\n"
        f"  %version = load ptr, ptr @{e.symbol}.chosen\n"
        f"  %code = tail call i32 %version({given})\n  ret i32 %code\n}}\n"
    )


def _has(level: str) -> str:
    """A function that says whether the processor has what a level has beyond the one below."""
    lines, found = [], []
    for k, (leaf, register, bits) in enumerate(_FEATURES[level]):
        mask = sum(1 << b for b in bits)
        signed = leaf - (1 << 32) if leaf >> 31 else leaf
        mask = mask - (1 << 32) if mask >> 31 else mask
        # A processor answers a leaf that it does not have with that of another.
        lines.append(
            f"  %last{k} = {_CPUID}(i32 {signed & -0x80000000 if leaf >> 31 else 0}, i32 0)\n"
            f"  %most{k} = extractvalue {{ i32, i32, i32, i32 }} %last{k}, 0\n"
            f"  %there{k} = icmp uge i32 %most{k}, {signed}\n"
            f"  %says{k} = {_CPUID}(i32 {signed}, i32 0)\n"
            f"  %register{k} = extractvalue {{ i32, i32, i32, i32 }} %says{k}, {register}\n"
            f"  %bits{k} = and i32 %register{k}, {mask}\n"
            f"  %set{k} = icmp eq i32 %bits{k}, {mask}\n"
            f"  %has{k} = and i1 %there{k}, %set{k}\n"
        )
        found.append(f"%has{k}")
    for k, flag in enumerate(found[1:], 1):
        lines.append(f"  %all{k} = and i1 {'%has0' if k == 1 else f'%all{k - 1}'}, {flag}\n")
    features = f"%all{len(found) - 1}" if len(found) > 1 else "%has0"
    head = f"define internal i1 @.pyc.has.{level}() cold noinline nounwind {{\n{''.join(lines)}"
    if level not in _SAVED:
        return f"{head}  ret i1 {features}\n}}\n"
    # xgetbv is an illegal instruction where the system does not save registers of vectors at all.
    return (
        f"{head}  br i1 {features}, label %saved, label %lacks\nlacks:\n  ret i1 false\nsaved:\n"
        f"  %state = {_XGETBV}\n  %low = extractvalue {{ i32, i32 }} %state, 0\n"
        f"  %needed = and i32 %low, {_SAVED[level]}\n  %enough = icmp eq i32 %needed, {_SAVED[level]}\n"
        "  ret i1 %enough\n}\n"
    )


def _undeclared(text: str) -> str:
    """The declarations that ``text`` lacks of the C functions that the constructor calls."""
    wanted = {"getenv": "ptr @{}(ptr)", "strcmp": "i32 @{}(ptr, ptr)"}
    return "".join(
        f"declare {declaration.format(C_LIBRARY + name)}\n"
        for name, declaration in wanted.items()
        if f"@{C_LIBRARY}{name}(" not in text
    )


def _choose(exports: Sequence[Export], levels: Sequence[str], declarations: str) -> str:
    """The constructor: the highest level that the processor has and that ``PYC_CPU`` allows, for every function."""
    stores = "".join(
        f"  %version{i} = getelementptr [{len(levels)} x ptr], ptr @{e.symbol}.versions, i64 0, i64 %index\n"
        f"  %chosen{i} = load ptr, ptr %version{i}\n"
        f"  store ptr %chosen{i}, ptr @{e.symbol}.chosen\n"
        for i, e in enumerate(exports)
    )
    tables = "".join(
        f"@{e.symbol}.versions = internal constant [{len(levels)} x ptr]"
        f" [{', '.join(f'ptr @{versioned(e.symbol, v)}' for v in levels)}]\n"
        for e in exports
    )
    steps = []
    for k, level in enumerate(levels[1:], 1):
        # The processor has a level if it has all from the one after the lowest up to it.
        between = LEVELS[LEVELS.index(levels[k - 1]) + 1 : LEVELS.index(level) + 1]
        checks = "".join(f"  %has{k}.{j} = call i1 @.pyc.has.{b}()\n" for j, b in enumerate(between))
        for j in range(1, len(between)):
            checks += f"  %all{k}.{j} = and i1 {f'%has{k}.0' if j == 1 else f'%all{k}.{j - 1}'}, %has{k}.{j}\n"
        flag = f"%has{k}.0" if len(between) == 1 else f"%all{k}.{len(between) - 1}"
        steps.append(
            f"level{k}:\n  %name{k} = call i32 @{C_LIBRARY}strcmp(ptr %wanted, ptr @.pyc.level.{k - 1})\n"
            f"  %stop{k} = icmp eq i32 %name{k}, 0\n  br i1 %stop{k}, label %set, label %ask{k}\n"
            f"ask{k}:\n{checks}  br i1 {flag}, label %level{k + 1}, label %set\n"
        )
    last = len(levels)
    arrivals = ", ".join(f"[ {k - 1}, %level{k} ], [ {k - 1}, %ask{k} ]" for k in range(1, last))
    return (
        f"{tables}{declarations}"
        '@.pyc.variable = private constant [8 x i8] c"PYC_CPU\\00"\n'
        '@.pyc.nothing = private constant [1 x i8] c"\\00"\n'
        "define internal void @.pyc.choose() cold noinline nounwind {\n"
        f"  %given = call ptr @{C_LIBRARY}getenv(ptr @.pyc.variable)\n  %absent = icmp eq ptr %given, null\n"
        "  %wanted = select i1 %absent, ptr @.pyc.nothing, ptr %given\n  br label %level1\n"
        f"{''.join(steps)}level{last}:\n  br label %set\n"
        f"set:\n  %index = phi i64 {arrivals}, [ {last - 1}, %level{last} ]\n{stores}"
        f"  %text = getelementptr [{last} x ptr], ptr @.pyc.levels, i64 0, i64 %index\n"
        "  %level = load ptr, ptr %text\n  store ptr %level, ptr @.pyc.level\n  ret void\n}\n"
    )
