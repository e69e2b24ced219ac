// RUN: pyc-opt %s --split-input-file --pass-pipeline=share-work | filecheck %s

// CHECK: llvm.func @f.chunk0(%{{.*}}: i64, %{{.*}}: !llvm.ptr, %{{.*}}: i64) -> i32
// CHECK: llvm.call @f.chunks0(
// CHECK: llvm.func @pyc.run(!llvm.ptr, !llvm.ptr, i64) -> i32
// CHECK: llvm.mlir.global external @pyc.pool()
// CHECK: llvm.mlir.addressof @pyc.run
// CHECK: llvm.func internal @f.chunk0.of(%[[ALL:.*]]: !llvm.ptr, %[[C:.*]]: i64) -> i32
// CHECK: llvm.getelementptr %[[ALL]][0, 0]
// CHECK: %[[X:.*]] = llvm.load
// CHECK: llvm.getelementptr %[[ALL]][0, 1]
// CHECK: %[[N:.*]] = llvm.load
// CHECK: llvm.call @f.chunk0(%[[C]], %[[X]], %[[N]])
// CHECK: llvm.func @f.chunks0(%[[COUNT:.*]]: i64, %{{.*}}: !llvm.ptr, %{{.*}}: i64) -> i32
// CHECK: %[[ALL:.*]] = llvm.alloca
// CHECK: %[[RUN:.*]] = llvm.load volatile
// CHECK: %[[EACH:.*]] = llvm.mlir.addressof @f.chunk0.of
// CHECK: llvm.call %[[RUN]](%[[EACH]], %[[ALL]], %[[COUNT]])
llvm.func @f.chunk0(%chunk: i64, %x: !llvm.ptr, %n: i64) -> i32 {
  %0 = llvm.mlir.constant(0 : i32) : i32
  llvm.return %0 : i32
}
llvm.func @f.chunks0(%count: i64, %x: !llvm.ptr, %n: i64) -> i32 attributes {pyc.chunks = @f.chunk0} {
  %0 = llvm.mlir.constant(0 : i64) : i64
  %1 = llvm.call @f.chunk0(%0, %x, %n) : (i64, !llvm.ptr, i64) -> i32
  llvm.return %1 : i32
}
llvm.func @f(%x: !llvm.ptr, %n: i64) -> i32 {
  %0 = llvm.call @f.chunks0(%n, %x, %n) : (i64, !llvm.ptr, i64) -> i32
  llvm.return %0 : i32
}

// -----

// A chunk that knows where strides are has a copy for those that they mostly are.
// CHECK: llvm.func internal @g.chunk0.near(%[[C:.*]]: i64, %[[X:.*]]: !llvm.ptr, %[[S:.*]]: i64, %[[T:.*]]: i64) -> i32 attributes {no_inline}
// CHECK: %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: %[[A:.*]] = llvm.icmp "eq" %[[S]], %[[ONE]]
// CHECK: %[[THREE:.*]] = llvm.mlir.constant(3 : i64)
// CHECK: %[[B:.*]] = llvm.icmp "eq" %[[T]], %[[THREE]]
// CHECK: %[[BOTH:.*]] = llvm.and %[[A]], %[[B]]
// CHECK: llvm.cond_br %[[BOTH]]
// CHECK: llvm.call @g.chunk0(%[[C]], %[[X]], %[[ONE]], %[[THREE]]) {always_inline}
// CHECK: llvm.call @g.chunk0(%[[C]], %[[X]], %[[S]], %[[T]]) :
// CHECK: llvm.func internal @g.chunk0.of(
// CHECK: llvm.call @g.chunk0.near(
// CHECK: llvm.func @g.chunks0(
// CHECK: llvm.call @g.chunk0.near(
llvm.func @g.chunk0(%chunk: i64, %x: !llvm.ptr, %s: i64, %t: i64) -> i32 attributes {pyc.steps = array<i64: 2, 1, 3, 3>} {
  %0 = llvm.mlir.constant(0 : i32) : i32
  llvm.return %0 : i32
}
llvm.func @g.chunks0(%count: i64, %x: !llvm.ptr, %s: i64, %t: i64) -> i32 attributes {pyc.chunks = @g.chunk0} {
  %0 = llvm.mlir.constant(0 : i64) : i64
  %1 = llvm.call @g.chunk0(%0, %x, %s, %t) : (i64, !llvm.ptr, i64, i64) -> i32
  llvm.return %1 : i32
}
llvm.func @g(%x: !llvm.ptr, %n: i64) -> i32 {
  %0 = llvm.call @g.chunks0(%n, %x, %n, %n) : (i64, !llvm.ptr, i64, i64) -> i32
  llvm.return %0 : i32
}
