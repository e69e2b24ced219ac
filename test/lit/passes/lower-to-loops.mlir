// RUN: pyc-opt %s --lower-to-loops | filecheck %s

// CHECK-LABEL: @copy
// CHECK-NOT: memref.copy
// CHECK: scf.for
// CHECK: memref.load
// CHECK: memref.store
func.func @copy(%x: memref<?xf32, strided<[?], offset: ?>>, %y: memref<?xf32>) {
  memref.copy %x, %y : memref<?xf32, strided<[?], offset: ?>> to memref<?xf32>
  return
}

// The loops are in the order of the iterators.
// CHECK-LABEL: @product
// CHECK: scf.for %[[M:.*]] =
// CHECK: scf.for %[[K:.*]] =
// CHECK: scf.for %[[N:.*]] =
// CHECK: memref.load %{{.*}}[%[[M]], %[[K]]]
// CHECK: memref.load %{{.*}}[%[[K]], %[[N]]]
#a = affine_map<(m, k, n) -> (m, k)>
#b = affine_map<(m, k, n) -> (k, n)>
#c = affine_map<(m, k, n) -> (m, n)>
func.func @product(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %z: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%x, %y : memref<?x?xf32>, memref<?x?xf32>) outs(%z : memref<?x?xf32>) {
    ^bb0(%p: f32, %q: f32, %r: f32):
      %0 = arith.mulf %p, %q : f32
      %1 = arith.addf %r, %0 : f32
      linalg.yield %1 : f32
  }
  return
}

// The last loop goes along no array's last axis, the first along two: they change places, and the body follows.
// CHECK-LABEL: @rows_of_a_transposed_array
// CHECK: scf.for %[[I:.*]] =
// CHECK: scf.for %[[J:.*]] =
// CHECK: memref.load %{{.*}}[%[[I]], %[[J]]]
// CHECK: arith.index_cast %[[I]]
// CHECK: memref.store %{{.*}}[%[[J]]]
#turned = affine_map<(i, j) -> (j, i)>
#kept = affine_map<(i, j) -> (i)>
func.func @rows_of_a_transposed_array(%x: memref<?x?xi64>, %y: memref<?xi64>) {
  linalg.generic {indexing_maps = [#turned, #kept], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xi64>) outs(%y : memref<?xi64>) {
    ^bb0(%p: i64, %r: i64):
      %0 = arith.addi %r, %p : i64
      %1 = linalg.index 1 : index
      %2 = arith.index_cast %1 : index to i64
      %3 = arith.addi %0, %2 : i64
      linalg.yield %3 : i64
  }
  return
}

// Where axes of contiguous memory were joined, no index is divided to find where an element was.
// CHECK-LABEL: func.func @joined
// CHECK: %[[ROWS:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [%{{.*}}, 4], strides: [4, 1]
// CHECK-NOT: delinearize
// CHECK: memref.load %[[ROWS]]
// CHECK: memref.store
func.func @joined(%a: memref<?x?x4xf32>, %b: memref<?x4xf32>) {
  %rows = memref.collapse_shape %a [[0, 1], [2]] : memref<?x?x4xf32> into memref<?x4xf32>
  memref.copy %rows, %b : memref<?x4xf32> to memref<?x4xf32>
  return
}
