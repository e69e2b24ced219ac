"""Functions of hundreds of writes: in memory form, where compile time grows with their length, not with its square."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from language import CPU, HEADER, Twice

from pyc.dialects.signature import functions, is_memory_form
from pyc.frontend import Request, lower
from pyc.passes import linear_bounds
from pyc.passes.drop_idle_checks import DropIdleChecks
from pyc.source import Source

COUNT = 300


def program(writes: int) -> str:
    lines = [f"    u[{i} + k] = u[{i * 7 % writes} + k] * 0.5 + {i}.0" for i in range(writes)]
    return "def f(u: Tensor[f64, N], k: int) -> None:\n" + "\n".join(lines) + "\n"


def test_each_write_is_done_in_order() -> None:
    code = Twice(program(COUNT), "f")
    code.agree("f", np.arange(COUNT + 3.0), 2)
    code.agree("f", np.arange(COUNT + 3.0)[::-1], 0)
    code.agree("f", np.arange(COUNT * 1.0), 1, message=False)  # the last write is out of bounds


def test_the_form_depends_on_the_length() -> None:
    for writes, expected in ((COUNT, True), (20, False)):
        module = lower(Source("<long>", HEADER + program(writes)), Request(CPU)).module
        (function,) = functions(module)
        assert is_memory_form(function) is expected


def test_each_check_is_compared_with_few_of_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows from sums is looked for with an effort that grows with the function, not with its square."""
    looked = linear_bounds.LinearBounds._largest
    counts: list[int] = []

    def counted(self: Any, wanted: Any) -> Any:
        counts[-1] += 1
        return looked(self, wanted)

    monkeypatch.setattr(linear_bounds.LinearBounds, "_largest", counted)
    for writes in (COUNT, 2 * COUNT):
        module = lower(Source("<long>", HEADER + program(writes)), Request(CPU)).module
        counts.append(0)
        with module.context:
            DropIdleChecks().apply(module)
    assert counts[0] < counts[1] < 2.5 * counts[0]
