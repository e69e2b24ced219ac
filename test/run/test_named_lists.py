"""Lists of known length in names, never changed: joined, indexed, counted, run over and unpacked as Python does it."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice, interpreted

from pyc.diagnostics import CompileError

SOURCE = """\
def joined(a: Tensor[f64, N], b: Tensor[f64, N]):
    parts = [a, b, a[::-1]]
    rows = [np.sum(p) for p in parts] if len(parts) > 5 else 0
    return np.concatenate(parts), np.stack(parts), np.stack(parts, axis=1), np.vstack(parts), np.array(parts), rows
def indexed(a: Tensor[f64, N], b: Tensor[f64, N]):
    parts = [a, b * 2.0]
    return parts[0], parts[-1], len(parts), parts[0] + parts[1]
def chosen(a: Tensor[f64, N], i: int) -> float:
    weights = [0.5, float(a.sum()), 2.0]
    return weights[i]
def over(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    parts = [a, b[1:]]
    for p in parts:
        p += 1.0
    for k, p in enumerate(parts):
        p[:1] = k
    for p, w in zip(reversed(parts), [2.0, 3.0]):
        p *= w
def unpacked(a: Tensor[f64, N], b: Tensor[f64, N]):
    parts = [a, b]
    more = [*parts, a + b]
    first, *_ = more
    return np.concatenate([*parts, b]), first, np.hstack((*more, a))
def counted(n: int):
    numbers = [n, 3, 7 * n]
    return sum(numbers), max(numbers), min(numbers), any(numbers), sorted(numbers)[0], n in numbers, 4 in numbers
def replaced(a: Tensor[f64, N], b: Tensor[f64, N]):
    parts = [a, b]
    for _ in range(3):
        parts = [parts[1], parts[0]]
    return np.concatenate(parts)
def either(a: Tensor[f64, N], b: Tensor[f64, N], t: bool):
    if t:
        parts = [a, b]
    else:
        parts = [b, a]
    a[:1] = 9.0
    return np.concatenate(parts)
def put(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    np.put(a, [0, -1], [7.0, 8.0])
    b.put([0], [9])
def functions(a: Tensor[f64, N]):
    steps = [np.sin, lambda x: x * 2.0]
    for s in steps:
        a = s(a)
    return a
"""
A, B = np.arange(4.0), np.arange(4.0) * -1.5


def test_lists_that_are_never_changed() -> None:
    twice = Twice(SOURCE, *(line[4:].partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")))
    for a, b in ((A, B), (A[::-1], B.copy()), (A[:0], B[:0]), (A[:1], B[:1])):
        for name in ("joined", "indexed", "over", "unpacked", "replaced", *(["put"] if len(a) else [])):
            twice.agree(name, a, b)
            interpreted(twice, name, (a, b))
        for flag in (True, False):
            twice.agree("either", a, b, flag)
        twice.agree("functions", a)
    for i in range(-5, 5):
        twice.agree("chosen", A, i)
        twice.agree("counted", i)


@pytest.mark.parametrize(
    "body",
    [
        "parts.append(b)\n    return np.concatenate(parts)",
        "parts += [b]\n    return np.concatenate(parts)",
        "parts[0] = b\n    return np.concatenate(parts)",
        "parts[0] += 1.0\n    return np.concatenate(parts)",
        "del parts[0]\n    return np.concatenate(parts)",
        "other = parts\n    return np.concatenate(other)",
        "return parts",
        "return a[parts]",
        "return parts[:1]",
        "return parts * 2",
        "print(parts)",
        "return own(parts)",
        "return parts == parts",
    ],
)
def test_lists_that_are_changed_or_kept_are_refused(body: str) -> None:
    source = (
        f"def own(x):\n    return x\ndef f(a: Tensor[f64, N], b: Tensor[f64, N]):\n    parts = [a, b]\n    {body}\n"
    )
    with pytest.raises(CompileError, match="E121: a list is not supported in compiled code"):
        Twice(source, "f")


@pytest.mark.parametrize(
    ("expression", "code", "mend"),
    [
        ("x[slice(1, -1)]", "E122", "`x[1:-1]`"),
        ("np.lib.stride_tricks.sliding_window_view(x, 3)", "E115", "`x[i : i + n]` in a loop over i"),
        ("x.view()", "E217", "`x[:]` is a view"),
    ],
)
def test_other_spellings_name_what_to_write(expression: str, code: str, mend: str) -> None:
    with pytest.raises(CompileError) as error:
        Twice(f"def f(x: Tensor[f64, N]):\n    return {expression}\n", "f")
    (found,) = error.value.diagnostics
    assert found.code == code
    assert any(mend in n.message for n in found.notes)
