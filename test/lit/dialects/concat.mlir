// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @rows
// CHECK: "pyc.concat"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @rows(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<6x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.concat"(%a0, %a1, %a2) {axis = 0 : i64, operandSegmentSizes = array<i32: 3>} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<6x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<6x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @unknown
// CHECK: "pyc.concat"(%{{.*}}, %{{.*}})
func.func @unknown(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.concat"(%a0, %a1) {axis = 0 : i64, operandSegmentSizes = array<i32: 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @known_to_the_result
// CHECK: "pyc.concat"(%{{.*}}, %{{.*}})
func.func @known_to_the_result(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<7x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.concat"(%a0, %a1) {axis = 0 : i64, operandSegmentSizes = array<i32: 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<7x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<7x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @two_shapes(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<6x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{but got}}
  %0 = "pyc.concat"(%a0, %a1) {axis = 0 : i64, operandSegmentSizes = array<i32: 2>} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, tensor<4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<6x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<6x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @nothing() -> tensor<0xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes at least one operand}}
  %0 = "pyc.concat"() {axis = 0 : i64, operandSegmentSizes = array<i32: 0>} : () -> tensor<0xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<0xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_such_axis(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{axis 1 is not one of}}
  %0 = "pyc.concat"(%a0) {axis = 1 : i64, operandSegmentSizes = array<i32: 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf64, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{joins}}
  %0 = "pyc.concat"(%a0, %a1) {axis = 0 : i64, operandSegmentSizes = array<i32: 2>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf64, #pyc.meta<"f64", "cpu">>
  return %0 : tensor<?xf64, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @wrong_result(%a0: tensor<2xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<2xf32, #pyc.meta<"f32", "cpu">>) -> tensor<5xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [5] should be [4]}}
  %0 = "pyc.concat"(%a0, %a1) {axis = 0 : i64, operandSegmentSizes = array<i32: 2>} : (tensor<2xf32, #pyc.meta<"f32", "cpu">>, tensor<2xf32, #pyc.meta<"f32", "cpu">>) -> tensor<5xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<5xf32, #pyc.meta<"f32", "cpu">>
}
