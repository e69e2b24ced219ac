"""Programs as a whole: names, flow, calls, generics, modules, targets; each error at its place."""

from __future__ import annotations

from operator import floordiv as divide

import pytest
from check_facts import HEAD, checked, errors, found, program

from pyc.diagnostics import CompileError
from pyc.frontend import tree
from pyc.frontend.check_program import check_program
from pyc.frontend.request import Request
from pyc.source import Source
from pyc.target import Target, cpu, cuda


def types(text: str, *functions: str, **options: object) -> dict[str, str]:
    return {s: str(f.result) for s, f in checked(text, *functions, **options).items()}


# --- names ------------------------------------------------------------------------------------------------------------


def test_constants_of_the_file():
    text = "A = 2 * math.pi\nB = A if A > 6 else 0\nVec = Tensor[f32, 4]\ndef f(x: Vec) -> Vec:\n    return x * B\n"
    assert types(text) == {"f": "Tensor[f32, 4]"}


def test_a_name_that_is_imported_for_orchestration_only_is_no_error():
    assert types("import pandas\ndef f(x: Tensor[f32, 4]) -> f32:\n    return x[0]\ndef main():\n    pandas.read()\n")


def test_siblings_are_read_next_to_the_file(tmp_path):
    (tmp_path / "helpers.py").write_text("def double(x):\n    return x * 2\n\nSCALE = 3\n")
    (tmp_path / "circle.py").write_text("from main import f\n")
    main = tmp_path / "main.py"
    text = "from helpers import SCALE, double\nimport helpers\nfrom circle import f as g\n" + (
        "def f(x: Tensor[f32, 4]) -> Tensor[f32, 4]:\n    return double(x) * SCALE + helpers.double(x)\n"
    )
    functions = check_program(Source(str(main), HEAD + text), Request()).functions
    assert [f.symbol for f in functions] == ["double", "f"]


def test_an_import_in_a_circle(tmp_path):
    (tmp_path / "a.py").write_text("from b import X\n")
    (tmp_path / "b.py").write_text("from a import X\n")
    text = "from a import X\ndef f(x: Tensor[f32, 4]) -> Tensor[f32, 4]:\n    return x * X\n"
    with pytest.raises(CompileError, match="E116"):
        check_program(Source(str(tmp_path / "main.py"), HEAD + text), Request())


def test_an_error_in_a_sibling_points_into_it(tmp_path):
    (tmp_path / "helpers.py").write_text("def double(x):\n    return x * two\n")
    text = "from helpers import double\ndef f(x: Tensor[f32, 4]) -> Tensor[f32, 4]:\n    return double(x)\n"
    with pytest.raises(CompileError) as error:
        check_program(Source(str(tmp_path / "main.py"), HEAD + text), Request())
    (d,) = error.value.diagnostics
    assert d.span is not None
    assert (d.code, d.span.source.path, d.span.text) == ("E110", str(tmp_path / "helpers.py"), "two")


@pytest.mark.parametrize(
    ("use", "where"),
    [
        ("cnt", "E110: cnt"),
        ("np.summ(x)", "E115: np.summ(x)"),
        ("math.sqr(2.0)", "E115: math.sqr(2.0)"),
        ("x.summ()", "E217: x.summ()"),
        ("x.shap", "E217: x.shap"),
    ],
)
def test_misspelt_names_get_a_suggestion(use, where):
    text = f"def f(x: Tensor[f32, 4], count: int) -> None:\n    y = {use}\n"
    assert found(text) == [where]
    assert any(n.fix and "did you mean" in n.message for n in errors(text)[0].notes)


# --- flow -------------------------------------------------------------------------------------------------------------


def test_a_literal_becomes_the_float_that_it_meets():
    text = "def f[N](x: Tensor[f32, N]) -> f32:\n    s = 0\n    for i in range(N):\n        s += x[i]\n    return s\n"
    body = checked(text)["f"].body
    kinds = [type(s).__name__ for s in body]
    assert kinds == ["Assign", "Assign", "ForRange", "Return"]
    assert [str(s.variable.type) for s in body[:2]] == ["int", "f32"]  # type: ignore[union-attr]
    assert isinstance(body[1].value, tree.Cast)  # type: ignore[union-attr]


