// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vector
// CHECK: "pyc.write"
func.func @vector(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  "pyc.write"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}

// -----

// CHECK-LABEL: @known_extents
// CHECK: "pyc.write"
func.func @known_extents(%a0: tensor<2x4xf32, #pyc.meta<"f32", "cpu">>, %a1: memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  "pyc.write"(%a0, %a1) : (tensor<2x4xf32, #pyc.meta<"f32", "cpu">>, memref<?x?xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}

// -----

// CHECK-LABEL: @no_axes
// CHECK: "pyc.write"
func.func @no_axes(%a0: tensor<f32, #pyc.meta<"f32", "cpu">>, %a1: memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  "pyc.write"(%a0, %a1) : (tensor<f32, #pyc.meta<"f32", "cpu">>, memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}

// -----

func.func @other_element(%a0: tensor<?xf64, #pyc.meta<"f64", "cpu">>, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  // expected-error@+1 {{differ in their elements}}
  "pyc.write"(%a0, %a1) : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}

// -----

func.func @other_extents(%a0: tensor<3x2xf32, #pyc.meta<"f32", "cpu">>, %a1: memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  // expected-error@+1 {{differ}}
  "pyc.write"(%a0, %a1) : (tensor<3x2xf32, #pyc.meta<"f32", "cpu">>, memref<2x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}

// -----

func.func @other_target(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cuda">>) {
  // expected-error@+1 {{precision or target}}
  "pyc.write"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cuda">>) -> ()
  return
}

// -----

func.func @a_number(%a0: f32, %a1: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) {
  // expected-error@+1 {{moves elements of a tensor}}
  "pyc.write"(%a0, %a1) : (f32, memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> ()
  return
}
