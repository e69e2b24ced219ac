# RUN: not pyc check %s 2>&1 | filecheck %s
import cmath

import pyc


# CHECK: error[E115]: cmath.sqr is not supported in compiled code
# CHECK: help: did you mean `sqrt`?
# CHECK: error[E202]: cmath.rect takes numbers, and this is a complex
@pyc.jit
def f(z: complex) -> complex:
    return cmath.sqr(z) + cmath.rect(z, 1.0)
