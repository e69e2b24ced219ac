// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.read"
func.func @vector(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.read"(%a0) : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @known_extents
// CHECK: "pyc.read"
func.func @known_extents(%a0: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<2x4xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.read"(%a0) : (memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<2x4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @no_axes
// CHECK: "pyc.read"
func.func @no_axes(%a0: memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<f32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.read"(%a0) : (memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<f32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<f32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<?xf64, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{differ in their elements}}
  %0 = "pyc.read"(%a0) : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<?xf64, #pyc.meta<"f64", "cpu">>
  return %0 : tensor<?xf64, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @other_precision(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"Mixed[f32, f64]", "cpu">> {
  // expected-error@+1 {{differ in their elements}}
  %0 = "pyc.read"(%a0) : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"Mixed[f32, f64]", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"Mixed[f32, f64]", "cpu">>
}

// -----

func.func @other_extents(%a0: memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<3x2xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{differ}}
  %0 = "pyc.read"(%a0) : (memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> tensor<3x2xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<3x2xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @no_meta(%a0: memref<?xf32, strided<[?], offset: ?>>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{whose memory space is #pyc.meta}}
  %0 = "pyc.read"(%a0) : (memref<?xf32, strided<[?], offset: ?>>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @fixed_layout(%a0: memref<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{of dynamic strides and offset}}
  %0 = "pyc.read"(%a0) : (memref<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @tensor(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{takes and gives arrays in memory}}
  %0 = "pyc.read"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}
