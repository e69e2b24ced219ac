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

// -----

// CHECK-LABEL: @with_values
// CHECK: "pyc.check"(%{{.*}}, %{{.*}}) {{.*}}template
func.func @with_values(%a0: i1, %a1: i64) {
  "pyc.check"(%a0, %a1) {kind = "IndexError", message = "", template = "{\22row\22: [0]}"} : (i1, i64) -> ()
  return
}

// -----

func.func @values_of_no_message(%a0: i1, %a1: i64) {
  // expected-error@+1 {{has values and no template that says where they stand}}
  "pyc.check"(%a0, %a1) {kind = "IndexError", message = ""} : (i1, i64) -> ()
  return
}

// -----

func.func @float_value(%a0: i1, %a1: f64) {
  // expected-error@+1 {{says values of type i64, not f64}}
  "pyc.check"(%a0, %a1) {kind = "IndexError", message = "", template = "{}"} : (i1, f64) -> ()
  return
}
