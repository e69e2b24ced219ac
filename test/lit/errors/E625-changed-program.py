# RUN: pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# RUN: sed 's/+ f32(2.0)/+ f32(1.0)/' %s > %t.py
# RUN: pyc compile %t.py --target=onnx -o %t.onnx 2>&1 | filecheck %s --check-prefix=SAME
# RUN: pyc inspect %t.onnx --verify
# REQUIRES: onnx
# SAME-NOT: warning
from __future__ import annotations

from pyc import Dim, Tensor, f32, onnx

N = Dim("N")


@onnx.model(ir_version=8, opset_import={"": 17})
@onnx.graph(
    "main",
    inputs=[onnx.value("x", "f32", ["N"])],
    outputs=[onnx.value("y", "f32", ["N"])],
    initializers=[onnx.tensor("one", "f32", [], [1.0])],
)
def changed(x: Tensor[f32, N]) -> Tensor[f32, N]:
    with onnx.node("Add", "add", ["x", "one"], ["y"], loc="first.py:3:5"):
        # CHECK: warning[E625]: the program is compiled, as it is not the model any more that it was
        # CHECK: y = x + f32(2.0)
        y = x + f32(2.0)
    return y
