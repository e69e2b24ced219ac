func.func @f(%ok: i1) {
  cf.assert %ok, "1"
  return
}
