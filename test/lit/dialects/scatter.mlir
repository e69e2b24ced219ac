// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @a_number
// CHECK: "pyc.scatter"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @a_number(%a0: f32, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.scatter"(%a0, %a1, %a2) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (f32, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @rows
// CHECK: "pyc.scatter"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @rows(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.scatter"(%a0, %a1, %a2) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @a_row_for_each
// CHECK: "pyc.scatter"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @a_row_for_each(%a0: tensor<3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.scatter"(%a0, %a1, %a2) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (tensor<3xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @shape(%a0: tensor<?x4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{puts a tensor of shape [?, 4] into [?, 3]}}
  %0 = "pyc.scatter"(%a0, %a1, %a2) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (tensor<?x4xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: f64, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{puts f64 into}}
  %0 = "pyc.scatter"(%a0, %a1, %a2) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (f64, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_result(%a0: f32, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result}}
  %0 = "pyc.scatter"(%a0, %a1, %a2) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (f32, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}
