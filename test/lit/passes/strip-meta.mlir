// RUN: pyc-opt %s --strip-meta | filecheck %s

!v = tensor<4xf32, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @f
// CHECK-SAME: (%{{.*}}: tensor<4xf32>) -> tensor<4xf32> attributes {pyc.target = "cpu"}
// CHECK: arith.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK: arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
// CHECK: scf.for {{.*}} -> (tensor<4xf32>)
// CHECK-NOT: pyc.meta
func.func @f(%x: !v) -> !v attributes {pyc.target = "cpu"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = arith.constant dense<1.0> : !v
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : !v
  %r = scf.for %i = %c0 to %c1 step %c1 iter_args(%y = %x) -> !v {
    %s = arith.addf %a, %b : !v
    scf.yield %s : !v
  }
  return %r : !v
}

!m = memref<?xf32, strided<[?], offset: ?>, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @memory
// CHECK-SAME: (%{{.*}}: memref<?xf32, strided<[?], offset: ?>>, %{{.*}}: index) -> memref<?xf32, strided<[?], offset: ?>>
// CHECK: memref.alloc(%{{.*}}) : memref<?xf32>
// CHECK-NOT: #pyc.meta
func.func @memory(%m: !m, %n: index) -> !m {
  %a = memref.alloc(%n) : memref<?xf32, #pyc.meta<"f32", "cpu">>
  memref.copy %m, %a : !m to memref<?xf32, #pyc.meta<"f32", "cpu">>
  %c = memref.cast %a : memref<?xf32, #pyc.meta<"f32", "cpu">> to !m
  return %c : !m
}
