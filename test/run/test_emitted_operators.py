"""Of the operators that export writes, the standard's own cases pass: what pyc writes, it reads with their meaning."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import onnx
import pytest
from test_imported_nodes import cases, reason

RULES = Path(__file__).resolve().parents[2] / "targets" / "onnx"
#: Cases that have no counterpart, of types and versions that export never writes.
ELSEWHERE = {
    "elements of 2 bits, and 8-bit floats that the language does not have": r"cast_.*(FNUZ|INT2|E8M0)|.*_u?int2$",
    "texts": r"equal_string",
    "sequences and optional values": r"(identity|if)_(sequence|opt|seq)|loop(13|16)_seq",
    "truth values have no pattern of bits": r"bitcast_(bool|.*_to_bool)",
    "the first version of Scan, with batches": r"scan_sum",
}


@cache
def emitted() -> frozenset[str]:
    """The operators that the rules of export name."""
    known = {s.name for s in onnx.defs.get_all_schemas() if not s.domain}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(RULES.glob("*.py"))]
    named = {n.value for t in trees for n in ast.walk(t) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return frozenset(known & named)


def test_operators_are_found() -> None:
    assert {"Add", "Loop", "If", "ScatterND", "MatMul", "BitCast", "Cast", "Where", "Reshape"} <= emitted()
    assert len(emitted()) >= 77


@pytest.mark.parametrize("operator", sorted(emitted()))
def test_cases_of_what_is_emitted_have_a_counterpart(operator: str) -> None:
    mine = [c for c in cases() if any(n.op_type == operator and not n.domain for n in c.model.graph.node)]
    refused = [c.name for c in mine if reason(c.name)]
    left = [n for n in refused if not any(re.match(p, n.removeprefix("test_")) for p in ELSEWHERE.values())]
    assert not left
    # Those that are not refused pass, says test_imported_nodes.
    assert len(refused) < len(mine)


def test_no_exception_is_in_vain() -> None:
    refused = [c.name.removeprefix("test_") for c in cases() if reason(c.name)]
    assert [why for why, pattern in ELSEWHERE.items() if not any(re.match(pattern, n) for n in refused)] == []
