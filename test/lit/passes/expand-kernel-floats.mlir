// RUN: pyc-opt %s --expand-kernel-floats | filecheck %s

// Every chip converts f16, and bf16 from and to f32. Through f32 an f64 would be rounded twice; f8 has no instructions.
module {
  gpu.module @kernels {
    // CHECK-LABEL: gpu.func @native(
    // CHECK: arith.truncf %{{.*}} : f64 to f16
    // CHECK: arith.truncf %{{.*}} : f32 to bf16
    // CHECK: arith.extf %{{.*}} : bf16 to f32
    gpu.func @native(%x: f64, %y: f32, %a: memref<f16>, %b: memref<bf16>, %c: memref<f32>) kernel {
      %0 = arith.truncf %x : f64 to f16
      memref.store %0, %a[] : memref<f16>
      %1 = arith.truncf %y : f32 to bf16
      memref.store %1, %b[] : memref<bf16>
      %2 = arith.extf %1 : bf16 to f32
      memref.store %2, %c[] : memref<f32>
      gpu.return
    }
    // CHECK-LABEL: gpu.func @expanded(
    // CHECK-NOT: arith.truncf %{{.*}} to bf16
    // CHECK-NOT: f8E4M3FN to f32
    // CHECK: arith.bitcast %{{.*}} : i16 to bf16
    // CHECK: gpu.return
    gpu.func @expanded(%x: f64, %y: f8E4M3FN, %a: memref<bf16>, %b: memref<f32>) kernel {
      %0 = arith.truncf %x : f64 to bf16
      memref.store %0, %a[] : memref<bf16>
      %1 = arith.extf %y : f8E4M3FN to f32
      memref.store %1, %b[] : memref<f32>
      gpu.return
    }
  }
}
