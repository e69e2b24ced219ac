# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc
from pyc import Tensor, f32


# CHECK: error[E225]: the class Inner is not a module
# CHECK: help: `class C(pyc.Module):` declares one
class Inner:
    up: Tensor[f32, 4]


class Net[K](pyc.Module):
    inner: Inner

    def __call__(self, x: Tensor[f32, K]) -> Tensor[f32, K]:
        return self.inner(x)


Four = Net[4]
