// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @again
// CHECK: "pyc.reraise"(%{{.*}}) : (i32) -> ()
func.func @again(%number: i32) {
  "pyc.reraise"(%number) : (i32) -> ()
  return
}

// -----

func.func @wide(%number: i64) {
  // expected-error@+1 {{expected 'i32' but got 'i64'}}
  "pyc.reraise"(%number) : (i64) -> ()
  return
}
