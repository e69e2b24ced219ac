// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @matrices
// CHECK: "pyc.matmul"(%{{.*}}, %{{.*}})
func.func @matrices(%a0: tensor<?x4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4x?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<?x4xf32, #pyc.meta<"f32", "cpu">>, tensor<4x?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @vectors
// CHECK: "pyc.matmul"(%{{.*}}, %{{.*}})
func.func @vectors(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @matrix_vector
// CHECK: "pyc.matmul"(%{{.*}}, %{{.*}})
func.func @matrix_vector(%a0: tensor<?x4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<?x4xf32, #pyc.meta<"f32", "cpu">>, tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @vector_matrix
// CHECK: "pyc.matmul"(%{{.*}}, %{{.*}})
func.func @vector_matrix(%a0: tensor<4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4x?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<4xf32, #pyc.meta<"f32", "cpu">>, tensor<4x?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @stacks
// CHECK: "pyc.matmul"(%{{.*}}, %{{.*}})
func.func @stacks(%a0: tensor<7x1x2x4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<5x4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<7x5x2x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<7x1x2x4xf32, #pyc.meta<"f32", "cpu">>, tensor<5x4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<7x5x2x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<7x5x2x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @accumulates_wider
// CHECK: "pyc.matmul"(%{{.*}}, %{{.*}})
func.func @accumulates_wider(%a0: tensor<?x?xf16, #pyc.meta<"f16", "cpu">>, %a1: tensor<?x?xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f16", "cpu">> {
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<?x?xf16, #pyc.meta<"f16", "cpu">>, tensor<?x?xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?x?xf32, #pyc.meta<"f16", "cpu">>
  return %0 : tensor<?x?xf32, #pyc.meta<"f16", "cpu">>
}

// -----

func.func @unequal(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<4x5xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x5xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{contracts extents 3 and 4: [2, 3] @ [4, 5]}}
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, tensor<4x5xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x5xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x5xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @scalar(%a0: f32, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes tensors of at least one axis}}
  %0 = "pyc.matmul"(%a0, %a1) : (f32, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @two_elements(%a0: tensor<2x3xf16, #pyc.meta<"f16", "cpu">>, %a1: tensor<3x2xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x2xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{operands have different element types: f16, f32}}
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<2x3xf16, #pyc.meta<"f16", "cpu">>, tensor<3x2xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x2xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x2xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @batches(%a0: tensor<2x3x4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<5x4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{batch shapes of [2, 3, 4] @ [5, 4, 3] do not broadcast}}
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<2x3x4xf32, #pyc.meta<"f32", "cpu">>, tensor<5x4x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x3x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @wrong_result(%a0: tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<3x5xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result shape [2, 3] should be [2, 5]}}
  %0 = "pyc.matmul"(%a0, %a1) : (tensor<2x3xf32, #pyc.meta<"f32", "cpu">>, tensor<3x5xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x3xf32, #pyc.meta<"f32", "cpu">>
}
