// RUN: not pyc-opt %s --map-to-gpu 2>&1 | filecheck %s

// CHECK: E323: this kind of reduction has no form on CUDA
func.func @alternating(%x: memref<?xf32>, %out: memref<f32>) -> i32 attributes {pyc.target = "cuda"} {
  %c0_i32 = arith.constant 0 : i32
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%x : memref<?xf32>) outs(%out : memref<f32>) {
  ^bb0(%a: f32, %acc: f32):
    %0 = arith.subf %a, %acc : f32
    linalg.yield %0 : f32
  }
  return %c0_i32 : i32
}
