// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @scalars
// CHECK: "pyc.add"(%{{.*}}, %{{.*}}) : (i8, i8) -> i8
func.func @scalars(%x: i8, %y: i8) -> i8 {
  %0 = "pyc.add"(%x, %y) : (i8, i8) -> i8
  return %0 : i8
}

// -----

!t = tensor<?xf32, #pyc.meta<"f32", "cpu">>
func.func @elements(%x: !t, %y: f64) -> !t {
  // expected-error@+1 {{operands have different element types: f32, f64}}
  %0 = "pyc.add"(%x, %y) : (!t, f64) -> !t
  return %0 : !t
}
