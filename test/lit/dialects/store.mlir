// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.store"
func.func @vector(%a0: f32, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a2: i64) {
  "pyc.store"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f32, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> ()
  return
}

// -----

// CHECK-LABEL: @no_axes
// CHECK: "pyc.store"
func.func @no_axes(%a0: f32, %a1: memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  "pyc.store"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1, 0>} : (f32, memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}

// -----

func.func @too_few(%a0: f32, %a1: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a2: i64) {
  // expected-error@+1 {{has 1 indices}}
  "pyc.store"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f32, memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> ()
  return
}

// -----

func.func @other_element(%a0: f64, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a2: i64) {
  // expected-error@+1 {{puts f64 into}}
  "pyc.store"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f64, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> ()
  return
}

// -----

func.func @index_type(%a0: f32, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a2: index) {
  // expected-error@+1 {{takes indices of type i64}}
  "pyc.store"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f32, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, index) -> ()
  return
}
