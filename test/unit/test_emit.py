"""Emission of trees written by hand: what becomes of arrays that are shared, returned, passed and written."""

from __future__ import annotations

import pytest
from trees import (
    CPU,
    SPAN,
    assign,
    at,
    binary,
    compare,
    const,
    function,
    local,
    loop,
    lowered,
    part,
    ret,
    span,
    store,
    tensor,
    var,
    when,
)

from pyc.frontend import tree
from pyc.frontend.dims import Dim
from pyc.frontend.emit_flow import exits, structure
from pyc.frontend.emit_liveness import liveness
from pyc.frontend.emit_loops import len_range
from pyc.frontend.tree import Expression, Function
from pyc.frontend.types import BOOL, FLOAT, INT, TensorType, TupleType
from pyc.precision import Precision

VECTOR = tensor("f64", "N")
REST = TensorType("f64", ((Dim.of("N") - 1).at_least_zero(),), Precision.plain("f64"), CPU)
u, v, w, n, i, c = var("u", VECTOR), var("v", VECTOR), var("w", VECTOR), var("n", INT), var("i", INT), var("c", BOOL)
U, V, W = local(u), local(v), local(w)


def double(x: Expression) -> Expression:
    return binary("mul", x, const(2.0), x.type)


def set_first(x: Expression) -> tree.Statement:
    return store(x, [at(0)], const(1.0))


def reshaped(x: Expression, *sizes: int) -> Expression:
    return tree.Reshape(span=SPAN, type=tensor("f64", *sizes), x=x, sizes=tuple(const(s) for s in sizes), checked=False)


def either(a: Expression, b: Expression) -> Expression:
    return tree.Conditional(span=SPAN, type=a.type, condition=local(c), on_true=a, on_false=b)


def call(f: Function, *arguments: Expression) -> Expression:
    return tree.Call(span=SPAN, type=f.result, function=f, arguments=arguments)


def run(e: Expression) -> tree.Statement:
    return tree.Evaluate(span=SPAN, value=e)


_a, _b = var("a", VECTOR), var("b", VECTOR)
WRITES = function("g", [_a, _b], None, store(local(_a), [span()], double(local(_b))), export=False)
HALF = TensorType("f64", (Dim.of(4),), Precision.plain("f64"), CPU)
_p, _q = var("p", HALF), var("q", HALF)
HALVES = function("h", [_p, _q], None, store(local(_p), [span()], local(_q)), export=False)
TAIL = function("t", [_a], REST, ret(part(local(_a), span(1, None), t=REST)), export=False)
_eight, _square = var("e", tensor("f64", 8)), var("s", tensor("f64", 16))


