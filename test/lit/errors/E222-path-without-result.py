# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc


# CHECK: error[E222]: sign can end without returning an int
# CHECK: note: its result is declared here
@pyc.jit
def sign(n: int) -> int:
    if n > 0:
        return 1
