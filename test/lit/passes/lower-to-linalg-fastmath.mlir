// RUN: pyc-opt %s --lower-to-linalg | filecheck %s

// Each operation on floats that an operation is made of has its flags, beside those that it has by itself.
// CHECK-LABEL: @scalars
// CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<reassoc,contract> : f64
// CHECK: arith.cmpf olt, %{{.*}}, %{{.*}} fastmath<nnan> : f64
// CHECK: math.exp %{{.*}} fastmath<afn> : f64
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f64
func.func @scalars(%a: f64, %b: f64) -> (f64, i1) {
  %0 = "pyc.add"(%a, %b) {pyc.fastmath = "contract,reassoc"} : (f64, f64) -> f64
  %1 = "pyc.compare"(%0, %b) {predicate = "lt", pyc.fastmath = "nnan"} : (f64, f64) -> i1
  %2 = "pyc.exp"(%0) {pyc.fastmath = "afn"} : (f64) -> f64
  %3 = "pyc.mul"(%2, %b) : (f64, f64) -> f64
  return %3, %1 : f64, i1
}

// CHECK-LABEL: @arrays
// CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<reassoc,nnan> : f64
func.func @arrays(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> f64 {
  %0 = "pyc.reduce"(%x) {kind = "sum", axes = [0 : i64], keepdims = false, pyc.fastmath = "nnan"} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> f64
  return %0 : f64
}
