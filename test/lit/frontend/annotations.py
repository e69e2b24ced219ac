# RUN: pyc compile %s --emit=pyc | filecheck %s
# RUN: pyc compile %s --emit=pyc | pyc-opt - | filecheck %s
# RUN: pyc compile %s --emit=linalg | filecheck %s --check-prefix=CPU
from __future__ import annotations

from typing import Annotated

import numpy as np

import pyc
from pyc import Tensor, f32

# CHECK: module attributes {pyc.annotated
# What is said of functions, modules, parameters, results and weights goes to the manifest; the rest has no place there.
# CPU: func.func @f{{.*}}pyc.annotations = {owner = "vision"}
# CPU-NOT: pyc.annotations = {
# CPU-NOT: pyc.annotate
# CPU: func.func @Net{{.*}}pyc.modules = {"." = {kind = "scale", width = 4 : i64}}


# CHECK-LABEL: @f(
# CHECK-SAME: pyc.annotations = {owner = "vision"}
# CHECK-SAME: {annotations = {layout = "nc"}, dims = ["N"]
# CHECK-SAME: results = [{annotations = {role = "logits"}, dims = ["N"]
# CHECK: %[[DOUBLED:.*]] = "pyc.mul"
# CHECK-SAME: {pyc.annotations = {stage = 2 : i64}}
# CHECK-NEXT: "pyc.annotate"(%[[DOUBLED]]) {annotations = {clip = [0.000000e+00, 1.500000e+00], role = "doubled", table = {a = true, b = 3 : i64}}}
# CHECK: "pyc.exp"(%[[DOUBLED]]) {pyc.annotations = {stage = 3 : i64, unit = "exp"}}
# CHECK: "pyc.add"(%{{.*}}, %{{.*}}) : (
@pyc.annotate(owner="vision")
def f[N](x: Annotated[Tensor[f32, N], pyc.annotate(layout="nc")]) -> Annotated[
    Tensor[f32, N], pyc.annotate(role="logits")
]:
    with pyc.annotate(stage=2):
        y = pyc.annotate(x * 2, role="doubled", clip=[0.0, 1.5], table={"b": 3, "a": True})
        with pyc.annotate(stage=3, unit="exp"):
            z = np.exp(y)
    return z + 1


# CHECK-LABEL: @Net(
# CHECK-SAME: pyc.modules = {"." = {kind = "scale", width = 4 : i64}}
# CHECK-SAME: {annotations = {bits = 8 : i64}, dims = ["4"]{{.*}}weight = "w"}
# CHECK: "pyc.annotate"(%{{.*}}) {annotations = {role = "weight"}}
class Scale[N](pyc.Module, annotations={"kind": "scale", "width": N}):
    w: Annotated[Tensor[f32, N], pyc.annotate(bits=8)]

    def __call__(self, x: Tensor[f32, N]) -> Tensor[f32, N]:
        pyc.annotate(self.w, role="weight")
        return x * self.w


Net = Scale[4]
