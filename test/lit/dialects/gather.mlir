// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @rows
// CHECK: "pyc.gather"(%{{.*}}, %{{.*}})
func.func @rows(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.gather"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @columns
// CHECK: "pyc.gather"(%{{.*}}, %{{.*}})
func.func @columns(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x4xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x?x4xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.gather"(%a0, %a1) {axes = [1 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 1 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?x4xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x?x4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?x4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @elements
// CHECK: "pyc.gather"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @elements(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>, %a2: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.gather"(%a0, %a1, %a2) {axes = [0 : i64, 1 : i64], operandSegmentSizes = array<i32: 1, 2>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_such_axis(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{axes [2] should be sorted, distinct and some of}}
  %0 = "pyc.gather"(%a0, %a1) {axes = [2 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 indices for 2 axes}}
  %0 = "pyc.gather"(%a0, %a1) {axes = [0 : i64, 1 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_positions(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes indices that are tensors of i64}}
  %0 = "pyc.gather"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @nowhere(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{position 2 is not one of 1 axes that stay}}
  %0 = "pyc.gather"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 2 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @shape(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [?] should be [?, 3]}}
  %0 = "pyc.gather"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf64, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result element f64 should be f32}}
  %0 = "pyc.gather"(%a0, %a1) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?x3xf64, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf64, #pyc.meta<"f32", "cpu">>
}
