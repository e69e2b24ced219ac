// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.allocate"
func.func @vector(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.allocate"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @known_extents
// CHECK: "pyc.allocate"
func.func @known_extents(%a0: tensor<2x4xf32, #pyc.meta<"f32", "cpu">>) -> memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.allocate"(%a0) : (tensor<2x4xf32, #pyc.meta<"f32", "cpu">>) -> memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{differ in their elements}}
  %0 = "pyc.allocate"(%a0) : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_rank(%a0: tensor<2x4xf32, #pyc.meta<"f32", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{differ}}
  %0 = "pyc.allocate"(%a0) : (tensor<2x4xf32, #pyc.meta<"f32", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @fixed_layout(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> memref<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{of dynamic strides and offset}}
  %0 = "pyc.allocate"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> memref<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, #pyc.meta<"f32", "cpu">>
}
