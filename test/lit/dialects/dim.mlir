// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @unknown
// CHECK: "pyc.dim"(%{{.*}})
func.func @unknown(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64 {
  %0 = "pyc.dim"(%a0) {axis = 0 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  return %0 : i64
}

// -----

func.func @no_such_axis(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64 {
  // expected-error@+1 {{axis 1 is not one of}}
  %0 = "pyc.dim"(%a0) {axis = 1 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> i64
  return %0 : i64
}

// -----

func.func @index(%a0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> index {
  // expected-error@+1 {{gives i64}}
  %0 = "pyc.dim"(%a0) {axis = 0 : i64} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> index
  return %0 : index
}

// -----

func.func @scalar(%a0: f32) -> i64 {
  // expected-error@+1 {{axis 0 is not one of f32}}
  %0 = "pyc.dim"(%a0) {axis = 0 : i64} : (f32) -> i64
  return %0 : i64
}

// -----

// CHECK-LABEL: @in_memory
// CHECK: "pyc.dim"
func.func @in_memory(%a0: memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> i64 {
  %0 = "pyc.dim"(%a0) {axis = 0 : i64} : (memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>) -> i64
  return %0 : i64
}
