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


def chains() -> str:
    cases = "".join(f"    elif x == {i}:\n        y = {i * 3}\n" for i in range(1, 210))
    branches = (
        f"def branches(x: int) -> int:\n    if x == 0:\n        y = 7\n{cases}    else:\n        y = -1\n    return y\n"
    )
    added = f"def added(x: int) -> int:\n    return {' + '.join(['x'] * 410)}\n"
    arrays = f"def arrays(x: Tensor[f64, N]) -> Tensor[f64, N]:\n    return {' + '.join(['x'] * 410)}\n"
    tests = " or ".join(f"x == {i}" for i in range(150))
    values = " else ".join(f"{i} if x == {i}" for i in range(150))
    return (
        branches
        + added
        + arrays
        + f"def tested(x: int) -> bool:\n    return {tests}\n"
        + (f"def chosen(x: int) -> int:\n    return {values} else 5\n")
    )


def test_chains_are_long() -> None:
    code = Twice(chains(), "branches", "added", "arrays", "tested", "chosen")
    for name in ("branches", "added", "tested", "chosen"):
        for x in (0, 1, 149, 150, 209, 210, 2**62):
            if x < 2**62 or name != "added":
                code.agree(name, x)
    code.agree("arrays", np.arange(3.0))


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