def test_a_literal_at_a_break():
    text = """
def f(x: f32, n: int) -> f32:
    s = x
    while True:
        if n > 3:
            s = 0
            break
        n += 1
    return s
"""
    assert types(text) == {"f": "f32"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("if n:\n        v = n\n    else:\n        v = x\n    return v", ["E208: v"]),
        ("v = n\n    while n > 0:\n        v = x\n        n -= 1\n    return v", ["E208: v"]),
        ("if n:\n        v = x\n    return v", []),
        ("for i in range(n):\n        v = x\n    return v", []),
        ("for i in range(n):\n        if i:\n            n += int(v)\n        v = x\n    return x", []),
        ("while n > 0:\n        n += v\n        v = n\n    return x", ["E111: v"]),
        ("while v < n:\n        v = n\n    return x", ["E111: v"]),
        ("v = n\n    for i in range(n):\n        del v\n        n += v\n        v = 4\n    return x", ["E111: v"]),
        ("if n:\n        v = x\n        del v\n    return v", ["E111: v"]),
        ("if n:\n        v = lambda y: y\n    return v(x)", ["E111: v"]),
        ("while n > 0:\n        v = x\n        break\n    else:\n        v = x\n    return v", []),
        ("while True:\n        v = x\n        if n:\n            break\n    return v", []),
        ("if n:\n        v = x\n    else:\n        raise ValueError('n')\n    return v", []),
        ("return x\n    y = undefined", []),
        ("v = w\n    w = x\n    return v", ["E111: w"]),
        ("v = undefined\n    w = v + 1\n    return w * v", ["E110: undefined"]),
    ],
)
def test_names_where_paths_join(body, where):
    assert found(f"def f(x: f32, n: int) -> f32:\n    {body}\n") == where


def test_both_lines_are_shown_where_types_differ():
    (d,) = errors("def f(x: f32, n: int) -> f32:\n    if n:\n        v = n\n    else:\n        v = x\n    return v\n")
    assert [n.span.begin[0] for n in d.notes if n.span] == [HEAD.count("\n") + 3, HEAD.count("\n") + 5]


def test_the_chosen_branch_of_a_type_parameter_is_checked_alone():
    text = """
def f[T: Float, N, k: int](x: Tensor[T, N]) -> Tensor[T, N]:
    if T == f32 and k > 2:
        return x * 2
    elif T is f16:
        return undefined
    return x + T(1)
g = f[f32, 4, 3]
h = f[f64, 4, 3]
"""
    assert types(text) == {"g": "Tensor[f32, 4]", "h": "Tensor[f64, 4]"}


