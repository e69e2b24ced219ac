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

// A slice that steps over elements is made in the chunk. A single one begins outside; of several of an array, it is known
// in the chunk where each begins, also where that is the extent if the number is more: there nothing is.
// CHECK-LABEL: func.func private @every_other.chunk0(
// CHECK-SAME: %{{.*}}: i64, %[[REST:.*]]: memref<?xf64, strided<[?], offset: ?>>, %[[N:.*]]: index, %[[Y:.*]]: memref<?xf64
// CHECK: memref.subview %[[REST]][0] [%[[N]]] [2]
// CHECK-LABEL: func.func @every_other(
// CHECK: %[[REST:.*]] = memref.subview %arg0[%{{.*}}] [%{{.*}}] [1]
// CHECK: call @every_other.chunks0(%{{.*}}, %[[REST]],
func.func @every_other(%x: memref<?xf64, strided<[?], offset: ?>>, %y: memref<?xf64>, %n: index, %chunks: i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %odd = memref.subview %x[1] [%n] [2] : memref<?xf64, strided<[?], offset: ?>> to memref<?xf64, strided<[?], offset: ?>>
  scf.for %c = %zero to %chunks step %one : i64 {
    linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
        ins(%odd : memref<?xf64, strided<[?], offset: ?>>) outs(%y : memref<?xf64>) {
      ^bb0(%a: f64, %b: f64):
        linalg.yield %a : f64
    }
  } {pyc.parallel}
  return
}

// CHECK-LABEL: func.func private @pairs.chunk0(
// CHECK: %[[ONE:.*]] = arith.constant 1 : index
// CHECK-DAG: memref.subview %{{.*}}[%[[ONE]]] [%{{.*}}] [2]
// CHECK-DAG: memref.subview %{{.*}}[0] [%{{.*}}] [2]
func.func @pairs(%x: memref<?xf64>, %y: memref<?xf64>, %n: index, %chunks: i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %c0 = arith.constant 0 : index
  %dim = memref.dim %x, %c0 : memref<?xf64>
  %extent = arith.index_cast %dim : index to i64
  %least = arith.minsi %one, %extent : i64
  %start = arith.index_cast %least : i64 to index
  %even = memref.subview %x[0] [%n] [2] : memref<?xf64> to memref<?xf64, strided<[2]>>
  %odd = memref.subview %x[%start] [%n] [2] : memref<?xf64> to memref<?xf64, strided<[2], offset: ?>>
  scf.for %c = %zero to %chunks step %one : i64 {
    linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
        ins(%even, %odd : memref<?xf64, strided<[2]>>, memref<?xf64, strided<[2], offset: ?>>) outs(%y : memref<?xf64>) {
      ^bb0(%a: f64, %b: f64, %d: f64):
        %s = arith.addf %a, %b : f64
        linalg.yield %s : f64
    }
  } {pyc.parallel}
  return
}
