"""Every operation in ONNX: the expectations of the CPU's tests, met by ONNX Runtime with and without rewriting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import test_ops_cpu
from exported import Exported

#: ONNX cannot raise, and a model has no memory to write in place, or to run out of.
_ELSEWHERE = {
    "test_an_update_that_reads_its_own_old_value_copies_and_says_so",
    "test_exact_integers",
    "test_exact_negation_and_absolute_value",
    "test_a_check_keeps_the_writes_before_it",
    "test_memory_that_cannot_be_had_is_an_error",
}


@pytest.fixture(autouse=True)
def _exported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_ops_cpu, "Compiled", Exported)
    # Sines of about a multiple of pi lose digits in ONNX Runtime.
    monkeypatch.setitem(test_ops_cpu.CLOSE, "f64", 2e-14)


def _shared() -> dict[str, Callable[..., Any]]:
    found = {n: f for n, f in vars(test_ops_cpu).items() if n.startswith("test_") and n not in _ELSEWHERE}
    assert found.keys().isdisjoint(_ELSEWHERE)
    return found


globals().update(_shared())
