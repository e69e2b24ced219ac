// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @to_gpu
// CHECK: "pyc.to"(%{{.*}})
func.func @to_gpu(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">> {
  %0 = "pyc.to"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">>
}

// -----

func.func @other_element(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf64, #pyc.meta<"f64", "cuda">> {
  // expected-error@+1 {{changes the precision}}
  %0 = "pyc.to"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf64, #pyc.meta<"f64", "cuda">>
  return %0 : tensor<?xf64, #pyc.meta<"f64", "cuda">>
}

// -----

func.func @other_shape(%a0: tensor<3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xf32, #pyc.meta<"f32", "cuda">> {
  // expected-error@+1 {{changes the shape}}
  %0 = "pyc.to"(%a0) : (tensor<3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xf32, #pyc.meta<"f32", "cuda">>
  return %0 : tensor<4xf32, #pyc.meta<"f32", "cuda">>
}

// -----

func.func @scalar(%a0: f32) -> f32 {
  // expected-error@+1 {{takes and gives tensors whose encoding is #pyc.meta}}
  %0 = "pyc.to"(%a0) : (f32) -> f32
  return %0 : f32
}
