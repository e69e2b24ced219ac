"""Random subscripts, read and written, compiled and interpreted: the same elements, the same exceptions."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from language import Twice

_DIMS = ("N", "M", "K", "L")
#: Parameters that every function has; extents P and Q are never 1, which the language stretches only if it is said.
_PARAMETERS = "a: int, b: int, s: int, i: Tensor[i64, P], j: Tensor[i32, P], k: Tensor[i64, Q, P], m0: Tensor[bool, N]"
_BASIC = ("a", "b", "-1", "0", "1", ":", "a:", ":b", "a:b", "a:b:s", "::-1", "::2", "-2::-2", "1:-1", "a+1:b-1", "b::s")
_ARRAYS = ("i", "j", "k", "[0, -1]", "[a, b]", "i - 1", "i[::-1]", "[[0], [1]]")
EXAMPLES = int(os.environ.get("PYC_RANDOM_INDEXING", "4"))


def subscript(r: random.Random, rank: int) -> str:
    """A random subscript of an array of ``rank`` axes, not with more items than it has."""
    left, parts, rest = rank, list[str](), False
    arrays = r.random() < 0.6
    while left and (r.random() < 0.8 or not parts):
        choice = r.random()
        if choice < 0.12 and len(parts) < 6:
            parts.append(r.choice(["None", "np.newaxis"]))
        elif choice < 0.2 and not rest:
            parts.append("...")
            rest = True
        elif arrays and choice < 0.5:
            parts.append(r.choice(_ARRAYS))
            left -= 1
        elif arrays and choice < 0.65 and left == rank and not rest:
            # A mask of the leading axes.
            masked = r.randint(1, rank)
            parts.append("m0" if masked == 1 else f"x[{', '.join([':'] * masked + ['0'] * (rank - masked))}] > 2")
            left -= masked
            arrays = False  # as many positions as it has true elements: no other array has just that many
        else:
            parts.append(r.choice(_BASIC))
            left -= 1
    return ", ".join(parts) or r.choice(["...", "()"])


def program(r: random.Random, count: int) -> tuple[str, list[tuple[str, int]]]:
    """Functions that read or write with random subscripts: their text, and their names with the rank of the array."""
    lines, names = ["P = Dim('P')", "Q = Dim('Q')", "L = Dim('L')"], []
    for number in range(count):
        rank = r.randint(1, 4)
        dims = ", ".join(_DIMS[:rank])
        where, name = subscript(r, rank), f"f{number}"
        names.append((name, rank))
        lines.append(f"def {name}(x: Tensor[f64, {dims}], {_PARAMETERS}):")
        match r.randint(0, 4):
            case 0:
                lines.append(f"    x[{where}] = 7.0")
            case 1:
                lines.append(f"    x[{where}] += 1.0")
            case 2:
                lines.append(f"    x[{where}] *= x[{where}]")
            case 3:
                lines.append(f"    return x[{where}] + 1.0")
            case _:
                lines.append(f"    return x[{where}] * 1.0, x[{where}] - 2.0")
    return "\n".join(lines) + "\n", names


def arguments(r: random.Random, rank: int) -> Iterator[tuple[object, ...]]:
    """Calls: arrays of several extents and strides, positions mostly inside."""
    for extents in ((3, 4, 2, 5), (2, 2, 3, 2), (1, 3, 2, 2), (0, 2, 2, 2)):
        shape = extents[:rank]
        x = np.arange(float(np.prod(shape))).reshape(shape) - 3
        if r.random() < 0.3:
            x = x[::-1]
        elif r.random() < 0.3:
            x = np.asfortranarray(x)
        low, high = (-3, 3) if r.random() < 0.2 else (-2, 2)
        i, j, k = (np.array([r.randint(low, high - 1) for _ in range(n)]) for n in (3, 3, 6))
        a, b, s = r.randint(-2, 1), r.randint(-2, 1), r.choice([-3, -2, -1, 1, 2, 5])
        mask = np.array([r.random() < 0.5 for _ in range(shape[0])], bool)
        yield x, a, b, s, i, j.astype(np.int32), k.reshape(2, 3), mask


def check(seed: int, count: int) -> None:
    r = random.Random(seed)
    text, names = program(r, count)
    twice = Twice(text, *[name for name, _ in names])
    for name, rank in names:
        for call in arguments(r, rank):
            try:
                twice.agree(name, *call, message=False)
            except AssertionError as error:
                body = text.split(f"def {name}(")[1].split("\ndef ")[0]
                raise AssertionError(f"seed {seed}: {error}\n{body}") from None


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.integers(0, 2**32 - 1))
def test_random_subscripts(seed: int) -> None:
    check(seed, 12)