REFUSED = {
    "write to either": (["E401"], [u, v, c], [assign(w, either(U, V)), set_first(W)]),
    "write to a parameter or a fresh one": (["E401"], [u, c], [assign(w, either(U, double(U))), set_first(W)]),
    "write behind a join of statements": (["E401"], [u, c], [when(local(c), [assign(u, double(U))]), set_first(U)]),
    "read of either after a write": (
        ["E402"],
        [u, c],
        [assign(w, either(U, double(U))), set_first(U), assign(v, double(W))],
    ),
    "write through a reshape": (["E404"], [_square], [assign(v, reshaped(local(_square), 4, 4)), set_first(V)]),
    "call with one array twice": (["E406"], [u], [run(call(WRITES, U, U))]),
    "call with overlapping parts": (
        ["E406"],
        [_eight],
        [run(call(HALVES, part(local(_eight), span(0, 4), t=HALF), part(local(_eight), span(2, 6), t=HALF)))],
    ),
    "write to what a callee may have returned": (
        ["E401"],
        [u],
        [assign(v, call(TAIL, U)), set_first(V)],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    codes, parameters, body = REFUSED[name]
    if "reshape" in name:
        square = var("v", tensor("f64", 4, 4))
        body = [assign(square, reshaped(local(_square), 4, 4)), store(local(square), [at(0), at(0)], const(1.0))]
    text, found = lowered(WRITES, HALVES, TAIL, function("f", parameters, None, *body))
    assert found == codes, text


def test_exchange_in_a_loop() -> None:
    t = var("t", TupleType((VECTOR, VECTOR)))
    pair = tree.Tuple(span=SPAN, type=t.type, items=(V, U))
    swap = [
        assign(t, pair),
        assign(u, tree.TupleItem(span=SPAN, type=VECTOR, x=local(t), index=0)),
        assign(v, tree.TupleItem(span=SPAN, type=VECTOR, x=local(t), index=1)),
    ]
    x = var("x", VECTOR)
    body = [assign(u, double(local(x))), assign(v, double(local(x)))]
    written = loop(i, 0, local(n), 1, store(V, [span()], U), *swap)
    assert lowered(function("f", [x, n], VECTOR, *body, written, ret(U)))[1] == ["E403"]
    only_read = loop(i, 0, local(n), 1, assign(w, binary("add", U, V)), *swap)
    assert lowered(function("f", [x, n], VECTOR, *body, only_read, ret(U)))[1] == []


def test_arrays_of_their_own_merge() -> None:
    body = [assign(w, double(U)), when(local(c), [assign(w, double(W))]), set_first(W), ret(W)]
    text, found = lowered(function("f", [u, c], VECTOR, *body))
    assert found == []
    assert "writes = []" in text


def test_parts_that_are_apart_may_be_written() -> None:
    parts = [part(local(_eight), span(0, 4), t=HALF), part(local(_eight), span(4, 8), t=HALF)]
    text, found = lowered(HALVES, function("f", [_eight], None, run(call(HALVES, *parts))))
    assert found == []
    assert text.count("pyc.insert_slice") == 2  # the callee's own, and the caller putting it back


def test_result_that_is_the_argument() -> None:
    text, found = lowered(function("f", [u], VECTOR, set_first(U), ret(U)))
    assert found == []
    assert "returns = [-1]" in text
    assert "writes = [0]" in text


def test_result_that_is_a_view() -> None:
    body = [ret(part(U, span(1, None), t=REST))]
    assert lowered(function("f", [u], REST, *body))[1] == ["E405"]
    assert lowered(function("f", [u], REST, *body, export=False))[1] == []


def test_result_that_may_be_the_argument() -> None:
    body = [loop(i, 0, local(n), 1, assign(u, double(U))), ret(U)]
    assert lowered(function("f", [u, n], VECTOR, *body))[1] == ["E405"]  # a remark


def test_write_to_a_weight() -> None:
    f = function("f", [], None, store(tree.WeightRef(span=SPAN, type=VECTOR, name="up"), [at(0)], const(1.0)))
    f.weights = (tree.Weight("up", VECTOR, SPAN, "Tensor[f64, N]"),)
    assert lowered(f)[1] == ["E407"]


def test_hundreds_of_early_returns() -> None:
    body = [when(compare("eq", local(n), const(k)), [ret(const(k))]) for k in range(400)]
    assert lowered(function("f", [n], INT, *body, ret(local(n))))[1] == ["E408"]


def test_a_branch_that_raises_is_a_check() -> None:
    bad = tree.Raise(span=SPAN, exception="ValueError", message="no")
    text, _ = lowered(function("f", [n], INT, when(compare("lt", local(n), const(0)), [bad]), ret(local(n))))
    assert "scf.if" not in text
    assert 'kind = "ValueError"' in text


def test_only_what_is_read_again_is_carried() -> None:
    t, s = var("t", FLOAT), var("s", FLOAT)
    element = part(U, at(local(i)), t=FLOAT)
    body = [
        assign(s, const(0.0)),
        loop(i, 0, local(n), 1, assign(t, element), assign(s, binary("add", local(s), local(t)))),
    ]
    text, _ = lowered(function("f", [u, n], FLOAT, *body, ret(local(s))))
    assert "iter_args" in text
    assert "-> (f64)" in text


def test_static_slice_of_static_extents() -> None:
    ten, eight = var("a", tensor("f64", 10)), tensor("f64", 8)
    body = [ret(double(part(local(ten), span(1, -1), t=eight)))]
    text, _ = lowered(function("f", [ten], eight, *body))
    assert "pyc.check" not in text
    assert "pyc.dim" not in text


@pytest.mark.parametrize(("start", "stop", "step"), [(0, 10, 3), (10, 0, -3), (5, 5, 1), (0, 10, -1), (-4, 4, 8)])
def test_len_range(start: int, stop: int, step: int) -> None:
    assert len_range(start, stop, step) == len(range(start, stop, step))


def test_exits() -> None:
    stop, skip = tree.Break(span=SPAN), tree.Continue(span=SPAN)
    endless = tree.While(span=SPAN, condition=const(True), body=(skip,))
    assert exits([endless]) == set()
    assert exits([tree.While(span=SPAN, condition=const(True), body=(stop,))]) == {"fall"}
    assert exits([when(local(c), [ret()], [stop])]) == {"return", "break"}
    assert exits([loop(i, 0, 3, 1, when(local(c), [ret()]))]) == {"fall", "return"}


def test_liveness_at_the_head_of_a_loop() -> None:
    s, t = var("s", INT), var("t", INT)
    inner = loop(i, 0, 3, 1, assign(t, local(i)), assign(s, binary("int_add", local(s), local(t))))
    structured = structure(function("f", [], INT, assign(s, const(0)), inner, ret(local(s))))
    live = liveness(structured.body, [structured.result])
    (head,) = live.head.values()
    assert s in head
    assert t not in head
    assert i not in head
