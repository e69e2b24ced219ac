// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalars
// CHECK: "pyc.compare"(%{{.*}}, %{{.*}})
func.func @scalars(%a0: i64, %a1: i64) -> i1 {
  %0 = "pyc.compare"(%a0, %a1) {predicate = "le"} : (i64, i64) -> i1
  return %0 : i1
}

// -----

// CHECK-LABEL: @tensors
// CHECK: "pyc.compare"(%{{.*}}, %{{.*}})
func.func @tensors(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>, %a1: f32) -> tensor<?xi1, #pyc.meta<"f32", "cpu">> {
  %0 = "pyc.compare"(%a0, %a1) {predicate = "ne"} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, f32) -> tensor<?xi1, #pyc.meta<"f32", "cpu">>
  return %0 : tensor<?xi1, #pyc.meta<"f32", "cpu">>
}

// -----

func.func @unknown_predicate(%a0: i64, %a1: i64) -> i1 {
  // expected-error@+1 {{has no predicate 'ult'; it knows eq, ne, lt, le, gt, ge}}
  %0 = "pyc.compare"(%a0, %a1) {predicate = "ult"} : (i64, i64) -> i1
  return %0 : i1
}

// -----

func.func @number(%a0: i64, %a1: i64) -> i64 {
  // expected-error@+1 {{result element i64 should be i1}}
  %0 = "pyc.compare"(%a0, %a1) {predicate = "eq"} : (i64, i64) -> i64
  return %0 : i64
}
