// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @exact
// CHECK: "pyc.int_shr"(%{{.*}}, %{{.*}})
func.func @exact(%a0: i64, %a1: i64) -> i64 {
  %0 = "pyc.int_shr"(%a0, %a1) : (i64, i64) -> i64
  return %0 : i64
}

// -----

func.func @sized(%a0: i32, %a1: i32) -> i32 {
  // expected-error@+1 {{takes and gives i64}}
  %0 = "pyc.int_shr"(%a0, %a1) : (i32, i32) -> i32
  return %0 : i32
}

// -----

func.func @float_result(%a0: i64, %a1: i64) -> f64 {
  // expected-error@+1 {{takes and gives i64}}
  %0 = "pyc.int_shr"(%a0, %a1) : (i64, i64) -> f64
  return %0 : f64
}
