// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalars
// CHECK: "pyc.atan2"(%{{.*}}, %{{.*}})
func.func @scalars(%a0: f32, %a1: f32) -> f32 {
  %0 = "pyc.atan2"(%a0, %a1) : (f32, f32) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @tensors
// CHECK: "pyc.atan2"(%{{.*}}, %{{.*}})
func.func @tensors(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @scalar_on_tensor
// CHECK: "pyc.atan2"(%{{.*}}, %{{.*}})
func.func @scalar_on_tensor(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a1: f32) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, f32) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @stretches_a_static_one
// CHECK: "pyc.atan2"(%{{.*}}, %{{.*}})
func.func @stretches_a_static_one(%a0: tensor<?x1xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x4xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?x1xf32, #pyc.meta<"f32", "cpu">>, tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @unknown_meets_known
// CHECK: "pyc.atan2"(%{{.*}}, %{{.*}})
func.func @unknown_meets_known(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @two_elements(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: f64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{operands have different element types}}
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, f64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @wrong_element(%a0: complex<f32>, %a1: complex<f32>) -> complex<f32> {
  // expected-error@+1 {{does not take elements of type complex<f32>}}
  %0 = "pyc.atan2"(%a0, %a1) : (complex<f32>, complex<f32>) -> complex<f32>
  return %0 : complex<f32>
}

// -----

func.func @unequal_extents(%a0: tensor<3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{shapes [3] and [4] do not broadcast}}
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<3xf32, #pyc.meta<"f32", "cpu">>, tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @two_targets(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{combines values of different targets: cpu, cuda:sm_90a; insert pyc.to}}
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cuda:sm_90a">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @bare_tensor(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes and gives tensors whose encoding is #pyc.meta}}
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @wrong_rank(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [?, ?] should be [?]}}
  %0 = "pyc.atan2"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}
