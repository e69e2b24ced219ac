// RUN: pyc-opt %s --pass-pipeline=bound-recursion | filecheck %s

// CHECK: pyc.errors = [{{.*}}kind = "RecursionError"
// CHECK-LABEL: func.func private @fib(
// CHECK-SAME: %[[N:.*]]: i64, %[[DEPTH:.*]]: i64, %[[SLOT:.*]]: i64) -> i64
// CHECK: %[[BELOW:.*]] = arith.cmpi slt, %[[DEPTH]], %c3000_i64
// CHECK: cf.assert %[[BELOW]], "1"
// CHECK: %[[ROOM:.*]] = call @pyc.stack.room(%[[SLOT]]) : (i64) -> i1
// CHECK: cf.assert %[[ROOM]], "1"
// CHECK: %[[DEEPER:.*]] = arith.addi %[[DEPTH]], %c1_i64
// CHECK: call @fib(%{{.*}}, %[[DEEPER]], %[[SLOT]]) : (i64, i64, i64) -> i64
func.func private @fib(%n: i64) -> i64 {
  %0 = call @fib(%n) : (i64) -> i64
  return %0 : i64
}

// The call that enters the circle starts from 0, with a slot for its thread's stack; other functions stay as they are.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %{{.*}}: i64) -> i32
// CHECK: %[[HELD:.*]] = memref.alloca() : memref<i64>
// CHECK: %[[ADDRESS:.*]] = memref.extract_aligned_pointer_as_index %[[HELD]]
// CHECK: %[[OWN:.*]] = arith.index_cast %[[ADDRESS]] : index to i64
// CHECK: call @pyc.stack.begin(%[[OWN]]) : (i64) -> ()
// CHECK: call @fib(%{{.*}}, %c0_i64{{.*}}, %[[OWN]]) : (i64, i64, i64) -> i64
func.func @main(%n: i64) -> i32 attributes {pyc.export} {
  %0 = call @fib(%n) : (i64) -> i64
  %1 = arith.trunci %0 : i64 to i32
  return %1 : i32
}

// The function of a chunk may run in another thread: what it calls looks at that one's stack.
// CHECK-LABEL: func.func private @walk.chunk0(
// CHECK-SAME: %{{.*}}: i64, %[[AGAIN:.*]]: i64, %{{.*}}: i64)
// CHECK: call @pyc.stack.begin(%[[FRESH:.*]]) : (i64) -> ()
// CHECK-NOT: pyc.stack.room
// CHECK: call @walk(%{{.*}}, %{{.*}}, %[[FRESH]]) : (i64, i64, i64) -> ()
func.func private @walk.chunk0(%n: i64) attributes {pyc.chunk = "walk"} {
  call @walk(%n) : (i64) -> ()
  return
}
func.func private @walk(%n: i64) {
  call @walk.chunk0(%n) : (i64) -> ()
  return
}
