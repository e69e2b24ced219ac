// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalars
// CHECK: "pyc.or"(%{{.*}}, %{{.*}})
func.func @scalars(%a0: i8, %a1: i8) -> i8 {
  %0 = "pyc.or"(%a0, %a1) : (i8, i8) -> i8
  return %0 : i8
}

// -----

// CHECK-LABEL: @tensors
// CHECK: "pyc.or"(%{{.*}}, %{{.*}})
func.func @tensors(%a0: tensor<?xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<?xi8, #pyc.meta<"i8", "cpu">>) -> tensor<?xi8, #pyc.meta<"i8", "cpu">> {
  %0 = "pyc.or"(%a0, %a1) : (tensor<?xi8, #pyc.meta<"i8", "cpu">>, tensor<?xi8, #pyc.meta<"i8", "cpu">>) -> tensor<?xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?xi8, #pyc.meta<"i8", "cpu">>
}

// -----

// CHECK-LABEL: @scalar_on_tensor
// CHECK: "pyc.or"(%{{.*}}, %{{.*}})
func.func @scalar_on_tensor(%a0: tensor<?x3xi8, #pyc.meta<"i8", "cpu">>, %a1: i8) -> tensor<?x3xi8, #pyc.meta<"i8", "cpu">> {
  %0 = "pyc.or"(%a0, %a1) : (tensor<?x3xi8, #pyc.meta<"i8", "cpu">>, i8) -> tensor<?x3xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?x3xi8, #pyc.meta<"i8", "cpu">>
}

// -----

// CHECK-LABEL: @stretches_a_static_one
// CHECK: "pyc.or"(%{{.*}}, %{{.*}})
func.func @stretches_a_static_one(%a0: tensor<?x1xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<4xi8, #pyc.meta<"i8", "cpu">>) -> tensor<?x4xi8, #pyc.meta<"i8", "cpu">> {
  %0 = "pyc.or"(%a0, %a1) : (tensor<?x1xi8, #pyc.meta<"i8", "cpu">>, tensor<4xi8, #pyc.meta<"i8", "cpu">>) -> tensor<?x4xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?x4xi8, #pyc.meta<"i8", "cpu">>
}

// -----

// CHECK-LABEL: @unknown_meets_known
// CHECK: "pyc.or"(%{{.*}}, %{{.*}})
func.func @unknown_meets_known(%a0: tensor<?xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<4xi8, #pyc.meta<"i8", "cpu">>) -> tensor<4xi8, #pyc.meta<"i8", "cpu">> {
  %0 = "pyc.or"(%a0, %a1) : (tensor<?xi8, #pyc.meta<"i8", "cpu">>, tensor<4xi8, #pyc.meta<"i8", "cpu">>) -> tensor<4xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<4xi8, #pyc.meta<"i8", "cpu">>
}

// -----

func.func @two_elements(%a0: tensor<?xi8, #pyc.meta<"i8", "cpu">>, %a1: f64) -> tensor<?xi8, #pyc.meta<"i8", "cpu">> {
  // expected-error@+1 {{does not take elements of type f64}}
  %0 = "pyc.or"(%a0, %a1) : (tensor<?xi8, #pyc.meta<"i8", "cpu">>, f64) -> tensor<?xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?xi8, #pyc.meta<"i8", "cpu">>
}

// -----

func.func @wrong_element(%a0: f32, %a1: f32) -> f32 {
  // expected-error@+1 {{does not take elements of type f32}}
  %0 = "pyc.or"(%a0, %a1) : (f32, f32) -> f32
  return %0 : f32
}

// -----

func.func @unequal_extents(%a0: tensor<3xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<4xi8, #pyc.meta<"i8", "cpu">>) -> tensor<4xi8, #pyc.meta<"i8", "cpu">> {
  // expected-error@+1 {{shapes [3] and [4] do not broadcast}}
  %0 = "pyc.or"(%a0, %a1) : (tensor<3xi8, #pyc.meta<"i8", "cpu">>, tensor<4xi8, #pyc.meta<"i8", "cpu">>) -> tensor<4xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<4xi8, #pyc.meta<"i8", "cpu">>
}

// -----

func.func @two_targets(%a0: tensor<?xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<?xi8, #pyc.meta<"i8", "cuda:sm_90a">>) -> tensor<?xi8, #pyc.meta<"i8", "cpu">> {
  // expected-error@+1 {{combines values of different targets: cpu, cuda:sm_90a; insert pyc.to}}
  %0 = "pyc.or"(%a0, %a1) : (tensor<?xi8, #pyc.meta<"i8", "cpu">>, tensor<?xi8, #pyc.meta<"i8", "cuda:sm_90a">>) -> tensor<?xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?xi8, #pyc.meta<"i8", "cpu">>
}

// -----

func.func @bare_tensor(%a0: tensor<?xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<?xi8>) -> tensor<?xi8, #pyc.meta<"i8", "cpu">> {
  // expected-error@+1 {{takes and gives tensors whose encoding is #pyc.meta}}
  %0 = "pyc.or"(%a0, %a1) : (tensor<?xi8, #pyc.meta<"i8", "cpu">>, tensor<?xi8>) -> tensor<?xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?xi8, #pyc.meta<"i8", "cpu">>
}

// -----

func.func @wrong_rank(%a0: tensor<?xi8, #pyc.meta<"i8", "cpu">>, %a1: tensor<?xi8, #pyc.meta<"i8", "cpu">>) -> tensor<?x?xi8, #pyc.meta<"i8", "cpu">> {
  // expected-error@+1 {{result shape [?, ?] should be [?]}}
  %0 = "pyc.or"(%a0, %a1) : (tensor<?xi8, #pyc.meta<"i8", "cpu">>, tensor<?xi8, #pyc.meta<"i8", "cpu">>) -> tensor<?x?xi8, #pyc.meta<"i8", "cpu">>
  return %0 : tensor<?x?xi8, #pyc.meta<"i8", "cpu">>
}
