// RUN: pyc-opt %s --outline-parallel | filecheck %s

// What a chunk uses from outside are parameters, or constants again; a temporary of the rounds is each chunk's own.
// CHECK-LABEL: func.func private @f.chunk0(
// CHECK-SAME: %[[C:.*]]: i64, %[[X:.*]]: memref<?xf64>, %[[Y:.*]]: memref<?xf64>) attributes {
// CHECK-SAME: pyc.chunk = "f", pyc.disjoint = array<i64: 1, 2>, pyc.may_overlap, pyc.name = "f"
// CHECK: arith.constant 2.0
// CHECK: %[[T:.*]] = memref.alloc() : memref<4xf64>
// CHECK: arith.index_cast %[[C]]
// CHECK: memref.load %[[X]]
// CHECK: memref.store %{{.*}}, %[[Y]]
// CHECK: memref.dealloc %[[T]]
// CHECK: return
// CHECK: func.func private @f.chunks0(%[[N:.*]]: i64, %[[A:.*]]: memref<?xf64>, %[[B:.*]]: memref<?xf64>)
// CHECK-SAME: pyc.chunks = @f.chunk0
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]] step
// CHECK: call @f.chunk0(%[[I]], %[[A]], %[[B]])
// CHECK: func.func @f(
// CHECK-NOT: scf.for
// CHECK: call @f.chunks0(%{{.*}}, %arg0, %arg1)
func.func @f(%x: memref<?xf64>, %y: memref<?xf64>, %n: i64) -> i32 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2.0 : f64
  %ok = arith.constant 0 : i32
  %t = memref.alloc() : memref<4xf64>
  scf.for %c = %zero to %n step %one : i64 {
    %i = arith.index_cast %c : i64 to index
    %0 = memref.load %x[%i] : memref<?xf64>
    %1 = arith.mulf %0, %two : f64
    memref.store %1, %t[%i] : memref<4xf64>
    memref.store %1, %y[%i] : memref<?xf64>
  } {pyc.parallel}
  memref.dealloc %t : memref<4xf64>
  return %ok : i32
}

// Of arrays that may overlap, none is apart.
// CHECK-LABEL: func.func private @g.chunk0(
// CHECK-SAME: pyc.disjoint = array<i64>
func.func @g(%x: memref<?xf64>, %y: memref<?xf64>, %n: i64) attributes {pyc.may_overlap} {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  scf.for %c = %zero to %n step %one : i64 {
    %i = arith.index_cast %c : i64 to index
    %0 = memref.load %x[%i] : memref<?xf64>
    memref.store %0, %y[%i] : memref<?xf64>
  } {pyc.parallel}
  return
}
