// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @any
// CHECK: "pyc.diagonal_view"
func.func @any(%a0: memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  %0 = "pyc.diagonal_view"(%a0) : (memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

// CHECK-LABEL: @known
// CHECK: "pyc.diagonal_view"
func.func @known(%a0: memref<?x5x3xf64, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?x3xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  %0 = "pyc.diagonal_view"(%a0) : (memref<?x5x3xf64, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?x3xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?x3xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @no_matrix(%a0: memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<f64, strided<[], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{gives an array of 0 axes for one of 1}}
  %0 = "pyc.diagonal_view"(%a0) : (memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<f64, strided<[], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<f64, strided<[], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @other_extent(%a0: memref<?x5x3xf64, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?x5xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{the diagonal of}}
  %0 = "pyc.diagonal_view"(%a0) : (memref<?x5x3xf64, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?x5xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?x5xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @other_batch(%a0: memref<2x5x3xf64, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<3x3xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{differ before the diagonal}}
  %0 = "pyc.diagonal_view"(%a0) : (memref<2x5x3xf64, strided<[?, ?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<3x3xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<3x3xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @other_elements(%a0: memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{elements}}
  %0 = "pyc.diagonal_view"(%a0) : (memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}
