// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
!c = tensor<?x1xf32, #pyc.meta<"f32", "cpu">>
!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// An axis of extent 1 is seen through: the vector itself is read.
// CHECK: #[[ROWS:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: @column
// CHECK-SAME: %[[M:.*]]: tensor<?x?xf32, {{.*}}>, %[[V:.*]]: tensor<?xf32
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[ROWS]], #{{.*}}], {{.*}} ins(%[[M]], %[[V]] :
func.func @column(%m: !m, %v: !v) -> !m {
  %n = "pyc.dim"(%v) {axis = 0 : i64} : (!v) -> i64
  %one = arith.constant 1 : i64
  %c = "pyc.reshape"(%v, %n, %one) {operandSegmentSizes = array<i32: 1, 2>} : (!v, i64, i64) -> !c
  %0 = "pyc.sub"(%m, %c) : (!m, !c) -> !m
  return %0 : !m
}

// -----

!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// Any other reshape goes through one axis.
// CHECK-LABEL: @reshape
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<?x?xf32, {{.*}}> into tensor<?xf32
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1]] output_shape
func.func @reshape(%x: !m, %m: i64, %n: i64) -> !m {
  %0 = "pyc.reshape"(%x, %m, %n) {operandSegmentSizes = array<i32: 1, 2>} : (!m, i64, i64) -> !m
  return %0 : !m
}

// -----

!m = tensor<2x?xf32, #pyc.meta<"f32", "cpu">>
!t = tensor<?x2xf32, #pyc.meta<"f32", "cpu">>
// A transpose is an elementwise operation, so that it fuses.
// CHECK: affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: @transpose
// CHECK: linalg.generic {{.*}} ["parallel", "parallel"]
func.func @transpose(%x: !m) -> !t {
  %0 = "pyc.transpose"(%x) {permutation = [1 : i64, 0 : i64]} : (!m) -> !t
  return %0 : !t
}

// -----

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @concat
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: %[[FIRST:.*]] = tensor.insert_slice %{{.*}} into %[[E]][0]
// CHECK: tensor.insert_slice %{{.*}} into %[[FIRST]][%{{.*}}]
func.func @concat(%x: !v, %y: !v) -> !v {
  %0 = "pyc.concat"(%x, %y) {axis = 0 : i64, operandSegmentSizes = array<i32: 2>} : (!v, !v) -> !v
  return %0 : !v
}

// -----

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
!g = tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">>
// A transfer is an operation that nothing folds or fuses.
// CHECK-LABEL: @to
// CHECK: %[[E:.*]] = tensor.empty(%{{.*}}) : tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">>
// CHECK: bufferization.materialize_in_destination %{{.*}} in %[[E]]
func.func @to(%x: !v) -> !g {
  %0 = "pyc.to"(%x) : (!v) -> !g
  return %0 : !g
}

// -----

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// So is a copy that the program asked for; its location says that it did.
// CHECK-LABEL: @copy
// CHECK: %[[E:.*]] = tensor.empty(%{{.*}})
// CHECK: bufferization.materialize_in_destination %{{.*}} in %[[E]]
func.func @copy(%x: !v) -> !v {
  %0 = "pyc.copy"(%x) : (!v) -> !v
  return %0 : !v
}
