// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// A scalar is captured; the encoding stays; extents come from the operand.
// CHECK-LABEL: @scalar_on_tensor
// CHECK-SAME: %[[X:.*]]: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %[[S:.*]]: f32
// CHECK: %[[N:.*]] = tensor.dim %[[X]]
// CHECK: %[[E:.*]] = tensor.empty(%[[N]]) : tensor<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[X]] : {{.*}}) outs(%[[E]] :
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[R:.*]] = arith.addf %[[A]], %[[S]] : f32
// CHECK-NEXT: linalg.yield %[[R]]
func.func @scalar_on_tensor(%x: !v, %s: f32) -> !v {
  %0 = "pyc.add"(%x, %s) : (!v, f32) -> !v
  return %0 : !v
}

// -----

// CHECK-LABEL: @scalars
// CHECK-NOT: linalg
// CHECK: arith.addi %{{.*}}, %{{.*}} : i8
func.func @scalars(%x: i8, %y: i8) -> i8 {
  %0 = "pyc.add"(%x, %y) : (i8, i8) -> i8
  return %0 : i8
}

// -----

// An axis of extent 1 is read at 0.
// CHECK: affine_map<(d0, d1) -> (d0, 0)>
// CHECK: affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: @broadcast
!c = tensor<?x1xf32, #pyc.meta<"f32", "cpu">>
!r = tensor<?xf32, #pyc.meta<"f32", "cpu">>
!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
func.func @broadcast(%x: !c, %y: !r) -> !m {
  %0 = "pyc.mul"(%x, %y) : (!c, !r) -> !m
  return %0 : !m
}

// -----

// f16 is computed in f32 and rounded once.
// CHECK-LABEL: @half
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: arith.divf %{{.*}} : f32
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @half(%x: f16, %y: f16) -> f16 {
  %0 = "pyc.div"(%x, %y) : (f16, f16) -> f16
  return %0 : f16
}

// -----

// Unsigned elements become signless; the division says what they were.
// CHECK-LABEL: @unsigned
// CHECK-SAME: tensor<?xi8, #pyc.meta<"u8", "cpu">>
// CHECK: arith.divui
// CHECK-NOT: ui8
!u = tensor<?xui8, #pyc.meta<"u8", "cpu">>
func.func @unsigned(%x: !u, %y: !u) -> !u {
  %0 = "pyc.floordiv"(%x, %y) : (!u, !u) -> !u
  return %0 : !u
}

// -----

// No division by zero, and no overflow: the divisor is 1 there.
// CHECK-LABEL: @floor_division
// CHECK: %[[SAFE:.*]] = arith.select %{{.*}}, %c1_i32, %{{.*}} : i32
// CHECK: arith.divsi %{{.*}}, %[[SAFE]] : i32
func.func @floor_division(%x: i32, %y: i32) -> i32 {
  %0 = "pyc.floordiv"(%x, %y) : (i32, i32) -> i32
  return %0 : i32
}

// -----

// CHECK-LABEL: @truth
// CHECK: arith.cmpf une, %{{.*}} : f64
func.func @truth(%x: f64) -> i1 {
  %0 = "pyc.cast"(%x) : (f64) -> i1
  return %0 : i1
}

// -----

// fptosi never sees what does not fit: its result would be poison.
// CHECK-LABEL: @to_integer
// CHECK: %[[FITS:.*]] = arith.andi
// CHECK: %[[SAFE:.*]] = arith.select %[[FITS]], %{{.*}}, %{{.*}} : f32
// CHECK: arith.fptosi %[[SAFE]] : f32 to i32
// CHECK: arith.select %[[FITS]]
func.func @to_integer(%x: f32) -> i32 {
  %0 = "pyc.cast"(%x) : (f32) -> i32
  return %0 : i32
}
