// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @quotient
// CHECK: "pyc.int_div"(%{{.*}}, %{{.*}}) : (i64, i64) -> f64
func.func @quotient(%a0: i64, %a1: i64) -> f64 {
  %0 = "pyc.int_div"(%a0, %a1) : (i64, i64) -> f64
  return %0 : f64
}

// -----

func.func @sized(%a0: i32, %a1: i32) -> f64 {
  // expected-error@+1 {{takes and gives i64}}
  %0 = "pyc.int_div"(%a0, %a1) : (i32, i32) -> f64
  return %0 : f64
}

// -----

func.func @whole(%a0: i64, %a1: i64) -> i64 {
  // expected-error@+1 {{gives f64, not i64}}
  %0 = "pyc.int_div"(%a0, %a1) : (i64, i64) -> i64
  return %0 : i64
}
