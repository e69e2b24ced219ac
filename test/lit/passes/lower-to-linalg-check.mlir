// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

// Values of a message stay with the condition.
// CHECK-LABEL: @values
// CHECK: %[[C:.*]] = builtin.unrealized_conversion_cast %arg0, %arg1, %arg2 : i1, i64, i64 to i1
// CHECK: cf.assert %[[C]], "1"
func.func @values(%ok: i1, %i: i64, %n: i64) {
  "pyc.check"(%ok, %i, %n) {kind = "IndexError", message = "", template = "{}"} : (i1, i64, i64) -> ()
  return
}

// -----

// What is outside is looked for where the check fails.
// CHECK-LABEL: @first
// CHECK: %[[R:.*]] = scf.if %arg0 -> (i64) {
// CHECK-NEXT: %c0_i64
// CHECK-NEXT: scf.yield %c0_i64
// CHECK: } else {
// CHECK: %[[FOUND:.*]]:2 = scf.for
// CHECK: tensor.extract
// CHECK: scf.yield %[[FOUND]]#1
// CHECK: return %[[R]]
func.func @first(%ok: i1, %i: tensor<?xi64, #pyc.meta<"i64", "cpu">>, %n: i64) -> i64 {
  %0 = "pyc.first_outside"(%ok, %i, %n) : (i1, tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> i64
  return %0 : i64
}
