"""Names that have a value on some paths only: read where they have none, they raise what CPython raises."""

from functools import cache

import numpy as np
import pytest
from language import Twice

SOURCE = """
import pyc
def branch(n: int) -> int:
    if n > 0:
        x = n
    return x
def counter(n: int) -> int:
    for i in range(n):
        pass
    return i
def before(n: int, x: Tensor[f64, N]) -> float:
    s = 0.0
    for i in range(n):
        if i % 3 == 1:
            s += last
        if i == 2:
            continue
        last = float(x[i % len(x)])
    return s + last
def literal(n: int) -> float:
    s = 0.0
    for i in range(n):
        if i > 1:
            s += t
        t = 0
        if i > 2:
            t = 1.5
    return s + t
def largest(x: Tensor[f64, N, M]) -> float:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if i + j == 0 or x[i, j] > best:
                best = x[i, j]
                at = i * 10 + j
            elif at == 3:
                at += last
        last = at
    return float(best) + at
def seen(n: int) -> int:
    s = 0
    for i in range(n):
        try:
            s += t
        except UnboundLocalError:
            s -= 100
        t = i
    return s
def walrus(n: int) -> int:
    if n > 0 and (y := n * 2) > 4:
        pass
    return y
def capture(n: int) -> int:
    match n:
        case 0:
            pass
        case k:
            k = k + 1
    return k
def elements(x: Tensor[f64, N]) -> float:
    for v in x:
        pass
    return v * 2
def pairs(x: Tensor[f64, N], y: Tensor[i64, M]) -> float:
    for i, (v, w) in enumerate(zip(x, y)):
        if v > 2:
            break
    return v * 2 + i + w
def rows(x: Tensor[f64, N, M]) -> float:
    for row in x:
        total = row.sum()
    return row[0] + total
def array(x: Tensor[f64, N], t: bool) -> Tensor[f64, N]:
    if t:
        y = x * 2.0
    y[0] = 5.0
    y += 1.0
    y[1:] *= 3.0
    return y
def alias(x: Tensor[f64, N], t: bool) -> None:
    if t:
        y = x
    else:
        if len(x) > 2:
            y = x[::-1]
    y[0] = 5.0
def view_of_before(x: Tensor[f64, N], n: int) -> float:
    s = 0.0
    for i in range(n):
        if i > 1:
            prev[0] += 2.0
            s += prev[0]
        prev = x[i:]
    return s
@pyc.record
class P:
    x: float
    y: int
    def norm(self) -> float:
        return self.x * self.y
def record(n: int) -> float:
    for i in range(n):
        p = P(i * 1.5, i)
    return p.norm() + p.x
def field(n: int) -> float:
    if n:
        p = P(1.5, n)
    p.x = 3.0
    p.x += 1.0
    return p.x + p.y
def items(n: int, x: Tensor[f64, N]) -> float:
    if n:
        p = (n, x, 2.0)
    a, b, c = p
    return a + b[0] + p[2]
def conditions(n: int, t: bool) -> int:
    if n > 2:
        x = 5
    y = x if t else 1
    z = t and x > 3
    return y + (x if z else 0)
def deleted(n: int, t: bool) -> int:
    if n > 2:
        x = 5
    if t:
        del x
    try:
        return x
    except UnboundLocalError:
        return -1
def parameter(n: int, x: Tensor[f64, N]) -> float:
    if n > 2:
        del x
        n = 1
    return x[n]
def in_loop(n: int) -> int:
    s = 0
    for i in range(n):
        if i % 2 == 0:
            k = i
        s += k
        if i % 3 == 2:
            del k
    return s
def last_of(n):
    for i in range(n):
        last = i
    return last
def callee(n: int) -> int:
    return last_of(n) + 1
def nested(n: int, m: int) -> int:
    s = 0
    for i in range(n):
        for j in range(m):
            if i + j > 2:
                s += q + r
            q = i
        r = s % 7
    return s
def guarded(x: Tensor[f64, N], n: int) -> float:
    for i in range(n):
        try:
            v = float(x[i])
            if v > 2:
                w = v * 2
        except IndexError:
            late = i
            break
        finally:
            count = i
    return v + w + late + count
def in_handler(n: int) -> int:
    try:
        x = 1
        if n == 2:
            raise ValueError
        y = 1 // n
    except ZeroDivisionError:
        return x
    except ValueError:
        return y
    return y + x
"""

ONES = np.ones(3)
CASES = [
    ("branch", 1), ("branch", 0), ("counter", 3), ("counter", 0), ("before", 0, ONES), ("before", 1, ONES),
    ("before", 7, ONES), ("literal", 0), ("literal", 9), ("seen", 0), ("seen", 4),
    ("largest", np.array([[1.0, 5.0, 2.0], [3.0, 9.0, 1.0]])), ("largest", np.zeros((0, 3))),
    ("largest", np.zeros((3, 0))), ("walrus", 0), ("walrus", 1),
    ("walrus", 3), ("capture", 0), ("capture", 4), ("elements", np.arange(2.0)), ("elements", np.zeros(0)),
    ("pairs", np.arange(4.0), np.arange(9)), ("pairs", np.zeros(0), np.arange(3)), ("rows", np.ones((2, 3))),
    ("rows", np.ones((0, 3))), ("array", ONES, True), ("array", ONES, False), ("alias", ONES, True),
    ("alias", ONES, False), ("alias", np.ones(2), False), ("view_of_before", np.ones(5), 0),
    ("view_of_before", np.ones(5), 4), ("record", 2), ("record", 0), ("field", 2), ("field", 0), ("items", 2, ONES),
    ("items", 0, ONES), ("conditions", 1, False), ("conditions", 1, True), ("conditions", 3, True),
    ("deleted", 1, False), ("deleted", 1, True), ("deleted", 3, False), ("deleted", 3, True), ("parameter", 5, ONES),
    ("parameter", 1, ONES), ("in_loop", 2), ("in_loop", 9), ("callee", 0), ("callee", 2), ("nested", 2, 3),
    ("nested", 5, 6), ("nested", 4, 1), *(("guarded", np.array([1.0, 3.0]), n) for n in range(4)),
    *(("in_handler", n) for n in range(3)),
]  # fmt: skip


@cache
def program() -> Twice:
    return Twice(SOURCE, *dict.fromkeys(name for name, *_ in CASES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_as_cpython(case):
    name, *arguments = case
    program().agree(name, *arguments)
