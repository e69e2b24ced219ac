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


def first(p: Particle) -> f64:
    return p.x


def second(c: Cloud) -> f32:
    return c.points[0]
