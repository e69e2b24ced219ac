// RUN: pyc-opt %s --merge-checks --split-input-file | filecheck %s

// CHECK-LABEL: @converted
// CHECK-NOT: cf.assert
// CHECK: %[[FITS:.*]] = arith.andi
// CHECK: scf.if %[[FITS]] {
// CHECK: } else {
// CHECK: cf.assert %{{.*}}, "3"
// CHECK: cf.assert %{{.*}}, "4"
// CHECK: cf.assert %{{.*}}, "5"
// CHECK: }
// CHECK: arith.fptosi
func.func @converted(%x: f64) -> i64 {
  %infinity = arith.constant 0x7FF0000000000000 : f64
  %least = arith.constant -9.2233720368547758E+18 : f64
  %most = arith.constant 9.2233720368547758E+18 : f64
  %number = arith.cmpf oeq, %x, %x : f64
  cf.assert %number, "3"
  %size = math.absf %x : f64
  %finite = arith.cmpf une, %size, %infinity : f64
  cf.assert %finite, "4"
  %low = arith.cmpf oge, %x, %least : f64
  %high = arith.cmpf olt, %x, %most : f64
  %fits = arith.andi %low, %high : i1
  %said = builtin.unrealized_conversion_cast %fits, %least : i1, f64 to i1
  cf.assert %said, "5"
  %r = arith.fptosi %x : f64 to i64
  return %r : i64
}

// -----

// Of another number, before something that is done, or without an end to the range, a check stays where it is.
// CHECK-LABEL: @apart
// CHECK-NOT: scf.if
// CHECK: return
func.func @apart(%x: f64, %y: f64, %m: memref<f64>) {
  %infinity = arith.constant 0x7FF0000000000000 : f64
  %least = arith.constant -9.2233720368547758E+18 : f64
  %most = arith.constant 9.2233720368547758E+18 : f64
  %ordered = arith.cmpf oeq, %x, %x : f64
  cf.assert %ordered, "1"
  memref.store %x, %m[] : memref<f64>
  %other = arith.cmpf oeq, %y, %y : f64
  cf.assert %other, "2"
  %low = arith.cmpf oge, %x, %least : f64
  %high = arith.cmpf olt, %x, %most : f64
  %fits = arith.andi %low, %high : i1
  cf.assert %fits, "3"
  cf.assert %ordered, "4"
  %below = arith.cmpf olt, %x, %infinity : f64
  %half = arith.andi %low, %below : i1
  cf.assert %half, "5"
  return
}
