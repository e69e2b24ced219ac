// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @real
// CHECK: "pyc.part_view"
func.func @real(%a0: memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  %0 = "pyc.part_view"(%a0) {part = "real"} : (memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

// CHECK-LABEL: @imag_of_one
// CHECK: "pyc.part_view"
func.func @imag_of_one(%a0: memref<complex<f32>, strided<[], offset: ?>, #pyc.meta<"c64", "cpu">>) -> memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.part_view"(%a0) {part = "imag"} : (memref<complex<f32>, strided<[], offset: ?>, #pyc.meta<"c64", "cpu">>) -> memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<f32, strided<[], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_part(%a0: memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{part "size" should be real or imag}}
  %0 = "pyc.part_view"(%a0) {part = "size"} : (memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @of_real(%a0: memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{takes an array of complex numbers}}
  %0 = "pyc.part_view"(%a0) {part = "real"} : (memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
}

// -----

func.func @narrowed(%a0: memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{does not hold parts of}}
  %0 = "pyc.part_view"(%a0) {part = "real"} : (memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
  return %0 : memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_target(%a0: memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cuda">> {
  // expected-error@+1 {{is on another target}}
  %0 = "pyc.part_view"(%a0) {part = "real"} : (memref<?xcomplex<f64>, strided<[?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cuda">>
  return %0 : memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cuda">>
}

// -----

func.func @other_shape(%a0: memref<?x2xcomplex<f64>, strided<[?, ?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">> {
  // expected-error@+1 {{differ}}
  %0 = "pyc.part_view"(%a0) {part = "real"} : (memref<?x2xcomplex<f64>, strided<[?, ?], offset: ?>, #pyc.meta<"c128", "cpu">>) -> memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
  return %0 : memref<?x?xf64, strided<[?, ?], offset: ?>, #pyc.meta<"f64", "cpu">>
}
