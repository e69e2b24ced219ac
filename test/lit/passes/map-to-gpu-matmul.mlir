// RUN: pyc-opt %s --map-to-gpu --split-input-file | filecheck %s

// A tile in shared memory, kept in the factors' own type; sums in the accumulator's; the fill is where they start.
#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @product(
// CHECK-NOT: linalg
// CHECK: gpu.launch_func @kernels::@product_1_matmul
// CHECK-SAME: threads in (%c16{{.*}}, %c16{{.*}}, %c1{{.*}})
// CHECK-NOT: gpu.launch_func
// CHECK-LABEL: memref.global "private" @product_1_matmul_shared1 : memref<16x68xf16, 3>
// CHECK-LABEL: memref.global "private" @product_1_matmul_shared0 : memref<16x68xf16, 3>
// CHECK-LABEL: gpu.func @product_1_matmul(
// CHECK: scf.for
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: memref.load
// CHECK: memref.store %{{.*}} : memref<16x68xf16, 3>
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: arith.mulf %{{.*}} fastmath<contract> : f32
// CHECK: arith.addf %{{.*}} fastmath<contract> : f32
module {
  func.func @product(%x: memref<?x?xf16>, %y: memref<?x?xf16>, %out: memref<?x?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %zero = arith.constant 0.0 : f32
    linalg.generic {indexing_maps = [affine_map<(i, j) -> ()>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%zero : f32) outs(%out : memref<?x?xf32>) {
    ^bb0(%a: f32, %b: f32):
      linalg.yield %a : f32
    }
    linalg.generic {indexing_maps = [#left, #right, #out], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : memref<?x?xf16>, memref<?x?xf16>) outs(%out : memref<?x?xf32>) {
    ^bb0(%a: f16, %b: f16, %acc: f32):
      %0 = arith.extf %a : f16 to f32
      %1 = arith.extf %b : f16 to f32
      %2 = arith.mulf %0, %1 : f32
      %3 = arith.addf %acc, %2 : f32
      linalg.yield %3 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// What is fused into a factor is computed on the way into shared memory, once.
#left = affine_map<(m, n, k) -> (m, k)>
#scale = affine_map<(m, n, k) -> (m)>
#right = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: gpu.func @scaled_1_matmul(
// CHECK: scf.if
// CHECK: memref.load
// CHECK: memref.load
// CHECK: arith.divf
// CHECK: scf.yield
// CHECK: memref.store %{{.*}} : memref<16x68xf32, 3>
module {
  func.func @scaled(%x: memref<?x?xf32>, %s: memref<?xf32>, %y: memref<?x?xf32>, %out: memref<?x?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [#left, #scale, #right, #out], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s, %y : memref<?x?xf32>, memref<?xf32>, memref<?x?xf32>) outs(%out : memref<?x?xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32, %acc: f32):
      %0 = arith.divf %a, %b : f32
      %1 = arith.mulf %0, %c : f32
      %2 = arith.addf %acc, %1 : f32
      linalg.yield %2 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// A matrix times a vector is a reduction: there is nothing to share.
// CHECK-LABEL: func.func @vector(
// CHECK: gpu.launch_func @kernels::@vector_1_reduce
module {
  func.func @vector(%x: memref<?x?xf32>, %y: memref<?xf32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (k)>, affine_map<(m, k) -> (m)>], iterator_types = ["parallel", "reduction"]} ins(%x, %y : memref<?x?xf32>, memref<?xf32>) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %b: f32, %acc: f32):
      %0 = arith.mulf %a, %b : f32
      %1 = arith.addf %acc, %0 : f32
      linalg.yield %1 : f32
    }
    return %c0_i32 : i32
  }
}
