// RUN: pyc-opt %s --asserts-to-returns | filecheck %s

// CHECK-LABEL: @two
// CHECK: memref.store
// CHECK: %[[ONE:.*]] = arith.constant 1 : i32
// CHECK: cf.cond_br %{{.*}}, ^[[NEXT:.*]], ^[[FAILED:.*]](%[[ONE]] : i32)
// CHECK: ^[[NEXT]]:
// CHECK: %[[SEVEN:.*]] = arith.constant 7 : i32
// CHECK: cf.cond_br %{{.*}}, ^[[REST:.*]], ^[[FAILED]](%[[SEVEN]] : i32)
// CHECK: ^[[REST]]:
// CHECK: memref.store
// CHECK: return %{{.*}} : i32
// CHECK: ^[[FAILED]](%[[NUMBER:.*]]: i32):
// CHECK: return {pyc.failure} %[[NUMBER]] : i32
// CHECK-NOT: cf.assert
func.func @two(%a: i1, %b: i1, %m: memref<f32>, %s: f32) -> i32 {
  memref.store %s, %m[] : memref<f32>
  cf.assert %a, "1"
  cf.assert %b, "7"
  memref.store %s, %m[] : memref<f32>
  %r = arith.constant 0 : i32
  return %r : i32
}

// CHECK-LABEL: @none
// CHECK-NOT: ^
func.func @none() -> i32 {
  %r = arith.constant 0 : i32
  return %r : i32
}
