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

// What is said of a loop reaches LLVM.
// CHECK-LABEL: llvm.func @annotated
// CHECK: llvm.br ^bb1({{.*}}) {loop_annotation = #loop_annotation}
func.func @annotated(%n: i64) {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  cf.br ^bb1(%c0 : i64)
^bb1(%i: i64):
  %more = arith.cmpi slt, %i, %n : i64
  cf.cond_br %more, ^bb2, ^bb3
^bb2:
  %next = arith.addi %i, %c1 : i64
  cf.br ^bb1(%next : i64) {llvm.loop_annotation = #llvm.loop_annotation<unroll = <disable = true>>}
^bb3:
  return
}

// -----

// An address that a cell gives becomes an array.
// CHECK-LABEL: llvm.func @from_cell
// CHECK: %[[MEMORY:.*]] = llvm.inttoptr %arg0 : i64 to !llvm.ptr
// CHECK: llvm.load %[[MEMORY]] : !llvm.ptr -> f64
func.func @from_cell(%address: i64) -> f64 {
  %m = builtin.unrealized_conversion_cast %address : i64 to memref<f64>
  %0 = memref.load %m[] : memref<f64>
  return %0 : f64
}
