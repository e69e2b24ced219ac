// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @boolean
// CHECK: "pyc.not"(%{{.*}})
func.func @boolean(%a0: i1) -> i1 {
  %0 = "pyc.not"(%a0) : (i1) -> i1
  return %0 : i1
}

// -----

// CHECK-LABEL: @bits
// CHECK: "pyc.not"(%{{.*}})
func.func @bits(%a0: tensor<?xui16, #pyc.meta<"u16", "cpu">>) -> tensor<?xui16, #pyc.meta<"u16", "cpu">> {
  %0 = "pyc.not"(%a0) : (tensor<?xui16, #pyc.meta<"u16", "cpu">>) -> tensor<?xui16, #pyc.meta<"u16", "cpu">>
  return %0 : tensor<?xui16, #pyc.meta<"u16", "cpu">>
}

// -----

func.func @float(%a0: f32) -> f32 {
  // expected-error@+1 {{does not take elements of type f32}}
  %0 = "pyc.not"(%a0) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @drops_axis(%a0: tensor<4xi1, #pyc.meta<"bool", "cpu">>) -> i1 {
  // expected-error@+1 {{result should be a tensor, is}}
  %0 = "pyc.not"(%a0) : (tensor<4xi1, #pyc.meta<"bool", "cpu">>) -> i1
  return %0 : i1
}
