"""Random programs on arrays in memory against NumPy: views that overlap, values kept while memory changes, loops.

What is checked is that copies are taken away only where nobody can tell.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from in_memory import InMemory

from pyc.dialects import build as b
from pyc.dialects.mlir import ir, scf

LENGTH = 9
VECTOR = ("f64", [None])


def number(n: int) -> Any:
    return b.constant(n, "i64")


@dataclass
class Program:
    """A program, drawn and recorded once: built as operations, and run on NumPy arrays.

    Names of arrays (``a0``) and values (``t0``) are positions in lists that both forms keep.
    """

    draw: random.Random
    steps: list[tuple[Any, ...]] = field(default_factory=list)

    def block(self, arrays: int, depth: int) -> list[tuple[Any, ...]]:
        steps: list[tuple[Any, ...]] = []
        values = 0
        for _ in range(self.draw.randint(2, 7)):
            kind = self.draw.choice(["read", "combine", "write", "write", "store", "new", "loop", "if", "join", "move"])
            start, step = self.draw.choice([(0, 1), (1, 1), (2, 1), (8, -1), (6, -1), (0, 2), (1, 2)])
            size = min(4, (LENGTH - start + step - 1) // step if step > 0 else start + 1)
            view = (self.draw.randrange(arrays), start, step, size)
            other = self.draw.randrange(arrays)
            if kind == "read" or values == 0:
                steps.append(("read", view if self.draw.random() < 0.7 else (other, 0, 1, 4)))
                values += 1
            elif kind == "combine":
                steps.append(("combine", self.draw.randrange(values), self.draw.randrange(values)))
                values += 1
            elif kind == "write":
                steps.append(("write", self.draw.randrange(values), (view[0], start, step, 4)))
            elif kind == "store":
                steps.append(("store", other, self.draw.randrange(LENGTH), view[0], self.draw.randrange(LENGTH)))
            elif kind == "move":
                steps.append(("move", (other, self.draw.randrange(5), 1, 4), (view[0], self.draw.randrange(5), 1, 4)))
            elif kind == "new":
                steps.append(("new", other))
                arrays += 1
            elif kind == "join":
                steps.append(("join", self.draw.choice([True, False]), other, view[0]))
                arrays += 1
            elif kind == "loop" and depth < 2:
                carried = [self.draw.randrange(arrays) for _ in range(self.draw.randint(1, 3))]
                inner = self.block(arrays + len(carried), depth + 1)
                grown = arrays + len(carried) + sum(s[0] in ("new", "join") for s in inner)
                grown += sum(len(s[2]) for s in inner if s[0] == "loop")
                given = [self.draw.randrange(arrays, grown) for _ in carried]
                steps.append(("loop", self.draw.randrange(4), carried, inner, given))
                arrays += len(carried)
            elif kind == "if" and depth < 2:
                steps.append(("if", self.draw.choice([True, False]), self.block(arrays, depth + 1)))
        return steps


def fixed(steps: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The steps without writes that would leave the array."""
    kept: list[tuple[Any, ...]] = []
    for s in steps:
        kind = s[0]
        if kind == "write" and not _lies_inside(*s[2][1:]):
            continue
        if kind == "read" and not (s[1][3] == 4 and _lies_inside(*s[1][1:])):
            kept.append(("read", (s[1][0], 0, 1, 4)))
        elif kind == "loop":
            kept.append((*s[:3], fixed(s[3]), s[4]))
        elif kind == "if":
            kept.append((*s[:2], fixed(s[2])))
        else:
            kept.append(s)
    return kept


def _lies_inside(start: int, step: int, size: int) -> bool:
    return 0 <= start + step * (size - 1) < LENGTH


