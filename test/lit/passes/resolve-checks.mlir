// RUN: pyc-opt %s --resolve-checks | filecheck %s

// What holds always is dropped, and nothing is assumed.
// CHECK-LABEL: func.func @always(
// CHECK-NOT: pyc.assumes
// CHECK-NOT: pyc.check
// CHECK: return
func.func @always(%x: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %n: i64) {
  %zero = arith.constant 0 : i64
  %nine = arith.constant 9 : i64
  %extent = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  %0 = "pyc.compare"(%extent, %zero) {predicate = "ge"} : (i64, i64) -> i1
  "pyc.check"(%0) {kind = "ValueError", message = "an extent is not negative"} : (i1) -> ()
  %1 = "pyc.int_mod"(%n, %nine) : (i64, i64) -> i64
  %2 = "pyc.compare"(%1, %nine) {predicate = "lt"} : (i64, i64) -> i1
  "pyc.check"(%2) {kind = "IndexError", message = "a remainder is below its divisor"} : (i1) -> ()
  return
}

// What depends on extents alone becomes an assumption.
// CHECK-LABEL: func.func @extents(
// CHECK-SAME: pyc.assumes = ["ValueError: max of nothing ({{.*}}:{{[0-9]+}})"]
// CHECK-NOT: pyc.check
// CHECK: return
func.func @extents(%x: tensor<?xf32, #pyc.meta<"f32", "cpu">>) {
  %zero = arith.constant 0 : i64
  %extent = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  %0 = "pyc.compare"(%extent, %zero) {predicate = "gt"} : (i64, i64) -> i1
  "pyc.check"(%0) {kind = "ValueError", message = "max of nothing"} : (i1) -> ()
  return
}

// What depends on data stays, and so does what never holds.
// CHECK-LABEL: func.func @data(
// CHECK: "pyc.check"(%{{.*}}) {kind = "IndexError"
// CHECK: "pyc.check"(%{{.*}}) {kind = "AssertionError"
func.func @data(%n: i64) {
  %nine = arith.constant 9 : i64
  %0 = "pyc.compare"(%n, %nine) {predicate = "lt"} : (i64, i64) -> i1
  "pyc.check"(%0) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
  %1 = "pyc.compare"(%nine, %nine) {predicate = "ne"} : (i64, i64) -> i1
  "pyc.check"(%1) {kind = "AssertionError", message = "never"} : (i1) -> ()
  return
}

// Exact integers that cannot overflow wrap as well as any; n + 1 of an argument can.
// CHECK-LABEL: func.func @exact(
// CHECK: "pyc.sub"(%{{.*}}, %{{.*}}) : (i64, i64) -> i64
// CHECK: "pyc.mod"
// CHECK: "pyc.add"
// CHECK: "pyc.int_add"
func.func @exact(%x: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %n: i64) -> (i64, i64, i64) {
  %one = arith.constant 1 : i64
  %extent = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  %0 = "pyc.int_sub"(%extent, %one) : (i64, i64) -> i64
  %seven = arith.constant 7 : i64
  %1 = "pyc.int_mod"(%n, %seven) : (i64, i64) -> i64
  %2 = "pyc.int_add"(%1, %one) : (i64, i64) -> i64
  %3 = "pyc.int_add"(%n, %one) : (i64, i64) -> i64
  return %0, %2, %3 : i64, i64, i64
}

// The quotient of extents, and of small numbers, is one of floats; of numbers of any size it is rounded by itself.
// CHECK-LABEL: func.func @quotient(
// CHECK: "pyc.cast"(%{{.*}}) : (i64) -> f64
// CHECK: "pyc.div"(%{{.*}}) : (f64, f64) -> f64
// CHECK: "pyc.int_div"
func.func @quotient(%x: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %n: i64) -> (f64, f64) {
  %six = arith.constant 6 : i64
  %extent = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  %0 = "pyc.int_div"(%six, %extent) : (i64, i64) -> f64
  %1 = "pyc.int_div"(%six, %n) : (i64, i64) -> f64
  return %0, %1 : f64, f64
}
