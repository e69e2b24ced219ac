"""The pre-pass keeps every line and column, and gives what it blanked."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyc.diagnostics import CompileError
from pyc.frontend.syntax import GENERIC, LAZY_ANNOTATIONS, Definition, parse, runnable_tree
from pyc.source import Source


def parsed(text):
    return parse(Source("t.py", text))


def definitions(p):
    return [n for n in ast.walk(p.tree) if isinstance(n, Definition)]


def test_type_parameters_with_bounds_defaults_and_packs():
    p = parsed("def f[T: Float = f32, N, *S, k: int](x: Tensor[T, N, *S]) -> T: return x\n")
    (f,) = definitions(p)
    names = [
        (t.name, t.kind, t.bound and ast.unparse(t.bound), t.default and ast.unparse(t.default))
        for t in p.type_parameters(f)
    ]
    assert names == [
        ("T", "name", "Float", "f32"),
        ("N", "name", None, None),
        ("S", "pack", None, None),
        ("k", "name", "int", None),
    ]
    assert [t.span.text for t in p.type_parameters(f)] == ["T: Float = f32", "N", "*S", "k: int"]


def test_bounds_keep_their_positions():
    text = "class C:\n    def é_f[é: (f16,\n  f32), T: dict[str, int]](self): pass\n"
    p = parsed(text)
    f = next(d for d in definitions(p) if d.name == "é_f")
    first, second = p.type_parameters(f)
    assert isinstance(first.bound, ast.Tuple)
    assert second.bound is not None
    assert [p.span_of(e).text for e in first.bound.elts] == ["f16", "f32"]
    assert p.span_of(second.bound).text == "dict[str, int]"


def test_a_type_parameter_is_declared_once():
    for text in ("def f[N, N](x): ...", "class C[T: int, *T]: ...", "type A[K, K] = K"):
        with pytest.raises(CompileError, match="duplicate type parameter"):
            parse(Source("f.py", text))


def test_columns_after_brackets_are_unchanged():
    text = 'def f[T: "ü", N](x: Tensor[T, N]) -> T: return x + ünï\n'
    p = parsed(text)
    names = {n.id: p.span_of(n).text for n in ast.walk(p.tree) if isinstance(n, ast.Name)}
    assert names
    assert all(k == v for k, v in names.items())


@pytest.mark.parametrize("gap", ["", " ", "\n", "\n\n", "  # comment\n", "\n  \n   "])
def test_brackets_over_several_lines(gap):
    text = f"def f[{gap}T,{gap}N{gap}](x: T):\n    return x\n"
    p = parsed(text)
    (f,) = definitions(p)
    assert [t.name for t in p.type_parameters(f)] == ["T", "N"]
    returned = next(n for n in ast.walk(p.tree) if isinstance(n, ast.Return))
    assert p.span_of(returned).text == "return x"
    assert p.name_span(f).text == "f"


def test_nested_async_and_decorated_definitions():
    p = parsed("@d[0]\nclass A[T](B[T]):\n    @e\n    async def  g[N](self, x): ...\n    def h(self): ...\n")
    by_name = {d.name: [t.name for t in p.type_parameters(d)] for d in definitions(p)}
    assert by_name == {"A": ["T"], "g": ["N"], "h": []}
    assert all(p.name_span(d).text == d.name for d in definitions(p))


def test_type_statement_is_an_assignment():
    p = parsed("type Row = Tensor[f32, N]\ntype = 3\nprint(type(type))\nif x: type Y = int\n")
    assert [ast.unparse(s) for s in p.tree.body[:3]] == ["Row = Tensor[f32, N]", "type = 3", "print(type(type))"]
    first = p.tree.body[0]
    assert isinstance(first, ast.Assign)
    assert p.span_of(first.value).text == "Tensor[f32, N]"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def f(x): return x[0]\nclass C(list[int]):\n    type = 3\nt: 'type of' = type(C)\n", 0),
        ("def\\\n  f\\\n [T](x: T): ...\n", 1),
        ("class\fC[T]: ...\n", 1),
        ("x = 1; type\\\n\tA[T] = list[T]\n", 1),
        ("type A = int\n", 0),
        ("async  def f[T] (x): ...\n", 1),
    ],
)
def test_tokens_are_looked_at_wherever_something_is_declared(text, count):
    assert len(parse(Source("", text)).parameters) == count


def test_strings_that_look_like_definitions_stay():
    text = 'x = "def f[T](): pass"\n# class A[T]: pass\ny = a[0]\n'
    assert parsed(text).text == text


@pytest.mark.parametrize(
    ("text", "caret"),
    [
        ("def f(:\n", ":"),
        ("def f[1](x): pass\n", "1"),
        ("def f[T: ](x): pass\n", ":"),
        ("def f[T =](x): pass\n", "="),
        ("def f[**P](x): pass\n", "**"),
        ("x = (1,\n", "("),
    ],
)
def test_syntax_errors_have_a_code_and_a_place(text, caret):
    with pytest.raises(CompileError) as error:
        parsed(text)
    (d,) = error.value.diagnostics
    assert d.code == "E101"
    assert d.span is not None
    assert d.span.text.startswith(caret)


@pytest.mark.parametrize(
    "text", ["(" * 5000, "x = 1\0\n", "  x\n y\n", "def f[T\n", "\ufeffx = 1 +", "-" * 100_000 + "1"]
)
def test_hostile_text_is_diagnosed(text):
    with pytest.raises(CompileError) as error:
        parsed(text)
    assert error.value.diagnostics[0].code in ("E101", "E102")


@given(st.text(alphabet="def f[T:N=*](),\n \t#'\"x\\é", max_size=60))
def test_any_text_parses_or_is_diagnosed(text):
    try:
        p = parsed(text)
    except CompileError:
        return
    for node in ast.walk(p.tree):
        if isinstance(node, ast.Name) and node.id.isidentifier():
            assert p.span_of(node).text == node.id


def test_runnable_tree_runs_on_this_python():
    text = "def f[T: Missing, N](x: Tensor[T, N]) -> T:\n    return x + 1\n"
    text += "class C[In](Base):\n    w: Tensor[In]\nr = f(2)\n"
    seen = {}

    def generic(*parameters):
        def mark(thing):
            seen[thing.__name__] = [p[:2] for p in parameters]
            return thing

        return mark

    code = compile(runnable_tree(Source("t.py", text)), "t.py", "exec", flags=LAZY_ANNOTATIONS, dont_inherit=True)
    scope = {GENERIC: generic, "Base": object}
    exec(code, scope)
    assert scope["r"] == 3
    assert seen == {"f": [("T", "name"), ("N", "name")], "C": [("In", "name")]}
    assert scope["f"].__code__.co_firstlineno == 1


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("def f(x, x):\n    return x\n", "x"),
        ("return 3\n", "return 3"),
        ("def f(x):\n    break\n", "break"),
        ("def f(x):\n    x = 1\n    global x\n", "global x"),
        ("def f[T](x) -> (y := int):\n    return x\n", "y := int"),
    ],
)
def test_what_python_refuses_after_parsing(text: str, where: str) -> None:
    with pytest.raises(CompileError) as error:
        parse(Source("a.py", text))
    (d,) = error.value.diagnostics
    assert d.span is not None
    assert (d.code, d.span.text) == ("E101", where)
