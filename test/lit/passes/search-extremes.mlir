// RUN: pyc-opt %s --search-extremes | filecheck %s

#whole = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// Along rows: the largest element of each block, then its first position in one block.
// CHECK-LABEL: @along_rows
// CHECK-NOT: linalg.generic
// CHECK: scf.for
// CHECK: %[[FOUND:.*]]:2 = scf.for {{.*}} iter_args(
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK: arith.cmpf ogt
// CHECK: scf.if
// CHECK: scf.for
// CHECK: arith.cmpf oeq, %{{.*}}, %[[FOUND]]#0
// CHECK: arith.cmpf uno
// CHECK: arith.minsi
// CHECK: memref.store
func.func @along_rows(%x: memref<?x?xf32>, %best: memref<?xf32>, %index: memref<?xi64>) {
  linalg.generic {indexing_maps = [#whole, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%best, %index : memref<?xf32>, memref<?xi64>) {
    ^bb0(%e: f32, %b: f32, %i: i64):
      %0 = arith.cmpf ogt, %e, %b : f32
      %1 = arith.cmpf une, %e, %e : f32
      %2 = arith.cmpf oeq, %b, %b : f32
      %3 = arith.andi %1, %2 : i1
      %4 = arith.ori %0, %3 : i1
      %5 = linalg.index 1 : index
      %6 = arith.index_cast %5 : index to i64
      %7 = arith.select %4, %e, %b : f32
      %8 = arith.select %4, %6, %i : i64
      linalg.yield %7, %8 : f32, i64
  }
  return
}

// Down columns, rows are compared with the best so far, which LLVM vectorises as it is.
// CHECK-LABEL: @down_columns
// CHECK: linalg.generic
func.func @down_columns(%x: memref<?x?xi32>, %best: memref<?xi32>, %index: memref<?xi64>) {
  linalg.generic {indexing_maps = [#whole, #column, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<?x?xi32>) outs(%best, %index : memref<?xi32>, memref<?xi64>) {
    ^bb0(%e: i32, %b: i32, %i: i64):
      %0 = arith.cmpi slt, %e, %b : i32
      %1 = linalg.index 0 : index
      %2 = arith.index_cast %1 : index to i64
      %3 = arith.select %0, %e, %b : i32
      %4 = arith.select %0, %2, %i : i64
      linalg.yield %3, %4 : i32, i64
  }
  return
}
