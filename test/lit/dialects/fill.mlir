// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.fill"(%{{.*}}, %{{.*}})
func.func @vector(%a0: f32, %a1: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.fill"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (f32, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: f64, %a1: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{with f64}}
  %0 = "pyc.fill"(%a0, %a1) {operandSegmentSizes = array<i32: 1, 1>} : (f64, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @sizes(%a0: f32) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 0 sizes for a result of 1 axes}}
  %0 = "pyc.fill"(%a0) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}
