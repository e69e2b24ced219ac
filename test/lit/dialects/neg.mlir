// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalar
// CHECK: "pyc.neg"(%{{.*}})
func.func @scalar(%a0: i8) -> i8 {
  %0 = "pyc.neg"(%a0) : (i8) -> i8
  return %0 : i8
}

// -----

// CHECK-LABEL: @every_axis
// CHECK: "pyc.neg"(%{{.*}})
func.func @every_axis(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.neg"(%a0) : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @unsigned
// CHECK: "pyc.neg"(%{{.*}})
func.func @unsigned(%a0: tensor<2xui8, #pyc.meta<"u8", "cpu">>) -> tensor<2xui8, #pyc.meta<"u8", "cpu">> {
  %0 = "pyc.neg"(%a0) : (tensor<2xui8, #pyc.meta<"u8", "cpu">>) -> tensor<2xui8, #pyc.meta<"u8", "cpu">>
  return %0 : tensor<2xui8, #pyc.meta<"u8", "cpu">>
}

// -----

func.func @wrong_element(%a0: i1) -> i1 {
  // expected-error@+1 {{does not take elements of type i1}}
  %0 = "pyc.neg"(%a0) : (i1) -> i1
  return %0 : i1
}

// -----

func.func @moves(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">> {
  // expected-error@+1 {{combines values of different targets: cpu, cuda; insert pyc.to}}
  %0 = "pyc.neg"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cuda">>
}
