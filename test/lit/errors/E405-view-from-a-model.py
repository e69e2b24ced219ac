# RUN: pyc compile %s --target=onnx --remarks -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: remark[E405]: the result is a copy, where Python's is a view of 'u'
# CHECK: return u[1:], u[2:]
# CHECK-NOT: remark[E405]
def f(u: Tensor[f64, N]):
    return u[1:], u[2:]
