// RUN: pyc-opt %s --lower-to-llvm --split-input-file --verify-diagnostics | filecheck %s
// RUN: not pyc-opt %S/Inputs/assertion.mlir --lower-to-llvm 2>&1 | filecheck %s --check-prefix=ASSERTION

// Attributes stay on the function, and only there; pointers to elements do not overlap.
// CHECK-LABEL: llvm.func @f
// CHECK-SAME: %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: f32) -> i32
// CHECK-SAME: pyc.export, pyc.name = "f", pyc.target = "cpu"
// CHECK-LABEL: llvm.func @_mlir_ciface_f
// CHECK-NOT: pyc.
func.func @f(%x: memref<?xf32, strided<[?], offset: ?>>, %s: f32) -> i32 attributes {llvm.emit_c_interface, pyc.export, pyc.name = "f", pyc.target = "cpu"} {
  %c0 = arith.constant 0 : index
  memref.store %s, %x[%c0] : memref<?xf32, strided<[?], offset: ?>>
  %r = arith.constant 0 : i32
  return %r : i32
}

// ASSERTION: an assertion is left at {{.*}}; asserts-to-returns comes first
