// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @element
// CHECK: "pyc.insert"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @element(%a0: f32, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.insert"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f32, tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: f64, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{puts f64 into}}
  %0 = "pyc.insert"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f64, tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_result(%a0: f32, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: i64) -> tensor<4xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{should be}}
  %0 = "pyc.insert"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f32, tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_many(%a0: f32, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: i64, %a3: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 2 indices for}}
  %0 = "pyc.insert"(%a0, %a1, %a2, %a3) {operandSegmentSizes = array<i32: 1, 1, 2>} : (f32, tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}
