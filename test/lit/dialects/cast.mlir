// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalar
// CHECK: "pyc.cast"(%{{.*}})
func.func @scalar(%a0: i64) -> f32 {
  %0 = "pyc.cast"(%a0) : (i64) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @mixed
// CHECK: "pyc.cast"(%{{.*}})
func.func @mixed(%a0: tensor<?xf16, #pyc.meta<"Mixed[f16, f32]", "cpu">>) -> tensor<?xf32, #pyc.meta<"Mixed[f16, f32]", "cpu">> {
  %0 = "pyc.cast"(%a0) : (tensor<?xf16, #pyc.meta<"Mixed[f16, f32]", "cpu">>) -> tensor<?xf32, #pyc.meta<"Mixed[f16, f32]", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"Mixed[f16, f32]", "cpu">>
}

// -----

// CHECK-LABEL: @policy_only
// CHECK: "pyc.cast"(%{{.*}})
func.func @policy_only(%a0: tensor<?xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?xf16, #pyc.meta<"Mixed[f16, f32]", "cpu">> {
  %0 = "pyc.cast"(%a0) : (tensor<?xf16, #pyc.meta<"f16", "cpu">>) -> tensor<?xf16, #pyc.meta<"Mixed[f16, f32]", "cpu">>
  return %0 : tensor<?xf16, #pyc.meta<"Mixed[f16, f32]", "cpu">>
}

// -----

func.func @from_index(%a0: index) -> f32 {
  // expected-error@+1 {{does not take elements of type index}}
  %0 = "pyc.cast"(%a0) : (index) -> f32
  return %0 : f32
}

// -----

func.func @to_scalar(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32 {
  // expected-error@+1 {{result should be a tensor, is}}
  %0 = "pyc.cast"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> f32
  return %0 : f32
}

// -----

func.func @moves(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">> {
  // expected-error@+1 {{combines values of different targets}}
  %0 = "pyc.cast"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cuda">>
}
