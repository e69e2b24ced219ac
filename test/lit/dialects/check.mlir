// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @index_error
// CHECK: "pyc.check"(%{{.*}})
func.func @index_error(%a0: i1) {
  "pyc.check"(%a0) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
  return
}

// -----

func.func @number(%a0: i64) {
  // expected-error@+1 {{takes a condition of type i1, not i64}}
  "pyc.check"(%a0) {kind = "IndexError", message = ""} : (i64) -> ()
  return
}

// -----

func.func @unknown_kind(%a0: i1) {
  // expected-error@+1 {{cannot raise 'SystemExit'; it can raise LinAlgError, ArithmeticError}}
  "pyc.check"(%a0) {kind = "SystemExit", message = ""} : (i1) -> ()
  return
}
