// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @flat
// CHECK: "pyc.reshape"(%{{.*}}, %{{.*}})
func.func @flat(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reshape"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @more_axes
// CHECK: "pyc.reshape"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @more_axes(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reshape"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 2>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @none
// CHECK: "pyc.reshape"(%{{.*}})
func.func @none(%a0: tensor<1x1xf32, #pyc.meta<"f32", "cpu">>) -> tensor<f32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.reshape"(%a0) {operandSegmentSizes = array<i32: 1, 0>} : (tensor<1x1xf32, #pyc.meta<"f32", "cpu">>) -> tensor<f32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<f32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @too_many(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> tensor<7xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{[2, 3] and [7] hold different numbers of elements}}
  %0 = "pyc.reshape"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<7xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<7xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @sizes(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<6xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 0 sizes for a result of 1 axes}}
  %0 = "pyc.reshape"(%a0) {operandSegmentSizes = array<i32: 1, 0>} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<6xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<6xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @index(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a1: index) -> tensor<6xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes sizes of type i64}}
  %0 = "pyc.reshape"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, index) -> tensor<6xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<6xf32, #pyc.meta<"f32", "cpu">>
}
