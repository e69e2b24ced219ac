// RUN: pyc-opt %s --track-allocations | filecheck %s

// A cell is a variable of the function, which counts what refers to its allocations. What cells refer to is freed when
// it returns.
// CHECK-LABEL: llvm.func @cells
// CHECK: %[[HEAD:.*]] = llvm.alloca %{{.*}} x !llvm.array<2 x ptr>
// CHECK: llvm.call @pyc.mark_counted(%[[HEAD]], %{{.*}})
// CHECK: %[[P:.*]] = llvm.call @pyc.allocate_counted(%[[HEAD]], %{{.*}})
// CHECK: %[[ADDRESS:.*]] = llvm.ptrtoint %[[P]]
// CHECK: llvm.call @pyc.hold(%[[HEAD]], %[[CELL:.*]], %[[ADDRESS]])
// CHECK: %[[WORD:.*]] = llvm.getelementptr %[[CELL]][1]
// CHECK: llvm.store %[[ADDRESS]], %[[WORD]]
// CHECK: llvm.call @pyc.release_counted(%[[P]])
// CHECK: llvm.call @pyc.unwind_counted(%[[HEAD]], %{{.*}}, %{{.*}})
// CHECK: llvm.call @pyc.taken(%[[CELL]])
// CHECK: %[[HELD:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: llvm.call @pyc.spare(%[[HEAD]], %[[HELD]])
// CHECK: llvm.call @pyc.sweep(%[[HEAD]])
// CHECK: %[[BLOCK:.*]] = llvm.call @pyc.whose(%[[HEAD]], %[[HELD]])
// CHECK: llvm.call @pyc.keep(%[[BLOCK]])
// CHECK: llvm.call @pyc.release_all(%[[HEAD]])
// CHECK-NEXT: llvm.return
llvm.func @_mlir_memref_to_llvm_free(!llvm.ptr)
llvm.func @_mlir_memref_to_llvm_aligned_alloc(i64, i64) -> !llvm.ptr
llvm.func @pyc.mark(i64)
llvm.func @pyc.unwind(i64, i32)
llvm.func @pyc.keep(i64)
llvm.func @pyc.hold.0.0(i64, i64)
llvm.func @pyc.held.0.0() -> i64
llvm.func @pyc.spare(i64)
llvm.func @pyc.sweep()
llvm.func @pyc.whose(i64) -> i64
llvm.func @cells(%place: i64, %n: i64, %r: i32) -> i32 {
  llvm.call @pyc.mark(%place) : (i64) -> ()
  %a = llvm.mlir.constant(64 : i64) : i64
  %p = llvm.call @_mlir_memref_to_llvm_aligned_alloc(%a, %n) : (i64, i64) -> !llvm.ptr
  %address = llvm.ptrtoint %p : !llvm.ptr to i64
  llvm.call @pyc.hold.0.0(%address, %n) : (i64, i64) -> ()
  llvm.call @_mlir_memref_to_llvm_free(%p) : (!llvm.ptr) -> ()
  llvm.call @pyc.unwind(%place, %r) : (i64, i32) -> ()
  %held = llvm.call @pyc.held.0.0() : () -> i64
  llvm.call @pyc.spare(%held) : (i64) -> ()
  llvm.call @pyc.sweep() : () -> ()
  %block = llvm.call @pyc.whose(%held) : (i64) -> i64
  llvm.call @pyc.keep(%block) : (i64) -> ()
  llvm.return %r : i32
}
