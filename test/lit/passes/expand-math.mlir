// RUN: pyc-opt %s --expand-math | filecheck %s

// CHECK-LABEL: @single
// CHECK-NOT: math.exp
// CHECK: arith.mulf %{{.*}} fastmath<contract> : f32
// CHECK: arith.shli
// CHECK: return
func.func @single(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// Double precision is left to the C library.
// CHECK-LABEL: @double
// CHECK: math.exp %{{.*}} : f64
func.func @double(%x: f64) -> f64 {
  %0 = math.exp %x : f64
  return %0 : f64
}

// CHECK-LABEL: @others
// CHECK: math.sin
// CHECK-NOT: math.tanh
// CHECK-NOT: math.erf
// CHECK-NOT: math.log
// CHECK-NOT: math.exp2
// CHECK: return
func.func @others(%x: f32) -> (f32, f32, f32, f32, f32) {
  %0 = math.sin %x : f32
  %1 = math.tanh %x : f32
  %2 = math.erf %x : f32
  %3 = math.log %x : f32
  %4 = math.exp2 %x : f32
  return %0, %1, %2, %3, %4 : f32, f32, f32, f32, f32
}
