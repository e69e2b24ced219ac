// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalar
// CHECK: "pyc.bitcast"(%{{.*}}) : (f64) -> i64
func.func @scalar(%a0: f64) -> i64 {
  %0 = "pyc.bitcast"(%a0) : (f64) -> i64
  return %0 : i64
}

// -----

// CHECK-LABEL: @tensor
// CHECK: "pyc.bitcast"(%{{.*}})
func.func @tensor(%a0: tensor<?x4xui16, #pyc.meta<"u16", "cpu">>) -> tensor<?x4xf16, #pyc.meta<"f16", "cpu">> {
  %0 = "pyc.bitcast"(%a0) : (tensor<?x4xui16, #pyc.meta<"u16", "cpu">>) -> tensor<?x4xf16, #pyc.meta<"f16", "cpu">>
  return %0 : tensor<?x4xf16, #pyc.meta<"f16", "cpu">>
}

// -----

func.func @another_width(%a0: f64) -> i32 {
  // expected-error@+1 {{cannot take the bits of f64 for i32: their widths differ}}
  %0 = "pyc.bitcast"(%a0) : (f64) -> i32
  return %0 : i32
}

// -----

func.func @booleans(%a0: i1) -> i1 {
  // expected-error@+1 {{does not take elements of type i1}}
  %0 = "pyc.bitcast"(%a0) : (i1) -> i1
  return %0 : i1
}

// -----

func.func @changes_shape(%a0: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<5xi32, #pyc.meta<"i32", "cpu">> {
  // expected-error@+1 {{result shape [5] should be [4]}}
  %0 = "pyc.bitcast"(%a0) : (tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<5xi32, #pyc.meta<"i32", "cpu">>
  return %0 : tensor<5xi32, #pyc.meta<"i32", "cpu">>
}
