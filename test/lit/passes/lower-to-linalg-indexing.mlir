// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!m = tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @element
// CHECK: tensor.extract %{{.*}}[%{{.*}}, %{{.*}}]
// CHECK: tensor.insert %{{.*}} into
func.func @element(%x: !m, %i: i64) -> !m {
  %e = "pyc.extract"(%x, %i, %i) {operandSegmentSizes = array<i32: 1, 2>} : (!m, i64, i64) -> f32
  %0 = "pyc.insert"(%e, %x, %i, %i) {operandSegmentSizes = array<i32: 1, 1, 2>} : (f32, !m, i64, i64) -> !m
  return %0 : !m
}

// -----

!m = tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// Numbers that are known stand in the operation.
// CHECK-LABEL: @column
// CHECK: %[[C:.*]] = tensor.extract_slice %{{.*}}[0, 2] [%{{.*}}, 1] [1, 1] : tensor<?x3xf32, {{.*}}> to tensor<?xf32
// CHECK: tensor.insert_slice %[[C]] into %{{.*}}[0, 2] [%{{.*}}, 1] [1, 1] : tensor<?xf32, {{.*}}> into tensor<?x3xf32
func.func @column(%x: !m) -> !m {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (!m) -> i64
  %c = "pyc.slice"(%x, %zero, %two, %n, %one, %one, %one) {dropped = [1 : i64], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (!m, i64, i64, i64, i64, i64, i64) -> !v
  %0 = "pyc.insert_slice"(%c, %x, %zero, %two, %n, %one, %one, %one) {dropped = [1 : i64], operandSegmentSizes = array<i32: 1, 1, 2, 2, 2>} : (!v, !m, i64, i64, i64, i64, i64, i64) -> !m
  return %0 : !m
}
