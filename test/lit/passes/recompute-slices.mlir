// RUN: pyc-opt %s --recompute-slices | filecheck %s

#n = affine_map<(d0) -> (d0)>

// Each reader subtracts for itself, of slices of what was subtracted.
// CHECK-LABEL: @slices
// CHECK-NOT: memref.alloc
// CHECK: %[[A1:.*]] = memref.subview %arg0[1] [%arg4] [1]
// CHECK: %[[B1:.*]] = memref.subview %arg1[1] [%arg4] [1]
// CHECK: %[[A0:.*]] = memref.subview %arg0[0] [%arg4] [1]
// CHECK: %[[B0:.*]] = memref.subview %arg1[0] [%arg4] [1]
// CHECK: linalg.generic {{.*}} ins(%[[A1]], %[[B1]], %[[A0]], %[[B0]] : {{.*}} outs(%arg2
// CHECK: arith.subf
// CHECK: arith.subf
// CHECK: arith.mulf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @slices(%x: memref<?xf64>, %y: memref<?xf64>, %z: memref<?xf64>, %n: index, %m: index) {
  %d = memref.alloc(%n) : memref<?xf64>
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%x, %y : memref<?xf64>, memref<?xf64>) outs(%d : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.subf %a, %b : f64
    linalg.yield %0 : f64
  }
  %d1 = memref.subview %d[1] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  %d0 = memref.subview %d[0] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1]>>
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%d1, %d0 : memref<?xf64, strided<[1], offset: 1>>, memref<?xf64, strided<[1]>>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.mulf %a, %b : f64
    linalg.yield %0 : f64
  }
  memref.dealloc %d : memref<?xf64>
  return
}

// What is written by who reads, and what is read as a whole, is stored.
// CHECK-LABEL: @stored
// CHECK: memref.alloc
// CHECK-COUNT-2: linalg.generic
// CHECK: return
func.func @stored(%x: memref<?xf64>, %n: index, %m: index) {
  %d = memref.alloc(%n) : memref<?xf64>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf64>) outs(%d : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %a, %a : f64
    linalg.yield %0 : f64
  }
  %d0 = memref.subview %d[0] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1]>>
  %x1 = memref.subview %x[1] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%d0 : memref<?xf64, strided<[1]>>) outs(%x1 : memref<?xf64, strided<[1], offset: 1>>) {
  ^bb0(%a: f64, %o: f64):
    linalg.yield %a : f64
  }
  memref.dealloc %d : memref<?xf64>
  return
}

#m = affine_map<(d0, d1) -> (d1)>
#o = affine_map<(d0, d1) -> (d0)>

// A stencil of a stencil reads each element of the array once, and computes once what two of its slices have in common.
// CHECK-LABEL: @twice
// CHECK-NOT: memref.alloc
// CHECK-DAG: %[[X2:.*]] = memref.subview %arg0[2] [%arg2] [1]
// CHECK-DAG: %[[X0:.*]] = memref.subview %arg0[0] [%arg2] [1]
// CHECK-DAG: %[[X1:.*]] = memref.subview %arg0[1] [%arg2] [1]
// CHECK-NOT: memref.subview
// CHECK: linalg.generic {{.*}} ins(%[[X2]], %[[X1]], %[[X0]] :
// CHECK-COUNT-3: arith.subf
// CHECK-NOT: arith.subf
// CHECK: return
func.func @twice(%x: memref<?xf64>, %z: memref<?xf64>, %n: index, %m: index) {
  %x1 = memref.subview %x[1] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  %x0 = memref.subview %x[0] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1]>>
  %d = memref.alloc(%m) : memref<?xf64>
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%x1, %x0 : memref<?xf64, strided<[1], offset: 1>>, memref<?xf64, strided<[1]>>) outs(%d : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.subf %a, %b : f64
    %1 = arith.mulf %0, %a : f64
    %2 = arith.addf %1, %b : f64
    linalg.yield %2 : f64
  }
  %d1 = memref.subview %d[1] [%n] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  %d0 = memref.subview %d[0] [%n] [1] : memref<?xf64> to memref<?xf64, strided<[1]>>
  %e1 = memref.subview %d[1] [%n] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  linalg.generic {indexing_maps = [#n, #n, #n, #n], iterator_types = ["parallel"]}
      ins(%d1, %d0, %e1 : memref<?xf64, strided<[1], offset: 1>>, memref<?xf64, strided<[1]>>, memref<?xf64, strided<[1], offset: 1>>)
      outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %c: f64, %o: f64):
    %0 = arith.subf %a, %b : f64
    %1 = arith.mulf %0, %c : f64
    linalg.yield %1 : f64
  }
  memref.dealloc %d : memref<?xf64>
  return
}

// More than a few operations are not repeated for each row that reads the same elements.
// CHECK-LABEL: @many_times
// CHECK: memref.alloc
// CHECK-COUNT-2: linalg.generic
// CHECK: return
func.func @many_times(%x: memref<?xf64>, %z: memref<?xf64>, %n: index, %m: index) {
  %d = memref.alloc(%n) : memref<?xf64>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf64>) outs(%d : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %a, %a : f64
    %1 = arith.mulf %0, %a : f64
    %2 = arith.subf %1, %0 : f64
    linalg.yield %2 : f64
  }
  %d1 = memref.subview %d[1] [%m] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  linalg.generic {indexing_maps = [#m, #o], iterator_types = ["parallel", "reduction"]}
      ins(%d1 : memref<?xf64, strided<[1], offset: 1>>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %o, %a : f64
    linalg.yield %0 : f64
  }
  memref.dealloc %d : memref<?xf64>
  return
}

// Where a slice of a slice begins at a sum that is not known, it stays one of a slice.
// CHECK-LABEL: @unknown
// CHECK-NOT: memref.alloc
// CHECK: %[[S:.*]] = memref.subview %arg0[%arg3]
// CHECK: memref.subview %[[S]][%arg4]
// CHECK: memref.subview %arg0[%arg3]
// CHECK: return
func.func @unknown(%x: memref<?xf64>, %z: memref<?xf64>, %n: index, %i: index, %j: index) {
  %s = memref.subview %x[%i] [%n] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: ?>>
  %d = memref.alloc(%n) : memref<?xf64>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%s : memref<?xf64, strided<[1], offset: ?>>) outs(%d : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %a, %a : f64
    linalg.yield %0 : f64
  }
  %d1 = memref.subview %d[%j] [%n] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: ?>>
  %d0 = memref.subview %d[0] [%n] [1] : memref<?xf64> to memref<?xf64, strided<[1]>>
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%d1, %d0 : memref<?xf64, strided<[1], offset: ?>>, memref<?xf64, strided<[1]>>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.mulf %a, %b : f64
    linalg.yield %0 : f64
  }
  memref.dealloc %d : memref<?xf64>
  return
}
