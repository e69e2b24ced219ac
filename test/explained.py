"""The examples of ``pyc explain`` as programs: what the tests that check and run them share."""

from __future__ import annotations

import re
import textwrap

import pyc
from pyc.codes import all_codes

CODES = all_codes()
#: The beginning of every example that is a program, or a part of one.
PRELUDE = """\
from __future__ import annotations
import math
from collections.abc import Callable
import numpy as np
import pyc
from pyc import {names}
from pyc.nn import gelu, relu, softmax
N = Dim("N")
M = Dim("M")
K = Dim("K")
"""
NAMES = [
    n
    for n in """Dim Float Int Number Mixed Precision Target Tensor TypeVar annotate bf16 cpu cuda f16 f32 f64 i8 i16 i32
    i4 i64 u4 u8 u16 u32 u64 c64 c128 prange static static_range record Buffer Stack""".split()  # noqa: SIM905
    if hasattr(pyc, n)
]
#: Examples that are lines of a shell say so by their beginning. These others do not stand alone either.
NOT_ALONE = {
    "E102": "a thousand parentheses are not printed",
    "E408": "hundreds of statements are not printed",
    "E502": "what is wrong is how its bytes are saved",
    "E506": "what is wrong is in a weights file",
    "E507": "what is wrong is in a weights file",
    "E508": "what is wrong is in a weights file",
    "E605": "complex numbers are refused before they reach ONNX",
    "E606": "what has no place in a model comes from passes, not from programs",
}
SHELL = ("pyc ", "pip ", "rm ", "CC=", "PYC_")
ALONE = [c for c in CODES.values() if c.id not in NOT_ALONE and not c.wrong.startswith(SHELL)]


def program(example: str) -> str:
    """An example as a file; statements alone are those of a function of an array ``x``, an int ``n``, a bool ``c``."""
    if not re.search(r"^(def|class|@)", example, re.MULTILINE):
        kind = re.search(r"# x is an? (Tensor\[.*?\])\s*$", example, re.MULTILINE)
        body = example if "return" in example else f"{example}\nreturn x"
        declared = kind[1] if kind else "Tensor[f32, N]"
        example = f"def example(x: {declared}, n: int, c: bool):\n{textwrap.indent(body, '    ')}"
    return PRELUDE.format(names=", ".join(NAMES)) + example + "\n"
