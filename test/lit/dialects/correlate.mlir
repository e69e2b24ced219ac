// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

#f32 = #pyc.meta<"f32", "cpu">

// CHECK-LABEL: @windows
// CHECK: "pyc.correlate"(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {dilations = [1, 1], strides = [2, 1]}
func.func @windows(%x: tensor<?x2x3x?x?xf32, #f32>, %w: tensor<2x?x3x3x3xf32, #f32>, %n: i64) -> tensor<?x2x?x?x5xf32, #f32> {
  %five = arith.constant 5 : i64
  %0 = "pyc.correlate"(%x, %w, %n, %five) {strides = [2, 1], dilations = [1, 1]} : (tensor<?x2x3x?x?xf32, #f32>, tensor<2x?x3x3x3xf32, #f32>, i64, i64) -> tensor<?x2x?x?x5xf32, #f32>
  return %0 : tensor<?x2x?x?x5xf32, #f32>
}

// -----

#f16 = #pyc.meta<"f16", "cpu">

// CHECK-LABEL: @accumulates_wider
// CHECK: "pyc.correlate"
func.func @accumulates_wider(%x: tensor<1x1x3x9x9xf16, #f16>, %w: tensor<1x4x3x3x3xf16, #f16>, %n: i64) -> tensor<1x1x4x?x?xf32, #f16> {
  %0 = "pyc.correlate"(%x, %w, %n, %n) {strides = [1, 1], dilations = [1, 1]} : (tensor<1x1x3x9x9xf16, #f16>, tensor<1x4x3x3x3xf16, #f16>, i64, i64) -> tensor<1x1x4x?x?xf32, #f16>
  return %0 : tensor<1x1x4x?x?xf32, #f16>
}

// -----

#f32 = #pyc.meta<"f32", "cpu">

func.func @four_axes(%x: tensor<1x3x9x9xf32, #f32>, %w: tensor<1x4x3x3x3xf32, #f32>, %n: i64) -> tensor<1x1x4x?x?xf32, #f32> {
  // expected-error@+1 {{takes and gives tensors of five axes}}
  %0 = "pyc.correlate"(%x, %w, %n, %n) {strides = [1, 1], dilations = [1, 1]} : (tensor<1x3x9x9xf32, #f32>, tensor<1x4x3x3x3xf32, #f32>, i64, i64) -> tensor<1x1x4x?x?xf32, #f32>
  return %0 : tensor<1x1x4x?x?xf32, #f32>
}

// -----

#f32 = #pyc.meta<"f32", "cpu">

func.func @channels(%x: tensor<1x1x2x9x9xf32, #f32>, %w: tensor<1x4x3x3x3xf32, #f32>, %n: i64) -> tensor<1x1x4x?x?xf32, #f32> {
  // expected-error@+1 {{groups, channels, images or filters of [1, 1, 2, 9, 9], [1, 4, 3, 3, 3], [1, 1, 4, ?, ?] differ}}
  %0 = "pyc.correlate"(%x, %w, %n, %n) {strides = [1, 1], dilations = [1, 1]} : (tensor<1x1x2x9x9xf32, #f32>, tensor<1x4x3x3x3xf32, #f32>, i64, i64) -> tensor<1x1x4x?x?xf32, #f32>
  return %0 : tensor<1x1x4x?x?xf32, #f32>
}

// -----

#f32 = #pyc.meta<"f32", "cpu">

func.func @steps(%x: tensor<1x1x3x9x9xf32, #f32>, %w: tensor<1x4x3x3x3xf32, #f32>, %n: i64) -> tensor<1x1x4x?x?xf32, #f32> {
  // expected-error@+1 {{strides and dilations are two positive numbers each}}
  %0 = "pyc.correlate"(%x, %w, %n, %n) {strides = [1, 0], dilations = [1, 1]} : (tensor<1x1x3x9x9xf32, #f32>, tensor<1x4x3x3x3xf32, #f32>, i64, i64) -> tensor<1x1x4x?x?xf32, #f32>
  return %0 : tensor<1x1x4x?x?xf32, #f32>
}

// -----

#i32 = #pyc.meta<"i32", "cpu">

func.func @integers(%x: tensor<1x1x3x9x9xi32, #i32>, %w: tensor<1x4x3x3x3xi32, #i32>, %n: i64) -> tensor<1x1x4x?x?xi32, #i32> {
  // expected-error@+1 {{does not take elements of type i32}}
  %0 = "pyc.correlate"(%x, %w, %n, %n) {strides = [1, 1], dilations = [1, 1]} : (tensor<1x1x3x9x9xi32, #i32>, tensor<1x4x3x3x3xi32, #i32>, i64, i64) -> tensor<1x1x4x?x?xi32, #i32>
  return %0 : tensor<1x1x4x?x?xi32, #i32>
}
