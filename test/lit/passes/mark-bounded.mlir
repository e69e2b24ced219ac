// RUN: pyc-opt %s --mark-bounded | filecheck %s

// A loop over an axis, and one over the rest of it.
// CHECK: func.func @pairs({{.*}} attributes {{.*}}pyc.bounded
func.func @pairs(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>) attributes {pyc.export} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  scf.for %i = %c0 to %n step %c1 : i64 {
    %next = "pyc.int_add"(%i, %c1) : (i64, i64) -> i64
    scf.for %j = %next to %n step %c1 : i64 {
    }
  }
  return
}

// The number is the caller's.
// CHECK: func.func @counted
// CHECK-NOT: pyc.bounded
// CHECK: {
func.func @counted(%n: i64) attributes {pyc.export} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  scf.for %i = %c0 to %n step %c1 : i64 {
  }
  return
}

// CHECK: func.func @large
// CHECK-NOT: pyc.bounded
// CHECK: {
func.func @large() attributes {pyc.export} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %n = arith.constant 1000000 : i64
  scf.for %i = %c0 to %n step %c1 : i64 {
  }
  return
}

// What is called counts, too.
// CHECK: func.func @calls
// CHECK-NOT: pyc.bounded
// CHECK: {
func.func @calls() attributes {pyc.export} {
  func.call @waits() : () -> ()
  return
}
func.func private @waits() {
  scf.while : () -> () {
    %true = arith.constant true
    scf.condition(%true)
  } do {
    scf.yield
  }
  return
}

// Its threads may wait for Python.
// CHECK: func.func @parallel
// CHECK-NOT: pyc.bounded
// CHECK: {
func.func @parallel(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>) attributes {pyc.export} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  scf.for %i = %c0 to %n step %c1 : i64 {
  } {pyc.parallel = {reductions = []}}
  return
}
