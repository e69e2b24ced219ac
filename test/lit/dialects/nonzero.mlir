// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @matrix
// CHECK: "pyc.nonzero"(%{{.*}})
func.func @matrix(%a0: tensor<?x3xi1, #pyc.meta<"f32", "cpu">>) -> tensor<2x?xi64, #pyc.meta<"i64", "cpu">> {
  %0 = "pyc.nonzero"(%a0) : (tensor<?x3xi1, #pyc.meta<"f32", "cpu">>) -> tensor<2x?xi64, #pyc.meta<"i64", "cpu">>
  return %0 : tensor<2x?xi64, #pyc.meta<"i64", "cpu">>
}

// -----

func.func @of_numbers(%a0: tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x?xi64, #pyc.meta<"i64", "cpu">> {
  // expected-error@+1 {{does not take elements of type f32}}
  %0 = "pyc.nonzero"(%a0) : (tensor<?x3xf32, #pyc.meta<"f32", "cpu">>) -> tensor<2x?xi64, #pyc.meta<"i64", "cpu">>
  return %0 : tensor<2x?xi64, #pyc.meta<"i64", "cpu">>
}

// -----

func.func @of_one(%a0: tensor<i1, #pyc.meta<"f32", "cpu">>) -> tensor<0x?xi64, #pyc.meta<"i64", "cpu">> {
  // expected-error@+1 {{takes a tensor with axes}}
  %0 = "pyc.nonzero"(%a0) : (tensor<i1, #pyc.meta<"f32", "cpu">>) -> tensor<0x?xi64, #pyc.meta<"i64", "cpu">>
  return %0 : tensor<0x?xi64, #pyc.meta<"i64", "cpu">>
}

// -----

func.func @shape(%a0: tensor<?x3xi1, #pyc.meta<"f32", "cpu">>) -> tensor<3x?xi64, #pyc.meta<"i64", "cpu">> {
  // expected-error@+1 {{result shape [3, ?] should be [2, ?]}}
  %0 = "pyc.nonzero"(%a0) : (tensor<?x3xi1, #pyc.meta<"f32", "cpu">>) -> tensor<3x?xi64, #pyc.meta<"i64", "cpu">>
  return %0 : tensor<3x?xi64, #pyc.meta<"i64", "cpu">>
}

// -----

func.func @other_result(%a0: tensor<?x3xi1, #pyc.meta<"f32", "cpu">>) -> tensor<2x?xf32, #pyc.meta<"f32", "cpu">> {
  // expected-error@+1 {{result element f32 should be i64}}
  %0 = "pyc.nonzero"(%a0) : (tensor<?x3xi1, #pyc.meta<"f32", "cpu">>) -> tensor<2x?xf32, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<2x?xf32, #pyc.meta<"f32", "cpu">>
}