def run(steps: list[tuple[Any, ...]], arrays: list[Any]) -> None:
    """The program on NumPy arrays."""
    values: list[Any] = []

    def part(v: tuple[int, int, int, int]) -> Any:
        index, start, step, size = v
        stop = start + step * size
        return arrays[index][start : (stop if stop >= 0 else None) : step]

    for s in steps:
        match s:
            case ("read", view):
                values.append(part(view).copy())
            case ("combine", i, k):
                values.append(values[i] * 0.5 + values[k])
            case ("write", i, view):
                part(view)[:] = values[i]
            case ("move", source, target):
                part(target)[:] = part(source).copy()
            case ("store", a, i, z, k):
                arrays[z][k] = arrays[a][i] + 1
            case ("new", a):
                arrays.append(arrays[a] * 2)
            case ("join", which, a, z):
                arrays.append(arrays[a] if which else arrays[z])
            case ("if", which, inner):
                if which:
                    run(inner, list(arrays))
            case ("loop", count, carried, inner, given):
                now = [arrays[c] for c in carried]
                for _ in range(count):
                    scope = [*arrays, *now]
                    run(inner, scope)
                    now = [scope[g] for g in given]
                arrays += now


def emit(steps: list[tuple[Any, ...]], arrays: list[Any], flag: Callable[[bool], Any]) -> None:
    """The program as operations."""
    values: list[Any] = []

    def part(v: tuple[int, int, int, int]) -> Any:
        index, start, step, size = v
        return b.view(arrays[index], [number(start)], [number(size)], [number(step)], [0])

    for s in steps:
        match s:
            case ("read", view):
                values.append(b.read(part(view)))
            case ("combine", i, k):
                half = b.binary("mul", values[i], b.constant(0.5, "f64"))
                values.append(b.binary("add", half, values[k]))
            case ("write", i, view):
                b.write(values[i], part(view))
            case ("move", source, target):
                b.write(b.read(part(source)), part(target))
            case ("store", a, i, z, k):
                e = b.binary("add", b.load(arrays[a], [number(i)]), b.constant(1, "f64"))
                b.store(e, arrays[z], [number(k)])
            case ("new", a):
                arrays.append(b.allocate(b.binary("mul", b.read(arrays[a]), b.constant(2, "f64"))))
            case ("join", which, a, z):
                choice = scf.IfOp(flag(which), [arrays[a].type], has_else=True)
                with ir.InsertionPoint(choice.then_block):
                    scf.YieldOp([arrays[a]])
                with ir.InsertionPoint(choice.else_block):
                    scf.YieldOp([arrays[z]])
                arrays.append(choice.results[0])
            case ("if", which, inner):
                choice = scf.IfOp(flag(which))
                with ir.InsertionPoint(choice.then_block):
                    emit(inner, list(arrays), flag)
                    scf.YieldOp([])
            case ("loop", count, carried, inner, given):
                loop = scf.ForOp(number(0), number(count), number(1), [arrays[c] for c in carried])
                with ir.InsertionPoint(loop.body):
                    scope = [*arrays, *loop.inner_iter_args]
                    emit(inner, scope, flag)
                    scf.YieldOp([scope[g] for g in given])
                arrays += list(loop.results)


def check(seed: int, *, may_overlap: bool) -> None:
    draw = random.Random(seed)
    steps = fixed(Program(draw).block(2, 0))

    def body(u: Any, v: Any, yes: Any) -> list[Any]:
        arrays = [u, v]
        emit(steps, arrays, lambda which: b.compare("eq", yes, number(1 if which else 0)))
        return arrays[2:]

    code = InMemory([VECTOR, VECTOR, ("i64", None)], body, may_overlap=may_overlap)
    data = np.array([draw.randint(-9, 9) for _ in range(2 * LENGTH)], float)

    def pair() -> tuple[Any, Any]:
        memory = data.copy()
        first = 3 if may_overlap else LENGTH
        return memory[:LENGTH], memory[first : first + LENGTH]

    expected, actual = pair(), pair()
    arrays: list[Any] = list(expected)
    run(steps, arrays)
    results = code.f(*actual, 1)
    results = () if results is None else results if isinstance(results, tuple) else (results,)
    assert [a.tolist() for a in actual] == [e.tolist() for e in expected], steps
    assert [r.tolist() for r in results] == [a.tolist() for a in arrays[2:]], steps
    del results
    code.books.clear()


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed: int) -> None:
    check(seed, may_overlap=False)


@pytest.mark.parametrize("seed", range(100, 120))
def test_random_programs_on_overlapping_arrays(seed: int) -> None:
    check(seed, may_overlap=True)
