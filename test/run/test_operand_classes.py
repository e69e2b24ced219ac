"""Every operator on every pair of classes of numbers, as numbers and in arrays: what NumPy and CPython give.

``PYC_OPERANDS=all pytest test/run/test_operand_classes.py`` takes all pairs instead of a few of each class.
``test_python_numbers.py`` has Python's own numbers among themselves.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

import numpy as np
import pytest
from language import Twice
from operand_classes import (
    APART,
    CLASSES,
    COMPLEX,
    CONVERSIONS,
    GROUPS,
    PYTHON,
    SIZED,
    UNARY,
    difference,
    dtype_of,
    judged,
    outcome,
    values,
)  # fmt: skip

from pyc.diagnostics import CompileError

ALL = os.environ.get("PYC_OPERANDS") == "all"
HEADER = "from pyc import bf16, c64, c128, f16, i16, u16, u32, u64\n"
#: What stands on each side: a number, an array without axes, one with elements.
FORMS = ("numbers", "arrays", "left", "right", "zero")


def _pairs(form: str) -> list[tuple[str, str]]:
    """The pairs of classes of which at least one is NumPy's, those in arrays NumPy's."""
    left = SIZED if form in ("arrays", "left", "zero") else CLASSES
    right = SIZED if form in ("arrays", "right", "zero") else CLASSES
    pairs = [(a, b) for a in left for b in right if not {a, b} <= {*PYTHON}]
    if ALL:
        return pairs
    return pairs[FORMS.index(form) :: 23 if form == "numbers" else 37]


#: Functions whose last bits differ.
_LIBRARY = ("**", "imum", "exp", "log", "atan", "pow", "cbrt", "hypot", "abs")


def _parameter(name: str, in_array: bool, form: str) -> str:
    return name if not in_array else f"Tensor[{name}]" if form == "zero" else f"Tensor[{name}, N]"


def _is_exact(operator: str, classes: tuple[str, ...]) -> bool:
    """Whether each bit counts. Which of 0.0 and -0.0 is the larger one, NumPy decides by the processor."""
    return not any(word in operator for word in _LIBRARY) and not {*COMPLEX, "complex"} & {*classes}


def _shown(x: Any) -> str:
    return f"{x!r}" if np.ndim(x) == 0 else "an array"


def _is_out_of_range(expression: str, operand: str) -> bool:
    """Whether an expression has a literal that the class cannot hold, which is refused."""
    return operand[0] == "u" and "-" in expression and "-a" not in expression and "- " not in expression


def _leaves_64_bits(expected: Any, raised: tuple[str, str] | None) -> bool:
    """Whether a call has raised what the language permits where Python's integers leave 64 bits."""
    leaves = any(type(e) is int and not -(1 << 63) <= e < 1 << 63 for e in expected)
    return leaves and raised is not None and raised[0] == "OverflowError"


