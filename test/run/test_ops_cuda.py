"""The tests of every operation, on kernels in the emulator instead of code for the CPU."""

from __future__ import annotations

import pytest
import test_ops_cpu
from emulated import Emulated
from test_ops_cpu import *  # noqa: F403


@pytest.fixture(autouse=True)
def _emulated(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "[int_pow" in request.node.name:
        pytest.skip("a loop over scalars has no form on a GPU")
    monkeypatch.setattr(test_ops_cpu, "Compiled", Emulated)


# No emulated memory is large enough, or it is the host's question.
del test_memory_that_cannot_be_had_is_an_error  # type: ignore[name-defined]  # noqa: F821
