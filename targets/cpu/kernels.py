"""Kernels of matrix products as assembly text: it is made once for a machine, and kept where options say so.

What such a kernel is depends on the element types and on the machine, never on the program: LLVM need not make it again
for each. Its text becomes part of the program's module, and its functions are local to the object.
"""

from __future__ import annotations

import json
import platform
import re
from functools import lru_cache
from typing import Any

from pyc.dialects.mlir import ir, translate_to_llvm_ir
from pyc.passes.block_contractions import APART
from pyc.passes.contraction_kernels import blocking, declarations, workers
from pyc.passes.contraction_tiles import Elements
from pyc.passes.expand_small_floats import ExpandSmallFloats
from pyc.passes.flatten import Flatten
from pyc.passes.lower_to_llvm import LowerToLlvm
from pyc.passes.lower_to_loops import LowerToLoops
from pyc.passes.window_kernels import window_declarations, window_workers

from .. import llvm
from ..backend import Options

#: Labels are numbered in each text: those of a kernel have its name in them.
_LABEL = re.compile(r"(?<![\w.$])\.L(?=\w)")
#: What is said of the file, or makes a function known outside of it.
_LEFT_OUT = re.compile(r"^\s*\.(?:file|ident|globl|addrsig)\b.*\n", re.MULTILINE)
_LEVEL = 3
#: Chips without the F16C instructions: conversions of f16 are expanded there.
WITHOUT_F16C = frozenset({"x86-64", "x86-64-v2"})


def are_apart(machine: llvm.Machine, options: Options) -> bool:
    """Whether kernels are kept apart from the program: LLVM reads assembly of this machine's kind, if nobody else."""
    native = platform.machine().replace("arm64", "aarch64").replace("AMD64", "x86_64")
    return options.emit != "llvm" and machine.triple.partition("-")[0] == native


def assembly(module: Any, machine: llvm.Machine, options: Options, *, half: bool) -> str:
    """The assembly text of the kernels that a module says it needs, which says so no longer.

    Without F16C instructions, conversions of f16 are expanded (``half``).
    """
    attributes = module.operation.attributes
    if APART not in attributes:
        return ""
    names = [ir.StringAttr(name).value for name in ir.ArrayAttr(attributes[APART])]
    del attributes[APART]
    parts: list[str] = []
    for name in names:
        facts = {"kernel": name, "triple": machine.triple, "cpu": machine.cpu, "features": machine.features}
        kept = options.keep

        def make(name: str = name) -> bytes:
            return _made(name, machine, half).encode()

        parts.append((kept(facts, make) if kept is not None else make()).decode())
    return "".join(parts)


@lru_cache(maxsize=32)
def _made(name: str, machine: llvm.Machine, half: bool) -> str:
    left, right, total, widen_left, widen_right, *windows = json.loads(name)
    e = Elements(left, right, total, *(tuple(map(tuple, chain)) for chain in (widen_left, widen_right)))
    bits, registers = llvm.vector_registers(machine)
    with ir.Context() as context, ir.Location.unknown(context):
        size = blocking(bits, registers, int(total[1:]), llvm.grouped_products(machine))
        module = ir.Module.parse(window_workers(e, size) if windows else workers(e, size))
        for step in (LowerToLoops(), Flatten(), ExpandSmallFloats(half=half), LowerToLlvm()):
            step.apply(module)
        text = translate_to_llvm_ir(module.operation)
    keep, symbol = (window_declarations(e), f"{e.symbol}.windows") if windows else (declarations(e), e.symbol)
    code = llvm.optimise(text, machine, _LEVEL, keep=list(keep), name=symbol, bf16_moves=True)
    return _LEFT_OUT.sub("", _LABEL.sub(f".L{symbol}.", code.assembly())) + "\t.text\n"
