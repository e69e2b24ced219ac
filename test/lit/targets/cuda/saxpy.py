# RUN: pyc compile %s --target=cuda:sm_90 --emit=ptx -o %t.ptx
# RUN: filecheck %s --input-file %t.ptx
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: .version 7.8
# CHECK: .target sm_90
# CHECK: .visible .entry saxpy_1_map(
# CHECK: .maxntid 256, 1, 1
# Each thread has one element, if there is one for it; what is only read is cached; nothing is fused.
# CHECK-DAG: %ctaid.x
# CHECK-DAG: %ntid.x
# CHECK-DAG: %tid.x
# CHECK: setp.ge.u64
# CHECK: ld.global.nc.b32
# CHECK: mul.rn.f32
# CHECK: add.rn.f32
# CHECK: st.global.b32
# CHECK: ret;
def saxpy(a: f32, x: Tensor[f32, N], y: Tensor[f32, N]) -> Tensor[f32, N]:
    return a * x + y
