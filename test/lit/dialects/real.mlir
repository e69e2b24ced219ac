// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @every_axis
// CHECK: "pyc.real"(%{{.*}})
func.func @every_axis(%a0: tensor<?x4xcomplex<f32>, #pyc.meta<"c64", "cpu">>) -> tensor<?x4xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.real"(%a0) : (tensor<?x4xcomplex<f32>, #pyc.meta<"c64", "cpu">>) -> tensor<?x4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x4xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @of_floats(%a0: f64) -> f64 {
  // expected-error@+1 {{does not take elements of type f64}}
  %0 = "pyc.real"(%a0) : (f64) -> f64
  return %0 : f64
}

// -----

func.func @widens(%a0: complex<f32>) -> f64 {
  // expected-error@+1 {{result element f64 should be f32}}
  %0 = "pyc.real"(%a0) : (complex<f32>) -> f64
  return %0 : f64
}
