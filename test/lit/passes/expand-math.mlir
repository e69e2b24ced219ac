// RUN: pyc-opt %s --expand-math | filecheck %s
// RUN: pyc-opt %s --expand-math="fused=false" | filecheck %s --check-prefix=OLD

// CHECK-LABEL: @single
// CHECK-NOT: math.exp
// CHECK: arith.mulf %{{.*}} fastmath<contract> : f32
// CHECK: arith.shli
// CHECK: return
func.func @single(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// Python's own numbers are left to the C library, and functions of arrays are not.
// CHECK-LABEL: @double
// CHECK: math.exp %{{.*}} : f64
// CHECK-NOT: math.exp
// CHECK: math.fma
// CHECK: return
// OLD-LABEL: @double
// OLD-COUNT-2: math.exp %{{.*}} : f64
func.func @double(%x: f64) -> (f64, f64) {
  %0 = math.exp %x : f64
  %1 = math.exp %x {pyc.elementwise} : f64
  return %0, %1 : f64, f64
}

// Powers by halves of small whole numbers are products, a square root and at most one division.
// CHECK-LABEL: @halves
// CHECK: math.sqrt
// CHECK: arith.divf
// CHECK-NOT: arith.divf
// CHECK-NOT: math.powf
// CHECK: return
func.func @halves(%x: f64) -> f64 {
  %p = arith.constant -1.5 : f64
  %0 = math.powf %x, %p {pyc.elementwise} : f64
  return %0 : f64
}

// Most functions of f32 are computed in f64; without fused multiply-adds powers are left, and some functions of f64.
// CHECK-LABEL: @widened
// CHECK: arith.extf %{{.*}} : f32 to f64
// CHECK-NOT: math.log2
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK-NOT: math.powf
// CHECK: return
// OLD-LABEL: @widened
// OLD-NOT: math.log
// OLD-NOT: math.fma
// OLD: math.powf
// OLD-NOT: math.log %
// OLD: return
func.func @widened(%x: f32) -> (f32, f32, f32) {
  %0 = math.log2 %x {pyc.elementwise} : f32
  %1 = math.powf %x, %x {pyc.elementwise} : f32
  %2 = math.log %x : f32
  return %0, %1, %2 : f32, f32, f32
}

// What no library has is arithmetic everywhere, also of single numbers and without fused multiply-adds.
// CHECK-LABEL: @own
// CHECK-NOT: pyc.
// CHECK-NOT: math.rsqrt
// CHECK: return
// OLD-LABEL: @own
// OLD-NOT: pyc.
// OLD-NOT: math.rsqrt
// OLD: return
func.func @own(%x: f64, %y: f32) -> (f64, f64, f64, f64, f32, f32, f32, f32) {
  %0 = "pyc.sigmoid"(%x) : (f64) -> f64
  %1 = "pyc.gelu"(%x) : (f64) -> f64
  %2 = "pyc.gelu_tanh"(%x) : (f64) -> f64
  %3 = math.rsqrt %x : f64
  %4 = "pyc.sigmoid"(%y) : (f32) -> f32
  %5 = "pyc.gelu"(%y) : (f32) -> f32
  %6 = "pyc.gelu_tanh"(%y) : (f32) -> f32
  %7 = math.rsqrt %y : f32
  return %0, %1, %2, %3, %4, %5, %6, %7 : f64, f64, f64, f64, f32, f32, f32, f32
}

// What has a rare case is called, one at a time or several at once.
// CHECK-LABEL: @called
// CHECK: call @sin.f64
// CHECK: call @sin.f64
// CHECK: call @cos.f32
// OLD-LABEL: @called
// OLD-COUNT-2: call @sin.f64
// OLD: call @cos.f32
func.func @called(%x: f64, %y: f32) -> (f64, f64, f32) {
  %0 = math.sin %x {pyc.elementwise} : f64
  %1 = math.sin %0 {pyc.elementwise} : f64
  %2 = math.cos %y {pyc.elementwise} : f32
  return %0, %1, %2 : f64, f64, f32
}

// CHECK: func.func private @c.sin(f64) -> f64 attributes {{.*}}llvm.memory_effects
// CHECK: func.func private @sin.f64(%{{.*}}: f64) -> f64
// CHECK-SAME: "_ZGV_LLVM_N4v_pyc.sin.f64(pyc.sin.f64.4)"
// CHECK: cf.cond_br
// CHECK: call @c.sin
// CHECK: func.func private @sin.f64.4(%{{.*}}: vector<4xf64>) -> vector<4xf64>
// CHECK: vector.reduction <or>
// CHECK-COUNT-4: call @c.sin
// CHECK-NOT: func.func private @sin.f64
// CHECK: func.func private @cos.f32
// CHECK: func.func private @cos.f32.8(%{{.*}}: vector<8xf32>) -> vector<8xf32>
