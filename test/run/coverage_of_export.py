"""``docs/onnx-coverage.md``: how many functions of the language's tests are models, and what keeps the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from agreement import Finding

FILE = Path(__file__).resolve().parents[2] / "docs" / "onnx-coverage.md"
_HEAD = """\
# What is exported to ONNX

The functions that the tests of the language call, as models. Each model that there is gives what CPython and compiled
code give, in ONNX Runtime with and without its optimisations, and in ONNX's own evaluator. Each function that is no
model is refused by a diagnostic at its source line.

This file is written by the tests: `PYC_AGREEMENT=write pytest test/run/test_onnx_agreement.py`.

What a model assumes of its inputs where compiled code raises (`org.pyc.assumes`, remark E607), and indices with
`--unchecked`, are not held against it. Neither are arrays that overlap: a model has each of its inputs for itself.

## By subject
What is exported only with `--unchecked` has indices that depend on data.

| tests | functions | exported | with `--unchecked` | refused |
|---|---|---|---|---|
"""
_WHY = """
## Why functions are refused
| code | what the diagnostic says | functions |
|---|---|---|
"""


def row(test: str, found: Sequence[Finding]) -> str:
    """The line of a file of tests."""
    counts = Counter(f.how for f in found)
    name = test.removeprefix("test_language_").replace("_", " ")
    refused = ", ".join(f"{code} {n}" for code, n in sorted(counts.items()) if code not in ("exported", "unchecked"))
    return f"| {name} | {len(found)} | {counts['exported']} | {counts['unchecked']} | {refused} |"


def rows(found: Sequence[Finding]) -> list[str]:
    """The lines of all files of tests."""
    return [row(test, [f for f in found if f.test == test]) for test in sorted({f.test for f in found})]


def table(found: Sequence[Finding]) -> str:
    """The text of the file."""
    whole = row("all", found)
    refused = Counter((f.how, _general(f.why)) for f in found if f.how not in ("exported", "unchecked"))
    why = [f"| {code} | {text} | {n} |" for (code, text), n in sorted(refused.items(), key=lambda i: (-i[1], i[0]))]
    return _HEAD + "\n".join([*rows(found), whole]) + "\n" + _WHY + "\n".join(why) + "\n"


def _general(why: str) -> str:
    """What a diagnostic says, without what it says it of."""
    return re.sub(r" \(?'[^|]*'\)?|\d+", " ...", why).replace("|", "\\|").replace("`", "")
