// RUN: pyc-opt %s --pass-pipeline=define-tells | filecheck %s

// CHECK: llvm.mlir.global external @pyc.teller() {addr_space = 0 : i32} : !llvm.ptr
// CHECK: llvm.func internal @pyc.tell.1(%[[N:.*]]: i32, %[[V:.*]]: i64) -> i32
// CHECK: %[[ROW:.*]] = llvm.alloca
// CHECK: llvm.store %[[V]]
// CHECK: %[[TELLER:.*]] = llvm.load volatile
// CHECK: llvm.call %[[TELLER]](%[[N]], %[[ROW]]) : !llvm.ptr, (i32, !llvm.ptr) -> i32
llvm.func @pyc.tell.1(i32, i64) -> i32 attributes {sym_visibility = "private"}

llvm.func @f(%number: i32, %x: i64) -> i32 {
  %0 = llvm.call @pyc.tell.1(%number, %x) : (i32, i64) -> i32
  llvm.return %0 : i32
}
