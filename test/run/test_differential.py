"""Random programs give what CPython and NumPy give: results, writes and exceptions, at every optimisation level.

``PYC_DIFFERENTIAL=4000 pytest test/run/test_differential.py`` runs thousands of programs instead of a few hundred.
Every failure that they find belongs into the tests of what failed.
"""

from __future__ import annotations

import ast
import linecache
import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, seed, settings
from language import CPU, outcome, same
from programs import HEADER, functions

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load

#: How many files, of up to six functions each, are drawn.
FILES = int(os.environ.get("PYC_DIFFERENTIAL", "44"))
PATH = "<differential>"


def checked(value: Any) -> Any:
    """``value``, where it is not an exact integer beyond 64 bits: the one exception that compiled code adds."""
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        raise OverflowError("int does not fit 64 bits")
    return value


class Checks(ast.NodeTransformer):
    """Put every result of arithmetic through :func:`checked`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self._checked(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        return node if isinstance(node.operand, ast.Constant) else self._checked(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return self._checked(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            return node
        check = ast.Expr(self._call(ast.Name(node.target.id, ast.Load())))
        return [node, ast.copy_location(check, node)]

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        return node

    def _checked(self, node: ast.expr) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(self._call(node), node)

    @staticmethod
    def _call(x: ast.expr) -> ast.Call:
        return ast.Call(ast.Name("_checked", ast.Load()), [x], [])


def interpreted(text: str, *, checks: bool) -> dict[str, Any]:
    linecache.cache[PATH] = (len(text), None, text.splitlines(True), PATH)
    tree = Checks().visit(ast.parse(text)) if checks else ast.parse(text)
    names: dict[str, Any] = {"_checked": checked, "__name__": "program"}
    exec(compile(ast.fix_missing_locations(tree), PATH, "exec"), names)
    return names


def compiled(text: str, names: tuple[str, ...], level: int) -> Any:
    cpu = backend("cpu")
    options = Options(name="program", emit="obj", source_path=PATH, level=level)
    module = lower(Source(PATH, text), Request(CPU, names)).module
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        return load(cpu.emit(module, CPU, options))


def arguments(n: int, m: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(n * 7 + m)
    x = rng.integers(-6, 7, n) * 0.5
    return (
        x, np.ascontiguousarray(x[::-1]) + 0.25, rng.integers(-4, 5, (n, m)), rng.integers(-2, 3, n).astype(np.int32),
        rng.integers(0, 4, m).astype(np.uint8), int(rng.integers(-3, 6)), int(rng.integers(-2, 4)),
        float(rng.integers(-2, 3)), bool(rng.integers(2)),
    )  # fmt: skip


def _unsigned_zeros(value: Any) -> Any:
    """``value`` with 0.0 for -0.0: which of them is the smaller one, NumPy decides by the processor."""
    if isinstance(value, tuple):
        return tuple(map(_unsigned_zeros, value))
    return value + 0.0 if isinstance(value, float) or getattr(value, "dtype", None) == np.float64 else value


def agree(texts: list[str]) -> None:
    text = HEADER + "\n\n" + "\n\n\n".join(texts) + "\n"
    note(text)
    names = tuple(f"f{k}" for k in range(len(texts)))
    names = tuple(n for n in names if f"def {n}(" in text)
    try:
        machines = {level: compiled(text, names, level) for level in (0, 3)}
    except CompileError as error:
        # A condition that turns out constant makes sure that a name has no value, which is refused.
        assume(any(d.code != "E111" for d in error.diagnostics))
        raise
    python, unbounded = interpreted(text, checks=True), interpreted(text, checks=False)
    for name in names:
        for n, m in ((0, 0), (1, 2), (5, 3), (6, 4)):
            values = arguments(n, m)
            for level, machine in machines.items():
                expected, actual = outcome(python[name], values), outcome(getattr(machine, name), values)
                if expected.error and expected.error[0] == "OverflowError" and actual.error is None:
                    # What constants are is computed while compiling, with as many bits as it takes: `-(1 << 63)`.
                    expected = outcome(unbounded[name], values)
                where = f"{name}{values} at level {level}"
                if (expected.error or actual.error) is not None:
                    kinds = [e and e[0] for e in (expected.error, actual.error)]
                    assert kinds[0] == kinds[1], (
                        f"{where}: {actual.error or actual.result}, not {expected.error or expected.result}"
                    )
                    continue  # operations on whole arrays that were fused may have been done before the error or not
                same(_unsigned_zeros(actual.result), _unsigned_zeros(expected.result), where)
                after = _unsigned_zeros(actual.arguments), _unsigned_zeros(expected.arguments)
                same(*after, f"arguments of {where} afterwards")


SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
CHECKS = settings(deadline=None, database=None, suppress_health_check=SLOW, print_blob=False)


@pytest.mark.parametrize("part", range(4))
def test_programs_agree(part):
    @seed(part + FILES)
    @settings(CHECKS, max_examples=FILES // 4)
    @given(functions(6))
    def check(texts):
        agree(texts)

    check()
