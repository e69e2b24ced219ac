# RUN: not pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import f64, i64


# CHECK: error[E602]: 'power' calls itself: recursion cannot be exported to ONNX
# CHECK: def power(
def power(x: f64, n: i64) -> f64:
    if n == 0:
        return 1.0
    return x * power(x, n - 1)
