"""Names that handlers bind, the order of the parts of ``try``, and numbers that meet at the ends of nested loops."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice, interpreted

SOURCE = """
def after(n: int) -> int:
    e = 5
    try:
        1 // n
    except ZeroDivisionError as e:
        n = 3
    return e
def in_loop(n: int) -> int:
    e = 5
    for i in range(3):
        try:
            1 // (n - i)
        except ZeroDivisionError as e:
            if n == 1:
                continue
            break
    return e + i
def raised_again(n: int) -> int:
    e = 5
    try:
        try:
            1 // n
        except ZeroDivisionError as e:
            raise ValueError(f"again {e}") from e
    except ValueError:
        n = 7
        if n == 0:
            e = 1
    return e
def in_finally(n: int) -> int:
    e = 5
    try:
        1 // n
    except ZeroDivisionError as e:
        pass
    finally:
        n = e
    return n
def parameter(e: int) -> int:
    try:
        1 // e
    except ZeroDivisionError as e:
        pass
    e = 2
    return e
def ordered(u: Tensor[i64, N], n: int) -> int:
    k = 0
    try:
        try:
            k += 1
            u[n] = 5
            k += 10 // (n - 1)
        except IndexError as e:
            k += 100
            raise ValueError(f"bad {n:>3}: {e}") from e
        else:
            k += 1000
            if n == 2:
                raise KeyError("else")
        finally:
            k += 10000
            u[0] += 1
    except KeyError:
        k += 5
    except (ZeroDivisionError, ValueError) as e:
        k = -k
    return k
def leaves(n: int) -> int:
    for i in range(4):
        try:
            if i == n:
                break
            if i == 1:
                continue
        finally:
            if i == 2 and n == 5:
                return 42
    else:
        return -1
    return i
def again(n: int) -> int:
    try:
        return 1 // n
    except ZeroDivisionError:
        try:
            return 2 // n
        except ZeroDivisionError:
            raise
    finally:
        n += 1
def rows(x: Tensor[f64, N, M]) -> float:
    s = 0.0
    for row in x:
        for v in row:
            if v < 0:
                break
            s = s * 2 + v
        else:
            continue
        s += 100
        break
    return s
"""
CALLS = {
    "after": [(1,), (0,)],
    "in_loop": [(0,), (1,), (2,), (9,)],
    "raised_again": [(1,), (0,)],
    "in_finally": [(1,), (0,)],
    "parameter": [(0,), (1,)],
    "ordered": [
        (
            np.arange(3),
            0,
        ),
        (
            np.arange(3),
            1,
        ),
        (
            np.arange(3),
            2,
        ),
        (
            np.arange(3),
            7,
        ),
    ],
    "leaves": [(0,), (3,), (5,), (9,)],
    "again": [(1,), (0,)],
    "rows": [(np.array([[1.0, 2], [3, -1], [5, 5]]),), (np.zeros((0, 3)),)],
}


@cache
def program() -> Twice:
    return Twice(SOURCE, *CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_as_python(name):
    for arguments in CALLS[name]:
        program().agree(name, *arguments)
        interpreted(program(), name, arguments)
