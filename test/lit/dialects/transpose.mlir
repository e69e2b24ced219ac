// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @matrix
// CHECK: "pyc.transpose"(%{{.*}})
func.func @matrix(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.transpose"(%a0) {permutation = [1 : i64, 0 : i64]} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<3x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @cube
// CHECK: "pyc.transpose"(%{{.*}})
func.func @cube(%a0: tensor<2x3x4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4x2x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.transpose"(%a0) {permutation = [2 : i64, 0 : i64, 1 : i64]} : (tensor<2x3x4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4x2x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<4x2x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_permutation(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{[0, 0] is not a permutation of 2 axes}}
  %0 = "pyc.transpose"(%a0) {permutation = [0 : i64, 0 : i64]} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @wrong_result(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [2, 3] should be [3, 2]}}
  %0 = "pyc.transpose"(%a0) {permutation = [1 : i64, 0 : i64]} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3x2xf64, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{result element f64 should be f32}}
  %0 = "pyc.transpose"(%a0) {permutation = [1 : i64, 0 : i64]} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3x2xf64, #pyc.meta<"f64", "cpu">>
  return %0 : tensor<3x2xf64, #pyc.meta<"f64", "cpu">>
}
