# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc
from pyc import Tensor, f32


def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:
    y = pyc.annotate(x, stage=1, role="input")
    # Saying it again, or saying something else, is no contradiction.
    y = pyc.annotate(y, stage=1, unit="m")
    # CHECK: error[E136]: this value has another annotation 'stage' already: 1, and here 1.0
    # CHECK: note: it is given in line 9
    # CHECK: help: say it once
    return pyc.annotate(y, stage=1.0) * 2
