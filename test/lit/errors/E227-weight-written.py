# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc
from pyc import Tensor, f32


# CHECK: error[E227]: weights cannot be written in compiled code
# CHECK: help: copy it: `w = self.w.copy()`
class Net[K](pyc.Module):
    bias: Tensor[f32, K]

    def __call__(self, x: Tensor[f32, K]) -> Tensor[f32, K]:
        self.bias[0] = 0.0
        return x + self.bias


Four = Net[4]
