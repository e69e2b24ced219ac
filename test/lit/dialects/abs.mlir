// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalar
// CHECK: "pyc.abs"(%{{.*}})
func.func @scalar(%a0: i8) -> i8 {
  %0 = "pyc.abs"(%a0) : (i8) -> i8
  return %0 : i8
}

// -----

// CHECK-LABEL: @every_axis
// CHECK: "pyc.abs"(%{{.*}})
func.func @every_axis(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.abs"(%a0) : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @unsigned
// CHECK: "pyc.abs"(%{{.*}})
func.func @unsigned(%a0: tensor<2xui8, #pyc.meta<"u8", "cpu">>) -> tensor<2xui8, #pyc.meta<"u8", "cpu">> {
  %0 = "pyc.abs"(%a0) : (tensor<2xui8, #pyc.meta<"u8", "cpu">>) -> tensor<2xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<2xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @wrong_element(%a0: complex<f32>) -> complex<f32> {
  // expected-error@+1 {{does not take elements of type complex<f32>}}
  %0 = "pyc.abs"(%a0) : (complex<f32>) -> complex<f32>
  return %0 : complex<f32>
}

// -----

func.func @moves(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">> {
  // expected-error@+1 {{combines values of different targets: cpu, cuda; insert pyc.to}}
  %0 = "pyc.abs"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cuda">>
}
