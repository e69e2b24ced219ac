// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @kinds
// CHECK: "pyc.is_kind"(%{{.*}}) {kinds = ["LookupError", "ValueError"]} : (i32) -> i1
func.func @kinds(%number: i32) -> i1 {
  %0 = "pyc.is_kind"(%number) {kinds = ["LookupError", "ValueError"]} : (i32) -> i1
  return %0 : i1
}

// -----

func.func @unknown(%number: i32) {
  // expected-error@+1 {{knows no exception}}
  %0 = "pyc.is_kind"(%number) {kinds = ["NoSuchError"]} : (i32) -> i1
  return
}
