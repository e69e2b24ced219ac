// RUN: pyc-opt %s --call-libm | filecheck %s

// CHECK-DAG: func.func private @[[DOUBLE:.*expm1]](f64) -> f64
// CHECK-DAG: func.func private @[[SINGLE:.*tanhf]](f32) -> f32
// CHECK-LABEL: @f
// CHECK: call @[[DOUBLE]](%{{.*}}) : (f64) -> f64
// CHECK: call @[[SINGLE]](%{{.*}}) : (f32) -> f32
// CHECK: math.sqrt
func.func @f(%x: f64, %y: f32) -> (f64, f32, f32) {
  %0 = math.expm1 %x : f64
  %1 = math.tanh %y : f32
  %2 = math.sqrt %y : f32
  return %0, %1, %2 : f64, f32, f32
}
