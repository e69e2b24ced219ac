// RUN: pyc-opt %s --pass-pipeline=bound-recursion | filecheck %s

// CHECK: pyc.errors = [{{.*}}kind = "RecursionError"
// CHECK-LABEL: func.func private @fib(
// CHECK-SAME: %[[N:.*]]: i64, %[[DEPTH:.*]]: i64) -> i64
// CHECK: %[[BELOW:.*]] = arith.cmpi slt, %[[DEPTH]], %c3000_i64
// CHECK: cf.assert %[[BELOW]], "1"
// CHECK: %[[DEEPER:.*]] = arith.addi %[[DEPTH]], %c1_i64
// CHECK: call @fib(%{{.*}}, %[[DEEPER]]) : (i64, i64) -> i64
func.func private @fib(%n: i64) -> i64 {
  %0 = call @fib(%n) : (i64) -> i64
  return %0 : i64
}

// The call that enters the circle starts from 0; other functions stay as they are.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %{{.*}}: i64) -> i32
// CHECK: call @fib(%{{.*}}, %c0_i64{{.*}}) : (i64, i64) -> i64
func.func @main(%n: i64) -> i32 attributes {pyc.export} {
  %0 = call @fib(%n) : (i64) -> i64
  %1 = arith.trunci %0 : i64 to i32
  return %1 : i32
}
