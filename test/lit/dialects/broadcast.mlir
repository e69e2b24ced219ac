// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @stretches
// CHECK: "pyc.broadcast"(%{{.*}}, %{{.*}})
func.func @stretches(%a0: tensor<1xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.broadcast"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<1xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @more_axes
// CHECK: "pyc.broadcast"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @more_axes(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: i64, %a2: i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.broadcast"(%a0, %a1, %a2) {operandSegmentSizes = array<i32: 1, 2>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @shrinks(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> tensor<3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{[?, 3] does not broadcast to [3]}}
  %0 = "pyc.broadcast"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @unequal(%a0: tensor<3xf32, #pyc.meta<"f32", "cpu">>, %a1: i64) -> tensor<4xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{[3] does not broadcast to [4]}}
  %0 = "pyc.broadcast"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<3xf32, #pyc.meta<"f32", "cpu">>, i64) -> tensor<4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<4xf32, #pyc.meta<"f32", "cpu">>
}
