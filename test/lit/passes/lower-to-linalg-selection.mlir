// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!m = tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
!i = tensor<?xi64, #pyc.meta<"i64", "cpu">>
// What is read is one structured operation.
// CHECK-LABEL: @columns
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<?xi64
// CHECK: linalg.index 0
// CHECK: arith.index_cast
// CHECK: tensor.extract %{{.*}}[%{{.*}}, %{{.*}}]
func.func @columns(%x: !m, %i: !i) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.gather"(%x, %i) {axes = [1 : i64], operandSegmentSizes = array<i32: 1, 1>, position = 1 : i64} : (!m, !i) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

!m = tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
!i = tensor<?xi64, #pyc.meta<"i64", "cpu">>
// What is written is written in order.
// CHECK-LABEL: @rows
// CHECK: scf.for %[[K:.*]] = {{.*}} iter_args
// CHECK: scf.for %[[J:.*]] = {{.*}} iter_args
// CHECK: tensor.extract %{{.*}}[%[[K]]]
// CHECK: tensor.extract %{{.*}}[%[[J]]]
// CHECK: tensor.insert
func.func @rows(%x: !m, %v: !v, %i: !i) -> !m {
  %0 = "pyc.scatter"(%v, %x, %i) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 1>, position = 0 : i64} : (!v, !m, !i) -> !m
  return %0 : !m
}

// -----

// Counted first, then found: each is written, and stays if there is something, so that nothing is guessed.
// CHECK-LABEL: @positions
// CHECK: linalg.generic
// CHECK: arith.extui
// CHECK: arith.addi %[[N:.*]], %c1
// CHECK: %[[OUT:.*]] = tensor.empty
// CHECK: scf.for
// CHECK-NOT: scf.if
// CHECK: tensor.insert
// CHECK: arith.extui
// CHECK: tensor.extract_slice %{{.*}}[0, 0] [1, %[[N]]] [1, 1]
func.func @positions(%x: tensor<?xi1, #pyc.meta<"f32", "cpu">>) -> tensor<1x?xi64, #pyc.meta<"i64", "cpu">> {
  %0 = "pyc.nonzero"(%x) : (tensor<?xi1, #pyc.meta<"f32", "cpu">>) -> tensor<1x?xi64, #pyc.meta<"i64", "cpu">>
  return %0 : tensor<1x?xi64, #pyc.meta<"i64", "cpu">>
}

// -----

!m = tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @backwards
// CHECK: linalg.generic
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: %[[B:.*]] = arith.subi %{{.*}}, %[[I]]
// CHECK: arith.select %{{.*}}, %[[B]], %[[I]]
// CHECK: tensor.extract
func.func @backwards(%x: !m, %c: i1) -> !m {
  %0 = "pyc.reverse"(%x, %c) {axes = [0 : i64], operandSegmentSizes = array<i32: 1, 1>} : (!m, i1) -> !m
  return %0 : !m
}
