"""Parts of arrays that are changed element by element are changed in place: where nobody could tell, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from allocations import watched
from language import CPU, HEADER, Twice

from pyc.dialects import remarks
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

IN_PLACE = """\
def plain(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for _ in range(steps):
        x[1:] -= 0.5 * (y[1:] - y[:-1])
        y[:-1] *= x[1:]
        m[1:, 1:] += m[1:, 1:] * 2.0 + x[1:, None]
        m[0] += 1.0
        m[:, -1] -= y
def backwards(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    x[::-1] += y
    x[::2] *= 2.0
    m[::-1, ::2] -= 3.0
"""
OTHERWISE = """\
def shifted(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for _ in range(steps):
        x[1:] += x[:-1]
        x[1:-1] = 0.5 * (x[:-2] + x[2:])
        x[:-1] -= x[1:] * y[1:]
        x[:] = x[::-1] + x
        m[1:-1, 1:-1] += m[:-2, 1:-1] + m[2:, 1:-1] + m[1:-1, :-2] + m[1:-1, 2:]
        m[1:] -= m[0]
def twice_read(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for i in range(len(m)):
        for k in range(len(m)):
            m[i] += m[k] * 0.5
            m[i, 1:] = m[k, :-1] - m[i, 1:] + m[i, :-1]
    old = x[1:] * 1.0
    x[1:] += y[1:]
    y[1:] -= old
"""
WHOLE = """\
def whole(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    y += x
    x[:] = x + 2.0 * y
    y *= 2.0
    m *= m
    m += x[:, None]
    y -= y.max()
    x[:] = np.minimum(x, y) + y * y
    np.subtract(y, x, out=y)
    for _ in range(steps):
        y += x
        y *= 0.5
        m[:] = m * 0.5 + y[:, None]
    if steps > 1:
        y += x
    else:
        y -= x
def rows(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for i in range(len(m)):
        m[i] += x[i] * m[i]
    y[1:-1] = x[2:] + x[:-2]
    y[1:-1] = 0.5 * y[1:-1] - x[2:]
    y[::2] *= x[::2]
    y[x > 0] += 1.0
    m[:, 0] -= x
"""
WHOLE_OTHERWISE = """\
def old_read(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for _ in range(steps):
        old = y * 1.0
        y += x
        x *= y
        y[:] = y - old
        m += m[0]
        m[:] = m + m[::-1]
        x[:] = x[::-1] * y
        y[:] = y + np.where(x > 0, x, y)[::-1]
        first = y[0]
        y += first
        y[:] = y * y[-1]
def fails(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    y += x
    y[steps] = 7.0
    y *= 2.0
    x[steps - 2] += 1.0
    x *= y
    x[:] = x + 1.0 / (steps - 1)
"""
#: Columns are written, read again and written over; others are read between.
COLUMNS = """\
def forward(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    c = np.zeros(m.shape)
    for k in range(1, m.shape[1]):
        c[:, k] = m[:, k] * 0.5 + x
        d = m[:, k] - c[:, k - 1] * y
        c[:, k] = c[:, k] / (1.0 + y * y)
        m[:, k] = d + c[:, k]
        m[:, k] = (m[:, k] - m[:, k - 1] * x) * 0.5
    for k in range(m.shape[1] - 2, -1, -1):
        y[:] = m[:, k] - c[:, k + 1] * y
        m[:, k] = y
        m[:, k] = m[:, k + 1] - m[:, k]
def rows_between(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for i in range(2, len(m) - 2):
        m[i : i + 2] = m[i - 2 : i] + 1.0
        m[i + 2] = m[i] - m[i - 1]
        m[i : i + 2] = m[i + 2] * 2.0
        m[i - 1 : i + 1] *= m[i + 1]
"""
ANYWHERE = """\
def anywhere(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for k in range(len(x)):
        j = (k * steps) % len(x)
        m[k] = m[k] * 0.5 + 1.0
        z = m[j] + m[k - 1]
        m[k] = z - m[-k - 1]
        m[j] = z + m[k]
        x[k] = m[j, 0] + x[k - 1]
        x[k : k + 1] = x[j : j + 1] * 0.5
        x[k] = x[j] + x[k - 1]
"""
#: What is computed of the old values is chosen, or added, where new ones are read.
BEFORE_WRITES = """\
def survivors(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    for _ in range(steps):
        n = m[:-2] + m[1:-1] + m[2:]
        dense = n * m[1:-1] > 0.3
        m[...] = 0.0
        m[1:-1][dense | (n < 0.1)] = 1.0
        far = (y[1:] > y[:-1]) & (x[1:] > 0.2)
        y[1:] = x[1:] * 0.5
        y[1:][far] += 0.25
        gone = x > 0.5
        x -= 0.25
        x[gone] *= x[gone] + 2.0
def checked(x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[f64, N, M], steps: int) -> None:
    far = (y[1:] > y[:-1]) & (x[1:] > 0.2)
    y[1:] = x[1:] * 0.5
    y[steps] = 2.0
    y[1:][far] += 0.25
    x[1:] += np.where(far, y[:-1], x[:-1])
    x[steps - 1] = 3.0
    m[1:] = m[:-1] * 2.0 + x[:-1, None]
"""
NAMES = (
    "plain",
    "backwards",
    "shifted",
    "twice_read",
    "whole",
    "rows",
    "old_read",
    "fails",
    "forward",
    "rows_between",
    "anywhere",
    "survivors",
    "checked",
)


@pytest.fixture(scope="module")
def twice() -> Twice:
    text = IN_PLACE + OTHERWISE + WHOLE + WHOLE_OTHERWISE + COLUMNS + ANYWHERE + BEFORE_WRITES
    return Twice(text, *NAMES, overlapping="also")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [1, 2, 3, 7])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_updates(twice, name, n, columns):
    rng = np.random.default_rng(n)
    for x, y, m in (
        (rng.random(n), rng.random(n), rng.random((n, columns))),
        (rng.random(3 * n)[::3], rng.random(n)[::-1], rng.random((columns, n)).T),
    ):
        for steps in (0, 1, 3):
            twice.agree(name, x, y, m, steps, message=False)


def test_nothing_is_copied_where_nothing_else_is_read():
    assert not _copies(IN_PLACE, "plain", "backwards")


def test_no_array_is_copied_for_a_column():
    assert not [copy for copy in _copies(COLUMNS, "forward") if "[?, ?]" in copy]


def test_no_array_is_copied_for_what_was_computed_before_it_was_written():
    assert not _copies(BEFORE_WRITES, "survivors")


def _copies(text: str, *names: str) -> list[str]:
    """What remarks say of the copies that functions make."""
    module = lower(Source("updates.py", HEADER + text), Request(CPU, names)).module
    with module.context:
        backend("cpu").pipeline(CPU, Options(name="program", emit="obj")).run(module)
        return [r.message for r in remarks.read(module) if r.code == "E450"]


@pytest.mark.parametrize("columns", [1, 4])
def test_updates_of_one_array_from_others_allocate_nothing(columns):
    text = HEADER + IN_PLACE.replace("m[1:, 1:] * 2.0 + x[1:, None]", "x[1:, None]") + WHOLE
    options = Options(name="program", emit="obj")
    names = ("plain", "whole", "rows")
    lowered = lower(Source("updates.py", text), Request(CPU, names)).module
    cpu = backend("cpu")
    with lowered.context:
        cpu.pipeline(CPU, options).run(lowered)
        code, books = watched(cpu.emit(lowered, CPU, options))
    for name in names:
        n = 500
        x, y, m = np.ones(n), np.ones(n), np.ones((n, columns))
        getattr(code, name)(x, y, m, 3)
        assert books.allocations == 0, name
