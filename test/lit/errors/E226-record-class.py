# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc
from pyc import Dim, Tensor, f32, f64

N = Dim("N")


@pyc.record
class Particle:
    x: f64 = 0.0
    # CHECK: error[E226]: the field v of Particle has no default and follows x, which has
    # CHECK: help: move it up, or give it a default
    v: f64


@pyc.record
class Cloud:
    # CHECK: error[E226]: the field points of Cloud is an array whose extents are not numbers
    # CHECK: help: fields are numbers, records, tuples of these, and arrays of fixed size such as `Tensor[f32, 3]`
    points: Tensor[f32, N]


@pyc.record
class Sum:
    x: f64

    # CHECK: error[E226]: the record Sum defines __iadd__
    # CHECK: help: a record is a value: `__add__` says what `+=` makes of it
    def __iadd__(self, o: "Sum") -> "Sum":
        return Sum(self.x + 2 * o.x)


def first(p: Particle) -> f64:
    return p.x


def third(s: Sum) -> f64:
    s += s
    return s.x


def second(c: Cloud) -> f32:
    return c.points[0]
