"""Programs drawn at random, with fixed seeds: loops, branches, jumps, and writes through aliases, as in CPython."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest
from language import Twice

from pyc.diagnostics import CompileError

START = """\
def double(v: Tensor[f64, N]) -> None:
    v *= 2.0
def f(u: Tensor[f64, 5], n: int) -> tuple[int, Tensor[f64, 5]]:
    a, b, c, i, j = n, 2, 1, 0, 0
    w = {view}
    x = u * 3.0
"""
END = "    return a * 10000 + b * 100 + c + i + j, x\n"


@dataclass
class Writer:
    """Writes statements; every choice is the generator's. ``loops`` counts those that need a name of their own."""

    choose: random.Random
    loops: int = 0

    def of(self, *options: str) -> str:
        return self.choose.choice(options)

    def number(self, depth: int = 0) -> str:
        kind = self.choose.randrange(9 if depth < 2 else 4)
        if kind < 4:
            return self.of("a", "b", "c", "n") if kind else str(self.choose.randrange(-3, 6))
        left, right = self.number(depth + 1), self.number(depth + 1)
        forms = (
            f"({left} + {right})",
            f"({left} - {right})",
            f"({left} * {self.of('2', '3', 'a')} % 17)",
            f"({left} // {self.of('2', '3', 'b')})",
            f"({left} if {self.condition(depth + 1)} else {right})",
        )
        return forms[kind - 4]

    def condition(self, depth: int = 0) -> str:
        kind = self.choose.randrange(5)
        if kind < 3:
            return f"{self.number(depth + 1)} {self.of('<', '<=', '==', '!=', '>')} {self.number(depth + 1)}"
        if kind == 3 and depth < 2:
            return f"({self.condition(depth + 1)} {self.of('and', 'or')} {self.condition(depth + 1)})"
        return f"x[{self.index()}] > {self.choose.randrange(8)}.0"

    def index(self) -> str:
        return self.of(f"({self.number(1)}) % 5", "0", "-1", "3", f"({self.number(1)}) % 7")

    def array(self) -> str:
        return self.of("u", "u", "x", "x", "w")

    def element(self) -> str:
        source = f"{self.array()}[{self.index()}]"
        return self.of(f"{self.choose.randrange(9)}.5", source, f"{source} * 0.5 + 1.0", f"{source} - float(a)")

    def block(self, depth: int, *, loop: bool) -> list[str]:
        lines = [line for _ in range(self.choose.randrange(1, 4)) for line in self.statement(depth, loop=loop)]
        return ["    " + line for line in lines]

    def statement(self, depth: int, *, loop: bool) -> list[str]:
        kind = self.choose.randrange(14 if depth < 3 else 8)
        if kind < 3:
            return [f"{self.of('a', 'b', 'c')} = {self.number()}"]
        if kind < 6:
            low, high = self.choose.randrange(-4, 4), self.choose.randrange(-4, 6)
            where = self.of(f"[{self.index()}] =", f"[{low}:{high}] =", f"[{self.index()}] +=")
            return [f"{self.array()}{where} {self.element()}"]
        if kind == 6:
            return [f"x = {self.of('x * 0.5', 'u + x', 'x + 1.0', 'u * 2.0')}"]
        if kind == 7:
            return self.jump(loop=loop)
        if kind < 11:
            lines = [f"if {self.condition()}:", *self.block(depth + 1, loop=loop)]
            return [*lines, "else:", *self.block(depth + 1, loop=loop)] if self.choose.randrange(2) else lines
        if kind < 13:
            return self.counted(depth, loop=loop)
        self.loops += 1
        t = f"t{self.loops}"
        head = [
            f"{t} = 0",
            "while True:",
            f"    {t} += 1",
            f"    if {t} > 3:",
            f"        {self.of('break', 'return b, x')}",
        ]
        return [*head, *self.block(depth + 1, loop=True)]

    def jump(self, *, loop: bool) -> list[str]:
        jumps = ["return a + 100, x", "raise ValueError('bad')", "double(x[1:4])", "double(w)"]
        return [f"if {self.condition()}:", "    " + self.of(*jumps, *(("break", "continue") if loop else ()))]

    def counted(self, depth: int, *, loop: bool) -> list[str]:
        low, high = (f"{self.number(1)} % 9 - 4" for _ in range(2))
        step = self.of("1", "2", "-1", "-2", "(b % 3 + 1)")
        bounds = self.of("n", "4", "a % 6", "u.shape[0]", f"{low}, {high}, {step}")
        lines = [f"for {self.of('i', 'j', 'c')} in range({bounds}):", *self.block(depth + 1, loop=True)]
        return lines if self.choose.randrange(4) else [*lines, "else:", *self.block(depth + 1, loop=loop)]


def written(seed: int) -> str:
    writer = Writer(random.Random(seed))
    body = ["    " + line for _ in range(5) for line in writer.statement(0, loop=False)]
    return START.format(view=writer.of("u[1:]", "u", "u[::2]")) + "\n".join(body) + "\n" + END


@pytest.mark.parametrize("seed", range(24))
def test_random_program(seed: int) -> None:
    try:
        program = Twice(written(seed), "f")
    except CompileError as refused:
        # A constant index out of bounds, or a name that may have no value: said, and not compiled.
        codes = {d.code for d in refused.diagnostics}
        if not codes <= {"E111", "E224"}:
            raise
        return
    for n in (0, 1, 3, 5, -2):
        try:
            program.agree("f", np.arange(1, 6) * 1.0, n, message=False)
        except AssertionError as difference:
            if "OverflowError" not in str(difference):
                raise