def test_every_error_is_reported():
    text = """
def f(x: Tensor[f32, 4]) -> f32:
    a = x[4]
    b = y
    c = a + b
    return x
def g(x: f32) -> f32:
    z
"""
    assert found(text) == ["E224: 4", "E110: y", "E204: x", "E110: z"]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("try:\n        pass\n    except n:\n        pass", "E121: n"),
        ("try:\n        pass\n    except ValueError as e:\n        y = e.args", "E121: e"),
        ("y = x\n    try:\n        y = y > 0\n    except ValueError:\n        y[0] = 1", "E208: y"),
        ("with x:\n        pass", "E120: with x:"),
        ("for v in n:\n        pass", "E120: n"),
        ("for v in reversed(zip(x, x)):\n        pass", "E120: zip(x, x)"),
        ("del x[0]", "E120: x[0]"),
        ("global y", "E120: global y"),
        ("import os", "E120: import os"),
        ("match n:\n        case {1: 2}:\n            pass", "E120: {1: 2}"),
        ("match n:\n        case str():\n            pass", "E120: str()"),
        ("del y\n    y = n", "E111: y"),
        ("for i in range(n):\n        m = n\n        del m\n    y = m", "E111: m"),
        ("y = [1]\n    y += [n]", "E121: [1]"),
        ("y = {}", "E121: {}"),
        ("y = {1}", "E121: {1}"),
        ("y = [v for v in x]", "E121: [v for v in x]"),
        ("y = (v for v in x)", "E121: (v for v in x)"),
        ("y = f'{n}'", "E121: f'{n}'"),
        ("y = n is 3", "E121: n is 3"),
        ("y = x[x]", "E210: x"),
        ("y = print(n)", "E122: print(n)"),
        ("print(n, file=n)", "E203: n"),
        ("print(np)", "E223: np"),
        ("raise ValueError(n) from n", "E121: raise ValueError(n) from n"),
        ("raise SystemExit(n)", "E121: SystemExit"),
        ("raise n", "E121: n"),
        ("n.real = 3", "E120: n.real"),
    ],
)
def test_what_is_not_compiled_is_named_with_an_alternative(statement, where):
    text = f"def f[N](x: Tensor[f32, N], n: int) -> None:\n    {statement}\n"
    assert found(text) == [where]
    assert any(n.fix for n in errors(text)[0].notes) or where.startswith(("E120: n", "E223"))


# --- exact ints and Python floats -------------------------------------------------------------------------------------


def _value(expression: str) -> tree.Expression:
    (s,) = checked(f"@pyc.jit\ndef f(a: int, b: int, x: float):\n    return {expression}\n")["f"].body
    assert isinstance(s, tree.Return)
    assert s.value is not None
    return s.value


@pytest.mark.parametrize(
    ("expression", "op", "guard"),
    [
        ("a + b", "int_add", None),
        ("a // b", "int_floordiv", ("rhs_nonzero", "ZeroDivisionError")),
        ("a % b", "int_mod", ("rhs_nonzero", "ZeroDivisionError")),
        ("a // 2", "int_floordiv", None),
        ("a << b", "int_shl", ("rhs_nonnegative", "ValueError")),
        ("a ** 2", "int_pow", None),
        ("a / b", "int_div", ("rhs_nonzero", "ZeroDivisionError")),
        ("x / b", "div", ("rhs_nonzero", "ZeroDivisionError")),
        ("x % 2.0", "mod", None),
        ("a & b", "and", None),
    ],
)
def test_operators_raise_what_cpython_raises(expression, op, guard):
    value = _value(expression)
    assert isinstance(value, tree.Binary)
    assert value.op == op
    assert [(g.kind, g.exception) for g in value.guards] == ([guard] if guard else [])


def test_messages_are_cpythons():
    value = _value("a // b")
    assert isinstance(value, tree.Binary)
    with pytest.raises(ZeroDivisionError) as error:
        divide(1, 0)
    assert value.guards[0].message == str(error.value)


def test_a_chain_evaluates_its_middle_once():
    value = _value("a < a * b < 10")
    assert isinstance(value, tree.Bind)
    assert isinstance(value.body, tree.ShortCircuit)


# --- shapes -----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_proved_is_checked():
    text = "def f[M, N](x: Tensor[f32, M], y: Tensor[f32, N]) -> Tensor[f32, M]:\n    return x + y\n"
    (s,) = checked(text)["f"].body
    assert isinstance(s, tree.Return)
    assert isinstance(s.value, tree.Binary)
    (check,) = s.value.checks
    assert check.message == "operands could not be broadcast together: M in x and N in y differ"


def test_only_a_static_one_stretches():
    text = "def f[N](x: Tensor[f32, N, 1], y: Tensor[f32, N]) -> Tensor[f32, N, N]:\n    return x + y\n"
    assert types(text) == {"f": "Tensor[f32, N, N]"}


def test_a_declared_result_is_checked():
    text = "def f[N](x: Tensor[f32, N], n: int) -> Tensor[f32, n]:\n    return x[:n] * 2\n"
    (s,) = checked(text)["f"].body
    assert isinstance(s, tree.Return)
    assert isinstance(s.value, tree.Conform)


