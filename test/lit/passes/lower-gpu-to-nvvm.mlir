// RUN: pyc-opt %s --lower-gpu-to-nvvm | filecheck %s

// CHECK-LABEL: gpu.module @kernels
// Elementary functions are libdevice's, those of f16 through f32; a square root is an instruction.
// CHECK-DAG: llvm.func @__nv_expf(f32) -> f32
// CHECK-NOT: @__nv_sqrtf
// CHECK-LABEL: llvm.func @f_1_map(
// CHECK-SAME: nvvm.kernel
// CHECK: nvvm.read.ptx.sreg.tid.x
// CHECK: llvm.fpext %{{.*}} : f16 to f32
// CHECK: llvm.call @__nv_expf
// CHECK: llvm.fptrunc %{{.*}} : f32 to f16
// CHECK: llvm.intr.sqrt
// CHECK: nvvm.barrier
// CHECK: nvvm.shfl.sync
// What is only read is not written through another pointer.
// CHECK-LABEL: llvm.func @f_2_copy(
// CHECK-SAME: !llvm.ptr {llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr {llvm.noalias, llvm.readonly}
// CHECK-SAME: %{{[a-z0-9]*}}: !llvm.ptr, %{{[a-z0-9]*}}: !llvm.ptr, %{{[a-z0-9]*}}: i64)
// The host keeps arithmetic, views and launches.
// CHECK-LABEL: func.func @f(
// CHECK: memref.reinterpret_cast
// CHECK: gpu.launch_func @kernels::@f_1_map
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @f_1_map(%x: memref<?xf16, strided<[1], offset: ?>>, %n: f32, %out: memref<f32>) kernel {
      %t = gpu.thread_id x
      %0 = memref.load %x[%t] : memref<?xf16, strided<[1], offset: ?>>
      %1 = math.exp %0 : f16
      memref.store %1, %x[%t] : memref<?xf16, strided<[1], offset: ?>>
      %2 = math.sqrt %n : f32
      gpu.barrier
      %bits = arith.bitcast %2 : f32 to i32
      %one = arith.constant 1 : i32
      %width = arith.constant 32 : i32
      %3, %valid = gpu.shuffle xor %bits, %one, %width : i32
      %4 = arith.bitcast %3 : i32 to f32
      memref.store %4, %out[] : memref<f32>
      gpu.return
    }
    gpu.func @f_2_copy(%x: memref<f32> {llvm.readonly}, %out: memref<f32>) kernel {
      %0 = memref.load %x[] : memref<f32>
      memref.store %0, %out[] : memref<f32>
      gpu.return
    }
  }
  func.func @f(%x: memref<?xf16>, %n: f32, %a: index, %out: memref<f32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : index
    %view = memref.subview %x[%a] [%a] [1] : memref<?xf16> to memref<?xf16, strided<[1], offset: ?>>
    gpu.launch_func @kernels::@f_1_map blocks in (%c1, %c1, %c1) threads in (%a, %c1, %c1) args(%view : memref<?xf16, strided<[1], offset: ?>>, %n : f32, %out : memref<f32>)
    return %c0 : i32
  }
}
