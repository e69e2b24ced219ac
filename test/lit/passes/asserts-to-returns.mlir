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

// -----

// A function that is called gives its number before its results, and its caller returns it too, once it has said where.
// CHECK-LABEL: func.func private @half(
// CHECK-SAME: %{{.*}}: i64, %[[OK:.*]]: i1) -> (i32, i64)
// CHECK: cf.cond_br %[[OK]], ^[[REST:.*]], ^[[FAILED:.*]](%c5_i32
// CHECK: return %c0_i32, %{{.*}} : i32, i64
// CHECK: return {pyc.failure} %{{.*}}, %c0_i64{{.*}} : i32, i64
func.func private @half(%n: i64, %ok: i1) -> i64 {
  cf.assert %ok, "5"
  return %n : i64
}

// CHECK-LABEL: func.func @caller(
// CHECK: %[[CALL:.*]]:2 = call @half(
// CHECK: %[[FINE:.*]] = arith.cmpi eq, %[[CALL]]#0
// CHECK: cf.cond_br %[[FINE]], ^{{.*}}, ^[[PASSING:.*]]{{$}}
// CHECK: ^[[FAILED:.*]](%[[NUMBER:.*]]: i32):
// CHECK: return {pyc.failure} %[[NUMBER]] : i32
// CHECK: ^[[PASSING]]:
// CHECK: %[[WIDE:.*]] = arith.extsi %[[CALL]]#0 : i32 to i64
// CHECK: %[[SITE:.*]] = arith.constant 1 : i32
// CHECK: call @pyc.tell.1(%[[SITE]], %[[WIDE]])
// CHECK: cf.br ^[[FAILED]](%[[CALL]]#0 : i32)
func.func @caller(%n: i64, %ok: i1, %out: memref<i64>) -> i32 attributes {pyc.export} {
  %c0 = arith.constant 0 : i32
  %0 = call @half(%n, %ok) : (i64, i1) -> i64
  memref.store %0, %out[] : memref<i64>
  return %c0 : i32
}

// -----

// The values of a message are said where the check fails, and only there.
// CHECK-LABEL: func.func @said(
// CHECK-SAME: %[[OK:.*]]: i1, %[[I:.*]]: i64, %[[N:.*]]: i64)
// CHECK: %[[NUMBER:.*]] = arith.constant 7 : i32
// CHECK: cf.cond_br %[[OK]], ^[[REST:.*]], ^[[SAID:.*]]{{$}}
// CHECK: ^[[SAID]]:
// CHECK-NEXT: call @pyc.tell.2(%[[NUMBER]], %[[I]], %[[N]])
// CHECK-NEXT: cf.br ^{{.*}}(%[[NUMBER]] : i32)
func.func @said(%ok: i1, %i: i64, %n: i64) -> i32 attributes {pyc.export} {
  %c0 = arith.constant 0 : i32
  %0 = builtin.unrealized_conversion_cast %ok, %i, %n : i1, i64, i64 to i1
  cf.assert %0, "7"
  return %c0 : i32
}
