// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @both_axes
// CHECK: "pyc.reverse"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @both_axes(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i1, %a2: i1) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reverse"(%a0, %a1, %a2) {axes = [0 : i64, 1 : i64], operandSegmentSizes = array<i32: 1, 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i1, i1) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_such_axis(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i1) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{axes [2] should be sorted, distinct and some of}}
  %0 = "pyc.reverse"(%a0, %a1) {axes = [2 : i64], operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i1) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i1) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 conditions for 2 axes}}
  %0 = "pyc.reverse"(%a0, %a1) {axes = [0 : i64, 1 : i64], operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i1) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_condition(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes conditions of type i1}}
  %0 = "pyc.reverse"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_result(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i1) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result}}
  %0 = "pyc.reverse"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i1) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}
