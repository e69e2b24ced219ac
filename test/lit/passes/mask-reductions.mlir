// RUN: pyc-opt %s --mask-reductions | filecheck %s

!f = tensor<?xf64, #pyc.meta<"f64", "cpu">>
!b = tensor<?xi1, #pyc.meta<"bool", "cpu">>
!p = tensor<1x?xi64, #pyc.meta<"i64", "cpu">>
!i = tensor<?xi64, #pyc.meta<"i64", "cpu">>

// What is not chosen changes no sum and no maximum; how many are chosen is a sum over the mask.
// CHECK-LABEL: @reduced
// CHECK-NOT: pyc.nonzero
// CHECK: %[[N:.*]] = "pyc.cast"(%arg1)
// CHECK: %[[COUNT:.*]] = "pyc.reduce"(%[[N]]) {axes = [0], keepdims = false, kind = "sum"}
// CHECK-NOT: pyc.gather
// CHECK: %[[D:.*]] = "pyc.mul"(%arg0, %{{.*}}) : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, f64)
// CHECK: %[[S:.*]] = "pyc.select"(%{{.*}}, %[[D]], %{{.*}})
// CHECK: %[[SUM:.*]] = "pyc.reduce"(%[[S]]) {axes = [0], keepdims = false, kind = "sum"}
// CHECK: %[[T:.*]] = "pyc.select"(%{{.*}}, %arg0, %{{.*}})
// CHECK: %[[MAX:.*]] = "pyc.reduce"(%[[T]]) {axes = [0], keepdims = false, kind = "max"}
// CHECK: return %[[SUM]], %[[MAX]], %[[COUNT]]
func.func @reduced(%x: !f, %m: !b) -> (f64, f64, i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2.0 : f64
  %p = "pyc.nonzero"(%m) : (!b) -> !p
  %n = "pyc.dim"(%p) {axis = 1 : i64} : (!p) -> i64
  %i = "pyc.slice"(%p, %zero, %zero, %one, %n, %one, %one) {dropped = [0], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (!p, i64, i64, i64, i64, i64, i64) -> !i
  %c = "pyc.gather"(%x, %i) {axes = [0], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (!f, !i) -> !f
  %d = "pyc.mul"(%c, %two) : (!f, f64) -> !f
  %s = "pyc.reduce"(%d) {axes = [0], keepdims = false, kind = "sum"} : (!f) -> f64
  %t = "pyc.reduce"(%c) {axes = [0], keepdims = false, kind = "max"} : (!f) -> f64
  return %s, %t, %n : f64, f64, i64
}

// Chosen elements that are returned have to be gathered.
// CHECK-LABEL: @returned
// CHECK: pyc.nonzero
// CHECK: pyc.gather
func.func @returned(%x: !f, %m: !b) -> (f64, !f) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %p = "pyc.nonzero"(%m) : (!b) -> !p
  %n = "pyc.dim"(%p) {axis = 1 : i64} : (!p) -> i64
  %i = "pyc.slice"(%p, %zero, %zero, %one, %n, %one, %one) {dropped = [0], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (!p, i64, i64, i64, i64, i64, i64) -> !i
  %c = "pyc.gather"(%x, %i) {axes = [0], operandSegmentSizes = array<i32: 1, 1>, position = 0 : i64} : (!f, !i) -> !f
  %s = "pyc.reduce"(%c) {axes = [0], keepdims = false, kind = "sum"} : (!f) -> f64
  return %s, %c : f64, !f
}
