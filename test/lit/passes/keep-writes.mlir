// RUN: pyc-opt %s --keep-writes --split-input-file | filecheck %s

// A check may fail after it: it stays.
// CHECK-LABEL: @kept
// CHECK: %[[B:.*]] = bufferization.materialize_in_destination
// CHECK: cf.assert
// CHECK: return %[[B]]
func.func @kept(%b: tensor<3xf64, #pyc.meta<"f64", "cpu">>, %x: tensor<3xf64, #pyc.meta<"f64", "cpu">>, %ok: i1) -> tensor<3xf64, #pyc.meta<"f64", "cpu">> attributes {pyc.target = "cpu"} {
  %w = bufferization.materialize_in_destination %x in %b {pyc.whole} : (tensor<3xf64, #pyc.meta<"f64", "cpu">>, tensor<3xf64, #pyc.meta<"f64", "cpu">>) -> tensor<3xf64, #pyc.meta<"f64", "cpu">>
  cf.assert %ok, "1"
  return %w : tensor<3xf64, #pyc.meta<"f64", "cpu">>
}

// -----

// Nothing follows: the new value is all there is to know. A copy is no write.
// CHECK-LABEL: @dropped
// CHECK-SAME: %{{.*}}: tensor{{.*}}, %[[X:[a-z0-9]+]]: tensor
// CHECK: cf.assert
// CHECK: %[[COPY:.*]] = bufferization.materialize_in_destination
// CHECK-NOT: materialize_in_destination
// CHECK: return %[[X]], %[[COPY]]
func.func @dropped(%b: tensor<3xf64, #pyc.meta<"f64", "cpu">>, %x: tensor<3xf64, #pyc.meta<"f64", "cpu">>, %ok: i1) -> (tensor<3xf64, #pyc.meta<"f64", "cpu">>, tensor<3xf64, #pyc.meta<"f64", "cpu">>) attributes {pyc.target = "cpu"} {
  cf.assert %ok, "1"
  %e = tensor.empty() : tensor<3xf64, #pyc.meta<"f64", "cpu">>
  %c = bufferization.materialize_in_destination %x in %e : (tensor<3xf64, #pyc.meta<"f64", "cpu">>, tensor<3xf64, #pyc.meta<"f64", "cpu">>) -> tensor<3xf64, #pyc.meta<"f64", "cpu">>
  %w = bufferization.materialize_in_destination %x in %b {pyc.whole} : (tensor<3xf64, #pyc.meta<"f64", "cpu">>, tensor<3xf64, #pyc.meta<"f64", "cpu">>) -> tensor<3xf64, #pyc.meta<"f64", "cpu">>
  return %w, %c : tensor<3xf64, #pyc.meta<"f64", "cpu">>, tensor<3xf64, #pyc.meta<"f64", "cpu">>
}

// -----

// In a loop, the check before it is one of the next round.
// CHECK-LABEL: @looped
// CHECK: cf.assert
// CHECK: bufferization.materialize_in_destination
func.func @looped(%b: tensor<3xf64, #pyc.meta<"f64", "cpu">>, %x: tensor<3xf64, #pyc.meta<"f64", "cpu">>, %ok: i1, %n: index) -> tensor<3xf64, #pyc.meta<"f64", "cpu">> attributes {pyc.target = "cpu"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%v = %b) -> (tensor<3xf64, #pyc.meta<"f64", "cpu">>) {
    cf.assert %ok, "1"
    %w = bufferization.materialize_in_destination %x in %v {pyc.whole} : (tensor<3xf64, #pyc.meta<"f64", "cpu">>, tensor<3xf64, #pyc.meta<"f64", "cpu">>) -> tensor<3xf64, #pyc.meta<"f64", "cpu">>
    scf.yield %w : tensor<3xf64, #pyc.meta<"f64", "cpu">>
  }
  return %r : tensor<3xf64, #pyc.meta<"f64", "cpu">>
}
