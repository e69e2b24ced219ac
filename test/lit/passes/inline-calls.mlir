// RUN: pyc-opt %s --inline-calls | filecheck %s

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK-NOT: @helper
// CHECK-LABEL: @f
// CHECK: linalg.fill
// CHECK-NOT: call
// CHECK: return
func.func private @helper(%x: !v) -> !v {
  %zero = arith.constant 0.0 : f32
  %0 = linalg.fill ins(%zero : f32) outs(%x : !v) -> !v
  return %0 : !v
}
func.func @f(%x: !v) -> !v attributes {pyc.export, pyc.name = "f", pyc.target = "cpu"} {
  %0 = func.call @helper(%x) {pyc.path = "up"} : (!v) -> !v
  return %0 : !v
}
