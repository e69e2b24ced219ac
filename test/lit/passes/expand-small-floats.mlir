// RUN: pyc-opt %s --expand-small-floats | filecheck %s
// RUN: pyc-opt %s --expand-small-floats=half | filecheck %s --check-prefix=HALF

// CHECK-LABEL: @widen
// CHECK-NOT: arith.extf
// CHECK: arith.bitcast %{{.*}} : bf16 to i16
// CHECK: arith.shli
// CHECK: arith.bitcast %{{.*}} : i32 to f32
func.func @widen(%x: bf16) -> f32 {
  %0 = arith.extf %x : bf16 to f32
  return %0 : f32
}

// CHECK-LABEL: @narrow
// CHECK-NOT: arith.truncf
// CHECK: arith.bitcast %{{.*}} : i8 to f8E4M3FN
func.func @narrow(%x: f32) -> f8E4M3FN {
  %0 = arith.truncf %x : f32 to f8E4M3FN
  return %0 : f8E4M3FN
}

// What is rounded twice is first rounded to odd.
// CHECK-LABEL: @twice
// CHECK: %[[NEAREST:.*]] = arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.extf %[[NEAREST]] : f32 to f64
// CHECK: arith.ori
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @twice(%x: f64) -> f16 {
  %0 = arith.truncf %x : f64 to f16
  return %0 : f16
}

// The chip converts f16, unless it is too old.
// CHECK-LABEL: @half
// CHECK: arith.extf %{{.*}} : f16 to f32
// HALF-LABEL: @half
// HALF-NOT: arith.extf
// HALF: arith.bitcast %{{.*}} : f16 to i16
func.func @half(%x: f16) -> f32 {
  %0 = arith.extf %x : f16 to f32
  return %0 : f32
}

// CHECK-LABEL: @from_integer
// CHECK: arith.sitofp %{{.*}} : i64 to f32
// CHECK: arith.bitcast %{{.*}} : i8 to f8E5M2
func.func @from_integer(%x: i64) -> f8E5M2 {
  %0 = arith.sitofp %x : i64 to f8E5M2
  return %0 : f8E5M2
}

// CHECK-LABEL: @others
// CHECK: arith.truncf %{{.*}} : f64 to f32
func.func @others(%x: f64) -> f32 {
  %0 = arith.truncf %x : f64 to f32
  return %0 : f32
}

// So are vectors widened.
// CHECK-LABEL: @vectors
// CHECK: arith.extf %{{.*}} : vector<8xf16> to vector<8xf32>
// CHECK: arith.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: arith.shli %{{.*}} : vector<8xi32>
// HALF-LABEL: @vectors
// HALF-NOT: arith.extf
// HALF: arith.bitcast %{{.*}} : vector<8xf16> to vector<8xi16>
// HALF: arith.mulf %{{.*}} : vector<8xf32>
func.func @vectors(%x: vector<8xf16>, %y: vector<8xbf16>) -> (vector<8xf32>, vector<8xf32>) {
  %0 = arith.extf %x : vector<8xf16> to vector<8xf32>
  %1 = arith.extf %y : vector<8xbf16> to vector<8xf32>
  return %0, %1 : vector<8xf32>, vector<8xf32>
}
