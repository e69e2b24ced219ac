import pyc
from pyc import Tensor, f32


class Net(pyc.Module):
    up: Tensor[f32, 4, 8]
    down: Tensor[f32, 8, 2]

    def __call__(self, x: Tensor[f32, 3, 4]) -> Tensor[f32, 3, 2]:
        return (x @ self.up) @ self.down
