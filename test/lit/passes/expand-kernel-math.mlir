// RUN: pyc-opt %s --expand-kernel-math | filecheck %s

// Functions that libdevice lacks, in a kernel and of the host's numbers; the others are left for it.
// CHECK-LABEL: @host
// CHECK-NOT: pyc.gelu
// CHECK: arith.divf
func.func @host(%x: f64) -> f64 {
  %0 = "pyc.gelu"(%x) : (f64) -> f64
  return %0 : f64
}

// CHECK-LABEL: @kernel
// CHECK: math.exp
// CHECK-NOT: math.rsqrt
// CHECK: math.sqrt
// CHECK: arith.divf
// CHECK-NOT: pyc.sigmoid
// CHECK: gpu.return
gpu.module @kernels {
  gpu.func @kernel(%x: f32, %out: memref<f32>) kernel {
    %0 = math.exp %x : f32
    %1 = math.rsqrt %0 : f32
    %2 = "pyc.sigmoid"(%1) : (f32) -> f32
    memref.store %2, %out[] : memref<f32>
    gpu.return
  }
}
