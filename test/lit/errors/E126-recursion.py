# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc


# CHECK: error[E126]: the result of even must be declared, for it calls itself: even -> odd -> even
# CHECK: help: `def even(...) -> int:`
# CHECK: 1 error
@pyc.jit
def start(n: int) -> bool:
    return even(n)


def even(n: int):
    return odd(n - 1)


def odd(n: int):
    return even(n - 1)


@pyc.jit
def found(n: int) -> bool:
    return ends(n)


def ends(n: int):
    return n == 0 or ends(n - 1)
