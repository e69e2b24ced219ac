// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @exact
// CHECK: "pyc.int_abs"(%{{.*}})
func.func @exact(%a0: i64) -> i64 {
  %0 = "pyc.int_abs"(%a0) : (i64) -> i64
  return %0 : i64
}

// -----

func.func @sized(%a0: i32) -> i32 {
  // expected-error@+1 {{takes and gives i64}}
  %0 = "pyc.int_abs"(%a0) : (i32) -> i32
  return %0 : i32
}
