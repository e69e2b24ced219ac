"""Records that masks and arrays of positions choose from an array of records: copies, as NumPy's."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from records import Programs

RECORDS = """
@pyc.record
class Vec:
    x: f64
    y: f64
@pyc.record
class Body:
    p: Vec
    id: i32
    spin: tuple[f32, f32]
"""

SOURCE = (
    RECORDS
    + """
def heavy(b: Tensor[Body, N]) -> f64:
    c = b[b.id > 1]
    b[0] = Body(Vec(7.0, 7.0), 9, (np.float32(0), np.float32(0)))
    t = 0.0
    for v in c:
        t = t * 0.5 + v.p.x - v.p.y + v.id
    return t + np.sum(c.p.y) + len(c)
def ordered(b: Tensor[Body, N], i: Tensor[i64, K]) -> f64:
    c = b[i]
    c.id = 3
    c[0].p.x = 100.0
    return c[0].p.x + c[-1].p.y + c[1].id + b[1].id
def masked(b: Tensor[Body, N], m: Tensor[bool, K]) -> int:
    return len(b[m])
def given(b: Tensor[Body, N]):
    return b[b.id > 1]
def taken(b: Tensor[Body, N], i: Tensor[i64, K]):
    return b[i]
"""
)


@cache
def program() -> Programs:
    return Programs(SOURCE)


def bodies(n: int) -> Any:
    b = program().python["Body"].zeros(n)
    b["p"]["x"], b["p"]["y"], b["id"] = np.arange(n) * 1.5, np.arange(n)[::-1], np.arange(n)
    return b


@pytest.mark.parametrize("n", [1, 2, 5])
def test_masks(n: int) -> None:
    program().agree("heavy", bodies(n))
    program().agree("given", bodies(n))
    program().agree("masked", bodies(n), np.arange(n) % 2 == 0)
    program().agree("masked", bodies(n), np.arange(n + 1) % 2 == 0)


def test_positions() -> None:
    for i in ([2, 0, -1, 2], [1, 9], [-5, 0]):
        program().agree("ordered", bodies(4), np.array(i))
        program().agree("taken", bodies(4), np.array(i))
    program().agree("taken", bodies(4), np.empty(0, np.int64))
