// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @matrix
// CHECK: "pyc.empty"(%{{.*}}, %{{.*}})
func.func @matrix(%a0: i64, %a1: i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.empty"(%a0, %a1) {operandSegmentSizes = array<i32: 2>} : (i64, i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @sizes(%a0: i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{has 1 sizes for a result of 2 axes}}
  %0 = "pyc.empty"(%a0) {operandSegmentSizes = array<i32: 1>} : (i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}
