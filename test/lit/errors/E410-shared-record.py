# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc
from pyc import f64


@pyc.record
class Body:
    x: f64
    v: f64


def of_the_caller(b: Body) -> f64:
    # CHECK: error[E410]: b is the caller's record, and assigning its field would change it there
    # CHECK: help: `b = dataclasses.replace(b)` before makes b a record of its own
    b.x = 0.0
    return b.x


def two_names(x: f64) -> f64:
    b = Body(x, x)
    c = b
    # CHECK: error[E410]: c may not be the only name of its record, and assigning its field would change the others
    c.x = 1.0
    return b.x