class Table:
    """Functions, each of which gives what a group of operators gives on operands of some classes."""

    def __init__(self) -> None:
        self.text, self.cases = HEADER, []

    def add(self, form: str, left: str, right: str) -> None:
        arrays = (form in ("arrays", "left", "zero"), form in ("arrays", "right", "zero"))
        for group, operators in GROUPS.items():
            if form == "zero" and group not in ("arithmetic", "comparison"):
                continue
            known = {op: f for op in operators if (f := judged(op, (left, right))) is not None}
            if {left, right} & {*COMPLEX, "complex"}:
                # That complex numbers have an order is NumPy's alone.
                known = {op: f for op, f in known.items() if group in ("arithmetic", "power") or "=" in op[2:4]}
                known = {op: f for op, f in known.items() if op not in ("a <= b", "a >= b")}
            if group == "functions" and (form == "numbers" or "bf16" in (left, right)):
                continue
            if not known:
                continue
            name = f"case{len(self.cases)}"
            a, b = (_parameter(c, array, form) for c, array in zip((left, right), arrays, strict=True))
            self.text += f"def {name}(a: {a}, b: {b}):\n    return {', '.join(known)},\n"
            self.cases.append((name, form, left, right, known))

    def add_unary(self, form: str, operand: str) -> None:
        parameter = _parameter(operand, form != "numbers", form)
        for expression in (*UNARY, *(CONVERSIONS if form == "numbers" else ())):
            judge = judged(expression, (operand,))
            if judge is None or (expression, operand) in APART or _is_out_of_range(expression, operand):
                continue
            name = f"case{len(self.cases)}"
            self.text += f"def {name}(a: {parameter}):\n    return {expression},\n"
            self.cases.append((name, form, operand, "", {expression: judge}))

    def check(self, level: int) -> None:
        compiled = Twice(self.text, *(c[0] for c in self.cases), level=level).compiled
        wrong: list[str] = []
        for name, form, left, right, known in self.cases:
            function = getattr(compiled, name)
            for operands in self._operands(form, left, right):
                expected: list[Any] = []
                error = None
                for f in known.values():
                    result, error = outcome(f, *operands)
                    expected.append(result)
                    if error is not None:
                        break
                found, raised = outcome(function, *operands)
                of = f"of {', '.join(map(_shown, operands))}"
                if error is not None or raised is not None:
                    if error != raised and not _leaves_64_bits(expected, raised):
                        wrong.append(
                            f"{form} {left} {right} {', '.join(known)} {of}: {raised or found}, not {error or expected}"
                        )
                    continue
                for op, f, e in zip(known, found, expected, strict=True):
                    if differs := difference(f, e, exact=_is_exact(op, (left, right))):
                        wrong.append(f"{form} {left} {op} {right} {of}: {differs}")
        assert not wrong, f"{len(wrong)} differences\n" + "\n".join(wrong[:: max(1, len(wrong) // 40)])

    @staticmethod
    def _operands(form: str, left: str, right: str) -> list[tuple[Any, ...]]:
        one = values(left)
        if not right:
            return [(np.array(one, dtype_of(left)),)] if form == "arrays" else [(a,) for a in one]
        two = values(right)
        if form in ("numbers", "zero"):
            pairs = list(itertools.product(one, two))
            if form == "zero":
                return [(np.array(a, dtype_of(left)), np.array(b, dtype_of(right))) for a, b in pairs[::5]]
            return pairs
        if form == "arrays":
            pairs = list(itertools.product(one, two))
            return [(np.array([a for a, _ in pairs], dtype_of(left)), np.array([b for _, b in pairs], dtype_of(right)))]
        if form == "left":
            return [(np.array(one, dtype_of(left)), b) for b in two]
        return [(a, np.array(two, dtype_of(right))) for a in one]


def _tables(form: str) -> list[Table]:
    """Files of some hundred functions."""
    tables = [Table()]
    for left, right in _pairs(form):
        if len(tables[-1].cases) > 120:
            tables.append(Table())
        tables[-1].add(form, left, right)
    return tables


@pytest.mark.parametrize("form", FORMS)
def test_binary_operators(form):
    for table in _tables(form):
        table.check(level=3 if ALL else 1)


@pytest.mark.parametrize("form", ["numbers", "arrays"])
def test_functions_and_conversions(form):
    for classes in [SIZED[i : i + 2] for i in range(0, len(SIZED), 2)] if ALL else [SIZED[3::5]]:
        table = Table()
        for operand in classes:
            table.add_unary(form, operand)
        table.check(level=3 if ALL else 1)


def test_the_larger_of_complex_numbers():
    twice = Twice(HEADER + "def f(a: c64, b: c64) -> c64:\n    return max(a, b)\n", "f")
    for a, b in itertools.product((1 + 2j, 1 - 2j, 0j, 3 + 0j), repeat=2):
        twice.agree("f", np.complex64(a), np.complex64(b))
    with pytest.raises(CompileError, match="E201: complex numbers have no order"):
        Twice("def f(a: complex, b: complex) -> complex:\n    return max(a, b)\n", "f")
