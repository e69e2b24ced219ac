// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @number
// CHECK: "pyc.caught"(%{{.*}}) : (i1) -> i32
func.func @number() -> i32 {
  %go = "pyc.enter"() : () -> i1
  %number = "pyc.caught"(%go) : (i1) -> i32
  return %number : i32
}

// -----

func.func @no_region(%go: i1) {
  // expected-error@+1 {{takes what pyc.enter gives}}
  %number = "pyc.caught"(%go) : (i1) -> i32
  return
}
