// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @rows
// CHECK: "pyc.slice"(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
func.func @rows(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.slice"(%a0, %a1, %a2, %a3, %a4, %a5, %a6) {dropped = [], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @a_row
// CHECK: "pyc.slice"(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
func.func @a_row(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.slice"(%a0, %a1, %a2, %a3, %a4, %a5, %a6) {dropped = [0 : i64], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @rank(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [?] should be [?, ?]}}
  %0 = "pyc.slice"(%a0, %a1, %a2, %a3, %a4, %a5, %a6) {dropped = [], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_such_axis(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> tensor<f32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{dropped axes [1] should be sorted, distinct and below 1}}
  %0 = "pyc.slice"(%a0, %a1, %a2, %a3) {dropped = [1 : i64], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> tensor<f32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<f32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_few(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 indices for}}
  %0 = "pyc.slice"(%a0, %a1, %a2, %a3) {dropped = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64, %a3: i64) -> tensor<?xf64, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{result element f64 should be f32}}
  %0 = "pyc.slice"(%a0, %a1, %a2, %a3) {dropped = [], operandSegmentSizes = array<i32: 1, 1, 1, 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> tensor<?xf64, #pyc.meta<"f64", "cpu">>
  return %0 : tensor<?xf64, #pyc.meta<"f64", "cpu">>
}
