// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @line
// CHECK: "pyc.tell"(%{{.*}}, %{{.*}}) {kind = "print"
func.func @line(%i: i64, %x: f64) {
  "pyc.tell"(%i, %x) {operandSegmentSizes = array<i32: 1, 1>, kind = "print", message = "i, x", template = "{}"} : (i64, f64) -> ()
  return
}

// -----

func.func @narrow(%x: f32) {
  // expected-error@+1 {{takes values of type i64 and f64, not f32}}
  "pyc.tell"(%x) {operandSegmentSizes = array<i32: 0, 1>, kind = "print", message = "", template = "{}"} : (f32) -> ()
  return
}

// -----

func.func @unknown_kind() {
  // expected-error@+1 {{says 'shout', which is neither an exception nor one of print, element}}
  "pyc.tell"() {operandSegmentSizes = array<i32: 0, 0>, kind = "shout", message = "", template = "{}"} : () -> ()
  return
}

// -----

func.func @broken_template() {
  // expected-error@+1 {{has a template that is not JSON}}
  "pyc.tell"() {operandSegmentSizes = array<i32: 0, 0>, kind = "print", message = "", template = "{"} : () -> ()
  return
}