def test_an_int_that_is_assigned_is_no_dimension():
    assert types("@pyc.jit\ndef f(n: int):\n    n += 1\n    return np.zeros(n)\n") == {"f": "Tensor[f64, ?]"}


# --- calls and generics -----------------------------------------------------------------------------------------------


def test_instances_are_made_once_for_each_type():
    text = """
def helper(x):
    return x + 1
def f[N](x: Tensor[f32, N], y: Tensor[f64, N]) -> Tensor[f64, N]:
    return helper(x) + helper(y) + helper(x)
"""
    assert list(types(text)) == ["helper", "helper_2", "f"]


def test_dimensions_of_a_callee_are_those_of_the_call():
    text = """
def pad[N](x: Tensor[f32, N]) -> Tensor[f32, N + 2]:
    return np.zeros(N + 2, f32)
def f[K](x: Tensor[f32, K + 1]) -> Tensor[f32, K + 5]:
    return pad(pad(x))
"""
    assert types(text)["f"] == "Tensor[f32, K + 5]"


def test_a_type_parameter_is_inferred_solved_or_missing():
    text = """
def f[T: Number, N](x: Tensor[T, 2 * N], s: T) -> Tensor[T, N]:
    return x[:N] * s
def g(x: Tensor[i32, 6]) -> Tensor[i32, 3]:
    return f(x, 2)
def h[U: Float]() -> Tensor[U, 3]:
    return np.zeros(3, U)
def k() -> Tensor[f32, 3]:
    return h[f32]() + h()
"""
    assert found(text) == ["E215: h()"]


def test_defaults_and_keywords():
    text = """
def f(x: Tensor[f32, 4], *, scale: float = 2.0, axis=0) -> f32:
    return np.sum(x * scale, axis=axis)
def g(x: Tensor[f32, 4]) -> f32:
    return f(x) + f(x, scale=3, axis=-1)
"""
    assert types(text)["g"] == "f32"


def test_requests():
    text = (
        "def f[T: Float, N](x: Tensor[T, N]) -> Tensor[T, N]:\n    return x + x\ndef g(n: int) -> int:\n    return n\n"
    )
    assert found(text) == ["E123: "] or errors(text)[0].code == "E123"
    assert list(types(text, "f[f32]", "g")) == ["f_f32", "g"]
    assert errors(text, "f")[0].code == "E125"
    assert errors(text, "h")[0].code == "E124"
    assert errors(text, "f[i32]")[0].code == "E215"
    assert errors(text, "f[")[0].code == "E124"


def test_types_of_a_call_at_hand():
    text = "def f(x, y, n=2):\n    return x * y + n\n"
    assert types(text, "f", arguments=("Tensor[f32, _, 3]", "float")) == {"f": "Tensor[f32, x0, 3]"}
    text = "def f[T: Float, N](x: Tensor[T, N], s: T) -> Tensor[T, N]:\n    return x * s\n"
    assert types(text, "f", arguments=("Tensor[f16, _]", "float")) == {"f": "Tensor[f16, N]"}


# --- modules ----------------------------------------------------------------------------------------------------------

NET = """
class Dense[I, O, P: Precision, On: Target](pyc.Module):
    weight: Tensor[P, I, O, On]
    bias: Tensor[P, O, On]
    scale = 0.5
    def __call__[B](self, x: Tensor[P, B, I, On]) -> Tensor[P, B, O, On]:
        return self.activated(x @ self.weight + self.bias)
    def activated(self, x):
        return np.tanh(x) * self.scale
class Net[H, P: Precision, On: Target](pyc.Module):
    up: Dense[4, H, P, On]
    down: Dense[H, 2, P, On]
    def __call__[B](self, x: Tensor[P, B, 4, On]) -> Tensor[P, B, 2, On]:
        return self.down(self.up(x))
    def loss[B](self, x: Tensor[P, B, 4, On]) -> Tensor[P, B, On]:
        return np.sum(self(x) ** 2, axis=1)
"""


