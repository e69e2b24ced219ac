// RUN: pyc-opt %s --reuse-destinations --split-input-file | filecheck %s

// CHECK-LABEL: @loop
// CHECK: scf.for {{.*}} iter_args(%[[X:.*]] = %{{.*}})
// CHECK: %[[Y:.*]] = linalg.exp ins(%[[X]] : tensor<?xf32>) outs(%[[X]] : tensor<?xf32>)
// CHECK: scf.yield %[[Y]]
func.func @loop(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?xf32> {
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.exp ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// CHECK-LABEL: @branch
// CHECK: else
// CHECK: linalg.exp ins(%[[X:.*]] : tensor<?xf32>) outs(%[[X]] : tensor<?xf32>)
func.func @branch(%x: tensor<?xf32>, %n: index, %c: i1, %s: f32) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %r = scf.if %c -> tensor<?xf32> {
    %a = tensor.insert %s into %x[%c0] : tensor<?xf32>
    scf.yield %a : tensor<?xf32>
  } else {
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// An empty tensor of another shape stays.
// CHECK-LABEL: @another_shape
// CHECK: tensor.empty
func.func @another_shape(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<4xf32> {
    %e = tensor.empty(%n) : tensor<?xf32>
    %c = tensor.cast %e : tensor<?xf32> to tensor<4xf32>
    scf.yield %c : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// What either branch computes from nothing is computed into one array; the tensor outside is taken where there is one.
// CHECK-LABEL: @either
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: scf.if
// CHECK: linalg.exp ins(%{{.*}}) outs(%[[E]] :
// CHECK: linalg.log ins(%{{.*}}) outs(%[[E]] :
// CHECK: %[[F:.*]] = tensor.empty
// CHECK: scf.if
// CHECK: linalg.exp ins(%{{.*}}) outs(%[[F]] :
// CHECK: linalg.log ins(%{{.*}}) outs(%[[F]] :
func.func @either(%x: tensor<?xf32>, %n: index, %c: i1) -> (tensor<?xf32>, tensor<?xf32>) {
  %o = tensor.empty(%n) : tensor<?xf32>
  %r = scf.if %c -> tensor<?xf32> {
    %y = linalg.exp ins(%x : tensor<?xf32>) outs(%o : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  } else {
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.log ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  %s = scf.if %c -> tensor<?xf32> {
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  } else {
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.log ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r, %s : tensor<?xf32>, tensor<?xf32>
}

// -----

// Of other extents, or of extents that are only known inside, each has its own.
// CHECK-LABEL: @apart
// CHECK: scf.if
// CHECK: tensor.empty
// CHECK: tensor.empty
func.func @apart(%x: tensor<?xf32>, %n: index, %m: index, %c: i1) -> tensor<?xf32> {
  %r = scf.if %c -> tensor<?xf32> {
    %e = tensor.empty(%n) : tensor<?xf32>
    scf.yield %e : tensor<?xf32>
  } else {
    %e = tensor.empty(%m) : tensor<?xf32>
    scf.yield %e : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
