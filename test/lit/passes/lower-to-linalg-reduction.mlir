// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!m = tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// Only the reduction itself may be reassociated.
// CHECK-LABEL: @sum
// CHECK: %[[INIT:.*]] = linalg.fill ins(%cst
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} {{.*}} outs(%[[INIT]]
// CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<reassoc> : f32
func.func @sum(%x: !m) -> !v {
  %0 = "pyc.reduce"(%x) {kind = "sum", axes = [1 : i64], keepdims = false} : (!m) -> !v
  return %0 : !v
}

// -----

!m = tensor<?x3xf16, #pyc.meta<"f16", "cpu">>
// Elements are widened to the accumulator, and a scalar is taken out of rank 0.
// CHECK-LABEL: @accumulate
// CHECK: iterator_types = ["reduction", "reduction"]
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: %[[S:.*]] = tensor.extract %{{.*}}[] : tensor<f32
// CHECK: return %[[S]]
func.func @accumulate(%x: !m) -> f32 {
  %0 = "pyc.reduce"(%x) {kind = "sum", axes = [0 : i64, 1 : i64], keepdims = false} : (!m) -> f32
  return %0 : f32
}

// -----

!m = tensor<?x3xi8, #pyc.meta<"i8", "cpu">>
!k = tensor<1x3xi8, #pyc.meta<"i8", "cpu">>
// CHECK-LABEL: @keepdims
// CHECK: %c-128_i8 = arith.constant -128 : i8
// CHECK: arith.maxsi
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1]] output_shape [1, 3]
func.func @keepdims(%x: !m) -> !k {
  %0 = "pyc.reduce"(%x) {kind = "max", axes = [0 : i64], keepdims = true} : (!m) -> !k
  return %0 : !k
}

// -----

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// The first index wins, and the first NaN before everything.
// CHECK-LABEL: @arg
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<f32{{.*}}, tensor<i64
// CHECK: arith.cmpf ogt
// CHECK: arith.cmpf une
// CHECK: linalg.index 0
// CHECK: linalg.yield %{{.*}}, %{{.*}} : f32, i64
func.func @arg(%x: !v) -> i64 {
  %0 = "pyc.arg_reduce"(%x) {kind = "max", axes = [0 : i64], keepdims = false} : (!v) -> i64
  return %0 : i64
}
