// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @to_a_matrix
// CHECK: "pyc.reshape_view"
func.func @to_a_matrix(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reshape_view"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 2>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @flat
// CHECK: "pyc.reshape_view"
func.func @flat(%a0: memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reshape_view"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 sizes}}
  %0 = "pyc.reshape_view"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_target(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cuda">> {
  // expected-error@+1 {{memory space}}
  %0 = "pyc.reshape_view"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cuda">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cuda">>
}

// -----

func.func @size_type(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: index) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes sizes of type i64}}
  %0 = "pyc.reshape_view"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, index) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @raveled
// CHECK: "pyc.reshape_view"
// CHECK-SAME: contiguous
func.func @raveled(%a0: memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reshape_view"(%a0, %a1) {contiguous, operandSegmentSizes = array<i32: 1, 1>} : (memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}
