// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalars
// CHECK: "pyc.select"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @scalars(%a0: i1, %a1: f32, %a2: f32) -> f32 {
  %0 = "pyc.select"(%a0, %a1, %a2) : (i1, f32, f32) -> f32
  return %0 : f32
}

// -----

// CHECK-LABEL: @per_element
// CHECK: "pyc.select"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @per_element(%a0: tensor<?xi1, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: f32) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.select"(%a0, %a1, %a2) : (tensor<?xi1, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>, f32) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @scalar_condition
// CHECK: "pyc.select"(%{{.*}}, %{{.*}}, %{{.*}})
func.func @scalar_condition(%a0: i1, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.select"(%a0, %a1, %a2) : (i1, tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @number_as_condition(%a0: i32, %a1: f32, %a2: f32) -> f32 {
  // expected-error@+1 {{does not take elements of type i32}}
  %0 = "pyc.select"(%a0, %a1, %a2) : (i32, f32, f32) -> f32
  return %0 : f32
}

// -----

func.func @two_elements(%a0: i1, %a1: f32, %a2: f64) -> f32 {
  // expected-error@+1 {{chooses between f32 and f64}}
  %0 = "pyc.select"(%a0, %a1, %a2) : (i1, f32, f64) -> f32
  return %0 : f32
}

// -----

func.func @other_result(%a0: i1, %a1: f32, %a2: f32) -> f64 {
  // expected-error@+1 {{result element f64 should be f32}}
  %0 = "pyc.select"(%a0, %a1, %a2) : (i1, f32, f32) -> f64
  return %0 : f64
}

// -----

func.func @shapes(%a0: i1, %a1: tensor<3xf32, #pyc.meta<"f32", "cpu">>, %a2: tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{shapes [3] and [4] do not broadcast}}
  %0 = "pyc.select"(%a0, %a1, %a2) : (i1, tensor<3xf32, #pyc.meta<"f32", "cpu">>, tensor<4xf32, #pyc.meta<"f32", "cpu">>) -> tensor<3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<3xf32, #pyc.meta<"f32", "cpu">>
}
