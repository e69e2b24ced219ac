// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @one_axis
// CHECK: "pyc.arg_reduce"(%{{.*}})
func.func @one_axis(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xi64, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.arg_reduce"(%a0) {kind = "max", axes = [1 : i64], keepdims = false} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xi64, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xi64, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @to_scalar
// CHECK: "pyc.arg_reduce"(%{{.*}})
func.func @to_scalar(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64 {
  %0 = "pyc.arg_reduce"(%a0) {kind = "min", axes = [0 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  return %0 : i64
}

// -----

func.func @other_kind(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64 {
  // expected-error@+1 {{has no kind 'sum'; it knows max, min}}
  %0 = "pyc.arg_reduce"(%a0) {kind = "sum", axes = [0 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  return %0 : i64
}

// -----

func.func @wrong_element(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i32 {
  // expected-error@+1 {{result element i32 should be i64}}
  %0 = "pyc.arg_reduce"(%a0) {kind = "max", axes = [0 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i32
  return %0 : i32
}

// -----

func.func @two_axes(%a0: tensor<2x2xf32, #pyc.meta<"f32", "cpu">>) -> i64 {
  // expected-error@+1 {{takes one axis}}
  %0 = "pyc.arg_reduce"(%a0) {kind = "max", axes = [0 : i64, 1 : i64], keepdims = false} : (tensor<2x2xf32, #pyc.meta<"f32", "cpu">>) -> i64
  return %0 : i64
}
