// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalars
// CHECK: "pyc.shr"(%{{.*}}, %{{.*}})
func.func @scalars(%a0: ui8, %a1: ui8) -> ui8 {
  %0 = "pyc.shr"(%a0, %a1) : (ui8, ui8) -> ui8
  return %0 : ui8
}

// -----

// CHECK-LABEL: @tensors
// CHECK: "pyc.shr"(%{{.*}}, %{{.*}})
func.func @tensors(%a0: tensor<?xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<?xui8, #pyc.meta<"u8", "cpu">>) -> tensor<?xui8, #pyc.meta<"u8", "cpu">> {
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?xui8, #pyc.meta<"u8", "cpu">>, tensor<?xui8, #pyc.meta<"u8", "cpu">>) -> tensor<?xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?xui8, #pyc.meta<"u8", "cpu">>
}

// -----

// CHECK-LABEL: @scalar_on_tensor
// CHECK: "pyc.shr"(%{{.*}}, %{{.*}})
func.func @scalar_on_tensor(%a0: tensor<?x3xui8, #pyc.meta<"u8", "cpu">>, %a1: ui8) -> tensor<?x3xui8, #pyc.meta<"u8", "cpu">> {
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?x3xui8, #pyc.meta<"u8", "cpu">>, ui8) -> tensor<?x3xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?x3xui8, #pyc.meta<"u8", "cpu">>
}

// -----

// CHECK-LABEL: @stretches_a_static_one
// CHECK: "pyc.shr"(%{{.*}}, %{{.*}})
func.func @stretches_a_static_one(%a0: tensor<?x1xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<4xui8, #pyc.meta<"u8", "cpu">>) -> tensor<?x4xui8, #pyc.meta<"u8", "cpu">> {
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?x1xui8, #pyc.meta<"u8", "cpu">>, tensor<4xui8, #pyc.meta<"u8", "cpu">>) -> tensor<?x4xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?x4xui8, #pyc.meta<"u8", "cpu">>
}

// -----

// CHECK-LABEL: @unknown_meets_known
// CHECK: "pyc.shr"(%{{.*}}, %{{.*}})
func.func @unknown_meets_known(%a0: tensor<?xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<4xui8, #pyc.meta<"u8", "cpu">>) -> tensor<4xui8, #pyc.meta<"u8", "cpu">> {
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?xui8, #pyc.meta<"u8", "cpu">>, tensor<4xui8, #pyc.meta<"u8", "cpu">>) -> tensor<4xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<4xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @two_elements(%a0: tensor<?xui8, #pyc.meta<"u8", "cpu">>, %a1: f64) -> tensor<?xui8, #pyc.meta<"u8", "cpu">> {
  // expected-error@+1 {{does not take elements of type f64}}
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?xui8, #pyc.meta<"u8", "cpu">>, f64) -> tensor<?xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @wrong_element(%a0: i1, %a1: i1) -> i1 {
  // expected-error@+1 {{does not take elements of type i1}}
  %0 = "pyc.shr"(%a0, %a1) : (i1, i1) -> i1
  return %0 : i1
}

// -----

func.func @unequal_extents(%a0: tensor<3xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<4xui8, #pyc.meta<"u8", "cpu">>) -> tensor<4xui8, #pyc.meta<"u8", "cpu">> {
  // expected-error@+1 {{shapes [3] and [4] do not broadcast}}
  %0 = "pyc.shr"(%a0, %a1) : (tensor<3xui8, #pyc.meta<"u8", "cpu">>, tensor<4xui8, #pyc.meta<"u8", "cpu">>) -> tensor<4xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<4xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @two_targets(%a0: tensor<?xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<?xui8, #pyc.meta<"u8", "cuda:sm_90a">>) -> tensor<?xui8, #pyc.meta<"u8", "cpu">> {
  // expected-error@+1 {{combines values of different targets: cpu, cuda:sm_90a; insert pyc.to}}
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?xui8, #pyc.meta<"u8", "cpu">>, tensor<?xui8, #pyc.meta<"u8", "cuda:sm_90a">>) -> tensor<?xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @bare_tensor(%a0: tensor<?xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<?xui8>) -> tensor<?xui8, #pyc.meta<"u8", "cpu">> {
  // expected-error@+1 {{takes and gives tensors whose encoding is #pyc.meta}}
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?xui8, #pyc.meta<"u8", "cpu">>, tensor<?xui8>) -> tensor<?xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @wrong_rank(%a0: tensor<?xui8, #pyc.meta<"u8", "cpu">>, %a1: tensor<?xui8, #pyc.meta<"u8", "cpu">>) -> tensor<?x?xui8, #pyc.meta<"u8", "cpu">> {
  // expected-error@+1 {{result shape [?, ?] should be [?]}}
  %0 = "pyc.shr"(%a0, %a1) : (tensor<?xui8, #pyc.meta<"u8", "cpu">>, tensor<?xui8, #pyc.meta<"u8", "cpu">>) -> tensor<?x?xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<?x?xui8, #pyc.meta<"u8", "cpu">>
}
