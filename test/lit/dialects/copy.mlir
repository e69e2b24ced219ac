// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @whole
// CHECK: "pyc.copy"(%{{.*}})
func.func @whole(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.copy"(%a0) : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_target(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) {
  // expected-error@+1 {{result tensor<?xf32, #pyc.meta<"f32", "cuda">> should be}}
  %0 = "pyc.copy"(%a0) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cuda">>
  return
}

// -----

func.func @scalar(%a0: f32) {
  // expected-error@+1 {{copies a tensor, not f32}}
  %0 = "pyc.copy"(%a0) : (f32) -> f32
  return
}
