// RUN: pyc-opt %s --fuse-rows | filecheck %s
// RUN: pyc-opt %s --pass-pipeline='builtin.module(fuse-rows{chunks=0})' | filecheck %s --check-prefix=ALL

#ij = affine_map<(d0, d1) -> (d0, d1)>
#i = affine_map<(d0, d1) -> (d0)>
#ji = affine_map<(d0, d1) -> (d1, d0)>

// Chunks of rows; what is between the operations is a row, or a number; a body hears of the row that it is at.
// CHECK-LABEL: @rows
// CHECK: %[[S:.*]] = memref.alloc() : memref<f32>
// CHECK: %[[E:.*]] = memref.alloc(%{{.*}}) : memref<?xf32>
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} : i64 {
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step
// CHECK: linalg.fill {{.*}} outs(%[[S]] : memref<f32>)
// CHECK: %[[X:.*]] = memref.subview %arg0[%[[I]], 0] [1, %{{.*}}] [1, 1] : memref<?x?xf32> to memref<?xf32, strided<[1], offset: ?>>
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction"]} ins(%[[X]] : {{.*}} outs(%[[E]], %[[S]] :
// CHECK: arith.index_cast %[[I]] : index to i32
// CHECK: %[[Y:.*]] = memref.subview %arg1[%[[I]], 0]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]} ins(%[[E]], %[[S]] : {{.*}} outs(%[[Y]] :
// CHECK: } {pyc.parallel}
// CHECK: memref.dealloc %[[S]]
// ALL-LABEL: @rows
// ALL: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} {
// ALL-NOT: pyc.parallel
// ALL: return
func.func @rows(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %m: index, %n: index) {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc(%m) : memref<?xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<?xf32>)
  %e = memref.alloc(%m, %n) : memref<?x?xf32>
  linalg.generic {indexing_maps = [#ij, #ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%e, %s : memref<?x?xf32>, memref<?xf32>) {
  ^bb0(%a: f32, %o: f32, %p: f32):
    %0 = math.exp %a : f32
    %1 = linalg.index 0 : index
    %2 = arith.index_cast %1 : index to i32
    %3 = arith.sitofp %2 : i32 to f32
    %4 = arith.addf %0, %p : f32
    linalg.yield %3, %4 : f32, f32
  }
  linalg.generic {indexing_maps = [#ij, #i, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : memref<?x?xf32>, memref<?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %s : memref<?xf32>
  memref.dealloc %e : memref<?x?xf32>
  return
}

// Another row, or a row the other way, is what nobody can read before it is written; so is what a check comes between.
// CHECK-LABEL: @apart
// CHECK-NOT: scf.for
// CHECK: return
func.func @apart(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %z: memref<?x?xf32>, %ok: i1) {
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  linalg.generic {indexing_maps = [#ji, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%y : memref<?x?xf32>) outs(%z : memref<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  cf.assert %ok, "1"
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%y : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}

#j = affine_map<(i, j) -> (j)>
// What rows are added up to, column by column, is added up as soon as they are there: each chunk has a sum of its own.
// CHECK-LABEL: @columns
// CHECK: %[[E:.*]] = memref.alloc({{.*}}) : memref<?xf32>
// CHECK: %[[PARTS:.*]] = memref.alloc({{.*}}) {pyc.parts} : memref<?x?xf32>
// CHECK: scf.for
// CHECK: %[[OWN:.*]] = memref.alloc({{.*}}) {pyc.parts} : memref<?xf32>
// CHECK: linalg.fill {{.*}} outs(%[[OWN]]
// CHECK: scf.for
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} outs(%[[OWN]] :
// CHECK: arith.addf
// CHECK: pyc.rows
// CHECK: memref.subview %[[PARTS]]
// CHECK: pyc.parallel
// CHECK: scf.for
// CHECK: linalg.generic {{.*}} outs(%arg2 :
// CHECK: arith.addf
// CHECK: memref.dealloc %[[PARTS]]
func.func @columns(%x: memref<?x?xf32>, %s: memref<?xf32>, %total: memref<?xf32>, %m: index, %n: index) {
  %e = memref.alloc(%m, %n) : memref<?x?xf32>
  linalg.generic {indexing_maps = [#ij, #ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%e, %s : memref<?x?xf32>, memref<?xf32>) {
  ^bb0(%a: f32, %o: f32, %acc: f32):
    %0 = math.exp %a : f32
    %1 = arith.addf %0, %acc fastmath<reassoc> : f32
    linalg.yield %0, %1 : f32, f32
  }
  linalg.generic {indexing_maps = [#ij, #i, #j], iterator_types = ["reduction", "parallel"]}
      ins(%e, %s : memref<?x?xf32>, memref<?xf32>) outs(%total : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %0 = arith.divf %a, %b : f32
    %1 = arith.addf %0, %acc fastmath<reassoc> : f32
    linalg.yield %1 : f32
  }
  memref.dealloc %e : memref<?x?xf32>
  return
}