def test_modules_have_nested_weights_and_paths():
    functions = checked(NET + "Small = Net[8, f32, cpu]\n")
    net = functions["Small"]
    assert net.module == "Net[8, f32, cpu]"
    assert [w.name for w in net.weights] == ["up.weight", "up.bias", "down.weight", "down.bias"]
    assert [str(w.type) for w in net.weights][:2] == ["Tensor[f32, 4, 8]", "Tensor[f32, 8]"]
    (s,) = net.body
    assert isinstance(s, tree.Return)
    assert isinstance(s.value, tree.Call)
    assert s.value.path == "down"
    assert functions["Small_loss"].export
    order = list(functions)
    assert order.index("Small") > max(order.index(f.symbol) for f in functions.values() if "Dense" in f.name)


def test_modules_are_skipped_for_another_target():
    text = NET + "A = Net[8, f32, cpu]\nB = Net[8, Mixed[f16, f32], cuda]\n"
    p = program(text, target=cuda)
    assert {f.symbol for f in p.functions if f.export} == {"B", "B_loss"}
    assert [d.code for d in p.remarks] == ["E304", "E304"]
    assert {f.symbol for f in program(text).functions if f.export} == {"A", "A_loss", "B", "B_loss"}


def test_a_module_has_no_other_attributes():
    assert errors(NET.replace("self.scale", "self.scal") + "Small = Net[8, f32, cpu]\n")[0].code == "E217"
    assert errors(NET + "Small = Net[8, f32]\n")[0].code == "E215"


# --- targets ----------------------------------------------------------------------------------------------------------


def test_open_targets_bind_to_the_request():
    text = "def f[N, On: Target](x: Tensor[f32, N, On]) -> Tensor[f32, N, On]:\n    return x * 2\n"
    assert checked(text, target=cuda)["f"].target == cuda
    assert checked(text)["f"].target == cpu


def test_a_plain_target_narrows_to_the_chip_that_is_asked_for():
    text = "def f[N](x: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:\n    return x * 2\n"
    f = checked(text, target=Target.parse("cuda:sm_90a"))["f"]
    assert str(f.target) == str(f.result.target) == "cuda:sm_90a"  # type: ignore[union-attr]


def test_an_element_type_that_a_chip_lacks():
    text = "from pyc import f8e4m3\ndef f(x: Tensor[f32, 4]) -> f32:\n    return np.sum(x.to(f8e4m3).to(f32))\n"
    assert found(text, target=Target.parse("cuda:sm_80")) == ["E303: x.to(f8e4m3)"]
    assert found(text, target=Target.parse("cuda:sm_90a")) == []


# --- whatever the input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "def",
        "x = (",
        "A = A\ndef f(x: Tensor[f32, A]): return x",
        "def f(x: 'Tensor[f32'): pass",
        "def f(x: Tensor): pass",
        "def f(x: Tensor[()]): pass",
        "def f(x: Tensor[f32, -1]): pass",
        "def f(x: Tensor[f32, *4]): pass",
        "def f(x: tuple[()]): return x\ng = f[3]",
        "g = f[g]\ndef f(x: Tensor[f32, 3]): pass",
        "class A(pyc.Module):\n    a: A\nb = A[()]",
        "X = 1 << 10**9\ndef f(x: f32): return X",
        "X = 9**9**9\ndef f(x: f32): return X",
        "def f(x: f32):\n    return x[...]",
        "def f(x: Tensor[f32, 3]):\n    return x[..., ...]",
        "T = TypeVar(3)\ndef f(x: T): pass",
        "def f(x: f32, x2: Tensor[f32, 10**30]): return x2",
        "def f(self: f32): return self.x",
        "def f(x: f32): return f",
        "@pyc.jit\nclass A(pyc.Module): pass",
        "def f[T, T](x: Tensor[f32, T]): return x",
        "def f(x: f32): return 10**400",
        "def f(x: f32): return -x.T",
        "def f(x: Tensor[f32, 3]): x.sum",
        "def f(x: f32):\n    for i in range(): pass",
        "@jit\ndef f(x: f32): pass",
        "from . import *\nfrom .. import y\ndef f(x: f32): return y",
    ],
)
def test_odd_programs_are_answered(text):
    assert isinstance(errors(text), list)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (f"def f(x: Tensor[f32, {2**63}]):\n    return x + 1\n", [f"E207: {2**63}"]),
    ],
)
def test_types_that_code_is_not_made_for(text, where):
    assert found("M = Dim('M')\nN = Dim('N')\n" + text, "f") == where


