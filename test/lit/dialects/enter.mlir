// RUN: pyc-opt %s | filecheck %s

// CHECK-LABEL: @guarded
// CHECK: %[[GO:.*]] = "pyc.enter"() : () -> i1
// CHECK: scf.if %[[GO]]
func.func @guarded(%ok: i1) {
  %go = "pyc.enter"() : () -> i1
  scf.if %go {
    "pyc.check"(%ok) {kind = "ValueError", message = ""} : (i1) -> ()
  }
  %number = "pyc.caught"(%go) : (i1) -> i32
  return
}
