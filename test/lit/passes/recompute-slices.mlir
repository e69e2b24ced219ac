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
