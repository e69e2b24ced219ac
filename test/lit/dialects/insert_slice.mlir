// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @rows
// CHECK: "pyc.insert_slice"(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
func.func @rows(%a0: tensor<?x?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64, %a7: i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.insert_slice"(%a0, %a1, %a2, %a3, %a4, %a5, %a6, %a7) {dropped = [], operandSegmentSizes = array<i32: 1, 1, 2, 2, 2>} : (tensor<?x?xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

// CHECK-LABEL: @a_row
// CHECK: "pyc.insert_slice"(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
func.func @a_row(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64, %a7: i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.insert_slice"(%a0, %a1, %a2, %a3, %a4, %a5, %a6, %a7) {dropped = [0 : i64], operandSegmentSizes = array<i32: 1, 1, 2, 2, 2>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @rank(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, %a2: i64, %a3: i64, %a4: i64, %a5: i64, %a6: i64, %a7: i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{puts a tensor of shape [?] into 2 axes}}
  %0 = "pyc.insert_slice"(%a0, %a1, %a2, %a3, %a4, %a5, %a6, %a7) {dropped = [], operandSegmentSizes = array<i32: 1, 1, 2, 2, 2>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?x3xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?x3xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_element(%a0: tensor<?xf64, #pyc.meta<"f64", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: i64, %a3: i64, %a4: i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{puts}}
  %0 = "pyc.insert_slice"(%a0, %a1, %a2, %a3, %a4) {dropped = [], operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @other_result(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a2: i64, %a3: i64, %a4: i64) -> tensor<4xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{should be}}
  %0 = "pyc.insert_slice"(%a0, %a1, %a2, %a3, %a4) {dropped = [], operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, tensor<?xf32, #pyc.meta<"f32", "cpu">>, i64, i64, i64) -> tensor<4xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<4xf32, #pyc.meta<"f32", "cpu">>
}
