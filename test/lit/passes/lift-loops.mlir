// RUN: pyc-opt %s --lift-loops | filecheck %s

#vector = affine_map<(k) -> (k)>
#sum = affine_map<(k) -> ()>

// Each round reads its own column, and the part of the row that lies before where the rounds write.
// CHECK-LABEL: func.func @row
// CHECK-NOT: scf.for
// CHECK: %[[ROW:.*]] = tensor.extract_slice %arg0[%arg2, 0] [1, %arg2]
// CHECK: %[[COLUMNS:.*]] = tensor.extract_slice %arg0[0, %[[LOW:.*]]] [%arg2, %[[LENGTH:.*]]] [1, 1]
// CHECK: %[[SUMS:.*]] = linalg.generic
// CHECK-SAME: ["reduction", "parallel"]
// CHECK-SAME: ins(%[[ROW]], %[[COLUMNS]]
// CHECK: %[[OLDS:.*]] = tensor.extract_slice %arg0[%arg2, %[[LOW]]] [1, %[[LENGTH]]]
// CHECK: %[[NEWS:.*]] = linalg.generic
// CHECK-SAME: ins(%[[OLDS]], %[[SUMS]]
// CHECK: arith.subf
// CHECK: tensor.insert_slice %[[NEWS]] into %arg0[%arg2, %[[LOW]]] [1, %[[LENGTH]]]
func.func @row(%a: tensor<?x?xf64>, %n: i64, %i: index) -> tensor<?x?xf64> {
  %one = arith.constant 1 : i64
  %zero = arith.constant 0.0 : f64
  %low = arith.index_cast %i : index to i64
  %r = scf.for %j = %low to %n step %one iter_args(%t = %a) -> (tensor<?x?xf64>) : i64 {
    %c = arith.index_cast %j : i64 to index
    %old = tensor.extract %t[%i, %c] : tensor<?x?xf64>
    %row = tensor.extract_slice %t[%i, 0] [1, %i] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
    %column = tensor.extract_slice %t[0, %c] [%i, 1] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
    %e = tensor.empty() : tensor<f64>
    %f = linalg.fill ins(%zero : f64) outs(%e : tensor<f64>) -> tensor<f64>
    %s = linalg.generic {indexing_maps = [#vector, #vector, #sum], iterator_types = ["reduction"]}
      ins(%row, %column : tensor<?xf64>, tensor<?xf64>) outs(%f : tensor<f64>) {
    ^bb0(%x: f64, %y: f64, %o: f64):
      %0 = arith.mulf %x, %y fastmath<reassoc,contract> : f64
      %1 = arith.addf %o, %0 fastmath<reassoc,contract> : f64
      linalg.yield %1 : f64
    } -> tensor<f64>
    %total = tensor.extract %s[] : tensor<f64>
    %new = arith.subf %old, %total : f64
    %u = tensor.insert %new into %t[%i, %c] : tensor<?x?xf64>
    scf.yield %u : tensor<?x?xf64>
  }
  return %r : tensor<?x?xf64>
}

// What the first rounds write, the later ones read.
// CHECK-LABEL: func.func @depends
// CHECK: scf.for
func.func @depends(%a: tensor<?x?xf64>, %n: i64, %i: index, %k: index) -> tensor<?x?xf64> {
  %one = arith.constant 1 : i64
  %low = arith.constant 0 : i64
  %zero = arith.constant 0.0 : f64
  %r = scf.for %j = %low to %n step %one iter_args(%t = %a) -> (tensor<?x?xf64>) : i64 {
    %c = arith.index_cast %j : i64 to index
    %row = tensor.extract_slice %t[%i, 0] [1, %k] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
    %column = tensor.extract_slice %t[0, %c] [%k, 1] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
    %e = tensor.empty() : tensor<f64>
    %f = linalg.fill ins(%zero : f64) outs(%e : tensor<f64>) -> tensor<f64>
    %s = linalg.generic {indexing_maps = [#vector, #vector, #sum], iterator_types = ["reduction"]}
      ins(%row, %column : tensor<?xf64>, tensor<?xf64>) outs(%f : tensor<f64>) {
    ^bb0(%x: f64, %y: f64, %o: f64):
      %0 = arith.mulf %x, %y fastmath<reassoc,contract> : f64
      %1 = arith.addf %o, %0 fastmath<reassoc,contract> : f64
      linalg.yield %1 : f64
    } -> tensor<f64>
    %total = tensor.extract %s[] : tensor<f64>
    %u = tensor.insert %total into %t[%i, %c] : tensor<?x?xf64>
    scf.yield %u : tensor<?x?xf64>
  }
  return %r : tensor<?x?xf64>
}

// A round that may end the function stays one.
// CHECK-LABEL: func.func @checked
// CHECK: scf.for
func.func @checked(%a: tensor<?x?xf64>, %x: tensor<?xf64>, %n: i64, %i: index, %fine: i1) -> tensor<?x?xf64> {
  %one = arith.constant 1 : i64
  %low = arith.constant 0 : i64
  %zero = arith.constant 0.0 : f64
  %r = scf.for %j = %low to %n step %one iter_args(%t = %a) -> (tensor<?x?xf64>) : i64 {
    %c = arith.index_cast %j : i64 to index
    %column = tensor.extract_slice %t[0, %c] [%i, 1] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
    cf.assert %fine, "1"
    %e = tensor.empty() : tensor<f64>
    %f = linalg.fill ins(%zero : f64) outs(%e : tensor<f64>) -> tensor<f64>
    %s = linalg.generic {indexing_maps = [#vector, #vector, #sum], iterator_types = ["reduction"]}
      ins(%x, %column : tensor<?xf64>, tensor<?xf64>) outs(%f : tensor<f64>) {
    ^bb0(%l: f64, %y: f64, %o: f64):
      %0 = arith.mulf %l, %y : f64
      %1 = arith.addf %o, %0 : f64
      linalg.yield %1 : f64
    } -> tensor<f64>
    %total = tensor.extract %s[] : tensor<f64>
    %u = tensor.insert %total into %t[%i, %c] : tensor<?x?xf64>
    scf.yield %u : tensor<?x?xf64>
  }
  return %r : tensor<?x?xf64>
}
