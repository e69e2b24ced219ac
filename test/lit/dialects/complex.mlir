// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalar
// CHECK: "pyc.complex"(%{{.*}}, %{{.*}}) : (f64, f64) -> complex<f64>
// CHECK: "pyc.real"(%{{.*}}) : (complex<f64>) -> f64
// CHECK: "pyc.imag"(%{{.*}}) : (complex<f64>) -> f64
func.func @scalar(%a0: f64, %a1: f64) -> (f64, f64) {
  %0 = "pyc.complex"(%a0, %a1) : (f64, f64) -> complex<f64>
  %1 = "pyc.real"(%0) : (complex<f64>) -> f64
  %2 = "pyc.imag"(%0) : (complex<f64>) -> f64
  return %1, %2 : f64, f64
}

// -----

// CHECK-LABEL: @array
// CHECK: "pyc.complex"(%{{.*}}, %{{.*}})
func.func @array(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: f32) -> tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">> {
  %0 = "pyc.complex"(%a0, %a1) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, f32) -> tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>
  return %0 : tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>
}

// -----

func.func @integers(%a0: i64) -> complex<f64> {
  // expected-error@+1 {{does not take elements of type i64}}
  %0 = "pyc.complex"(%a0, %a0) : (i64, i64) -> complex<f64>
  return %0 : complex<f64>
}

// -----

func.func @parts_differ(%a0: f32, %a1: f64) -> complex<f64> {
  // expected-error@+1 {{parts have different element types: f32, f64}}
  %0 = "pyc.complex"(%a0, %a1) : (f32, f64) -> complex<f64>
  return %0 : complex<f64>
}

// -----

func.func @widens(%a0: f32) -> complex<f64> {
  // expected-error@+1 {{result element complex<f64> should be complex<f32>}}
  %0 = "pyc.complex"(%a0, %a0) : (f32, f32) -> complex<f64>
  return %0 : complex<f64>
}

// -----

func.func @shapes(%a0: tensor<4xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<5xf32, #pyc.meta<"f32", "cpu">>) {
  // expected-error@+1 {{shapes [4] and [5] do not broadcast}}
  %0 = "pyc.complex"(%a0, %a1) : (tensor<4xf32, #pyc.meta<"f32", "cpu">>, tensor<5xf32, #pyc.meta<"f32", "cpu">>) -> tensor<4xcomplex<f32>, #pyc.meta<"c64", "cpu">>
  return
}
