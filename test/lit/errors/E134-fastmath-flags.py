# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import f64

FLAGS = {"reassoc"}


# CHECK: error[E134]: fastmath has no flag 'reasoc'
# CHECK: help: did you mean `reassoc`?
@pyc.jit(fastmath={"reasoc"})
def f(x: f64) -> f64:
    return x + 1.0


# CHECK: error[E134]: fastmath is True, False or a set of flags that is written out, not FLAGS
# CHECK: help: flags are reassoc, nnan, ninf, nsz, arcp, contract, afn
@pyc.jit(fastmath=FLAGS)
def g(x: f64) -> f64:
    return x + 1.0


# CHECK: error[E134]: fastmath has no flag 'everything'
# CHECK: error[E134]: pyc.fastmath takes flags by position
def h(x: f64) -> f64:
    with pyc.fastmath("everything"):
        x += 1.0
    with pyc.fastmath(flags="reassoc"):
        x += 1.0
    return x
