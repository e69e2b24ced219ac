// RUN: pyc-opt %s --inline-calls | filecheck %s

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK-NOT: @helper
// CHECK-LABEL: @f
// CHECK: linalg.fill
// CHECK-NOT: call
// CHECK: return
func.func private @helper(%x: !v) -> !v {
  %zero = arith.constant 0.0 : f32
  %0 = linalg.fill ins(%zero : f32) outs(%x : !v) -> !v
  return %0 : !v
}
func.func @f(%x: !v) -> !v attributes {pyc.export, pyc.name = "f", pyc.target = "cpu"} {
  %0 = func.call @helper(%x) {pyc.path = "up"} : (!v) -> !v
  return %0 : !v
}

// Two functions that call each other stay: each has one call of the other.
// CHECK-LABEL: func.func private @even
// CHECK-NOT: no_inline
// CHECK: call @odd
// CHECK-NOT: call @
// CHECK-LABEL: func.func private @odd
// CHECK: call @even
// CHECK-NOT: call @
// CHECK-LABEL: func.func @calls_both
// CHECK: call @even
// CHECK-NOT: call @even
func.func private @even(%n: i64) -> i64 {
  %0 = func.call @odd(%n) : (i64) -> i64
  return %0 : i64
}
func.func private @odd(%n: i64) -> i64 {
  %0 = func.call @even(%n) : (i64) -> i64
  return %0 : i64
}
func.func private @once(%n: i64) -> i64 {
  %0 = func.call @even(%n) : (i64) -> i64
  return %0 : i64
}
func.func @calls_both(%n: i64) -> i64 attributes {pyc.export, pyc.name = "calls_both", pyc.target = "cpu"} {
  %0 = func.call @once(%n) : (i64) -> i64
  return %0 : i64
}

// Functions of the pyc dialect are inlined with the rest, also of a constant.
// CHECK-LABEL: @calls_sigmoid
// CHECK: %[[S:.*]] = "pyc.sigmoid"(%{{.*}}) : (f64) -> f64
// CHECK: return %[[S]]
func.func private @sigmoid(%x: f64) -> f64 {
  %0 = "pyc.sigmoid"(%x) : (f64) -> f64
  return %0 : f64
}
func.func @calls_sigmoid() -> f64 attributes {pyc.export, pyc.name = "calls_sigmoid", pyc.target = "cpu"} {
  %x = arith.constant 0.5 : f64
  %0 = func.call @sigmoid(%x) : (f64) -> f64
  return %0 : f64
}

// A slice that keeps an axis of extent 1 and drops later ones says which: MLIR would take it for another one, and fail,
// where it learns the last extent.
// CHECK-LABEL: func.func @inserted
// CHECK: tensor.expand_shape %arg0 {{\[\[}}0], [1], [2, 3, 4]] output_shape [1, 64, 1, 1, %c20]
func.func @inserted(%x: tensor<1x64x?xf32, #pyc.meta<"f32", "cpu">>, %out: tensor<1x64x1x1x20xf32, #pyc.meta<"f32", "cpu">>) -> tensor<1x64x1x1x20xf32, #pyc.meta<"f32", "cpu">> attributes {pyc.export, pyc.name = "inserted", pyc.target = "cpu"} {
  %n = arith.constant 20 : index
  %0 = tensor.insert_slice %x into %out[0, 0, 0, 0, 0] [1, 64, 1, 1, %n] [1, 1, 1, 1, 1] : tensor<1x64x?xf32, #pyc.meta<"f32", "cpu">> into tensor<1x64x1x1x20xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<1x64x1x1x20xf32, #pyc.meta<"f32", "cpu">>
}
