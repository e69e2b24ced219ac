from pyc import Tensor, f32

name = "café"
