// RUN: pyc-opt %s --track-allocations | filecheck %s

// CHECK-NOT: _mlir_memref_to_llvm
// CHECK-LABEL: llvm.func @f
// CHECK: %[[LIST:.*]] = llvm.alloca %{{.*}} x !llvm.array<2 x ptr>
// CHECK: llvm.call @pyc.open(%[[LIST]])
// CHECK: %[[P:.*]] = llvm.call @pyc.allocate(%[[LIST]], %{{.*}})
// CHECK: llvm.call @pyc.release(%[[P]])
// CHECK: llvm.call @pyc.release_all(%[[LIST]])
// CHECK-NEXT: llvm.return {pyc.failure}
// CHECK-LABEL: llvm.func @nothing
// CHECK-NOT: llvm.alloca
llvm.func @_mlir_memref_to_llvm_free(!llvm.ptr)
llvm.func @_mlir_memref_to_llvm_aligned_alloc(i64, i64) -> !llvm.ptr
llvm.func @f(%ok: i1, %n: i64, %r: i32) -> i32 {
  %a = llvm.mlir.constant(64 : i64) : i64
  %p = llvm.call @_mlir_memref_to_llvm_aligned_alloc(%a, %n) : (i64, i64) -> !llvm.ptr
  llvm.cond_br %ok, ^rest, ^failed
^rest:
  llvm.call @_mlir_memref_to_llvm_free(%p) : (!llvm.ptr) -> ()
  llvm.return %r : i32
^failed:
  llvm.return {pyc.failure} %r : i32
}
llvm.func @nothing() {
  llvm.return
}

// A guarded region marks the list, and where it lands frees what was allocated since, if an error left it.
// CHECK-LABEL: llvm.func @guarded
// CHECK: %[[HEAD:.*]] = llvm.alloca %{{.*}} x !llvm.array<2 x ptr>
// CHECK: llvm.call @pyc.mark(%[[HEAD]], %{{.*}})
// CHECK: llvm.call @pyc.allocate(%[[HEAD]], %{{.*}})
// CHECK: llvm.call @pyc.unwind(%[[HEAD]], %{{.*}}, %{{.*}})
llvm.func @pyc.mark(i64)
llvm.func @pyc.unwind(i64, i32)
llvm.func @guarded(%place: i64, %n: i64, %r: i32) -> i32 {
  llvm.call @pyc.mark(%place) : (i64) -> ()
  %a = llvm.mlir.constant(64 : i64) : i64
  %p = llvm.call @_mlir_memref_to_llvm_aligned_alloc(%a, %n) : (i64, i64) -> !llvm.ptr
  llvm.call @pyc.unwind(%place, %r) : (i64, i32) -> ()
  llvm.return %r : i32
}
// Without allocations there is nothing to mark.
// CHECK-LABEL: llvm.func @idle
// CHECK-NEXT: llvm.return
llvm.func @idle(%place: i64, %r: i32) -> i32 {
  llvm.call @pyc.mark(%place) : (i64) -> ()
  llvm.call @pyc.unwind(%place, %r) : (i64, i32) -> ()
  llvm.return %r : i32
}
// CHECK: llvm.func @c.aligned_alloc
// CHECK: llvm.func internal @pyc.allocate
// CHECK: llvm.call @c.madvise