def test_a_name_that_no_extent_gives_a_value_to():
    text = "@pyc.jit\ndef f[M, N](x: Tensor[f32, M * N], y: Tensor[f32, M]) -> Tensor[f32, N]:\n    return x[:N]\n"
    assert found(text, "f") == ["E125: f"]
    for extent in ("N * N", "N // 2"):
        text = f"@pyc.jit\ndef f[N](x: Tensor[f32, {extent}]) -> Tensor[f32, N]:\n    return x\n"
        assert found(text, "f") == ["E125: f"]


def test_an_extent_that_an_instance_makes_negative():
    text = "@pyc.jit\ndef f[k: int](x: Tensor[f32, k]) -> Tensor[f32, k + 1]:\n    return np.zeros(k + 1, np.float32)\n"
    assert found(text + "g = f[-1]\n") == ["E207: x: Tensor[f32, k]"]


def test_all_errors_of_a_signature_and_of_a_class():
    text = "def f(x: Tensor[f97, 3], y: Tensor[f98, 3] = 1) -> Tensor[f99, 3]:\n    return x\n"
    assert found(text) == ["E110: f97", "E110: f98", "E110: f99"]
    text = """
class A[N](pyc.Module):
    w: Tensor[f97, N]
    l: Stack[f32, 2]
    v: Tensor[f32, N - 4]
    def __call__(self, x: Tensor[f32, N]) -> Tensor[f32, N]:
        return x
B = A[3]
"""
    assert found("from pyc import Stack\n" + text) == ["E110: f97", "E207: f32", "E207: N - 4"]


def test_what_follows_from_an_error_is_not_reported():
    text = """
@pyc.jit
def f(x: Tensor[f32, 3]) -> float:
    total = 0.0
    for i in range(3):
        total += 1.0
        for j in range(3):
            if x[i] > 0.0:
                total += np.nothing(x[i])
            else:
                total = 1.0
    return total + 1.0
"""
    assert [e.partition(":")[0] for e in found(text, "f")] == ["E115"]


def test_an_error_in_a_function_called_in_a_loop_is_not_lost_when_the_loop_is_looked_at_again():
    text = (
        "def bad(x, y):\n    return x & y\n\n\n"
        "def f[N](x: Tensor[f64, N]) -> f64:\n    s, width = 0.0, 1\n    while width < len(x):\n"
        "        for i in range(width):\n            if not bad(x[i], x[0]):\n                s += 1.0\n"
        "        width *= 2\n    return s\n"
    )
    assert found(text) == ["E201: x & y"]


def test_functions_that_are_returned_or_call_each_other_inside_another_are_refused_with_the_way_out():
    text = """
def adder(k: int):
    k += 1
    return lambda v: v + k
@pyc.jit
def f(n: int) -> int:
    return adder(3)(n)
@pyc.jit
def g(n: int) -> int:
    def down(k):
        return 0 if k == 0 else on(k)
    def on(k):
        return down(k - 1)
    return down(n)
"""
    one, two = errors(text)
    assert (one.code, two.code) == ("E223", "E126")
    assert [n.message for n in (*one.notes, *two.notes) if n.fix] == [
        "functions are known at compile time: pass it as an argument to where it is called",
        "define it at the top level of the file, and pass it what it uses",
    ]
