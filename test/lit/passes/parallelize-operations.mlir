// RUN: pyc-opt %s --parallelize-operations | filecheck %s

// A chunk of rows; what is asked for a position hears it in the whole.
// CHECK-LABEL: @rows
// CHECK: scf.for %[[C:.*]] = %{{.*}} to %{{.*}} step
// CHECK: %[[FIRST:.*]] = arith.index_cast
// CHECK: %[[X:.*]] = memref.subview %arg0[%[[FIRST]], 0] [%[[N:.*]], %{{.*}}] [1, 1] : memref<?x?xf64> to memref<?x?xf64, strided<[?, 1], offset: ?>>
// CHECK: %[[Y:.*]] = memref.subview %arg1[%[[FIRST]]] [%[[N]]] [1] : memref<?xindex> to memref<?xindex, strided<[1], offset: ?>>
// CHECK: linalg.generic {{.*}} ins(%[[X]] : {{.*}} outs(%[[Y]]
// CHECK: linalg.index 0
// CHECK: arith.addi %{{.*}}, %[[FIRST]]
// CHECK: } {pyc.parallel}
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @rows(%x: memref<?x?xf64>, %y: memref<?xindex>) {
  linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
                  iterator_types = ["parallel", "reduction"]} ins(%x : memref<?x?xf64>) outs(%y : memref<?xindex>) {
  ^bb0(%a: f64, %o: index):
    %0 = linalg.index 0 : index
    %1 = arith.addi %o, %0 : index
    linalg.yield %1 : index
  }
  return
}

// A number of each chunk, and all combined in order.
// CHECK-LABEL: @sum
// CHECK: %[[PARTS:.*]] = memref.alloc() : memref<64xf64>
// CHECK: scf.for
// CHECK: %[[OWN:.*]] = memref.alloca() : memref<f64>
// CHECK: arith.constant -0.0
// CHECK: linalg.generic {{.*}} outs(%[[OWN]]
// CHECK: memref.store %{{.*}}, %[[PARTS]]
// CHECK: } {pyc.parallel}
// CHECK: %[[T:.*]] = scf.for %{{.*}} iter_args(%[[S:.*]] = %{{.*}}) -> (f64)
// CHECK: %[[P:.*]] = memref.load %[[PARTS]]
// CHECK: arith.addf %[[P]], %[[S]] fastmath<reassoc>
// CHECK: memref.store %[[T]], %arg1[]
// CHECK: memref.dealloc %[[PARTS]]
func.func @sum(%x: memref<?xf64>, %y: memref<f64>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
      ins(%x : memref<?xf64>) outs(%y : memref<f64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %a, %o fastmath<reassoc> : f64
    linalg.yield %0 : f64
  }
  return
}

// What is short, in a loop along one axis, in a parallel loop, or reads windows stays what it is.
// CHECK-LABEL: @others
// CHECK-NOT: memref.subview
// CHECK: return
func.func @others(%x: memref<8xf64>, %y: memref<?xf64>, %z: memref<?xf64>, %n: i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%x : memref<8xf64>) {
  ^bb0(%o: f64):
    linalg.yield %o : f64
  }
  scf.for %i = %zero to %n step %one : i64 {
    linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%y : memref<?xf64>) {
    ^bb0(%o: f64):
      linalg.yield %o : f64
    }
  }
  linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0 + d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>],
                  iterator_types = ["parallel", "reduction"]} ins(%y, %x : memref<?xf64>, memref<8xf64>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    linalg.yield %o : f64
  }
  return
}

// Where rows are combined, a chunk has many columns: memory is read in long pieces.
// CHECK-LABEL: func.func @columns
// CHECK: %[[BROAD:.*]] = arith.constant 2048 : i64
// CHECK: arith.divui %{{.*}}, %[[BROAD]]
// CHECK: arith.muli
// CHECK: scf.for
// CHECK: pyc.parallel
func.func @columns(%x: memref<?xf64>, %b: memref<?x?xf64>, %y: memref<?xf64>) {
  linalg.generic {
    indexing_maps = [affine_map<(k, n) -> (k)>, affine_map<(k, n) -> (k, n)>, affine_map<(k, n) -> (n)>],
    iterator_types = ["reduction", "parallel"]}
    ins(%x, %b : memref<?xf64>, memref<?x?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%l: f64, %r: f64, %s: f64):
    %0 = arith.mulf %l, %r : f64
    %1 = arith.addf %s, %0 : f64
    linalg.yield %1 : f64
  }
  return
}

// What is one chunk by its extents stays as it is: nothing else is needed for threads then.
// CHECK-LABEL: @table
// CHECK-NOT: scf.for
// CHECK: linalg.generic {{.*}} outs(%arg0
// CHECK: return
func.func @table(%x: memref<4x256xi64>) {
  %zero = arith.constant 0 : i64
  linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      outs(%x : memref<4x256xi64>) {
  ^bb0(%o: i64):
    linalg.yield %zero : i64
  }
  return
}
