// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.load"
func.func @vector(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f32 {
  %0 = "pyc.load"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @matrix
// CHECK: "pyc.load"
func.func @matrix(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64) -> f32 {
  %0 = "pyc.load"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 2>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @no_axes
// CHECK: "pyc.load"
func.func @no_axes(%a0: memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) -> f32 {
  %0 = "pyc.load"(%a0) {operandSegmentSizes = array<i32: 1, 0>} : (memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

func.func @too_few(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f32 {
  // expected-error@+1 {{has 1 indices}}
  %0 = "pyc.load"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> f32
  return %0 : f32
}

// -----

func.func @index_type(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i32) -> f32 {
  // expected-error@+1 {{takes indices of type i64}}
  %0 = "pyc.load"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i32) -> f32
  return %0 : f32
}

// -----

func.func @other_element(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f64 {
  // expected-error@+1 {{should be f32}}
  %0 = "pyc.load"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> f64
  return %0 : f64
}

// -----

func.func @tensor(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f32 {
  // expected-error@+1 {{takes and gives arrays in memory}}
  %0 = "pyc.load"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64) -> f32
  return %0 : f32
}

// -----

func.func @no_segments(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f32 {
  // expected-error@+1 {{needs the attribute operandSegmentSizes}}
  %0 = "pyc.load"(%a0, %a1) : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> f32
  return %0 : f32
}
