// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @positions
// CHECK: "pyc.first_outside"
func.func @positions(%a0: i1, %a1: tensor<?xi64, #pyc.meta<"i64", "cpu">>, %a2: i64) -> i64 {
  %0 = "pyc.first_outside"(%a0, %a1, %a2) : (i1, tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> i64
  return %0 : i64
}

// -----

func.func @one_position(%a0: i1, %a1: i64, %a2: i64) -> i64 {
  // expected-error@+1 {{takes positions that are a tensor of i64, not i64}}
  %0 = "pyc.first_outside"(%a0, %a1, %a2) : (i1, i64, i64) -> i64
  return %0 : i64
}
