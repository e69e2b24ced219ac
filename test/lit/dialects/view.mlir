// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @some
// CHECK: "pyc.view"
func.func @some(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.view"(%a0, %a1, %a2, %a3) {axes = [0], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @transposed
// CHECK: "pyc.view"
func.func @transposed(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4, %a5, %a6) {axes = [1, 0], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @a_row
// CHECK: "pyc.view"
func.func @a_row(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4) {axes = [1], operandSegmentSizes = array<i32: 1, 2, 1, 1>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @new_axis
// CHECK: "pyc.view"
func.func @new_axis(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4, %a5) {axes = [-1, 0], operandSegmentSizes = array<i32: 1, 1, 2, 2>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @an_element
// CHECK: "pyc.view"
func.func @an_element(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64) -> memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.view"(%a0, %a1) {axes = [], operandSegmentSizes = array<i32: 1, 1, 0, 0>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64) -> memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few_offsets(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 offsets}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4, %a5) {axes = [0, 1], operandSegmentSizes = array<i32: 1, 1, 2, 2>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few_sizes(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 sizes}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4, %a5) {axes = [0, 1], operandSegmentSizes = array<i32: 1, 2, 1, 2>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few_strides(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 strides}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4, %a5) {axes = [0, 1], operandSegmentSizes = array<i32: 1, 2, 2, 1>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few_axes(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{says 0 axes}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3) {axes = [], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @twice(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{should be distinct}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3, %a4, %a5, %a6) {axes = [0, 0], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @beyond(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{below 1}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3) {axes = [1], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{should have the elements}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3) {axes = [0], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @size_type(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i32, %a3: i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes sizes of type i64}}
  %0 = "pyc.view"(%a0, %a1, %a2, %a3) {axes = [0], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>, i64, i32, i64) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}
