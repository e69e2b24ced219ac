// RUN: pyc-opt %s | filecheck %s

// CHECK-LABEL: @freed
// CHECK: "pyc.sweep"() : () -> ()
func.func @freed() {
  "pyc.sweep"() : () -> ()
  return
}
