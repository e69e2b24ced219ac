// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalar
// CHECK: "pyc.gelu_tanh"(%{{.*}})
func.func @scalar(%a0: f64) -> f64 {
  %0 = "pyc.gelu_tanh"(%a0) : (f64) -> f64
  return %0 : f64
}

// -----

// CHECK-LABEL: @every_axis
// CHECK: "pyc.gelu_tanh"(%{{.*}})
func.func @every_axis(%a0: tensor<?x4xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?x4xf16, #pyc.meta<"f16", "cpu">> {
  %0 = "pyc.gelu_tanh"(%a0) : (tensor<?x4xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?x4xf16, #pyc.meta<"f16", "cpu">>
  return %0 : tensor<?x4xf16, #pyc.meta<"f16", "cpu">>
}

// -----

func.func @integers(%a0: i32) -> i32 {
  // expected-error@+1 {{does not take elements of type i32}}
  %0 = "pyc.gelu_tanh"(%a0) : (i32) -> i32
  return %0 : i32
}

// -----

func.func @widens(%a0: tensor<?xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result element f32 should be f16}}
  %0 = "pyc.gelu_tanh"(%a0) : (tensor<?xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @changes_shape(%a0: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<5xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [5] should be [4]}}
  %0 = "pyc.gelu_tanh"(%a0) : (tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<5xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<5xf32, #pyc.meta<"f32", "cpu">>
}
