// RUN: pyc-opt %s --drop-index-checks | filecheck %s
// RUN: pyc-opt %s --pass-pipeline="builtin.module(drop-index-checks{everywhere=true})" | filecheck %s --check-prefix=ALL

// CHECK-LABEL: @marked
// CHECK-NOT: IndexError
// CHECK: ZeroDivisionError
// CHECK-NOT: IndexError
// CHECK: return
func.func @marked(%inside: i1, %divisible: i1) attributes {pyc.unchecked} {
  "pyc.check"(%inside) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
  "pyc.check"(%divisible) {kind = "ZeroDivisionError", message = "division by zero"} : (i1) -> ()
  scf.if %divisible {
    "pyc.check"(%inside) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
  }
  return
}

// CHECK-LABEL: @checked
// CHECK: IndexError
// ALL-LABEL: @checked
// ALL-NOT: IndexError
// ALL: return
func.func @checked(%inside: i1) {
  "pyc.check"(%inside) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
  return
}
