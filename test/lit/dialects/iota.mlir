// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.iota"(%{{.*}})
func.func @vector(%a0: i64) -> tensor<?xi32, #pyc.meta<"i32", "cpu">> {
  %0 = "pyc.iota"(%a0) {operandSegmentSizes = array<i32: 1>} : (i64) -> tensor<?xi32, #pyc.meta<"i32", "cpu">>
  return %0 : tensor<?xi32, #pyc.meta<"i32", "cpu">>
}

// -----

func.func @matrix(%a0: i64, %a1: i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{gives a tensor of one axis}}
  %0 = "pyc.iota"(%a0, %a1) {operandSegmentSizes = array<i32: 2>} : (i64, i64) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @booleans(%a0: i64) -> tensor<?xi1, #pyc.meta<"bool", "cpu">> {
  // expected-error@+1 {{does not take elements of type i1}}
  %0 = "pyc.iota"(%a0) {operandSegmentSizes = array<i32: 1>} : (i64) -> tensor<?xi1, #pyc.meta<"bool", "cpu">>
  return %0 : tensor<?xi1, #pyc.meta<"bool", "cpu">>
}
