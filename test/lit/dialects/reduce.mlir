// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @to_scalar
// CHECK: "pyc.reduce"(%{{.*}})
func.func @to_scalar(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  %0 = "pyc.reduce"(%a0) {kind = "sum", axes = [0 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @one_axis
// CHECK: "pyc.reduce"(%{{.*}})
func.func @one_axis(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reduce"(%a0) {kind = "max", axes = [1 : i64], keepdims = false} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @keeps_axes
// CHECK: "pyc.reduce"(%{{.*}})
func.func @keeps_axes(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x1xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reduce"(%a0) {kind = "min", axes = [1 : i64], keepdims = true} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x1xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x1xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @accumulates_wider
// CHECK: "pyc.reduce"(%{{.*}})
func.func @accumulates_wider(%a0: tensor<?xf16, #pyc.meta<"f16", "cpu">>) -> f32 {
  %0 = "pyc.reduce"(%a0) {kind = "sum", axes = [0 : i64], keepdims = false} : (tensor<?xf16, #pyc.meta<"f16", "cpu">>) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @logical
// CHECK: "pyc.reduce"(%{{.*}})
func.func @logical(%a0: tensor<?xi1, #pyc.meta<"bool", "cpu">>) -> i1 {
  %0 = "pyc.reduce"(%a0) {kind = "any", axes = [0 : i64], keepdims = false} : (tensor<?xi1, #pyc.meta<"bool", "cpu">>) -> i1
  return %0 : i1
}

// -----

func.func @unknown_kind(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  // expected-error@+1 {{has no kind 'mean'; it knows sum, prod, max, min, any, all}}
  %0 = "pyc.reduce"(%a0) {kind = "mean", axes = [0 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

func.func @no_such_axis(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  // expected-error@+1 {{axes [1] should be sorted, distinct and below 1}}
  %0 = "pyc.reduce"(%a0) {kind = "sum", axes = [1 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

func.func @unsorted(%a0: tensor<2x2xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  // expected-error@+1 {{axes [1, 0] should be sorted, distinct and below 2}}
  %0 = "pyc.reduce"(%a0) {kind = "sum", axes = [1 : i64, 0 : i64], keepdims = false} : (tensor<2x2xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

func.func @any_of_numbers(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  // expected-error@+1 {{does not take elements of type f32}}
  %0 = "pyc.reduce"(%a0) {kind = "any", axes = [0 : i64], keepdims = false} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

func.func @scalar(%a0: f32) -> f32 {
  // expected-error@+1 {{reduces a tensor, not f32}}
  %0 = "pyc.reduce"(%a0) {kind = "sum", axes = [], keepdims = false} : (f32) -> f32
  return %0 : f32
}

// -----

func.func @wrong_result(%a0: tensor<4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [3] should be [4]}}
  %0 = "pyc.reduce"(%a0) {kind = "sum", axes = [1 : i64], keepdims = false} : (tensor<4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<3xf32, #pyc.meta<"f32", "cpu">>
}
