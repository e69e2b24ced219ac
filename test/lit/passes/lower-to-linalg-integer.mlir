// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

// CHECK: pyc.errors = [{column = 7 : i64, file = "fib.py", function = "fib", kind = "OverflowError", line = 3 : i64, message = "int does not fit in 64 bits", number = 1 : i64}]
// CHECK-LABEL: @add
// CHECK: %[[T:.*]] = arith.addi
// CHECK: %[[OK:.*]] = arith.cmpi eq
// CHECK: cf.assert %[[OK]], "1"
// CHECK: return %[[T]]
func.func @add(%x: i64, %y: i64) -> i64 attributes {pyc.name = "fib"} {
  %0 = "pyc.int_add"(%x, %y) : (i64, i64) -> i64 loc("fib.py":3:7)
  return %0 : i64
}

// -----

// CHECK-LABEL: @mul
// CHECK: %[[LOW:.*]], %[[HIGH:.*]] = arith.mulsi_extended
// CHECK: arith.cmpi eq, %[[HIGH]]
// CHECK: cf.assert
func.func @mul(%x: i64, %y: i64) -> i64 {
  %0 = "pyc.int_mul"(%x, %y) : (i64, i64) -> i64
  return %0 : i64
}

// -----

// The same error at the same place has one number; another place has another.
// CHECK-LABEL: @numbers
// CHECK: cf.assert %{{.*}}, "1"
// CHECK: cf.assert %{{.*}}, "1"
// CHECK: cf.assert %{{.*}}, "2"
func.func @numbers(%x: i1, %y: i64) {
  "pyc.check"(%x) {kind = "IndexError", message = "index out of bounds"} : (i1) -> () loc("a.py":1:1)
  "pyc.check"(%x) {kind = "IndexError", message = "index out of bounds"} : (i1) -> () loc("a.py":1:1)
  "pyc.check"(%x) {kind = "IndexError", message = "index out of bounds"} : (i1) -> () loc("a.py":2:1)
  return
}

// -----

// Exact floats divide at once; larger numbers by long division, rounded once.
// CHECK-LABEL: @div
// CHECK: scf.if
// CHECK: arith.divf
// CHECK: else
// CHECK: arith.divui
// CHECK: scf.while
// CHECK: arith.uitofp
// CHECK-NOT: cf.assert
func.func @div(%x: i64, %y: i64) -> f64 {
  %0 = "pyc.int_div"(%x, %y) : (i64, i64) -> f64
  return %0 : f64
}
