// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

#f32 = #pyc.meta<"f32", "cpu">

// CHECK-LABEL: @of_an_array
// CHECK: "pyc.annotate"(%{{.*}}) {annotations = {clip = [0.000000e+00, 1.500000e+00], com.acme.power = 3 : i64, "gr\C3\B6\C3\9Fe" = {a = true, b = "x\22y"}}}
func.func @of_an_array(%x: tensor<?xf32, #f32>) {
  "pyc.annotate"(%x) {annotations = {com.acme.power = 3 : i64, clip = [0.0, 1.5], "gr\C3\B6\C3\9Fe" = {b = "x\22y", a = true}}} : (tensor<?xf32, #f32>) -> ()
  return
}

// -----

// CHECK-LABEL: @of_a_number
// CHECK: "pyc.annotate"(%{{.*}}) {annotations = {role = "factor"}} : (f64) -> ()
func.func @of_a_number(%x: f64) {
  "pyc.annotate"(%x) {annotations = {role = "factor"}} : (f64) -> ()
  return
}

// -----

func.func @nothing(%x: f64) {
  // expected-error@+1 {{says nothing}}
  "pyc.annotate"(%x) {annotations = {}} : (f64) -> ()
  return
}

// -----

func.func @no_name(%x: f64) {
  // expected-error@+1 {{'a-b' cannot be the name of an annotation}}
  "pyc.annotate"(%x) {annotations = {"a-b" = true}} : (f64) -> ()
  return
}

// -----

func.func @no_value(%x: f64) {
  // expected-error@+1 {{is no annotation: these are booleans, i64, f64, strings, lists and records}}
  "pyc.annotate"(%x) {annotations = {a = [1 : i64, 2 : i32]}} : (f64) -> ()
  return
}
