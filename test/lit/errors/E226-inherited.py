# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


@pyc.record
class Point:
    x: f64


# CHECK: error[E226]: the record Mass derives from Point, and records do not inherit
# CHECK: = help: make it a field: `base: Point`
@pyc.record
class Mass(Point):
    m: f64


def f(x: Tensor[f64, N]) -> f64:
    return Mass(x[0], x[1]).m
