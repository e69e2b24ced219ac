// RUN: pyc-opt %s --flatten | filecheck %s

// CHECK-LABEL: @f
// CHECK-NOT: scf
// CHECK-NOT: subview
// CHECK: memref.reinterpret_cast
// CHECK: cf.cond_br
// CHECK: cf.assert
func.func @f(%x: memref<?xf32, strided<[?], offset: ?>>, %n: index, %ok: i1) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %z = arith.constant 0.0 : f32
  %v = memref.subview %x[1] [%n] [2] : memref<?xf32, strided<[?], offset: ?>> to memref<?xf32, strided<[?], offset: ?>>
  scf.for %i = %c0 to %n step %c1 {
    cf.assert %ok, "1"
    memref.store %z, %v[%i] : memref<?xf32, strided<[?], offset: ?>>
  }
  %r = arith.constant 0 : i32
  return %r : i32
}
