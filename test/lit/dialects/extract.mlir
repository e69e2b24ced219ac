// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

func.func @no_segments(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f32 {
  // expected-error@+1 {{needs the attribute operandSegmentSizes}}
  %0 = "pyc.extract"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @element
// CHECK: "pyc.extract"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @element(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64) -> f32 {
  %0 = "pyc.extract"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64) -> f32
  return %0 : f32
}

// -----

func.func @too_few(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f32 {
  // expected-error@+1 {{has 1 indices for}}
  %0 = "pyc.extract"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64) -> f32
  return %0 : f32
}

// -----

func.func @index(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: index) -> f32 {
  // expected-error@+1 {{takes indices of type i64}}
  %0 = "pyc.extract"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, index) -> f32
  return %0 : f32
}

// -----

func.func @other_element(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> f64 {
  // expected-error@+1 {{result f64 should be f32}}
  %0 = "pyc.extract"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64) -> f64
  return %0 : f64
}

// -----

func.func @scalar(%a0: f32) -> f32 {
  // expected-error@+1 {{indexes a tensor, not f32}}
  %0 = "pyc.extract"(%a0) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
  return %0 : f32
}
