// RUN: pyc-opt %s --pass-pipeline=share-work | filecheck %s

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
