# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc


# CHECK: error[E126]: recursion is not supported yet: even -> odd -> even
@pyc.jit
def even(n: int) -> bool:
    return n == 0 or odd(n - 1)


def odd(n: int) -> bool:
    return n != 0 and even(n - 1)
