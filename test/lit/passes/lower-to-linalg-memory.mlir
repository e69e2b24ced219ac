// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!m = memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
!t = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// A value is read from a private copy, and written through a temporary: it does not change with the memory.
// CHECK-LABEL: @moved
// CHECK-SAME: (%[[U:.*]]: memref<?xf32, strided<[?], offset: ?>, {{.*}}>, %[[V:[^ ]*]]:
// CHECK: %[[A:.*]] = memref.alloc(%{{.*}}) : memref<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK: memref.copy %[[U]], %[[A]]
// CHECK: %[[T:.*]] = bufferization.to_tensor %[[A]] restrict
// CHECK: %[[B:.*]] = memref.alloc
// CHECK: bufferization.materialize_in_destination %[[T]] in restrict writable %[[B]]
// CHECK: memref.copy %[[B]], %[[V]]
func.func @moved(%u: !m, %v: !m) {
  %0 = "pyc.read"(%u) : (!m) -> !t
  "pyc.write"(%0, %v) : (!t, !m) -> ()
  return
}

// -----

!m = memref<?xui8, strided<[?], offset: ?>, #pyc.meta<"u8", "cpu">>
!t = tensor<?xui8, #pyc.meta<"u8", "cpu">>
// CHECK-LABEL: @new
// CHECK-SAME: (%[[T:.*]]: tensor<?xi8, {{.*}}>) -> memref<?xi8, strided<[?], offset: ?>
// CHECK: %[[N:.*]] = tensor.dim %[[T]]
// CHECK: %[[A:.*]] = memref.alloc(%[[N]])
// CHECK: memref.copy %{{.*}}, %[[A]]
// CHECK: memref.cast %[[A]] : memref<?xi8, #pyc.meta<"u8", "cpu">> to memref<?xi8, strided<[?], offset: ?>, #pyc.meta<"u8", "cpu">>
func.func @new(%t: !t) -> !m {
  %0 = "pyc.allocate"(%t) : (!t) -> !m
  return %0 : !m
}

// -----

!m = memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @elements
// CHECK: %[[E:.*]] = memref.load %{{.*}}[%{{.*}}, %{{.*}}]
// CHECK: memref.store %[[E]], %{{.*}}[%{{.*}}, %{{.*}}]
// CHECK: memref.dim %{{.*}}, %{{.*}}
func.func @elements(%m: !m, %i: i64, %j: i64) -> i64 {
  %e = "pyc.load"(%m, %i, %j) {operandSegmentSizes = array<i32: 1, 2>} : (!m, i64, i64) -> f32
  "pyc.store"(%e, %m, %j, %i) {operandSegmentSizes = array<i32: 1, 1, 2>} : (f32, !m, i64, i64) -> ()
  %n = "pyc.dim"(%m) {axis = 1 : i64} : (!m) -> i64
  return %n : i64
}

// -----

!m = memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
!r = memref<?x?x4xf32, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
// Axis 0 of the result is new, axis 1 goes along axis 1 of the array, axis 2 along axis 0.
// CHECK-LABEL: @view
// CHECK: %[[BASE:.*]], %[[O:.*]], %{{.*}}:2, %[[S:.*]]:2 = memref.extract_strided_metadata
// CHECK: %[[O0:.*]] = arith.muli %{{.*}}, %[[S]]#0
// CHECK: %[[O1:.*]] = arith.addi %[[O]], %[[O0]]
// CHECK: %[[O2:.*]] = arith.muli %{{.*}}, %[[S]]#1
// CHECK: %[[START:.*]] = arith.addi %[[O1]], %[[O2]]
// CHECK: %[[ZERO:.*]] = arith.constant 0 : index
// CHECK: %[[S1:.*]] = arith.muli %{{.*}}, %[[S]]#1
// CHECK: %[[S2:.*]] = arith.muli %{{.*}}, %[[S]]#0
// CHECK: memref.reinterpret_cast %[[BASE]] to offset: [%[[START]]], sizes: [%{{.*}}, %{{.*}}, 4], strides: [%[[ZERO]], %[[S1]], %[[S2]]]
func.func @view(%m: !m, %a: i64, %b: i64, %n: i64, %k: i64, %s: i64, %t: i64) -> !r {
  %four = arith.constant 4 : i64
  %0 = "pyc.view"(%m, %a, %b, %n, %k, %four, %s, %s, %t) {axes = [-1, 1, 0], operandSegmentSizes = array<i32: 1, 2, 3, 3>} : (!m, i64, i64, i64, i64, i64, i64, i64, i64) -> !r
  return %0 : !r
}

// -----

!m = memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
!r = memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
// The same memory where the strides allow it, else a copy.
// CHECK-LABEL: @reshape
// CHECK: scf.if %{{.*}} -> (memref<?xf32
// CHECK: memref.reinterpret_cast
// CHECK: } else {
// CHECK: memref.alloc
// CHECK: memref.copy
// CHECK: memref.reinterpret_cast
func.func @reshape(%m: !m, %n: i64) -> !r {
  %0 = "pyc.reshape_view"(%m, %n) {operandSegmentSizes = array<i32: 1, 1>} : (!m, i64) -> !r
  return %0 : !r
}

// -----

!m = memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
// The same memory only if its stride is 1, whatever the extents.
// CHECK-LABEL: @ravel
// CHECK: %{{.*}}, %{{.*}}, %[[N:.*]], %[[STEP:.*]] = memref.extract_strided_metadata
// CHECK: arith.cmpi eq, %[[STEP]], %
// CHECK: scf.if
func.func @ravel(%m: !m, %n: i64) -> !m {
  %0 = "pyc.reshape_view"(%m, %n) {contiguous, operandSegmentSizes = array<i32: 1, 1>} : (!m, i64) -> !m
  return %0 : !m
}

// -----

!m = memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>
!p = memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
// Parts lie two floats apart, the imaginary ones one float after the real ones.
// CHECK-LABEL: @parts
// CHECK: %[[B:.*]], %[[O:.*]], %[[N:.*]], %[[S:.*]] = memref.extract_strided_metadata
// CHECK: %[[C:.*]] = builtin.unrealized_conversion_cast %[[B]] : memref<complex<f64>, {{.*}}> to memref<f64, {{.*}}>
// CHECK: %[[D:.*]] = arith.muli %[[O]], %[[TWO:.*]] : index
// CHECK: %[[AT:.*]] = arith.addi %[[D]], %c1{{.*}} : index
// CHECK: %[[STEP:.*]] = arith.muli %[[S]], %[[TWO]] : index
// CHECK: memref.reinterpret_cast %[[C]] to offset: [%[[AT]]], sizes: [%[[N]]], strides: [%[[STEP]]]
func.func @parts(%m: !m) -> !p {
  %0 = "pyc.part_view"(%m) {part = "imag"} : (!m) -> !p
  return %0 : !p
}

// -----

!m = memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
!d = memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
// CHECK-LABEL: @diagonal
// CHECK: %[[B:.*]], %[[O:.*]], %[[N:.*]]:2, %[[S:.*]]:2 = memref.extract_strided_metadata
// CHECK: %[[L:.*]] = arith.minui %[[N]]#0, %[[N]]#1 : index
// CHECK: %[[STEP:.*]] = arith.addi %[[S]]#0, %[[S]]#1 : index
// CHECK: memref.reinterpret_cast %[[B]] to offset: [%[[O]]], sizes: [%[[L]]], strides: [%[[STEP]]]
func.func @diagonal(%m: !m) -> !d {
  %0 = "pyc.diagonal_view"(%m) : (!m) -> !d
  return %0 : !d
}
